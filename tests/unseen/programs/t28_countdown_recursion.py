# A matryoshka doll inside a doll inside a doll...
def open_doll(size):
    if size == 0:
        print("  (a tiny bean!)")
        return 0
    print("open doll", size)
    found = open_doll(size - 1)
    print("close doll", size)
    return found + 1

dolls = open_doll(3)
print("Dolls:", dolls)
