# tags: strings while crash
text = "abc"
i = 0
while text[i] != "z":
    i += 1
print("z is at", i)
