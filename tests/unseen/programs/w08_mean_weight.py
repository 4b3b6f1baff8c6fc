weights = [21.5, 19.8, 23.1, 22.0, 20.6]
mean = sum(weights) / len(weights)
print("mean:", round(mean, 2))
print("min / max:", min(weights), max(weights))
above = [w for w in weights if w > mean]
print(above)
print("range", round(max(weights) - min(weights), 1))
