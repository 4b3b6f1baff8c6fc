text = "see you later at the cinema"
words = text.split()
short = [w[0] for w in words]
print("".join(short).upper())
print("-".join(words[1:3]))
print(text.title())
print(text.count("e"), text.find("cinema"), text.find("pizza"))
