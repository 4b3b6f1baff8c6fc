# Exercise 1: Celsius to Fahrenheit
# Formula: F = C * 9 / 5 + 32

celsius = 36.6
fahrenheit = celsius * 9 / 5 + 32

print("Celsius:", celsius)
print(f"Fahrenheit: {fahrenheit:.1f}")
print("Fever?", celsius > 37.5)
