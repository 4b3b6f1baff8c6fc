raw = "0;21.5;-40;37"
c = raw.split(";")
f = []
for i in range(0, len(c)):
    f.append(float(c[i]) * 9 / 5 + 32)
print(f)
print(*f[::-1], sep=" < ")
print(f"max {max(f):.1f} min {min(f):.1f}", round(sum(f) / len(f)))
