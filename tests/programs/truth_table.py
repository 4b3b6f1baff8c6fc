# tags: bools for printing
for p in (True, False):
    for q in (True, False):
        print(p, q, p and q, p or q, not p)
