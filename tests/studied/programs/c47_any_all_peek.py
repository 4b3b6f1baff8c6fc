def big(n):
    print("?", n, end=" ")
    return n > 10

data = [3, 12, 5, 20]
print(any(big(n) for n in data))
print(all(big(n) for n in data))
print(any([big(n) for n in data]))
print(all([]), any([]))
print(sum(map(bool, ["", "a", None, 0, [0]])))

it = iter(data)
print(20 in it, list(it))
it = iter(data)
print(5 in it, list(it))
z = zip(data, "ab")
print(list(z), list(z))
