# tags: recursion strings slicing
def reverse(s):
    print("reverse(" + s + ")")
    if len(s) <= 1:
        return s
    return reverse(s[1:]) + s[0]

print(reverse("abcd"))
