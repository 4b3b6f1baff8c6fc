def hamming(a, b):
    if len(a) != len(b):
        raise ValueError("sequences must have same length")
    diff = 0
    for x, y in zip(a, b):
        if x != y:
            diff += 1
    return diff

print(hamming("GATTACA", "GACTATA"))

try:
    print(hamming("AAA", "AA"))
except ValueError as err:
    print("Error!!", err)

marks = ["|" if x == y else "x" for x, y in zip("ACGTT", "ACCTA")]
print("ACGTT")
print("".join(marks))
print("ACCTA")
