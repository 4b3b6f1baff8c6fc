# Exercise 29: group the anagrams
words = ["tea", "Eat", "dog", "ate", "God", "sun"]

groups = {}
for word in words:
    key = "".join(sorted(word.lower()))
    groups.setdefault(key, []).append(word)

print(groups)
for group in groups.values():
    if len(group) > 1:
        print(" = ".join(group))
