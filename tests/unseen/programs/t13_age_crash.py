# Find the bug! What does Python say?
name = "Lukas"
age = 16
print("Hello " + name)
next_year = age + 1
message = name + " will be " + next_year + " next year"
print(message)
