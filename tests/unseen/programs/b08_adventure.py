# stdin: ["look", "take lamp", "go north", "take", "go north", "quit"]
room = "cellar"
bag = []
exits = {"cellar": {"north": "hall"}, "hall": {"south": "cellar"}}
items = {"cellar": ["lamp", "rope"], "hall": []}
moves = 0

while True:
    cmd = input("> ").strip().lower()
    words = cmd.split()
    verb = words[0]
    if verb == "quit":
        break
    moves += 1
    if verb == "look":
        print("You are in the", room)
        print("You see:", ", ".join(items[room]))
    elif verb == "take":
        if len(words) < 2:
            print("Take what?")
            continue
        thing = words[1]
        if thing in items[room]:
            items[room].remove(thing)
            bag.append(thing)
            print("Taken.")
    elif verb == "go":
        direction = words[1]
        new = exits[room].get(direction)
        if new is None:
            print("You can't go", direction)
        else:
            room = new
            print("Now in:", room)
print("Bye! moves:", moves, "bag:", bag)
