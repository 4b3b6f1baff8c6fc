def to_f(c):
    return c * 9 / 5 + 32

print("  C |     F")
print("----+------")
for c in range(-20, 50, 15):
    print(f"{c:>3} | {to_f(c):>5.1f}")
print(to_f(c=37.5))
