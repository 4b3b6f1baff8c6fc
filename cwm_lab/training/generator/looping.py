"""Loops over what a scene holds: headers, and results that grow while a loop runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.scene import kind_of

if TYPE_CHECKING:
    from cwm_lab.training.generator.freeform import Composer

Lines = list[str]


def loop_header(composer: Composer) -> tuple[str, list[tuple[str, object]]]:
    """A for header that works and the values of its names in the first round."""
    d = composer.draw
    e = composer.expressions
    item = d.pick(v.ITEM_NAMES)
    index = d.pick(("i", "i", "idx", "pos", "index", "j"))
    for _ in range(10):
        form = d.weighted(
            (
                ("range", 5),
                ("ints", 4),
                ("text", 2),
                ("strs", 2),
                ("enumerate", 1.5),
                ("dict", 1.5),
                ("zip", 0.7),
                ("grid", 0.7),
            )
        )
        if form == "range":
            stop = d.weighted(((0, 1), (1, 1), (2, 3), (3, 5), (4, 4), (5, 2), (6, 1)))
            name = d.pick(("i", "i", "i", "j", "k", "n", "step", "x", "day"))
            start = d.between(-3, 10)
            text = d.pick(
                (
                    f"range({stop})",
                    f"range({start}, {start + stop})",
                    f"range({start}, {start + 3 * stop}, {d.between(2, 4)})",
                    f"range({start + stop}, {start}, -1)",
                    f"range(len({e.leaf('ints', 0.95)}))",
                    f"range(1, {stop + 1})",
                )
            )
            return f"for {name} in {text}:", [(name, start)]
        kind = {"enumerate": d.pick(("ints", "strs")), "text": "str", "zip": "ints"}.get(form, form)
        names = composer.scene.of_kind(kind)
        if not names:
            continue
        name = d.pick(names)
        value = composer.scene.values[name]
        if len(value) > 8:
            continue
        if form == "dict":
            key, val = (d.pick(("k", "key", "name")), d.pick(("v", "val", "amount")))
            first = next(iter(value.items()), ("a", 1))
            if d.chance(0.6):
                return f"for {key}, {val} in {name}.items():", [
                    (key, first[0]),
                    (val, first[1]),
                ]
            if d.chance(0.5):
                return f"for {val} in {name}.values():", [(val, first[1])]
            return f"for {key} in {name}:", [(key, first[0])]
        first_item = value[0] if value else ("" if kind in ("str", "strs") else 1)
        if form == "enumerate":
            start_text = d.pick(("", "", "", ", 1", ", start=1"))
            return f"for {index}, {item} in enumerate({name}{start_text}):", [
                (index, 0),
                (item, first_item),
            ]
        if form == "zip":
            other = d.pick(composer.scene.of_kind("ints", "strs"))
            other_value = composer.scene.values[other]
            second = other_value[0] if other_value else 0
            return f"for a, b in zip({name}, {other}):", [("a", first_item), ("b", second)]
        if form == "grid":
            item = d.pick(("row", "line", "r"))
        if form in ("text", "strs"):
            item = d.pick(v.TEXT_ITEM_NAMES)
        if item == name:
            continue
        return f"for {item} in {name}:", [(item, first_item)]
    return "for i in range(3):", [("i", 0)]


def bare_loop(composer: Composer) -> Lines:
    d = composer.draw
    header, bindings = loop_header(composer)
    names = [name for name, _ in bindings]
    body = d.pick(
        (
            ["pass"],
            [f"print({', '.join(names)})"],
            [f"print({names[-1]}, end=' ')"],
            [f"print({names[0]})"],
        )
    )
    lines = [header, *("    " + line for line in body)]
    if d.chance(0.5):
        lines.append(f"print({names[-1]})" if d.chance(0.5) else "print()")
    return lines


def accumulate(composer: Composer) -> Lines:
    """Count, sum, join, collect, remember: a result that grows while a loop runs."""
    d = composer.draw
    scene = composer.scene
    header, bindings = loop_header(composer)
    item, first = bindings[-1]
    for name, value in bindings:
        scene.bind(name, value)
    kind, change, test = _item_forms(d, item, first)
    form = d.weighted(
        (
            ("sum", 4),
            ("count", 3),
            ("collect", 3),
            ("join", 2 if kind == "str" else 0.5),
            ("best", 2),
            ("flag", 1),
            ("table", 1),
        )
    )
    guard = d.chance(0.55)
    if form == "count":
        name = d.pick(("count", "n_found", "counter", "hits", "cnt"))
        start, step = f"{name} = 0", f"{name} += 1"
        guard = d.chance(0.9)
    elif form == "sum" and kind == "int":
        name = d.pick(("total", "s", "acc", "sum_", "tot"))
        start, step = (
            f"{name} = {d.pick((0, 0, 0, 1, 10, 100))}",
            f"{name} {d.pick(('+=', '+=', '+=', '-='))} {change}",
        )
        if d.chance(0.3):
            step = f"{name} = {name} + {change}"
    elif form in ("join", "sum"):
        name = d.pick(("text", "out", "built", "joined", "acc"))
        piece = change if kind == "str" else f"str({change})"
        start, step = (
            f'{name} = ""',
            d.pick(
                (f"{name} += {piece}", f"{name} = {name} + {piece}", f"{name} = {piece} + {name}")
            ),
        )
    elif form == "collect":
        name = d.pick(("out", "found", "collected", "new", "acc", "kept"))
        start, step = (
            f"{name} = []",
            d.pick(
                (f"{name}.append({change})",) * 4
                + (f"{name} += [{change}]", f"{name}.insert(0, {change})")
            ),
        )
    elif form == "best":
        name = d.pick(("best", "top", "biggest", "smallest"))
        start, step = f"{name} = None", f"{name} = {item}"
        test = f"{name} is None or {item} {'<' if name == 'smallest' else '>'} {name}"
        guard = True
    elif form == "flag":
        name = d.pick(("found_it", "seen_any", "is_there"))
        start, step = f"{name} = False", f"{name} = True"
        guard = True
    else:
        name = d.pick(("counts", "tally", "seen_count"))
        key = item if kind == "str" or d.chance(0.5) else f"{item} % {d.between(2, 3)}"
        start, step = f"{name} = {{}}", f"{name}[{key}] = {name}.get({key}, 0) + 1"
        guard = d.chance(0.3)
    if name in scene.values:
        return bare_loop(composer)
    body = [step]
    if guard:
        body = [f"if {test}:", f"    {step}"]
        extra = d.rng.random()
        if extra < 0.12:
            body.append("    break")
        elif extra < 0.2:
            body = [f"if {test}:", "    continue", step]
        elif extra < 0.3:
            body += [
                "else:",
                "    " + d.pick((f"print({item})", "pass", f"print({d.quoted('skip')}, {item})")),
            ]
    if d.chance(0.15):
        body.append(f"print({item}, {name})")
    if d.chance(0.07):
        body.insert(0, f"print({item}, {name})")
    tail = [f"print({name})"] if d.chance(0.85) else [f"print({d.quoted(name)}, {name})"]
    return [start, header, *("    " + line for line in body), *tail]


def _item_forms(d: Draw, item: str, first: object) -> tuple[str, str, str]:
    """(kind, expression, condition) of a loop's item: what to make of it and when."""
    kind = kind_of(first)
    if kind == "int":
        middle = d.between(0, 12)
        change = d.weighted(
            (
                (item, 4),
                (f"{item} * {d.between(2, 5)}", 2),
                (f"{item} * {item}", 1),
                (f"{item} % {d.between(2, 7)}", 1),
                (f"{item} - {d.between(1, 9)}", 1),
                (f"abs({item})", 0.5),
                (f"{item} // 2", 0.7),
            )
        )
        test = d.pick(
            (
                f"{item} % {d.between(2, 4)} == 0",
                f"{item} > {middle}",
                f"{item} < {middle}",
                f"{item} != {middle}",
                f"{item} % 2 == 1",
                f"{middle - 5} <= {item} <= {middle}",
                f"{item} == {middle}",
                f"not {item}",
                f"{item} > 2 and {item} % 2 == 0",
                f"{item} < {middle} or {item} % 5 == 0",
            )
        )
    elif kind == "str":
        letter = d.quoted(d.pick("aeorslnt"))
        change = d.weighted(
            (
                (item, 4),
                (f"{item}.upper()", 1.5),
                (f"{item}[0]", 1),
                (f"{item}[::-1]", 0.8),
                (f"{item} * 2", 0.8),
                (f"{item} + {d.quoted(d.pick('-,. !'))}", 1.5),
            )
        )
        test = d.pick(
            (
                f"{letter} in {item}",
                f"{item} == {letter}",
                f"{item} in 'aeiou'",
                f"len({item}) > {d.between(1, 5)}",
                f"{item}.isalpha()",
                f"{item} != {letter}",
                f"{item} > {letter}",
                f"{item}.isupper()",
                f"{item} not in 'aeiou'",
            )
        )
    else:
        change, test = f"len({item})", f"len({item}) > {d.between(0, 3)}"
        if kind != "ints":
            change, test = str(d.between(1, 5)), "True"
        kind = "int"
    return kind, change, test
