# tags: strings bools functions
def strong(password):
    has_digit = False
    has_upper = False
    for c in password:
        if c.isdigit():
            has_digit = True
        if c.isupper():
            has_upper = True
    return len(password) >= 6 and has_digit and has_upper

for pw in ["abc", "Secret1"]:
    print(pw, "ok" if strong(pw) else "weak")
