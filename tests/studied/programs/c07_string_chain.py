msg = "  Hello, World  "
print(msg.strip().lower().replace("o", "0"))
print(msg.upper().find("WORLD"))
print(len(msg), len(msg.strip()))
print(msg.strip().split(", "))
print("-".join(msg.strip()[:5]))
print(msg.count("l") + msg.count("L"))
