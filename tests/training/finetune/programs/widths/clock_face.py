hours = 9
minutes = 5
print(f"{hours:>2}:{minutes:02d}")
minutes = minutes + 50
print(f"{hours:>2}:{minutes:02d}")
