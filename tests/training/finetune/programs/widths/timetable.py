times = [(8, "maths"), (10, "art")]
for hour, lesson in times:
    start = f"{hour:02d}:00"
    print(f"{start:<7}{lesson:>7}")
