# Which of the two words comes out of each search?
def search(items, wanted):
    for pos, it in enumerate(items):
        if it == wanted:
            print("found at", pos)
            break
    else:
        print("missing")

search([3, 1, 4, 1], 1)
search("banana", "x")
search([], None)
search(("a", "b"), "b")
