n = 0
out = ""
while n < 12:
    n += 1
    if n % 3 == 0:
        continue
    if n % 10 == 0:
        break
    if n > 4 and n % 2:
        out += "*"
    else:
        out += str(n)
else:
    out += "E"
print(out)
print(n, len(out))
