# tags: sets lists for
def unique(items):
    seen = set()
    result = []
    for item in items:
        if item not in seen:
            seen.add(item)
            result.append(item)
    return result

print(unique([4, 4, 2, 7, 2, 9]))
