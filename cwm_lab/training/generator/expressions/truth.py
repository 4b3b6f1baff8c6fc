"""Expressions that give a truth value, close to where they turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwm_lab.training.generator.expressions.literals import is_number, wrap

if TYPE_CHECKING:
    from cwm_lab.training.generator.expressions.writer import Expressions


def item_condition(e: Expressions, item: str, values: list[int]) -> str:
    """A condition on an int item that holds for some of the values and not for others."""
    d = e.draw
    middle = sorted(values)[len(values) // 2] if values else 5
    divisor = d.between(2, 5)
    return d.weighted(
        (
            (f"{item} % 2 == {d.between(0, 1)}", 3),
            (f"{item} {d.pick(('>', '<', '>=', '<='))} {middle}", 4),
            (f"{item} % {divisor} == {d.between(0, divisor - 1)}", 2),
            (f"{item} != {d.pick(values) if values else 0}", 1),
            (f"{item} > {d.pick(values) if values else 0}", 1),
        )
    )


def bool_(e: Expressions, depth: int) -> str:
    d = e.draw
    form = d.weighted(
        (
            ("ints", e.likely(5, "int")),
            ("parity", e.likely(2, "int")),
            ("text", e.likely(2.5, "str")),
            ("list", e.likely(2, "ints")),
            ("logic", 2.2 if depth > 0 else 0),
            ("not", 0.5 if depth > 0 else 0),
            ("chain", e.likely(0.8, "int")),
            ("mixed", 0.3),
            ("all", e.likely(0.8, "ints")),
            ("flag", e.likely(1, "bool")),
        )
    )
    if form == "ints":
        left = e.operand("int", depth - 1)
        right = e.leaf("int") if d.chance(0.4) else e.number_near(left)
        if right == left or (is_number(left) and is_number(right)):
            left = e.leaf("int", 1)
            right = e.number_near(left)
        return f"{left} {d.pick(('<', '>', '<=', '>=', '==', '!='))} {right}"
    if form == "parity":
        divisor = d.between(2, 6)
        rest = d.between(0, divisor - 1)
        return f"{e.leaf('int', 0.95)} % {divisor} {d.pick(('==', '==', '!='))} {rest}"
    if form == "text":
        return bool_of_text(e)
    if form == "list":
        return bool_of_list(e)
    if form == "logic":
        left, right = bool_(e, depth - 1), bool_(e, depth - 1)
        operator = d.pick(("and", "or"))
        if d.chance(0.25):
            left = f"not {wrap(left)}"
        return f"{_in_logic(left, operator)} {operator} {_in_logic(right, operator)}"
    if form == "not":
        return f"not {wrap(bool_(e, 0))}"
    if form == "chain":
        middle = e.leaf("int", 0.95)
        value = e.value(middle, 0)
        value = value if isinstance(value, int) else 0
        low, high = value - d.between(0, 12), value + d.between(-2, 12)
        return f"{low} {d.pick(('<', '<='))} {middle} {d.pick(('<', '<='))} {high}"
    if form == "mixed":
        a, b = (
            e.leaf(d.pick(("int", "str", "float"))),
            e.leaf(d.pick(("int", "str", "bool"))),
        )
        names = e.scene.names
        if names and d.chance(0.4):
            return f"{d.pick(names)} {d.pick(('is', 'is not'))} None"
        return f"{a} {d.pick(('==', '!='))} {b}"
    if form == "all":
        xs = e.leaf("ints", 0.9)
        value = e.value(xs, [])
        return f"{d.pick(('any', 'all'))}({item_condition(e, 'x', value)} for x in {xs})"
    return e.leaf("bool", 0.95)


def _in_logic(text: str, operator: str) -> str:
    """A part of `and`/`or`, in parentheses where the other operator stands in it."""
    mixed = (" or " in text and operator == "and") or " if " in text
    return f"({text})" if mixed or (" and " in text and operator == "or") else text


def bool_of_text(e: Expressions) -> str:
    d = e.draw
    text = e.leaf("str", 0.85)
    value = str(e.value(text, ""))
    part = d.quoted(e.part_of(value))
    other = e.leaf("str", 0.6)
    if other == text:
        other = d.quoted(d.word())
    test = d.pick(("isdigit", "isalpha", "isupper", "islower", "isalnum", "isspace", "istitle"))
    forms = [
        f"{part} in {text}",
        f"{part} not in {text}",
        f"{text}.startswith({part})",
        f"{text}.endswith({part})",
        f"{text}.{test}()",
        f"{text}.{test}()",
        f"{text} {d.pick(('==', '!=', '<', '>'))} {other}",
        f"len({text}) {d.pick(('>', '<', '==', '>='))} {max(0, e.near(len(value)))}",
        f"{text} == {text}[::-1]",
        f"{text}.lower() == {other}.lower()",
    ]
    if value:
        forms.append(
            f"{text}[{e.index(len(value))}] {d.pick(('==', '!=', '<'))} {d.quoted(d.pick(value))}"
        )
    return d.pick(forms)


def bool_of_list(e: Expressions) -> str:
    d = e.draw
    xs = e.leaf("ints", 0.85)
    value = e.value(xs, [])
    item = d.pick(value) if value and d.chance(0.6) else d.small()
    forms = [
        f"{item} in {xs}",
        f"{item} not in {xs}",
        f"len({xs}) {d.pick(('>', '<', '==', '>='))} {len(value)}",
    ]
    forms += [f"not {xs}", f"{xs} == []", f"bool({xs})"]
    if value:
        forms += [
            f"{xs}[{e.index(len(value))}] {d.pick(('<', '>', '=='))} {xs}[{e.index(len(value))}]"
        ] * 2
        forms += [f"{xs} == sorted({xs})", f"max({xs}) > {e.near(max(value))}"]
    return d.pick(forms)
