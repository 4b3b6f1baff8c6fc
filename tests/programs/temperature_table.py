# tags: floats for printing
# Celsius to Fahrenheit table, homework 1

celsius = 0
for i in range(5):
    fahrenheit = celsius * 9 / 5 + 32
    print(celsius, "C is", fahrenheit, "F")
    celsius = celsius + 10
