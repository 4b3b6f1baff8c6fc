word = "Hello"
up = word.upper()
part = word[1:4:2]
print(f"{word!r:>8}|{up}")
quote = "it's" + '"'
lines = "a\nb".split("\n")
