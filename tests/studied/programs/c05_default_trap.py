def add_item(item, basket=[]):
    basket.append(item)
    return basket

print(add_item("apple"))
print(add_item("pear", ["fig"]))
r = add_item("plum")
print(r, len(r))
