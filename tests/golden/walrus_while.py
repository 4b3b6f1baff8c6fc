line = iter(["go", "on", "stop", "never"])
while (word := next(line)) != "stop":
    print(word)
sizes = [n for w in ["a", "bcd"] if (n := len(w)) > 1]
print(word, n, sizes)
def half(x):
    if (y := x // 2) == 0: return "none"
    return y
print(half(1), half(8))
