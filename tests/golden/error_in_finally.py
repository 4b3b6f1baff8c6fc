def close():
    raise OSError("close failed")

try:
    try:
        raise ValueError("first")
    finally:
        close()
except OSError as e:
    print(e, "while", repr(e.__context__))
