# tags: ints for crash
total = 0
count = 3
for i in count:
    total += i
print(total)
