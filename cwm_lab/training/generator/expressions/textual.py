"""Expressions that give strings: methods, slices, joins, f-strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwm_lab.training.generator.expressions import numeric
from cwm_lab.training.generator.scene import kind_of

if TYPE_CHECKING:
    from cwm_lab.training.generator.expressions.writer import Expressions


def str_(e: Expressions, depth: int) -> str:
    d = e.draw
    text = e.operand("str", depth - 1) if d.chance(0.5) else e.leaf("str", 0.9)
    raw = e.value(text, "")
    value = raw if isinstance(raw, str) else ""
    form = d.weighted(
        (
            ("method", 5),
            ("slice", 3),
            ("join", 2.5),
            ("format", 3),
            ("convert", 1.2),
            ("repeat", 1),
            ("index", 1.5),
        )
    )
    if form == "method":
        return method_of(e, text, value)
    if form == "slice":
        return f"{text}[{e.slice_(len(value))}]"
    if form == "index" and value:
        return f"{text}[{e.index(len(value))}]"
    if form == "join":
        return d.pick(
            (
                f"{text} + {e.operand('str', depth - 1)}",
                f"{text} + {d.quoted(d.pick(('!', '?', ' ', '-', '.', 's', '...', ', ')))}",
                f"{d.quoted(d.pick((', ', '-', '', ' ', '/', '_', '+')))}.join({e.leaf('strs')})",
                f"{text} + str({e.operand('int', 0)})",
                f"{d.quoted(d.pick(('-', '.', '', ' ')))}.join({text})",
            )
        )
    if form == "format":
        return format_string(e)
    if form == "convert":
        return d.pick(
            (
                f"str({e.operand('int', depth - 1)})",
                f"str({e.leaf('float')})",
                f"chr({d.between(97, 122)})",
                f"bin({d.between(0, 40)})",
                f"str({e.leaf('ints')})",
                f"str({e.leaf('bool')})",
                f"repr({text})",
                f"max({text}, {e.leaf('str')})",
                f"type({e.leaf(d.pick(('int', 'str', 'float', 'ints')))}).__name__",
            )
        )
    if form == "repeat":
        return (
            f"{text} * {d.between(0, 4)}" if len(value) <= 8 else f"{text}[:{d.between(1, 4)}] * 2"
        )
    return f"{text} + {e.leaf('str')}"


def method_of(e: Expressions, text: str, value: str) -> str:
    """A string method that gives a string."""
    d = e.draw
    plain = d.pick(
        (
            "upper",
            "lower",
            "title",
            "capitalize",
            "swapcase",
            "strip",
            "lstrip",
            "rstrip",
            "casefold",
        )
    )
    part, other = e.part_of(value), d.pick(("", "-", "_", "o", "X", "*", " ", "ee", "a"))
    width = len(value) + d.between(-1, 6)
    fill = d.pick(("", "", ", '*'", ", '-'", ", '.'", ", '0'"))
    edge = value[:1] + value[-1:] if value.strip() else " "
    return d.weighted(
        (
            (f"{text}.{plain}()", 6),
            (f"{text}.replace({d.quoted(part)}, {d.quoted(other)})", 3),
            (f"{text}.replace({d.quoted(part)}, {d.quoted(other)}, 1)", 0.4),
            (f"{text}.{d.pick(('center', 'ljust', 'rjust'))}({width}{fill})", 1.2),
            (f"{text}.zfill({width})", 0.8),
            (f"{text}.{d.pick(('strip', 'lstrip', 'rstrip'))}({d.quoted(edge)})", 0.8),
            (f"{text}.{plain}().{d.pick(('strip', 'upper', 'lower', 'title'))}()", 0.8),
            (f"{text}.{d.pick(('removeprefix', 'removesuffix'))}({d.quoted(part)})", 0.3),
        )
    )


def format_string(e: Expressions) -> str:
    """An f-string over variables, with a simple format now and then."""
    d = e.draw
    scene = e.scene
    parts: list[str] = []
    for _ in range(d.between(1, 2)):
        label = d.pick(
            (
                "",
                "",
                f"{d.noun()}: ",
                f"{d.noun()} = ",
                "x",
                "",
                "#",
                "Total: ",
                "Hi, ",
                f"{d.noun()} ",
            )
        )
        names = scene.of_kind("int", "str", "float", "bool")
        if not names or d.chance(0.15):
            parts.append(label + "{" + numeric.arithmetic(e, 0) + "}")
            continue
        name = d.pick(names)
        spec = d.weighted(_specs(e, kind_of(scene.values[name])))
        parts.append(label + "{" + name + spec + "}")
    text = d.pick((" ", ", ", "-", "", " and ")).join(parts) + d.pick(("", "", "!", ".", "%"))
    return f'f"{text}"' if '"' not in text else f"f'{text}'"


def _specs(e: Expressions, kind: str) -> list[tuple[str, float]]:
    d = e.draw
    width = d.between(2, 8)
    plain: list[tuple[str, float]] = [
        ("", 6),
        (f":>{width}", 1),
        (f":<{width}", 0.6),
        (f":^{width}", 0.5),
    ]
    if kind == "int":
        plain += [
            (":03d", 0.5),
            (f":{width}d", 0.5),
            (":04", 0.3),
            (":,", 0.3),
            (":b", 0.2),
            (":+", 0.2),
            (":.2f", 0.4),
        ]
    elif kind == "float":
        plain += [(":.2f", 4), (":.1f", 3), (":.0f", 0.8), (f":{width}.2f", 0.8)]
    elif kind == "str":
        plain += [
            ("!r", 1),
            (f":*^{width + 4}", 0.3),
            (f":-<{width + 3}", 0.2),
            (".upper()", 0.5),
        ]
    return plain
