tests = ["abc", "123", "a1", "", "3.5", " 7", "Hello World"]
for t in tests:
    row = [t.isdigit(), t.isalpha(), t == t.title()]
    marks = "".join("Y" if r else "n" for r in row)
    print(f"{t:>12}|{marks}|{len(t):03d}")

print("a,b,,c".split(","), "a b  c".split())
print("banana".index("n"), "banana".find("x"))
print("file.txt".endswith(".txt") and "file.txt".startswith("F"))
