# A classic first-week mistake
name = "Marta"
age = 19
print("Hello " + name)
print("Next year you are", age + 1)
print("You are " + age + " years old")
print("Goodbye")
