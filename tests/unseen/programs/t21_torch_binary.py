# Send a number by torch: 1 = light on, 0 = light off
def to_binary(n):
    if n < 2:
        return str(n)
    return to_binary(n // 2) + str(n % 2)


for number in (5, 12, 1):
    code = to_binary(number)
    print(number, "=", code.replace("1", "*").replace("0", "."))

back = 0
for bit in "1101":
    back = back * 2 + int(bit)
print("1101 means", back)
