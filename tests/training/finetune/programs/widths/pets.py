pets = [("Rex", "dog"), ("Mimi", "cat")]
for name, kind in pets:
    print(f"{name:<6}{kind:>5}")
