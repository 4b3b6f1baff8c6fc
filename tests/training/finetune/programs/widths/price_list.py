# Prices in columns
items = ["tea", "bread", "cheese"]
prices = [2, 3, 11]
for i in range(len(items)):
    print(f"{items[i]:<10}{prices[i]:>4}")
