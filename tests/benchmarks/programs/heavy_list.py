items = [0] * 10000
for i in range(400):
    items[i] = i * i
    items[-1 - i] += 1
print(sum(items))
