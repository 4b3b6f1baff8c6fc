# python: 3.12
names = {"a": ["x", "y"]}
print(f"{names["a"][0]} {", ".join(f"{n!r}" for n in names["a"])}")
text = f"{
    len(names)  # how many
    + 1
} left\n{'\t'.join("ab")}"
print(text, f"{f"{f"{1 + 1}"}"}")
