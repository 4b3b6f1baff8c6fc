"""A module."""
"second"
1
...
None

def f():
    """Doc."""
    x: int
    "not a docstring"

y: int
z: int = 2
f()
