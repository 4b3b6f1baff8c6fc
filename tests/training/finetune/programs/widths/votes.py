votes = ["a", "b", "a", "a"]
counts = {}
for vote in votes:
    counts[vote] = counts.get(vote, 0) + 1
for choice in counts:
    print(f"{choice:<4}{counts[choice]:>3}")
