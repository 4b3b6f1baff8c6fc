# tags: strings slicing bools functions
def is_palindrome(s):
    cleaned = ""
    for ch in s:
        if ch.isalpha():
            cleaned += ch.lower()
    return cleaned == cleaned[::-1]

tests = ["Never odd or even", "hello"]
for t in tests:
    print(t, "->", is_palindrome(t))
