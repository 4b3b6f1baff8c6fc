def age(person):
    return person["age"]

people = [{"n": "A", "age": 30}, {"n": "B", "age": 20}]
people.sort(key=age, reverse=True)
youngest = min(people, key=age)
def long(word):
    return len(word) > 2
print(list(filter(long, ["hi", "hey"])), youngest["n"])
print(any(map(long, ["abc", "de"])))
people.sort(key=lambda p: (-p["age"], p["n"]))
