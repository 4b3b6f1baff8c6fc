# tags: exceptions functions
def f(x):
    try:
        print("try", x)
        if x == 1:
            raise KeyError("one")
        return "from try"
    except KeyError as e:
        print("except", e)
        return "from except"
    finally:
        print("finally", x)

print(f(0))
print(f(1))
