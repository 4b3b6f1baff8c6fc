"""Where the recorder need not look: which lines change nothing, and that no change is missed."""

from __future__ import annotations

import ast

import pytest

from cwm_lab.recorder.purity import Purity, purity
from cwm_lab.trace.lines import read_source
from tests.recorder.test_texts import differences


def pure(source: str) -> Purity:
    tree = ast.parse(source)
    return purity([*ast.walk(tree)], (), read_source(tree))


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("x = a + b * 2", ""),
        ("x, y = y, x", ""),
        ("x += 1", "x"),
        ("if a[i] < a[i + 1]: pass", None),  # two statements on the line
        ("x = a[i][j]", ""),
        ("x = a.size", ""),
        ("x = f'{a!r:>5}'", ""),
        ("print(len(a), end='')", ""),
        ("assert a", ""),
        ("x = [a, {b: 1}]", ""),
        ("a[0] = 1", None),
        ("a.b = 1", None),
        ("a.b += 1", None),
        ("a.append(1)", None),
        ("x = sorted(a)", None),
        ("x = [c for c in a]", None),
        ("x = lambda: a", None),
        ("del a", None),
        ("import math", None),
        ("with a: x = 1", None),
        ("raise a", None),
        ("for i in range(3):\n    x = 1", ""),
        ("for i in a:\n    x = 1", ""),
        ("for a[0] in b:\n    x = 1", None),
        ("for i in zip(a, b):\n    x = 1", None),
        ("while a < b:\n    a += 1", ""),
    ],
)
def test_what_is_certain_of_a_line(line: str, how: str | None) -> None:
    assert pure(line).get(1) == how


@pytest.mark.parametrize(
    "line",
    [
        "import numpy",
        "from threading import Thread",
        "setattr(A, n, f)",
        "class S(list):\n    __lshift__ = list.append",
        "x = a.__dict__",
    ],
)
def test_programs_of_which_nothing_is_certain(line: str) -> None:
    assert pure("x = 1\n" + line) == {}


def test_words_that_make_lines_uncertain() -> None:
    assert pure("x = a[0]")[1] == ""
    assert 2 not in pure("from collections import defaultdict as dd\nx = a[0]")
    assert 2 not in pure("n = iter(a.pop, None)\nfor i in n:\n    x = 1")
    assert 2 not in pure("def len(a): return a.pop()\nx = len(a)")


SNEAKY = {
    "operator that is a method of C": (
        "class S(list):\n    __lshift__ = list.append\ns = S()\ns << 1\ns << 2\nx = 0\n"
    ),
    "iterator that pops": "a = [3, 2, 1]\nfor i in iter(a.pop, 1):\n    x = i\nx = 0\n",
    "iterator that appends": "a = []\nfor i in map(a.append, [1, 2]):\n    x = i\nx = 0\n",
    "index that inserts": (
        "from collections import defaultdict\nd = defaultdict(list)\nx = d['a']\ny = 1\n"
    ),
    "attribute that inserts": (
        "from functools import cached_property\nclass A:\n    @cached_property\n"
        "    def x(self):\n        return 1\na = A()\nb = a.x\nc = 1\n"
    ),
    "property": (
        "class A:\n    n = 0\n    @property\n    def x(self):\n        self.n += 1\n"
        "        return self.n\na = A()\nb = a.x\nc = a.x + a.x\nif a.x > 3:\n    d = a.x\ne = 1\n"
    ),
    "operators": (
        "class A:\n    def __init__(self):\n        self.log = []\n"
        "    def __add__(self, x):\n        self.log.append(x)\n        return self\n"
        "    def __lt__(self, x):\n        self.log.append('<')\n        return True\n"
        "    def __bool__(self):\n        self.log.append('?')\n        return True\n"
        "a = A()\nb = a + 1\nif a < b:\n    c = a and 1\nd = 1 if a else 2\ne = 1\n"
    ),
    "in place": "a = b = [1]\na += [2]\nx = 1\na *= 2\nx = 2\nc = 1\nc += 1\n",
    "in place, another type later": (
        "def f(x, y):\n    x += y\n    z = 1\n    return z\n"
        "k = [1]\nf(1, 2)\nf(k, [2])\nf('a', 'b')\n"
    ),
    "a global": "def f():\n    global x\n    x = 2\n    return 1\nx = 1\ny = f()\nz = 1\n",
    "a global that is new": "def f():\n    global x\n    x = 2\nf()\nz = 1\ndel x\nf()\n",
    "a global out of a comprehension": "a = [last := n for n in [1, 2]]\nb = last\nc = 1\n",
    "names through globals()": "globals()['x'] = 1\ny = 1\nglobals().pop('x')\nz = 1\n",
    "names through exec": "exec('x = 1')\ny = 1\nexec('x = [2]; del y')\nz = 1\n",
    "names through vars()": "v = vars()\nv['x'] = 1\ny = 1\n",
    "names through the module": (
        "import sys\nm = sys.modules['__main__']\nx = 1\nclass A:\n    y = 1\nA.y = 2\nz = 1\n"
    ),
    "a closure": (
        "def f():\n    n, a = 0, []\n    def g():\n        nonlocal n\n        n += 1\n"
        "        a.append(n)\n        return n\n    x = g()\n    y = g() + g()\n    return n\nf()\n"
    ),
    "a name deleted and bound again": (
        "def f():\n    x = 1\n    del x\n    y = 1\n    x = 2\n    return x\nf()\n"
    ),
    "a name of a handler": (
        "def f():\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        x = 1\n"
        "        y = 2\n    z = 3\n    return z\nf()\n"
    ),
    "a name of a handler, left by an error": (
        "def f():\n    try:\n        try:\n            1 / 0\n        except ValueError as e:\n"
        "            x = 1\n        except ZeroDivisionError as e:\n            x = [][1]\n"
        "    except IndexError as g:\n        y = 2\n    return y\nf()\n"
    ),
    "names of a match": (
        "def f(p):\n    match p:\n        case [a, *b] if a > 1:\n            return b\n"
        "        case {'k': c, **d}:\n            return d\n        case (x, y) | [x, y, _]:\n"
        "            return x\nf([2, 3])\nf({'k': 1, 'l': 2})\nf((0, 1))\n"
    ),
    "a long line of names": (
        "def f():\n"
        + "".join(f"    v{n} = {n}\n" for n in range(300))
        + "    v299, v298 = v0, v1\n    return v299\nf()\n"
    ),
}


@pytest.mark.parametrize("name", SNEAKY)
def test_no_change_is_missed(name: str) -> None:
    source = SNEAKY[name]
    # With and without what is known beforehand (see `differences`).
    for text in (source, source + "# ", source + "#  "):
        assert differences(text) == []
