n = 3
while n > 0:
    print(f"{'T-' + str(n):<6}{'tick':>5}")
    n -= 1
print("go")
