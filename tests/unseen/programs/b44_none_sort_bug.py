times = [12.4, 11.9, 13.05, 12.0]
ranking = times.sort()
print("Ranking:", ranking)
print("Fastest:", times[0])
print("Gap:", round(times[-1] - times[0], 2))
print(ranking is None)
