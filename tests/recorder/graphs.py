"""Random programs about object graphs: nested, shared and cyclic, changed near and from afar."""

from __future__ import annotations

import random

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
