# Why is there a None in the output?
bag = ["pears", "bread", "apples"]

result = bag.sort()
print(result)
print(bag)
print(list(reversed(bag)), sorted(bag, key=len))
print(bag.index("bread"), result is None)
