# Which of these count as "True"?
things = [0, 1, "", " ", [], [0], None, 0.0, "False"]
for t in things:
    print(repr(t), "->", bool(t))

age = 16
has_ticket = False
print(age >= 16 and not has_ticket)
print(age < 12 or has_ticket)
