def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise TypeError("not a number") from error

def quiet(text):
    try:
        return {}[text]
    except KeyError:
        raise LookupError(text) from None

try:
    parse("x")
except TypeError as e:
    print(type(e.__cause__).__name__, e.__suppress_context__)
try:
    quiet("k")
except LookupError as e:
    print(e.__cause__, e.__suppress_context__, type(e.__context__))
