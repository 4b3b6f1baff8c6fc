# Exercise 3.2 (model solution)
def letter(points):
    if points >= 90:
        return "A"
    elif points >= 75:
        return "B"
    elif points >= 60:
        return "C"
    return "F"

results = dict(Anna=91, Bruno=58, Chiara=75, Dmitri=66)

for nr, (name, pts) in enumerate(results.items(), start=7):
    print(f"{nr:03d} {name:<8}{pts:>4}  {letter(pts)}")

average = sum(results.values()) / len(results)
print("Average:", round(average, 1))
passed = [n for n, p in results.items() if letter(p) != "F"]
print("Passed:", ", ".join(passed))
