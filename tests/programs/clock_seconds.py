# tags: ints fstrings functions
def clock(total_seconds):
    hours, rest = divmod(total_seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"

print(clock(3661))
print(clock(59))
print(clock(7325))
