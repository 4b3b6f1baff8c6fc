"""Dense questions: one collection, or a few numbers or texts, and lines that each ask much of it.

A network reads them once for many answers, which is what it learns fastest from. They are for
training alone: what people write is not so crowded.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.program import GeneratedProgram

Ask = Callable[[], str]
"""Writes one expression."""
_EACH: Final = (60, 60, 7, 10, 12, 24, 100, 3600)
_COMPARISONS: Final = ("<", ">", "<=", ">=", "==", "!=")


def keys_of(d: Draw, count: int) -> list[Any]:
    """Different keys of one kind, or items: words, names, letters, numbers, pairs."""
    makers: tuple[tuple[Callable[[], Any], float], ...] = (
        (d.noun, 5),
        (d.person, 2),
        (lambda: d.letters(1, 6), 2),
        (lambda: d.pick("abcdefghijklmnopqrstuvwxyzABCXYZ"), 2.5),
        (lambda: d.between(0, 12), 3),
        (lambda: d.between(0, 99), 1.5),
        (d.number, 1),
        (lambda: (d.between(0, 3), d.between(0, 3)), 2),
    )
    make = d.weighted(makers)
    found = dict.fromkeys(make() for _ in range(count + 2))
    return list(found)[:count]


def _like(d: Draw, keys: Sequence[Any]) -> Any:
    """A stranger that looks like one of the keys."""
    key = d.pick(keys)
    if isinstance(key, int):
        return key + d.pick((1, -1, 2, 10, -10))
    if isinstance(key, tuple):
        return (key[1], key[0] + d.pick((0, 1)))
    at = d.between(0, len(key) - 1)
    changed = key[:at] + d.pick("aeiostnrxz") + key[at + 1 :]
    return d.pick((changed, changed, key + "s", key[:-1] or "q", key[::-1], d.noun(), d.person()))


def asked_of(d: Draw, keys: Sequence[Any], missing: float) -> str:
    return as_text(d, _like(d, keys) if d.chance(missing) else d.pick(keys))


def as_text(d: Draw, value: Any) -> str:
    return d.quoted(value) if isinstance(value, str) else repr(value)


def lines_of(d: Draw, ask: Ask, count: int) -> list[str]:
    """Statements that each use one expression, or several."""
    out = []
    for k in range(count):
        asked = [ask() for _ in range(d.weighted(((1, 2), (2, 1), (3, 3), (4, 4), (5, 3))))]
        while len(", ".join(asked)) > 100:
            asked.pop()
        together = ", ".join(asked)
        form = d.rng.random()
        if form < 0.5:
            out.append(f"print({together})")
        elif form < 0.7:
            out.append(f"r{k} = [{together}]" if len(asked) > 1 else f"r{k} = {together}")
        elif form < 0.85 and len(asked) > 1:
            out.append(f"{', '.join(f'v{k}{n}' for n in range(len(asked)))} = {together}")
        else:
            out += [f"if {asked[0]}:", f"    print({d.quoted(d.noun())})"]
            if d.chance(0.3):
                out += ["else:", f"    print({asked[-1]})"]
    return out


def dicts(rng: random.Random) -> GeneratedProgram:
    """Keys looked up, tested, added, counted and removed."""
    d = Draw(rng)
    keys = keys_of(d, d.between(2, 8))
    name = d.pick(v.DICT_NAMES)
    texts = d.chance(0.3)

    def value() -> str:
        return as_text(d, d.noun() if texts else d.number())

    pairs = ", ".join(f"{as_text(d, key)}: {value()}" for key in keys)
    lines = [f"{name} = {{{pairs}}}"]
    variable = d.pick(("k", "key", "w", "who", "item", "c"))

    def ask() -> str:
        key = variable if d.chance(0.2) else asked_of(d, keys, 0.35)
        form = d.rng.random()
        if form < 0.35:
            return f"{name}[{asked_of(d, keys, 0)}]"
        if form < 0.6:
            return f"{name}.get({key}, {d.pick(('0', '1', 'None', value()))})"
        if form < 0.65:
            return f"{name}.get({key})"
        if form < 0.67:
            return f"{name} {d.pick(('==', '!='))} {{}}"
        return f"{key} {d.pick(('in', 'in', 'not in'))} {name}"

    for _ in range(d.between(2, 4)):
        lines.append(f"{variable} = {asked_of(d, keys, 0.2)}")
        lines += lines_of(d, ask, d.between(1, 2))
        lines += _changed(d, name, keys, variable, value, texts=texts)
    return GeneratedProgram("\n".join([*lines, f"print({name})"]) + "\n", ("micro", "dicts"))


def _changed(
    d: Draw, name: str, keys: list[Any], variable: str, value: Ask, *, texts: bool
) -> list[str]:
    form = d.rng.random()
    if form < 0.25:
        new = _like(d, keys) if d.chance(0.4) else d.pick(keys)
        keys[:] = dict.fromkeys([*keys, new])
        return [f"{name}[{as_text(d, new)}] = {value()}"]
    if form < 0.4:
        return [f"{name}[{asked_of(d, keys, 0)}] += {d.quoted('!') if texts else d.between(1, 9)}"]
    if form < 0.6 and not texts:
        return [f"{name}[{variable}] = {name}.get({variable}, 0) + {d.between(1, 5)}"]
    if form < 0.7:
        old = _like(d, keys) if d.chance(0.3) else d.pick(keys)
        keys[:] = [key for key in keys if key != old] or keys
        return [f"x = {name}.pop({as_text(d, old)}, {d.pick(('0', 'None'))})"]
    if form < 0.75:
        return [f"{name}.setdefault({asked_of(d, keys, 0.5)}, {value()})"]
    if form < 0.83 and len(keys) > 1:
        old = keys.pop(d.between(0, len(keys) - 1))
        return [f"del {name}[{as_text(d, old)}]"]
    if form < 0.9:
        return [f"if {variable} in {name}:", f"    {name}[{variable}] = {value()}"]
    failing = f"{name}[{as_text(d, _like(d, keys))}]"
    return ["try:", f"    print({failing})", "except KeyError as e:", "    print('no', e)"]


def lists(rng: random.Random) -> GeneratedProgram:
    """Items found, counted, ordered, and taken out."""
    d = Draw(rng)
    items = keys_of(d, d.between(2, 8))
    if d.chance(0.4):
        items += d.sample(items, d.between(1, 2))
        items = d.shuffled(items)
    name = d.pick(v.INT_LIST_NAMES if isinstance(items[0], int) else v.STR_LIST_NAMES)
    inside, changing = ", ".join(as_text(d, item) for item in items), d.chance(0.8)
    lines = [f"{name} = [{inside}]" if changing else f"{name} = ({inside})"]

    def ask() -> str:
        form = d.rng.random()
        if form < 0.3:
            return f"{asked_of(d, items, 0.45)} {d.pick(('in', 'in', 'not in'))} {name}"
        if form < 0.45:
            return f"{name}.index({asked_of(d, items, 0)})"
        if form < 0.55:
            return f"{name}.count({asked_of(d, items, 0.2)})"
        if form < 0.75:
            return f"{name}[{d.between(-len(items), len(items) - 1)}]"
        if form < 0.9:
            return f"{d.pick(('min', 'max'))}({name})"
        return d.pick((f"sorted({name})", f"sorted({name}, reverse=True)", f"len({name})"))

    for _ in range(d.between(1, 3)):
        lines += lines_of(d, ask, d.between(1, 2))
    if changing:
        known = asked_of(d, items, 0)
        lines += d.pick(
            (
                [f"{name}.remove({known})", f"print({name})"],
                [f"{name}.sort()", f"print({name}, {name}[0])"],
                [f"i = {name}.index({known})", f"print({name}[i:])"],
                [f"{name}.reverse()"],
                [f"{name}.insert({d.between(0, 3)}, {as_text(d, _like(d, items))})"],
                [f"if {asked_of(d, items, 0.5)} not in {name}:", f"    {name}.append({known})"],
            )
        )
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "lists"))


def orders(rng: random.Random) -> GeneratedProgram:
    """Lists that are sorted, whole and by a key, and their ends."""
    d = Draw(rng)
    lines = []
    for k in range(d.between(1, 3)):
        items = keys_of(d, d.between(2, 7))
        name = f"{d.pick(('xs', 'row', 'data', 'words', 'line'))}{k}"
        lines.append(f"{name} = [{', '.join(as_text(d, item) for item in items)}]")
        keys = ["", "", "", ", reverse=True"]
        if isinstance(items[0], str):
            keys += [", key=len", ", key=str.lower", ", key=lambda w: w[-1]", ", key=len"]
        elif isinstance(items[0], int):
            keys += [", key=lambda n: -n", ", key=lambda n: n % 10", ", key=abs", ", key=str"]
        else:
            keys += [", key=lambda p: p[1]", ", key=lambda p: p[0] + p[1]"]

        def ask(name: str = name, keys: Sequence[str] = keys) -> str:
            called = d.pick(("sorted", "sorted", "min", "max"))
            key = d.pick(keys)
            return f"{called}({name}{'' if 'reverse' in key and called != 'sorted' else key})"

        lines += lines_of(d, ask, 1)
        if d.chance(0.5):
            lines.append(f"{name}.sort({d.pick(keys)[2:]})")
            lines.append(f"print({name}[0], {name}[-1])")
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "lists"))


def bound(d: Draw, lines: list[str], values: Sequence[Any]) -> list[str]:
    """Names of variables with these values."""
    names = d.sample(("a", "b", "c", "m", "n", "x", "y", "p", "q", "s", "t"), len(values))
    lines += [f"{name} = {as_text(d, value)}" for name, value in zip(names, values, strict=True)]
    return names


def texts(rng: random.Random) -> GeneratedProgram:
    """Texts that are equal, or nearly, and which comes first."""
    d = Draw(rng)
    lines: list[str] = []
    word = d.pick((d.noun(), d.person(), d.word() or "a", d.letters(1, 7)))
    values = [word, word if d.chance(0.4) else str(_like(d, [word])), d.noun()]
    names = bound(d, lines, values)

    def ask() -> str:
        left = d.pick(names)
        form = d.rng.random()
        value = values[names.index(left)]
        if form < 0.3:
            return f"{left} {d.pick(('==', '!='))} {d.pick(names)}"
        if form < 0.55:
            near = value if d.chance(0.4) else _like(d, [value or "a"])
            return f"{left} {d.pick(_COMPARISONS)} {as_text(d, near)}"
        if form < 0.75:
            return f"{left} {d.pick(('<', '>', '<=', '>='))} {d.pick(names)}"
        size = d.between(1, 3)
        piece = d.pick((value[:size], value[-size:], value[1 : 1 + size], d.letters(1, 2))) or "a"
        method = d.pick(("startswith", "endswith", "count", "find"))
        return d.pick((f"{left}.{method}({d.quoted(piece)})", f"{d.quoted(piece)} in {left}"))

    lines += lines_of(d, ask, d.between(3, 6))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "strings"))


def numbers(rng: random.Random) -> GeneratedProgram:
    """Numbers near to each other: which is larger, their sums, differences and quotients."""
    d = Draw(rng)
    lines: list[str] = []
    value = d.weighted(((d.between(0, 20), 2), (d.between(10, 99), 3), (d.between(100, 999), 2)))
    digits = [*str(value)]
    near = (value, value + d.pick((1, -1, 10, -10)), int("".join(d.shuffled(digits))))
    values: list[float] = [value, d.pick(near), d.number()]
    if d.chance(0.15):
        values[2] = d.pick((d.decimal(), -value, value * 10))
    names = bound(d, lines, values)

    def compare() -> str:
        left = d.pick(names)
        beside = values[names.index(left)] + d.pick((0, 0, 1, -1, 10, 100, -9))
        right = d.pick((*names, str(beside)))
        if d.chance(0.15):
            return f"{d.between(0, 20)} {d.pick(('<', '<='))} {left} {d.pick(('<', '<='))} {right}"
        return f"{left} {d.pick(_COMPARISONS)} {right}"

    def compute() -> str:
        left, right = d.pick(names), d.pick((*names, str(d.between(2, 99)), str(d.between(2, 12))))
        operator = d.pick(("+", "-", "+", "-", "*", "//", "%", "/"))
        zero = right in names and values[names.index(right)] == 0
        if d.chance(0.04) and isinstance(values[2], int):
            return f"{left} {d.pick(('>>', '<<'))} {d.between(0, 4)}"
        return f"{left} {'+' if zero and operator in ('/', '//', '%') else operator} {right}"

    def ask() -> str:
        if d.chance(0.03):
            square = d.pick((value, d.between(1, 30), d.between(1, 150)))
            return (
                f"int({square} ** 0.5)" if d.chance(0.7) else f"divmod({square}, {d.pick(_EACH)})"
            )
        return compare() if d.chance(0.55) else compute()

    lines += lines_of(d, ask, d.between(3, 6))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "ints"))


def sets(rng: random.Random) -> GeneratedProgram:
    """Two sets: what they share, what one has more, members, and changes."""
    d = Draw(rng)
    a, b = d.pick(
        (("a", "b"), ("evens", "odds"), ("first", "second"), ("s", "t"), ("mine", "yours"))
    )
    high = d.pick((6, 9, 15, 30))
    items = {name: sorted({d.between(0, high) for _ in range(d.between(1, 7))}) for name in (a, b)}
    lines = [
        f"{name} = {{{', '.join(map(str, d.shuffled(found)))}}}" for name, found in items.items()
    ]
    everything = sorted({*items[a], *items[b]})

    def ask() -> str:
        form = d.rng.random()
        if form < 0.45:
            made = f"{a} {d.pick('&|-^&|-')} {b}"
            return d.pick((made, f"sorted({made})", f"len({made})", made))
        if form < 0.7:
            return (
                f"{asked_of(d, everything, 0.3)} {d.pick(('in', 'in', 'not in'))} {d.pick((a, b))}"
            )
        if form < 0.85:
            return f"{a} {d.pick(('<=', '==', '<', '>='))} {b}"
        return d.pick((f"{a}.issubset({b})", f"{a}.isdisjoint({b})", f"max({a})", f"sum({b})"))

    for _ in range(d.between(2, 3)):
        lines += lines_of(d, ask, 1)
        other = asked_of(d, everything, 0.4)
        change = d.pick((f"{a}.add({other})", f"{b}.discard({other})", f"{b} |= {{{other}}}"))
        lines += [change, f"print({a}, {b})"]
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "sets"))


def backwards(rng: random.Random) -> GeneratedProgram:
    """Loops that go through something from its end, or stop early."""
    d = Draw(rng)
    items = keys_of(d, d.between(1, 6))
    sources = [f"[{', '.join(as_text(d, item) for item in items)}]", d.quoted(d.noun().upper())]
    source, name = d.pick(sources), d.pick(("xs", "row", "word", "items"))
    lines = [f"{name} = {source}"]
    header = d.pick(
        (f"reversed({name})", f"reversed({name})", f"{name}[::-1]", f"enumerate({name})")
    )
    lines += [f"for x in {header}:", f"    {d.pick(('print(x)', 'last = x', 'pass'))}"]
    start, step = d.between(0, 20), d.pick((1, 1, 2, 3, 5, -1, -2, -3))
    stop = start + step * d.between(0, 14) + d.pick((0, 0, 1, -1))
    lines += [f"for i in range({start}, {stop}, {step}):", "    pass"]
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "loops"))


def walks(rng: random.Random) -> GeneratedProgram:
    """Linked objects that are followed to their end, or off it."""
    d = Draw(rng)
    name, value, after = d.pick(
        (("Node", "value", "next"), ("Link", "data", "tail"), ("Item", "label", "after"))
    )
    count = d.between(1, 4)
    data = [d.number() if d.chance(0.5) else d.noun() for _ in range(count)]
    lines = [
        f"class {name}:",
        f"    def __init__(self, {value}, {after}=None):",
        f"        self.{value} = {value}",
        f"        self.{after} = {after}",
        "head = None",
    ]
    lines += [f"head = {name}({as_text(d, item)}, head)" for item in data]
    lines.append("n = head")
    sought = as_text(d, d.pick(data)) if d.chance(0.5) else as_text(d, d.noun())
    form = d.rng.random()
    if form < 0.35:
        lines += [f"while n.{value} != {sought}:", f"    n = n.{after}", "print('found')"]
    elif form < 0.7:
        lines += [f"while n is not None and n.{value} != {sought}:", f"    n = n.{after}"]
        lines += [f"print({d.pick(('n is None', 'n == head'))})"]
    else:
        lines += ["while n:", f"    print(n.{value})", f"    n = n.{after}"]
        lines += ["try:", f"    print(n.{value})", "except AttributeError as e:", "    print(e)"]
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "classes"))


DENSE_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "dense_dicts": (dicts, 22),
    "dense_lists": (lists, 16),
    "dense_orders": (orders, 14),
    "dense_texts": (texts, 14),
    "dense_numbers": (numbers, 20),
    "dense_sets": (sets, 8),
    "dense_backwards": (backwards, 8),
    "dense_walks": (walks, 5),
}
