# stdin: ["aaabccdddd"]
def compress(s):
    out = []
    i = 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]:
            j += 1
        out.append((s[i], j - i))
        i = j
    return out

def expand(pairs):
    return "".join(ch * n for ch, n in pairs)

text = input("Text: ")
pairs = compress(text)
print(pairs)
code = ""
for ch, n in pairs:
    code += ch if n == 1 else ch + str(n)
print(code, f"{len(code) / len(text):.0%}")
assert expand(pairs) == text
print("round trip ok")
