n = 40
while n > 5:
    print(f"{n:>4}")
    n = n // 2
