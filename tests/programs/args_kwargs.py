# tags: functions tuples dicts
def report(title, *scores, **options):
    print(title, scores)
    total = sum(scores)
    if options.get("average"):
        total = total / len(scores)
    return total

print(report("quiz", 7, 9, 8))
print(report("exam", 60, 80, average=True))
