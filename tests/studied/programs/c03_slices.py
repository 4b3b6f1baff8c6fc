s = "examination"
print(s[2:5])
print(s[-4:])
print(s[::-1])
print(s[1::3])
print(s[8:2:-2])
print(s[5:100] + "|" + s[100:])
