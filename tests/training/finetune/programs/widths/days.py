days = ["Mon", "Tue", "Wed"]
hours = [7, 10, 8]
k = 0
while k < len(days):
    print(f"{days[k]:<5}{hours[k]:>3} h")
    k += 1
