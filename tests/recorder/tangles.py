"""Random programs of tangled control flow: every way into and out of blocks."""

from __future__ import annotations

import random

HEAD = """\
class Guard:
    def __init__(self, name, swallows=False):
        self.name, self.swallows = name, swallows
    def __enter__(self):
        return self.name
    def __exit__(self, kind, error, tb):
        print("exit", self.name, kind and kind.__name__)
        return self.swallows
def fail(n):
    if n % 2: raise ValueError(n)
    return n
count = 0
def tick():
    global count
    count += 1
    if count == 40: raise SystemExit
    return count if count < 40 else 0
"""
ERRORS = ("ValueError", "KeyError", "ZeroDivisionError", "(KeyError, ValueError)", "Exception")


class Tangle:
    """Makes one program. in_loop, in_function: what the statement made next may do."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def program(self) -> str:
        lines = ["def work(a):", *self.block(1, in_loop=False, function="plain")]
        lines += ["def give(a):", "    yield a", *self.block(1, in_loop=False, function="yields")]
        lines += ["for k in range(3):", "    try:", "        print(work(k))"]
        lines += ["        for x in give(k): print(x)"]
        lines += ["    except Exception as e:", "        print(repr(e))"]
        lines += ["g = give(1)", "print(next(g, 'none'))", self.rng.choice(["g.close()", "del g"])]
        lines += self.block(0, in_loop=False, function="")
        return HEAD + "\n".join(lines) + "\n"

    def block(self, level: int, *, in_loop: bool, function: str) -> list[str]:
        made: list[str] = []
        for _ in range(self.rng.choice((1, 1, 2, 2, 3))):
            made += self.statement(level, in_loop, function)
        return made

    def statement(self, level: int, in_loop: bool, function: str) -> list[str]:
        pad = "    " * level
        if level >= 5 or self.rng.random() < 0.4:
            return [pad + self.simple(in_loop, function)]
        inner = {"in_loop": in_loop, "function": function}

        def body(**changed: bool) -> list[str]:
            return self.block(level + 1, **(inner | changed))  # type: ignore[arg-type]

        kind = self.rng.randrange(8)
        if kind == 0:
            made = [pad + f"if {self.test()}:", *body()]
            if self.rng.random() < 0.5:
                made += [pad + f"elif {self.test()}:", *body()]
            return made + ([pad + "else:", *body()] if self.rng.random() < 0.5 else [])
        if kind == 1:
            made = [pad + f"for i in range({self.rng.randrange(3)}):", *body(in_loop=True)]
            return made + ([pad + "else:", *body()] if self.rng.random() < 0.4 else [])
        if kind == 2:
            made = [pad + f"while tick() % {self.rng.choice((2, 3))}:", *body(in_loop=True)]
            return made + ([pad + "else:", *body()] if self.rng.random() < 0.4 else [])
        if kind == 3:
            swallows = self.rng.choice(("", ", True"))
            second = self.rng.choice(("", ", Guard('y', True)", ", Guard('z') as n"))
            return [pad + f"with Guard('x'{swallows}) as m{second}:", *body()]
        if kind == 4:
            made = [pad + "match tick() % 3:", pad + "    case 0:"]
            made += self.block(level + 2, in_loop=in_loop, function=function)
            made += [pad + "    case n if fail(n):"]
            return made + self.block(level + 2, in_loop=in_loop, function=function)
        return self.attempt(pad, body)

    def attempt(self, pad: str, body: object) -> list[str]:
        assert callable(body)
        made = [pad + "try:", *body()]
        handlers = self.rng.randrange(3)
        for _ in range(handlers):
            name = self.rng.choice(("", " as e"))
            made += [pad + f"except {self.rng.choice(ERRORS)}{name}:", *body()]
            if self.rng.random() < 0.2:
                made += [pad + "    raise"]
        if handlers and self.rng.random() < 0.4:
            made += [pad + "else:", *body()]
        if not handlers or self.rng.random() < 0.5:
            made += [pad + "finally:", *body()]
        return made

    def simple(self, in_loop: bool, function: str) -> str:
        choices = [
            "print(tick())",
            "fail(tick())",
            "v = [1 // (j - 1) for j in range(tick() % 3)]",
            "w = {j: fail(j) for j in range(tick() % 3)}",
            "pass",
            "u = tick(); print(u)",
            "raise KeyError('k')",
            "1 / (tick() % 2)",
            "while tick() % 3: v = 1",
            "for i in range(2): fail(i * 2)",
        ]
        if in_loop:
            choices += ["break", "continue"] * 2
        if function:
            choices += ["return tick()", "return"]
        if function == "yields":
            choices += ["yield tick()", "b = yield", "yield from range(2)"]
        return self.rng.choice(choices)

    def test(self) -> str:
        return self.rng.choice(("tick() % 2", "tick() > 9", "True", "not tick() % 3"))


def tangle(seed: int) -> str:
    """The program of this number; always the same."""
    return Tangle(random.Random(seed)).program()
