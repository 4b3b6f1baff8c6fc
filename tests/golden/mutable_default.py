def add(item, basket=[]):
    basket.append(item)
    return basket

mine = add("egg")
yours = add("milk")
fresh = add("tea", [])
mine.append("x")

def count(word, seen={}):
    seen[word] = seen.get(word, 0) + 1
    return seen[word]

print(count("a"), count("a"), yours)
