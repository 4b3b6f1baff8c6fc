def countdown(start):
    while start > 0:
        yield start
        start -= 1
    yield "liftoff"


def pairs(seq):
    """Yield the neighbours of a sequence as tuples."""
    for i in range(len(seq) - 1):
        yield seq[i], seq[i + 1]


for value in countdown(3):
    print(value, end="... ")
print()

heights = [310, 450, 420, 505]
for before, after in pairs(heights):
    print(before, after, sep=" -> ", end="")
    print(f"  ({after - before:+d})")

climb = sum(b - a for a, b in pairs(heights) if b > a)
print("total climb:", climb)
