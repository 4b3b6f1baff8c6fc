"""Drills: very short programs, each about one skill, in enormous variety."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.expressions import literal
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.scene import Scene
from cwm_lab.training.generator.statements import Statements

Family = Callable[[random.Random], GeneratedProgram]


def drill(inputs: tuple[str, ...], results: tuple[tuple[str, float], ...], tag: str) -> Family:
    """A family that declares variables of some of the input kinds and computes the result kinds."""

    def make(rng: random.Random) -> GeneratedProgram:
        draw = Draw(rng)
        scene = Scene(draw)
        statements = Statements(scene)
        kinds = [inputs[0], *draw.sample(inputs[1:], draw.between(0, min(2, len(inputs) - 1)))]
        lines = [statements.declare(kind) for kind in draw.shuffled(kinds)]
        for _ in range(draw.between(2, 7)):
            kind = draw.weighted(results)
            lines.append(_exercise(statements, kind))
        return GeneratedProgram("\n".join(lines) + "\n", ("micro", tag))

    return make


def _exercise(statements: Statements, kind: str) -> str:
    """One drill statement that works: an assignment, a print, a condition or an assertion."""
    draw = statements.draw
    if kind in ("mutation", "unpacking", "augmented", "alias"):
        made = {
            "mutation": statements.mutation,
            "unpacking": statements.unpacking,
            "augmented": statements.augmented,
            "alias": statements.alias,
        }[kind]()
        return made if made is not None else statements.declare("int")
    form = draw.rng.random()
    if form < 0.62:
        made = statements.compute(kind, draw.between(0, 2))
        return made if made is not None else statements.declare(kind)
    if form < 0.9:
        for _ in range(6):
            text = statements.expressions.of(kind, 1)
            if len(text) < 70 and statements.prints(text):
                return f"print({text})"
        return statements.show()
    condition = working_condition(statements)
    return f"if {condition}:\n    {statements.show()}"


def working_condition(statements: Statements) -> str:
    for _ in range(8):
        condition = statements.expressions.of("bool", 1)
        if len(condition) < 70 and statements.works(condition):
            return condition
    return literal(statements.draw, "bool")


def arithmetic(rng: random.Random) -> GeneratedProgram:
    """Sums, differences, products and quotients at the sizes that CS1 programs have."""
    draw = Draw(rng)
    lines: list[str] = []
    names: list[str] = []
    scene = Scene(draw)
    for _ in range(draw.between(1, 3)):
        name = scene.new_name("int")
        value = draw.weighted(
            (
                (draw.between(0, 20), 2),
                (draw.between(10, 99), 3),
                (draw.between(100, 999), 2),
                (draw.between(1000, 9999), 1),
                (draw.between(-99, -1), 1.5),
            )
        )
        lines.append(f"{name} = {value}")
        scene.bind(name, value)
        names.append(name)
    for _ in range(draw.between(2, 7)):
        line = _sum(draw, scene, names)
        if line is not None:
            lines.append(line)
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "ints"))


def _sum(draw: Draw, scene: Scene, names: list[str]) -> str | None:
    left = draw.pick(names)
    value: int = scene.values[left]
    operator = draw.weighted(
        (
            ("+", 4),
            ("-", 4),
            ("*", 4),
            ("//", 4),
            ("%", 4),
            ("**", 0.5),
            ("divmod", 0.5),
            ("cmp", 3),
            ("/", 0.6),
        )
    )
    other = draw.pick(names) if draw.chance(0.4) else None
    if operator in ("+", "-"):
        text = f"{left} {operator} {other or abs(draw.number())}"
        if other is None and draw.chance(0.2):
            text = f"{draw.number()} {operator} {left}"
    elif operator == "*":
        factor = (
            draw.between(2, 12) if draw.chance(0.6) or abs(value) > 99 else draw.between(11, 99)
        )
        text = f"{left} * {factor}" if draw.chance(0.8) else f"{factor} * {left}"
    elif operator in ("//", "%", "/"):
        divisor = (
            draw.between(2, 12)
            if draw.chance(0.7)
            else draw.pick((10, 100, 13, 15, 16, 20, 24, 25, 60))
        )
        text = f"{left} {operator} {divisor if draw.chance(0.93) else -divisor}"
    elif operator == "**":
        text = f"{draw.between(-5, 12)} ** {draw.between(0, 3)}"
    elif operator == "divmod":
        text = f"divmod({left}, {draw.between(2, 12)})"
    else:
        near = value + draw.pick((-10, -2, -1, 0, 0, 1, 2, 10, 100, draw.between(-99, 99)))
        text = f"{left} {draw.pick(('<', '>', '<=', '>=', '==', '!='))} {other or near}"
    if draw.chance(0.25):
        return f"print({text})"
    kind = {"cmp": "bool", "divmod": "tuple", "/": "float"}.get(operator, "int")
    name = scene.new_name(kind)
    result = scene.evaluate(text)
    if isinstance(result, int) and abs(result) > 99_999:
        return None
    scene.bind(name, result)
    if kind == "int":
        names.append(name)
    return f"{name} = {text}"


MICRO_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "micro_arithmetic": (arithmetic, 6),
    "micro_ints": (
        drill(("int", "int", "int"), (("int", 6), ("bool", 2), ("augmented", 2)), "ints"),
        5,
    ),
    "micro_floats": (
        drill(("float", "int", "float"), (("float", 5), ("str", 1), ("augmented", 1)), "floats"),
        2.5,
    ),
    "micro_strings": (
        drill(("str", "str", "int"), (("str", 8), ("int", 2), ("bool", 2), ("strs", 1)), "strings"),
        8,
    ),
    "micro_bools": (drill(("int", "str", "bool", "ints", "float"), (("bool", 1),), "booleans"), 3),
    "micro_lists": (
        drill(
            ("ints", "int", "strs", "ints"),
            (("ints", 4), ("int", 3), ("bool", 1), ("mutation", 4)),
            "lists",
        ),
        6,
    ),
    "micro_words": (
        drill(("strs", "str", "ints"), (("strs", 4), ("str", 2), ("mutation", 3)), "lists"),
        3,
    ),
    "micro_dicts": (
        drill(("dict", "strs", "int"), (("dict", 2), ("int", 2), ("mutation", 5)), "dicts"),
        3,
    ),
    "micro_sets": (
        drill(("set", "set", "ints"), (("set", 3), ("mutation", 2), ("bool", 1)), "sets"),
        1,
    ),
    "micro_tuples": (
        drill(
            ("tuple", "int", "ints", "str"),
            (("tuple", 2), ("unpacking", 4), ("alias", 0.5)),
            "tuples",
        ),
        2,
    ),
    "micro_grids": (
        drill(("grid", "ints", "int"), (("grid", 2), ("mutation", 3), ("alias", 1)), "grids"),
        1,
    ),
}
