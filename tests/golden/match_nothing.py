command = "go north now".split()
match command:
    case ["stop"]:
        done = True
    case ["go", ("north" | "south") as way]:
        done = way
    case ["go", _]:
        done = "?"
match (1, 2, 3):
    case [x, y]:
        pair = True
    case [x, *_, z] if x > z:
        falling = True
    case [x, *_, z]: rising = True
print(x, z, rising)
