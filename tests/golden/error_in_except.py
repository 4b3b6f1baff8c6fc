def fix(data):
    try:
        return data["a"]
    except KeyError as e:
        name = e.args[0]
        return data[name + "b"]

try:
    fix({})
except KeyError as e:
    print(e, e.__context__)
fix({"b": 0})
