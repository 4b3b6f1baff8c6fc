def risky(data, key):
    try:
        try:
            value = data[key]
            print("got", value)
            return 100 / value
        except KeyError:
            print("no key", key)
            value = 0
        finally:
            print("inner")
        return 1 / value
    except ZeroDivisionError as err:
        print("zero:", err)
        return None
    except TypeError:
        print("type")
    else:
        print("never?")
    finally:
        print("outer")
    return "end"


table = {"a": 8, "b": 0, "c": "x"}
for k in ["a", "b", "c", "d"]:
    print(k, "=>", risky(table, k))
    print("---")
