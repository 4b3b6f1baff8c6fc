"""Expressions that give lists, dicts, sets, tuples and grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwm_lab.training.generator.expressions import numeric, truth
from cwm_lab.training.generator.expressions.literals import literal

if TYPE_CHECKING:
    from cwm_lab.training.generator.expressions.writer import Expressions


def ints(e: Expressions, depth: int) -> str:
    d = e.draw
    xs = e.leaf("ints", 0.85)
    value = e.value(xs, [])
    n = d.between(0, 7)
    start = d.between(-3, 6)
    item = d.pick(("x", "n", "i", "k", "v"))
    change = d.pick(
        (
            f"{item} * 2",
            f"{item} + {d.between(1, 10)}",
            f"{item} ** 2",
            f"{item} - {d.between(1, 5)}",
            f"-{item}",
            f"{item} % {d.between(2, 5)}",
            f"{item} // 2",
            f"abs({item})",
        )
    )
    text = e.leaf("strs", 0.8)
    return d.pick(
        (
            f"sorted({xs})",
            f"sorted({xs}, reverse=True)",
            f"{xs}[{e.slice_(len(value))}]",
            f"{xs}[{e.slice_(len(value))}]",
            f"[{change} for {item} in {xs}]",
            f"[{change} for {item} in {xs} if {truth.item_condition(e, item, value)}]",
            f"[{item} for {item} in {xs} if {truth.item_condition(e, item, value)}]",
            f"[{change} for {item} in range({n})]",
            f"{xs} + [{d.small()}]",
            f"{xs} + {e.leaf('ints')}",
            f"[{d.small()}] * {d.between(0, 5)}",
            f"list(range({n}))",
            f"list(range({start}, {start + d.between(-1, 6)}))",
            f"list(range({start}, {start + d.between(4, 15)}, {d.between(2, 4)}))",
            f"list(range({n + 3}, {d.between(0, 3)}, -{d.between(1, 3)}))",
            f"list(reversed({xs}))",
            f"[len(w) for w in {text}]",
            f"list(map(len, {text}))",
            f"list(map(lambda {item}: {change}, {xs}))",
            f"list(filter(lambda {item}: {truth.item_condition(e, item, value)}, {xs}))",
            f"[i for i, {item} in enumerate({xs}) if {truth.item_condition(e, item, value)}]"
            if item != "i"
            else f"{xs}.copy()",
            f"[a {d.pick('+-*')} b for a, b in zip({xs}, {e.leaf('ints')})]",
            f"sorted(set({xs}))",
            f"[int(c) for c in {d.quoted(d.digits(1, 6))}]",
            f"sorted({xs}, key=lambda {item}: {change})",
        )
    )


def strs(e: Expressions, depth: int) -> str:
    d = e.draw
    ws = e.leaf("strs", 0.8)
    value = e.value(ws, [])
    text = e.leaf("str", 0.85)
    raw = str(e.value(text, ""))
    separator = d.pick([c for c in ", -:;/_" if c in raw] or [" "])
    return d.pick(
        (
            f"{text}.split()",
            f"{text}.split({d.quoted(separator)})",
            f"list({text})" if len(raw) <= 10 else f"list({text}[:{d.between(2, 6)}])",
            f"sorted({ws})",
            f"sorted({ws}, key=len)",
            f"sorted({ws}, reverse=True)",
            f"[w.{d.pick(('upper', 'title', 'lower', 'capitalize'))}() for w in {ws}]",
            f"[w[0] for w in {ws} if w]",
            f"[w for w in {ws} if len(w) {d.pick('<>')} {d.between(3, 5)}]",
            f"[w for w in {ws} if {d.quoted(d.pick('aeor'))} in w]",
            f"{ws}[{e.slice_(len(value))}]",
            f"{ws} + [{e.leaf('str')}]",
            f"[c for c in {text} if c.{d.pick(('isalpha', 'isdigit', 'isupper'))}()]",
            f"[w[::-1] for w in {ws}]",
            f"[str(x) for x in {e.leaf('ints')}]",
            f"list(map(str, {e.leaf('ints')}))",
            f"[w + {d.quoted(d.pick(('s', '!', '-', '1')))} for w in {ws}]",
            f"sorted({text})[:{d.between(2, 5)}]",
        )
    )


def dict_(e: Expressions, depth: int) -> str:
    d = e.draw
    ws = e.leaf("strs", 0.85)
    names = e.scene.of_kind("dict")
    forms = [
        f"{{w: len(w) for w in {ws}}}",
        f"{{c: {e.leaf('str')}.count(c) for c in {d.quoted(d.letters(1, 4))}}}",
        f"dict(zip({ws}, {e.leaf('ints')}))",
        f"{{w: i for i, w in enumerate({ws})}}",
        literal(d, "dict"),
    ]
    if names:
        name = d.pick(names)
        limit = d.pick([*e.scene.values[name].values(), 5])
        forms += [
            f"{{k: v for k, v in {name}.items() if v {d.pick('<>')} {limit}}}",
            f"{{k: v {d.pick('+-*')} {d.between(1, 5)} for k, v in {name}.items()}}",
            f"dict(sorted({name}.items()))",
            f"{name}.copy()",
        ]
    return d.pick(forms)


def set_(e: Expressions, depth: int) -> str:
    d = e.draw
    a, b = e.leaf("set", 0.8), e.leaf("set", 0.8)
    return d.pick(
        (
            f"{a} {d.pick(('|', '&', '-', '^'))} {b}",
            f"{a}.{d.pick(('union', 'intersection', 'difference'))}({b})",
            f"set({e.leaf('ints')})",
            f"{{x % {d.between(2, 5)} for x in {e.leaf('ints')}}}",
            f"set(range({d.between(0, 3)}, {d.between(3, 8)}))",
        )
    )


def tuple_(e: Expressions, depth: int) -> str:
    d = e.draw
    a, b = e.leaf("int"), e.leaf("int")
    name = e.leaf("tuple", 0.8)
    value = e.value(name, ())
    return d.pick(
        (
            f"({a}, {b})",
            f"divmod({a}, {d.between(2, 12)})",
            f"({e.leaf('str')}, {a})",
            f"{name}[{e.slice_(len(value))}]",
            f"{name} + ({d.small()},)",
            f"tuple({e.leaf('ints')})",
            f"({a}, {numeric.arithmetic(e, 0)}, {b})",
            f"(min({a}, {b}), max({a}, {b}))",
        )
    )


def grid(e: Expressions, depth: int) -> str:
    d = e.draw
    rows, columns = d.between(1, 3), d.between(1, 3)
    return d.pick(
        (
            f"[[0] * {columns} for _ in range({rows})]",
            f"[[i {d.pick('+*-')} j for j in range({columns})] for i in range({rows})]",
            f"[[x, x {d.pick('+*')} {d.between(2, 5)}] for x in {e.leaf('ints')}]",
            f"[{e.leaf('ints')}, {e.leaf('ints')}]",
            literal(d, "grid"),
        )
    )
