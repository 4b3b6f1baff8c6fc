def several():
    raise ExceptionGroup("many", [ValueError("v"), KeyError("k"), OSError("o")])

try:
    try:
        several()
    except* ValueError as group:
        print("handled", group.exceptions)
    except* TypeError:
        print("none")
    finally:
        print("finally")
except ExceptionGroup as rest:
    print(rest.message, len(rest.exceptions))
try:
    raise KeyError("single")
except* KeyError as group:
    print(repr(group))
