# stdin: ["Sunny4day"]
# Exercise 38: password strength
password = input("Choose a password: ")

long_enough = len(password) >= 8
has_digit = any(ch.isdigit() for ch in password)
has_upper = any(ch.isupper() for ch in password)
all_letters = all(ch.isalpha() for ch in password)

strength = long_enough + has_digit + has_upper
print("Only letters?", all_letters)
print("Strength:", strength, "out of 3")
print(password[0] + "*" * (len(password) - 2) + password[-1])
