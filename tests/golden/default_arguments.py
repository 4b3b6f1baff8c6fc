def area(w, h=2, *more, scale=1, **named):
    return w * h * scale

area(3)
area(3, 4, 5, scale=2, unit="cm")

def grow(item, items=[]):
    items.append(item)
    return items

a = grow(1)
b = grow(2)
print(a is b, a)
