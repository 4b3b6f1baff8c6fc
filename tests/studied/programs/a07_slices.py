s = "programming"
print(s[0], s[-1])
print(s[3:7])
print(s[:3] + s[-3:])
print(s[::2])
print(s[::-1])
print(s[8:2:-2], s[20:] == "")
