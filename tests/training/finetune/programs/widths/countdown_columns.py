for n in range(3, 0, -1):
    print(f"{n:>3}{n * 10:>5}")
print("  go")
