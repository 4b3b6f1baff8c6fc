"""Expressions that give ints and floats, at the sizes that CS1 programs have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwm_lab.training.generator.expressions import truth

if TYPE_CHECKING:
    from cwm_lab.training.generator.expressions.writer import Expressions


def int_(e: Expressions, depth: int) -> str:
    d = e.draw
    form = d.weighted(
        (
            ("operator", 6),
            ("call", 2),
            ("of_text", e.likely(1.5, "str")),
            ("of_list", e.likely(3, "ints")),
            ("of_dict", e.likely(1.5, "dict")),
            ("choice", 0.6),
        )
    )
    if form == "operator":
        return arithmetic(e, depth)
    if form == "call":
        a, b = e.operand("int", depth - 1), e.operand("int", depth - 1)
        if a == b:
            b = str(d.number())
        return d.pick(
            (
                f"abs({a})",
                f"max({a}, {b})",
                f"min({a}, {b})",
                f"abs({a} - {b})",
                f"int({e.leaf('float')})",
                f"round({e.leaf('float')})",
                f"int({d.quoted(d.digits(1, 3))})",
                f"int({e.leaf('bool')})",
                f"max({a}, {b}, {d.number()})",
                f"pow({d.between(2, 9)}, {d.between(0, 3)})",
            )
        )
    if form == "of_text":
        return int_of_text(e, depth)
    if form == "of_list":
        return int_of_list(e, depth)
    if form == "of_dict" and e.scene.of_kind("dict"):
        return int_of_dict(e)
    a, b = e.operand("int", 0), e.operand("int", 0)
    if a == b:
        b = str(d.small())
    return f"{a} if {truth.bool_(e, 0)} else {b}"


def arithmetic(e: Expressions, depth: int) -> str:
    d = e.draw
    left = e.operand("int", depth)
    value = e.value(left, 1)
    operator = d.weighted(
        (
            ("+", 5),
            ("-", 5),
            ("*", 4),
            ("//", 3),
            ("%", 4),
            ("**", 0.7),
            ("&", 0.25),
            ("|", 0.25),
            ("^", 0.25),
            ("<<", 0.2),
            (">>", 0.25),
            ("~", 0.15),
            ("neg", 0.3),
        )
    )
    if operator == "~":
        return f"~{left}"
    if operator == "neg":
        return f"-{left}"
    if operator in ("//", "%"):
        right = str(d.between(2, 20)) if d.chance(0.6) else e.operand("int", depth - 1)
        if right == left or (e.value(right, 0) == 0 and d.chance(0.9)):
            right = str(d.between(2, 12))
        if d.chance(0.05):
            right = f"(-{d.between(2, 12)})" if d.chance(0.3) else f"-{d.between(2, 12)}"
        return f"{left} {operator} {right}"
    if operator == "**":
        if not isinstance(value, int) or abs(value) > 30:
            left, value = str(d.between(2, 12)), 10
        return f"{left} ** {d.between(0, 4 if abs(value) < 6 else 2)}"
    if operator in ("<<", ">>"):
        return f"{left} {operator} {d.between(0, 4)}"
    if operator == "*":
        small = d.between(2, 12) if d.chance(0.7) else d.between(-9, 99)
        right = str(small) if d.chance(0.6) else e.operand("int", depth - 1)
        product = e.value(f"{left} * {right}", 0)
        if isinstance(product, int) and abs(product) > 10_000:
            return f"{left} - {abs(d.number())}"
        return f"{right} * {left}" if d.chance(0.25) else f"{left} * {right}"
    right = e.operand("int", depth - 1) if d.chance(0.6) else str(abs(d.number()))
    if right == left and d.chance(0.8):
        right = str(abs(d.number()))
    return f"{left} {operator} {right}"


def int_of_text(e: Expressions, depth: int) -> str:
    d = e.draw
    text = e.leaf("str", 0.85)
    value = str(e.value(text, ""))
    part = d.quoted(e.part_of(value))
    forms = [
        f"len({text})",
        f"{text}.count({part})",
        f"{text}.find({part})",
        f"{text}.rfind({part})",
    ]
    if value:
        index = e.index(len(value))
        forms += [f"ord({text}[{index}])", f"len({text}.strip())", f"len({text}.split())"]
        forms += [
            f"{text}.index({d.quoted(d.pick(value))})",
            f"len({text}) {d.pick('+-*%')} {d.between(1, 5)}",
        ]
    if value.isdigit():
        forms += [f"int({text})"] * 4
    return d.pick(forms)


def int_of_list(e: Expressions, depth: int) -> str:
    d = e.draw
    xs = e.operand("ints", 0)
    value = e.value(xs, [])
    if not isinstance(value, list) or not value:
        return f"len({xs})" if d.chance(0.6) else f"sum({xs})"
    item = d.pick(value) if d.chance(0.75) else d.small()
    condition = truth.item_condition(e, "x", value)
    return d.pick(
        (
            f"{xs}[{e.index(len(value))}]",
            f"{xs}[{e.index(len(value))}]",
            f"{xs}[{e.index(len(value))}] {d.pick('+-*')} {xs}[{e.index(len(value))}]",
            f"len({xs})",
            f"sum({xs})",
            f"max({xs})",
            f"min({xs})",
            f"max({xs}) - min({xs})",
            f"{xs}.count({item})",
            f"{xs}.index({item if item in value else value[0]})",
            f"sum({xs}[{e.slice_(len(value))}])",
            f"sum(x for x in {xs} if {condition})",
            f"len([x for x in {xs} if {condition}])",
            f"sum({xs}) // len({xs})",
            f"sorted({xs})[{e.index(len(value))}]",
            f"sum(x * x for x in {xs})" if max(map(abs, value)) < 50 else f"sum({xs})",
        )
    )


def int_of_dict(e: Expressions) -> str:
    d = e.draw
    name = d.pick(e.scene.of_kind("dict"))
    table: dict[str, int] = e.scene.values[name]
    key = d.pick(list(table)) if table and d.chance(0.75) else d.noun()
    forms = [
        f"len({name})",
        f"{name}.get({d.quoted(key)}, {d.small()})",
        f"sum({name}.values())",
    ]
    if key in table:
        forms += [f"{name}[{d.quoted(key)}]"] * 3
    if table:
        forms += [f"max({name}.values())", f"min({name}.values())"]
    return d.pick(forms)


def float_(e: Expressions, depth: int) -> str:
    d = e.draw
    a, b = e.operand("float", depth - 1), e.operand("float", depth - 1)
    n = e.operand("int", depth - 1)
    percent = d.pick((5, 10, 15, 20, 25, 50))
    return d.pick(
        (
            f"{a} + {b}",
            f"{a} - {b}",
            f"{a} * {d.between(2, 10)}",
            f"{a} / {d.pick((2, 4, 5, 10))}",
            f"{n} / {d.pick((2, 4, 5, 8, 10, 3))}",
            f"{a} + {n}",
            f"{n} * {d.pick((0.5, 0.25, 1.5, 0.1, 2.0))}",
            f"round({a} * {d.pick((1.1, 0.9, 1.25, 0.75))}, 2)",
            f"round({a}, 1)",
            f"float({n})",
            f"{a} * {percent} / 100",
            f"round({n} / {d.between(2, 9)}, {d.between(1, 3)})",
            f"{a} // {d.between(1, 4)}",
            f"abs({a} - {b})",
            f"max({a}, {b})",
        )
    )
