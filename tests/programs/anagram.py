# tags: strings sorting functions bools
def anagrams(a, b):
    return sorted(a.replace(" ", "")) == sorted(b.replace(" ", ""))

print(anagrams("listen", "silent"))
print(anagrams("dormitory", "dirty room"))
print(anagrams("cat", "act a"))
