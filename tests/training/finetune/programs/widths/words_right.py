text = "the old bridge"
for word in text.split():
    print(f"{word:>8}")
