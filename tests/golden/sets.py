seen = {3, 1, 2}
letters = set("hello")
both = {1, "a", (2, 3)}
none = set()
frozen = frozenset({2, 1})
seen.discard(1)
