# add up a tree of branches, branches can have branches
tree = [3, [4, 1], [2, [5, 6]], 7]

def total(t, depth=0):
    s = 0
    for b in t:
        if isinstance(b, list):
            sub = total(b, depth + 1)
            print("  " * depth + "branch", b, "=", sub)
            s += sub
        else:
            s += b
    return s

def deepest(t):
    if not isinstance(t, list):
        return 0
    return 1 + max(deepest(b) for b in t)

print("sum", total(tree))
print("depth", deepest(tree))
