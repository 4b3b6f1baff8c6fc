def test(action):
    try:
        action()
    except LookupError:
        return "lookup"
    except (TypeError, ValueError) as e:
        return type(e).__name__
    except:
        return "other"

print(test(lambda: [][1]))
print(test(lambda: int("q")))
print(test(lambda: 1 / 0))
