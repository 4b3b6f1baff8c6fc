# tags: ints functions printing
# Exam 2019, question 3. What is printed?

def mystery(a, b):
    c = a * b
    a = c - a
    b = c - b
    return a, b, c

a = 2
b = 3
c, b, a = mystery(b, a)
print(a, b, c)
print(mystery(a, b))
