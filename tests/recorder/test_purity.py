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
    "a generator expression that appends": (
        "a = []\ng = (a.append(i) for i in [1, 2])\nfor x in g:\n    y = x\nz = 0\n"
    ),
    "a class made of C": (
        "a = []\nA = type('A', (), {'__add__': a.append})\nb = A()\nc = b + 1\nd = 1\n"
    ),
    "a special method that is C's": (
        "a = []\nf = a.append\nclass A:\n    __add__ = f\nb = A()\nc = b + 1\nd = 1\n"
    ),
    "a special method set later": (
        "a = []\nclass A: pass\nA.__add__ = a.append\nb = A()\nc = b + 1\nd = 1\n"
    ),
    "a file that is C's": (
        "a = []\nclass A: pass\nf = A()\nf.write = a.append\nprint(1, file=f)\nx = 1\ny = 2\n"
    ),
    "a key that is C's": (
        "a = [[1, 2], [3, 4]]\nb = sorted(a, key=list.pop)\nc = 1\na.sort(key=list.pop)\nd = 2\n"
    ),
    "a method's object": (
        "a = b = [1]\nc = {'k': a}\nd = [c, a]\na.append(2)\nx = b.pop()\nc['k'].append(x)\n"
        "d[1].insert(0, d[0]['k'].pop())\nx = 1\nc.update(z=a)\nc['z'] += [3]\nx = 2\n"
    ),
    "an attribute's object": (
        "class A:\n    shared = []\n    def __init__(self, n):\n        self.items = []\n"
        "        self.n = n\n    def add(self, x):\n        self.items.append(x)\n"
        "        self.shared.append(x)\n        self.n += len(self.items)\n"
        "        return self.items\na, b = A(1), A(2)\na.add(b).append(3)\nb.items = a.items\n"
        "b.add(a)\na.items[0].items.append(4)\nA.items = [5]\ndel b.items\nb.items.append(6)\n"
        "x = 1\n"
    ),
    "an object that a call replaces": (
        "class A:\n    def new(self):\n        self.old = self.x\n        self.x = []\n"
        "        return 1\na = A()\na.x = [0]\nb = a.x\na.x.append(a.new())\nc = 1\n"
        "d = [b]\ndef swap():\n    d[0] = []\n    return 2\nd[0].append(swap())\ne = 1\n"
    ),
    "a global that a call replaces": (
        "a = [1]\nb = a\ndef f():\n    global a\n    a = []\n    return 2\na.append(f())\nc = 1\n"
        "def g(n):\n    a.append(n)\n    b.append(n)\n    return a\ng(3).append(f())\nd = 1\n"
    ),
    "a property's object": (
        "class A:\n    def __init__(self):\n        self._x = [[1]]\n    @property\n"
        "    def x(self):\n        return self._x[0]\na = A()\na.x.append(2)\nb = 1\n"
        "a.x[0] = 3\nb = 2\na.x.extend(a.x)\nb = 3\n"
    ),
    "a class attribute's object": (
        "class A: pass\nA.x = [1]\na = A()\na.x.append(2)\nb = A.x\na.x.append(3)\nc = 1\n"
    ),
    "an object that shows another": (
        "d = {'a': 1}\nv = d.values()\nb = [v]\nd['a'] = 2\nx = 1\nd['b'] = 3\nx = 2\n"
        "e = ValueError(d)\nf = [e]\nd['c'] = 4\nx = 3\n"
    ),
    "an item far out": (
        "a = [[] for i in range(120)]\nb = a[110]\nc = a[5]\na[110].append(1)\na[5].append(2)\n"
        "x = 1\na[110][0] = 3\nx = 2\n"
    ),
    "an item of an object of the program": (
        "class A:\n    def __init__(self):\n        self.x = [[1], [2]]\n"
        "    def __getitem__(self, i):\n        return self.x[i]\na = A()\na[0].append(3)\n"
        "b = 1\na[1][0] = 4\nb = 2\na[0] += []\n"
    ),
    "a name of a comprehension": (
        "def f(a):\n    b = [a.append(1) for a in [[], [2]]]\n    c = [[3]]\n"
        "    b = [a.pop() for a in c]\n    return a, c\nf([4])\n"
    ),
    "a sort that looks": (
        "a = [3, 1, 2]\ndef k(x):\n    y = len(a)\n    return x\na.sort(key=k)\nb = 1\n"
        "b = max(a, key=k)\n"
    ),
    "a method of two kinds": (
        "class S:\n    def __init__(self):\n        self.i = []\n    def pop(self):\n"
        "        return self.i.pop()\n    def append(self, x):\n        self.i.append(x)\n"
        "def f(s):\n    s.append(1)\n    s.append(2)\n    x = s.pop()\n    return x\n"
        "l, s = [], S()\nf(l)\nf(s)\nx = l.pop() + s.pop()\ny = 1\n"
    ),
    "a method that is an attribute": (
        "a = []\nclass A:\n    def push(self, x):\n        return x\nb = A()\nb.push(1)\n"
        "b.push = a.append\nb.push(2)\nc = 1\n"
    ),
    "a name that the module's line has bound already": (
        "a, b = [1], [2]\ndef f(p):\n    a.append(3)\n    return p\na = b; f(b)\nx = 1\n"
        "for a in [[5]]: f(a)\na = [6]\nx = (a := b) and f(b)\nx = 2\n"
    ),
    "a decorator that gives C": (
        "a = []\ndef dataclass(c):\n    return a.append\n@dataclass\nclass A: pass\nA(1)\nx = 1\n"
        "y = A(2)\nx = 2\n"
    ),
    "a built-in function that was replaced": (
        "import builtins\na = [1]\nold = builtins.abs\nbuiltins.abs = a.append\nx = abs(2)\n"
        "y = 1\nbuiltins.abs = old\n"
    ),
    "an object of a name that is a module's": (
        "stack = []\nmodules = [stack]\nclass A: pass\na = A()\na.stack = stack\n"
        "a.stack.append(1)\nx = 1\n"
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
