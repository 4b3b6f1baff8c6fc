# stdin: ["Sofia", "15"]
name = input("Name? ")
age = input("Age? ")
print("Hi " + name + "!")
print("You are " + age)
nextYear = age + 1
print("Next year you are", nextYear)
