scores = {"Mia": 91, "Leo": 78}
print(f"{'name':<8}{'score':>6}")
print("-" * 14)
for name, score in scores.items():
    print(f"{name:<8}{score:>6}")
