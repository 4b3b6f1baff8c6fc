# who likes what (sets)
anna = {"pizza", "sushi", "tacos"}
ben = {"tacos", "ramen"}
clara = {"pizza", "tacos", "curry"}

alle = anna.union(ben).union(clara)
print("all:", sorted(alle))
both = anna & clara
print("anna+clara:", sorted(both))
print("everyone:", anna.intersection(ben, clara))
ben.add("pizza")
ben.add("tacos")
print(len(ben), "pizza" in ben)
print(sorted(anna - ben))
print(sorted(ben ^ clara))
