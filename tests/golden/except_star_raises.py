try:
    try:
        raise ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [TypeError(2), ValueError(3)])])
    except* ValueError as e:
        print(len(e.exceptions))
        raise OSError("from handler")
    except* TypeError as e:
        print(e.exceptions)
except OSError as only:
    print("only", only)
try:
    print("calm")
except* OSError:
    pass
else:
    print("else")
