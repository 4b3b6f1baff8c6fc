marks = ""
for k in range(3):
    marks = marks + f"{k:>4}"
print(marks)
