# stdin: ["b", "C", "-", "d", "D"]
key = "bcaad"
points = {"right": 4, "wrong": -1, "blank": 0}
score = 0
results = []

for num, correct in enumerate(key, start=1):
    given = input(f"Q{num}? ").strip().lower()
    if given == "-" or not given:
        status = "blank"
    elif given == correct:
        status = "right"
    else:
        status = "wrong"
    score += points[status]
    results.append((num, status))

print()
for num, status in results:
    print(f"{num:02d} {status:<6}{points[status]:>3}")
wrong = [n for n, s in results if s != "right"]
print("score", score, "of", 4 * len(key))
print(f"{score / (4 * len(key)) * 100:.1f}%", wrong)
print("pass" if score >= 10 and len(wrong) < 3 else "fail")
