numbers = [8, 125, 17]
for n in numbers:
    print(f"{n:>6}")
print("-" * 6)
print(f"{sum(numbers):>6}")
