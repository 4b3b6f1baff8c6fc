"""Random programs about object graphs: nested, shared and cyclic, changed near and from afar; and
such as say in each statement which object they change (`moves`)."""

from __future__ import annotations

import random
import re

HEAD = """\
class Box:
    def __init__(self, inside):
        self.inside = inside
class Slim:
    __slots__ = ("inside", "other")
    def __init__(self, inside):
        self.inside = inside
def put(where, what):
    kind = type(where)
    if kind is list: where.append(what)
    elif kind is dict: where[len(where)] = what
    elif kind is Box or kind is Slim: where.inside = what
    elif kind is tuple and where: put(where[0], what)
def take(where):
    kind = type(where)
    if kind is list and where: where.pop(0)
    elif kind is dict and where: where.popitem()
    elif kind is Box: where.__dict__.clear()
def part(of, n):
    kind = type(of)
    if kind in (list, tuple) and of: return of[n % len(of)]
    if kind is dict and of: return list(of.values())[n % len(of)]
    if kind is Box or kind is Slim: return getattr(of, "inside", n)
    return of
def deep(of, down):
    seen = of
    for n in range(down):
        seen = part(seen, n)
    put(seen, down)
    return seen
def through(things):
    for thing in things:
        yield thing
        put(thing, 0)
"""
NAMES = ("a", "b", "c", "d", "e")


class Graph:
    """Makes one program."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def program(self) -> str:
        lines = [f"{name} = {self.fresh()}" for name in NAMES[:3]]
        lines += ["d = [a, b]", "e = Box(d)"]
        lines += [self.statement() for _ in range(self.rng.randrange(8, 25))]
        return HEAD + "\n".join(lines) + "\n"

    def name(self) -> str:
        return self.rng.choice(NAMES)

    def fresh(self) -> str:
        one, other = self.rng.choice((("1", "'x'"), ("[]", "{}"), ("[0]", "Box([])")))
        shapes = ("[{}, {}]", "{{'p': {}, 'q': {}}}", "Box({})", "Slim([{}])", "({}, {})", "{}")
        return self.rng.choice(shapes).format(one, other)

    def statement(self) -> str:
        one, other, n = self.name(), self.name(), self.rng.randrange(6)
        return self.rng.choice(
            (
                f"{one} = {self.fresh()}",
                f"{one} = {other}",
                f"{one} = part({other}, {n})",
                f"{one} = [{other}, {self.name()}]",
                f"{one} = ({other}, [{self.name()}])",
                f"{one} = Box({other})",
                f"{one} = {{'k': {other}, 'l': [{self.name()}]}}",
                f"put({one}, {other})",
                f"put({one}, {n})",
                f"put(part({one}, {n}), {n})",
                f"take({one})",
                f"take(part({one}, {n}))",
                f"deep({one}, {n})",
                f"deep({one}, {n + 6})",
                f"{one} = deep({other}, {n})",
                f"for x in through([{one}, {other}]): put(x, {n})",
                f"del {one}; {one} = {n}",
            )
        )


def graph(seed: int) -> str:
    """The program of this number; always the same."""
    return Graph(random.Random(seed)).program()


MOVING = """\
class Box:
    def __init__(self, inside):
        self.inside = inside
        self.seen = [inside]
class Pair:
    def __init__(self, left, right=None):
        self.left = left
        self.right = right
    def swap(self):
        self.left, self.right = self.right, self.left
        return self
    def drop(self):
        out = self.left
        self.left = None
        return out
def make(n):
    first = Box(n)
    second = Pair(first, [n])
    return second
def linked(n):
    if n == 0:
        return None
    return Pair(n, linked(n - 1))
def lists(n):
    rows = []
    for i in range(n):
        rows.append([i])
    return rows
def keep(box, thing):
    box.inside = thing
    again = Pair(thing, box)
    return again
def gather(n, into=[]):
    into.append(n)
    return into
store = {}
def through(pair):
    inner = pair.right
    inner = Pair(inner, pair)
    return inner
"""


class Moves:
    """Makes one program in which objects are made by calls, returned, stored and moved."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def program(self) -> str:
        lines = ["x = y = 0", "a = Box(1)", "b = Box(a)", "c = Box([])", "p = Pair(a)"]
        lines += ["q = make(2)", "r = linked(2)", "s = [p]", "t = []", "u = lists(2)"]
        lines += [self.statement() for _ in range(self.rng.randrange(6, 22))]
        return MOVING + "\n".join(lines) + "\n"

    def filled(self, text: str) -> str:
        """The text with a name of a box for B, a pair for P, a list for L, any for X; a thing for
        T, a number for N."""
        choose = self.rng.choice
        makers = {
            "B": lambda: choose("abc"),
            "P": lambda: choose("pqr"),
            "L": lambda: choose("stu"),
            "X": lambda: choose("xy"),
            "N": lambda: str(self.rng.randrange(5)),
            "T": self.thing,
        }
        return re.sub(r"\b[BPLXNT]\b", lambda found: makers[found[0]](), text)

    def thing(self) -> str:
        shapes = (
            "N", "B", "P", "L", "'-'", "Box(T)", "[T, N]", "make(N)", "linked(N)", "lists(N)",
            "Pair(T, T)", "P.left", "P.right", "[B, L]", "N", "P", "B",
        )  # fmt: skip
        return self.filled(self.rng.choice(shapes))

    def statement(self) -> str:
        shapes = (
            "B = Box(T)", "P = Pair(T, T)", "L = [T]", "B.inside = T", "P.left = T", "P.right = T",
            "L.append(T)", "L = lists(N)", "P = make(N)", "P = keep(B, T)", "P = through(P)",
            "P = P.swap()", "x = P.drop()", "if s:\n    x = s.pop()",
            "if t:\n    L.append(t.pop())", "if u:\n    u[0] = T", "X = T",
            "P.left = P.right = Box(B)", "gather(N).append(N)", "x = gather(N)",
            "store.setdefault(N, lists(N)).append(N)",
            "for X in L:\n    y = Pair(x)\n    x = y",
        )  # fmt: skip
        return self.filled(self.rng.choice(shapes))


def moves(seed: int) -> str:
    return Moves(random.Random(seed)).program()
