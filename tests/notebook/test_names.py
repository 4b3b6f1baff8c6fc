from __future__ import annotations

import ast

import pytest

from cwm_lab.notebook.names import needs


@pytest.mark.parametrize(
    ("source", "now", "later"),
    [
        ("print(x)", "print x", ""),
        ("x = 1\nprint(x)", "print", ""),
        ("x = x + 1", "x", ""),
        ("x += 1", "x", ""),
        ("del x", "x", ""),
        ("if a:\n    x = 1\nprint(x)", "a print x", ""),
        ("if a:\n    x = 1\nelse:\n    x = 2\nx", "a", ""),
        ("for i in xs:\n    i", "xs", ""),
        ("for i in xs:\n    pass\ni", "xs i", ""),
        ("with f() as h:\n    h", "f", ""),
        ("try:\n    import a\nexcept E as e:\n    e", "E", ""),
        ("[q for q in xs if q > low]", "xs low", ""),
        ("def f(a, b=d):\n    c = a\n    return c + g", "d", "g"),
        ("def f():\n    return f() + g()\ndef g():\n    return 1\nf()", "", ""),
        ("def f():\n    return g\nf()\ng = 1", "g", ""),
        ("def f():\n    global n\n    n += 1", "", "n"),
        ("class A(B):\n    x = y\n    def m(self):\n        return z", "B y", "z"),
        ("match v:\n    case [a, *b] if a > t:\n        a, b", "v t", ""),
        ("from m import a as b\nb", "", ""),
        ("def a():\n    return B()\nclass B:\n    def m(self):\n        pass\na()", "", ""),
        ("f = lambda q: q + w", "", "w"),
    ],
)
def test_what_a_cell_takes_from_outside(source: str, now: str, later: str) -> None:
    found = needs(ast.parse(source))
    assert set(found.now) == set(now.split())
    assert set(found.later) - {"print"} == set(later.split())
