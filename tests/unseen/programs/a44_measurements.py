# stdin: ["12.5", "9", "15.25", "7.75"]
readings = []
for hour in range(6, 18, 3):
    value = float(input(f"{hour:02d}h: "))
    readings.append((hour, value))
print()

for hour, value in reversed(readings):
    print(hour, value, sep="\t")

low = min(readings, key=lambda r: r[1])
high = max(readings, key=lambda r: r[1])
print("lowest", low, "highest", high)
hours, values = zip(*readings)
print(hours, tuple(int(v) for v in values))
print(f"mean {sum(values) / len(values):.3f}")
