items = [3, 1, 2]
items.append(5)
items.insert(1, 9)
last = items.pop()
items.sort(reverse=True)
items[1:3] = ["x"]
items.extend("ab")
copy = items[::-1]
items.remove("x")
where = items.index("b")
items.reverse()
nothing = items.sort(key=str)
print(items, copy, last, where, nothing)
items.remove("gone")
