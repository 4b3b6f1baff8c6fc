# Prices in columns
items = ["tea", "bread", "cheese"]
prices = [2.5, 3.25, 7.9]
for i in range(len(items)):
    print(f"{items[i]:<10}{prices[i]:>8.2f}")
