def pad(text, size):
    return text.ljust(size) + "|"


print(pad("one", 6))
print(pad("eleven", 9))
