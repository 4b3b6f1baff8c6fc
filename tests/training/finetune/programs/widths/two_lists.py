cities = ["Oslo", "Lima"]
degrees = [-3, 19]
for city, degree in zip(cities, degrees):
    print(f"{city:<6}|{degree:>4}")
