# Question 12: give the three output lines.
def encode(text):
    if not text:
        return ""
    out = []
    prev, n = text[0], 1
    for ch in text[1:] + "\0":
        if ch == prev:
            n += 1
            continue
        out.append(prev + (str(n) if n > 1 else ""))
        prev, n = ch, 1
    return "".join(out)


def decode(code):
    res = ""
    i = 0
    while i < len(code):
        ch = code[i]
        i += 1
        num = ""
        while i < len(code) and code[i].isdigit():
            num += code[i]
            i += 1
        res += ch * int(num or 1)
    return res


e = encode("aaabccd")
print(e, len(e))
print(decode("x3yz2"))
print(decode(encode("Mississippi")) == "Mississippi", repr(encode("")))
