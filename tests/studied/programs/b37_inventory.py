# inventory with stacks
inv = {"arrow": 12, "bread": 2}

def give(item, n=1):
    inv.setdefault(item, 0)
    inv[item] += n

def use(item, n=1):
    have = inv.get(item, 0)
    if have < n:
        print("not enough", item)
        return False
    inv[item] = have - n
    if inv[item] == 0:
        inv.pop(item)
        print(item, "is empty now")
    return True

give("bread")
give("gem", n=4)
print(use("arrow", 5))
print(use("sword"))
use("bread", 3)
worth = {"arrow": 2, "gem": 50}
print(sum(v * worth.get(k, 0) for k, v in inv.items()))
print(list(inv.keys()), list(inv.values()))
print(inv.pop("lamp", "no lamp"))
