"""
Exercise 4 - Palindrome checker
A palindrome reads the same forwards and backwards.
Ignore spaces, punctuation and upper/lower case.
"""

def is_palindrome(text):
    cleaned = ""
    for ch in text:
        if ch.isalpha():
            cleaned += ch.lower()
    return cleaned == cleaned[::-1]


# --- tests ---
for phrase in ["Never odd", "Step on no pets", "Oh, ho!"]:
    if is_palindrome(phrase):
        print(phrase, "-> yes")
    else:
        print(phrase, "-> no")
