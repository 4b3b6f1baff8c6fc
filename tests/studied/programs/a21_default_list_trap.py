# The mutable default argument (ALWAYS on the exam)
def add_item(item, basket=[]):
    basket.append(item)
    return basket

print(add_item("apple"))
print(add_item("pear"))
print(add_item("fig", []))
print(add_item("plum"))
