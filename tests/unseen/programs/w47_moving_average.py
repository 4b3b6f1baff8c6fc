data = [4, 8, 6, 10, 2, 6]

def moving(values, window=3):
    i = 0
    while i + window <= len(values):
        part = values[i:i + window]
        yield sum(part) / window
        i += 1

smooth = [round(m, 2) for m in moving(data)]
print(smooth)
for k, m in enumerate(moving(data, window=2)):
    trend = "up" if m < data[k + 1] else "down"
    print(k, m, trend)
print(list(moving([1, 2], 5)))
