# tags: dicts input while
# stdin: ["anna", "zoe", "quit"]
book = {"anna": "555-1234", "ben": "555-9876"}

who = input()
while who != "quit":
    if who in book:
        print(who + "'s number is " + book[who])
    else:
        print("no number for", who)
    who = input()
print("bye")
