count = 0
names = []

def add(name):
    global count
    count += 1
    names.append(name)

add("a")
add("b")
print(count, names)
