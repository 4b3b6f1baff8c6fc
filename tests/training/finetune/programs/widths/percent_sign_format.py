name = "Vera"
age = 31
print("%-8s%4d" % (name, age))
print("%-8s%4d" % ("Tom", 5))
