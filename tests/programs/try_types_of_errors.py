# tags: exceptions for lambdas
tests = [
    lambda: 1 / 0,
    lambda: int("3.5"),
    lambda: [1, 2][5],
    lambda: {"a": 1}["b"],
    lambda: "2" + 2,
    lambda: 42,
]
for t in tests:
    try:
        print("result:", t())
    except (ZeroDivisionError, ValueError) as e:
        print("math/value problem:", e)
    except LookupError as e:
        print(type(e).__name__, e)
    except Exception as e:
        print("other:", e)
