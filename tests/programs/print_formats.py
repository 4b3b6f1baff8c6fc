# tags: printing fstrings floats
print("a", "b", "c", sep="-")
print("no newline", end=" | ")
print("same line")
pi = 3.14159265
print(f"{pi:.3f} {pi:8.2f}|")
print(f"{42:5d}|{42:<5d}|{'hi':>4}|")
print("tab\tand\nnew line", 'quote "inside"')
print()
print(repr("end\n"))
