# Exercise 3: count the vowels in a sentence
sentence = "An Apple a day"
vowels = 0

for letter in sentence.lower():
    if letter in "aeiou":
        vowels += 1

print("Sentence:", sentence)
print("Vowels:", vowels)
