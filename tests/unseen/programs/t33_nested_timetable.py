week = [
    ["maths", "art", "PE"],
    ["english", "maths", "history"],
    ["PE", "biology", "maths"],
]
days = ["Mon", "Tue", "Wed"]

for day, lessons in zip(days, week):
    for hour, subject in enumerate(lessons, start=1):
        if subject == "maths":
            print(f"{day}: maths in lesson {hour}")

week[1][2] = "free"
print(week[1])
print([lessons[0] for lessons in week])
print(sorted({s for lessons in week for s in lessons}))
