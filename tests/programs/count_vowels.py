# tags: strings for functions
def count_vowels(text):
    count = 0
    for letter in text.lower():
        if letter in "aeiou":
            count += 1
    return count


sentence = "Programming is FUN"
print(count_vowels(sentence))
