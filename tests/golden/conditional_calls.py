def yes(tag):
    print(tag, end=" ")
    return True

def no(tag):
    print(tag, end=" ")
    return ""

a = yes("a") or no("b")
b = no("c") and yes("d")
c = no("e") or not yes("f")
d = "then" if no("g") else yes("h") and "else"
print(all([yes("i"), no("j"), yes("k")]))
if not (yes("l") and no("m")): print(a, repr(b), c, d)
