# tags: comprehensions strings bools
text = "A1b2C3"
digits = "".join(c for c in text if c.isdigit()); letters = [c for c in text if c.isalpha()]
print(digits, letters)
print(all(c.isalpha() for c in letters), any(c.islower() for c in digits))
print(sum(int(d) for d in digits))
