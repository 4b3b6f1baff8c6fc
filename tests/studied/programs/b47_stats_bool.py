results = [True, False, True, True, False]
wins = sum(results)
streak = 0
best = 0
for r in results:
    streak = streak + 1 if r else 0
    best = max(best, streak)
print("wins", wins, "of", len(results))
print("best streak", best)
print(any(results), all(results), bool(""), bool("0"), True + True)
print(results[0] and "first won" or "first lost")
