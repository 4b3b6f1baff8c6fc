def grade(n):
    if n >= 90:
        return "A"
    elif n >= 80:
        return "B"
    else:
        mark = "C"
    return mark

print(grade(95), grade(85), grade(5))
if True:
    pass
