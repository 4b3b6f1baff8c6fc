# tags: classes crash while
class Link:
    def __init__(self, item, rest):
        self.item = item
        self.rest = rest

chain = Link("a", Link("b", None))
pos = chain
while pos.item != "z":
    print(pos.item)
    pos = pos.rest
print("found z")
