saved = None
try:
    int("a")
except ValueError as e:
    saved = e

def again():
    if saved:
        raise saved

try:
    again()
except ValueError as e:
    print(e is saved)
def stop():
    raise
try:
    stop()
except RuntimeError as e:
    print(e)
