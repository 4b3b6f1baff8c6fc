ALPHA = "abcdefghijklmnopqrstuvwxyz"

def vig(msg, key, decode=False):
    out = []
    k = 0
    for ch in msg.lower():
        if ch not in ALPHA:
            out.append(ch)
            continue
        shift = ALPHA.index(key[k % len(key)])
        if decode:
            shift = -shift
        out.append(ALPHA[(ALPHA.index(ch) + shift) % 26])
        k += 1
    return "".join(out)

code = vig("Meet at 9", "sun")
print(code)
print(vig(code, "sun", decode=True))
print(vig(code, "son", True))
