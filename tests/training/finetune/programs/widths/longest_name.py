names = ["Kim", "Eleanor", "Max"]
longest = 0
for name in names:
    if len(name) > longest:
        longest = len(name)
for name in names:
    print(f"{name:>{longest}}")
