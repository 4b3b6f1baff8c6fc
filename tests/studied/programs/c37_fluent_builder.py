class Text:
    made = 0

    def __init__(self, s=""):
        self.s = s
        Text.made += 1

    def add(self, part):
        self.s += part
        return self

    def twice(self):
        return Text(self.s * 2)

    def cut(self, n):
        self.s = self.s[:-n] if n else self.s
        return self

    def __str__(self):
        return f"[{self.s}]"

    def __len__(self):
        return len(self.s)


t = Text("ab")
u = t.add("c").add("d")
w = t.twice().cut(3)
print(t, u, w)
print(t is u, u is w, len(w))
w.add("!").cut(0)
u.cut(1).add("?")
print(t, w, sep="\n")
print(Text("q").twice().twice(), Text.made)
