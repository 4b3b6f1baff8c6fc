# stdin: ["7.4", "acid", "2", "15", "9.81"]
def ask_ph():
    text = input()
    try:
        ph = float(text)
        if ph < 0 or ph > 14:
            raise ValueError("out of range")
    except ValueError as e:
        print("bad value:", text, "/", e)
        return None
    else:
        print("ok", ph)
        return ph
    finally:
        print("--")

values = []
for i in range(5):
    p = ask_ph()
    if p is not None:
        values.append(p)

print(values)
for v in values:
    if v < 7:
        kind = "acidic"
    elif v == 7:
        kind = "neutral"
    else:
        kind = "basic"
    print(f"{v:>5} is {kind}")
