value = 3.14159
print(f"{value:8.2f}|")
print(f"{value:<8.3f}|")
