# tags: lists functions aliasing
def add_item(item, basket=[]):
    basket.append(item)
    return basket


first = add_item("milk")
second = add_item("eggs")
print(first)
print(second)
third = add_item("tea", [])
print(third)
