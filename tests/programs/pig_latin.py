# tags: strings functions slicing
def pig_latin(word):
    vowels = "aeiou"
    if word[0] in vowels:
        return word + "way"
    for i in range(len(word)):
        if word[i] in vowels:
            return word[i:] + word[:i] + "ay"
    return word

print(" ".join(pig_latin(w) for w in "string apple tree".split()))
