def later(): ...

def documented():
    """Only a docstring."""

def passing():
    pass

def falls_off(n):
    if n:
        return

class Empty:
    """Nothing."""

print(later(), documented(), passing(), falls_off(1), falls_off(0), Empty())
