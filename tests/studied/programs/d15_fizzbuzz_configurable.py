# Exercise 15: FizzBuzz with your own rules
def fizz(n, rules, sep=""):
    words = [word for divisor, word in rules.items() if n % divisor == 0]
    return sep.join(words) or str(n)


rules = {2: "Pop", 3: "Fizz"}
out = []
for n in range(1, 7):
    out.append(fizz(n, rules))
print(out)

rules[7] = "Bang"
print(fizz(42, rules, sep="-"))
print(fizz(n=25, rules=rules))
