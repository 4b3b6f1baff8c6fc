def rate(pw):
    checks = [
        len(pw) >= 8,
        any(c.isdigit() for c in pw),
        any(c.isupper() for c in pw),
        not pw.isalpha(),
    ]
    if all(checks):
        return "strong"
    return f"weak ({sum(checks)} of {len(checks)})"

for pw in ["hello", "Hell0you", "12345678"]:
    print(pw, "=>", rate(pw))
