def look(name, value):
    print(name, end=" ")
    return value


print(1 < look("a", 2) < look("b", 5) < 4)
print(3 < look("c", 2) < look("d", 9))
x = 5
inside = 0 <= x < 10 and x != 3
same = x == 5 == inside
