# stdin: ["lab", "microscope", "MicroScope", "Micro5cope"]
def problems(pw):
    found = []
    if len(pw) < 6:
        found.append("too short")
    if pw.lower() == pw:
        found.append("no capital letter")
    if not any(ch.isdigit() for ch in pw):
        found.append("no digit")
    return found

tries = 0
while True:
    pw = input("password: ")
    print()
    tries += 1
    p = problems(pw)
    if len(p) == 0:
        print("accepted after", tries, "tries")
        break
    print("; ".join(p))

letters = [c for c in pw if c.isalpha()]
print(len(letters), "letters", "".join(letters[-4:]))
print(pw[0] + "*" * (len(pw) - 2) + pw[-1])
