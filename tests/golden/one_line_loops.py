total = 0
for i in range(3): total += i
n = 2
while n: n -= 1
while n: n -= 1
for c in "ab": print(c); total += 1
