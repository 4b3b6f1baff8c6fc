marks = [55, 80, 42, 91, 60]
print(sum(m >= 60 for m in marks))
print(True + True * 3)
print(bool([]), bool([0]), bool("False"), bool(0.0))
print(None == False, None is None)
print(["no", "yes"][marks[0] > 50])
