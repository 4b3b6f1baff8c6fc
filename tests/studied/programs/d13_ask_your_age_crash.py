# stdin: ["Maya", "twelve"]
# Exercise 13: find the bug!
name = input("Your name: ")
age = int(input("Your age: "))

next_year = age + 1
print("Hello " + name + "!")
print("Next year you will be", next_year)
