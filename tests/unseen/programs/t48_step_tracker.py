# One week of steps, with a day when the watch was empty
raw = "8200;10450;;7600;abc;12010;9900"


def parse(data):
    for part in data.split(";"):
        if part == "":
            yield None
        elif part.isdigit():
            yield int(part)
        else:
            print("ignored:", part)


def streak(days, goal):
    best = current = 0
    for d in days:
        if d is not None and d >= goal:
            current += 1
            best = max(best, current)
        else:
            current = 0
    return best


days = list(parse(raw))
print(days)
known = [d for d in days if d is not None]
print("Average:", sum(known) // len(known))
print("Best streak:", streak(days, 9000))

for d in known:
    stars = "*" * (d // 2000)
    print(f"{d:>6} {stars}")
print("Every day over 7000?", all(d > 7000 for d in known))
