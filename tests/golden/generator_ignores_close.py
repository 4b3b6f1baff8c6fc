def stubborn():
    while True:
        try:
            yield "busy"
        except GeneratorExit:
            print("not yet")
            yield "still busy"
            return

g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
print(next(g, "over"))
