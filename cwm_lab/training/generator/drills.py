"""Drills of control flow: loops, calls, methods and exceptions in a few lines each."""

from __future__ import annotations

import random
from typing import Final

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.freeform import Composer, call
from cwm_lab.training.generator.looping import accumulate, bare_loop
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.risks import risky_statement
from cwm_lab.training.generator.scene import Scene

Lines = list[str]
_SAMPLE_KINDS: Final = (
    ("int", 5.0),
    ("str", 3.0),
    ("ints", 3.0),
    ("float", 1.0),
    ("strs", 1.0),
    ("bool", 0.5),
)


def _program(lines: Lines, *tags: str) -> GeneratedProgram:
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", *tags))


def _declared(composer: Composer, *kinds: str) -> Lines:
    return [composer.statements.declare(kind) for kind in kinds]


def loops(rng: random.Random) -> GeneratedProgram:
    """One loop, often with an accumulator, over anything that can be looped over."""
    d = Draw(rng)
    composer = Composer(Scene(d))
    lines = _declared(
        composer,
        d.pick(("ints", "str", "strs", "dict", "ints", "int", "grid")),
        *d.sample(("int", "strs"), d.between(0, 1)),
    )
    for _ in range(d.between(1, 2)):
        lines += loop(composer)
    return _program(lines, "loops")


def loop(composer: Composer) -> Lines:
    """An accumulator or a plain loop that was run in the scene."""
    for _ in range(8):
        before = composer.scene.snapshot()
        lines = accumulate(composer) if composer.draw.chance(0.7) else bare_loop(composer)
        composer.scene.restore(before)
        if composer.accept(lines):
            return lines
        composer.scene.restore(before)
    return ["for i in range(3):", "    print(i)"]


def calls(rng: random.Random) -> GeneratedProgram:
    """Small functions with one expression or branch, called in every position."""
    d = Draw(rng)
    composer = Composer(Scene(d))
    lines: Lines = []
    made: list[tuple[str, list[str]]] = []
    for _ in range(d.weighted(((1, 4), (2, 2)))):
        name = d.pick(v.FUNCTION_NAMES)
        if name in composer.scene.values:
            continue
        text, kinds = small_function(d, name)
        composer.scene.run_block("\n".join(text))
        made.append((name, kinds))
        lines += text
    lines += _declared(composer, *(d.weighted(_SAMPLE_KINDS) for _ in range(d.between(0, 2))))
    for _ in range(d.between(1, 4)):
        name, kinds = d.pick(made)
        lines += (
            nested_call(composer, name, kinds) if d.chance(0.35) else call(composer, name, kinds)
        )
    return _program(lines, "functions")


def small_function(d: Draw, name: str) -> tuple[Lines, list[str]]:
    """A function of one or two statements (or a lambda) and the kinds of its parameters."""
    kinds = [d.weighted(_SAMPLE_KINDS) for _ in range(d.weighted(((1, 5), (2, 5), (3, 1.5))))]
    scene = Scene(d)
    scene.thrift = 0.95
    composer = Composer(scene, in_function=True)
    for kind in kinds:
        composer.statements.declare(kind)
    parameters = list(scene.names)
    results = [kind for kind in kinds if kind in ("int", "str", "ints", "float", "strs")] or [
        "bool"
    ]

    def expression() -> str:
        for _ in range(8):
            text = composer.expressions.of(d.pick([*results, *results, "bool"]), 1)
            if len(text) < 60 and composer.statements.works(text):
                return text
        return parameters[0]

    form = d.weighted(
        (("plain", 5), ("branch", 3), ("local", 3), ("lambda", 1.5), ("print", 1), ("nothing", 0.3))
    )
    head = f"def {name}({', '.join(parameters)}):"
    if form == "lambda":
        return [f"{name} = lambda {', '.join(parameters)}: {expression()}"], kinds
    if form == "branch":
        second = d.pick(
            (["    else:", f"        return {expression()}"], [f"    return {expression()}"])
        )
        return [
            head,
            f"    if {composer.condition()}:",
            f"        return {expression()}",
            *second,
        ], kinds
    if form == "local":
        first = composer.statements.simple()
        return [head, "    " + first, f"    return {expression()}"], kinds
    if form == "print":
        return [head, f"    print({expression()})"], kinds
    if form == "nothing":
        return [head, "    " + d.pick(("pass", expression(), "return"))], kinds
    return [head, f"    return {expression()}"], kinds


def nested_call(composer: Composer, name: str, kinds: list[str]) -> Lines:
    """Calls in conditions, in arithmetic, in lists and inside each other."""
    d = composer.draw
    arguments = [
        ", ".join(composer.expressions.leaf(kind, 0.4) for kind in kinds) for _ in range(2)
    ]
    a, b = (f"{name}({text})" for text in arguments)
    target = composer.scene.new_name("other")
    forms = [
        [f"print({a}, {b})"],
        [f"{target} = [{a}, {b}]"],
        [f"{target} = {a} == {b}"],
        [
            f"if {a} {d.pick(('==', '!=', '<'))} {b}:",
            "    print('yes')",
            "else:",
            "    print('no')",
        ],
        [f"{target} = {a} + {b}"],
        [f"print(f'{{{a}}}')"] if "'" not in a else [f"print({a})"],
        [f"if {a}:", f"    {target} = {b}", f"    print({target})"],
        [f"print({d.pick(('len', 'str', 'abs', 'bool', 'type'))}({a}))"],
        [f"{target} = {a} {d.pick(('and', 'or'))} {b}"],
    ]
    if len(kinds) == 1:
        forms += [[f"print({name}({a}))"]] * 3
        forms += [[f"for item in [{arguments[0]}, {arguments[1]}]:", f"    print({name}(item))"]]
    for _ in range(6):
        lines = d.pick(forms)
        if max(map(len, lines)) < 80 and composer.accept(lines) and "type(" not in lines[0]:
            return lines
    return call(composer, name, kinds)


def errors(rng: random.Random) -> GeneratedProgram:
    """One statement that raises, or nearly does; bare, in a try, or in a function."""
    d = Draw(rng)
    composer = Composer(Scene(d))
    lines = _declared(
        composer, *d.sample(("int", "ints", "str", "dict", "strs", "tuple"), d.between(1, 3))
    )
    risky, error = risky_statement(composer)
    form = d.weighted((("bare", 3), ("try", 5), ("function", 2), ("loop", 1)))
    if form == "bare":
        lines += [risky, composer.statements.show()]
    elif form == "try":
        before = composer.scene.snapshot()
        lines += composer.try_(1)
        composer.scene.restore(before)
        lines.append(composer.statements.show())
    elif form == "function":
        name = d.pick(v.FUNCTION_NAMES)
        lines += [f"def {name}():", f"    {risky}", f"    return {d.small()}"]
        handler = [f"except {error}{d.pick(('', ' as e'))}:", "    print('caught')"]
        lines += d.pick(([f"print({name}())"], ["try:", f"    print({name}())", *handler]))
    else:
        lines += [
            f"for i in range({d.between(1, 3)}):",
            "    try:",
            f"        {risky}",
            f"    except {error}:",
            "        print('failed', i)",
        ]
        if d.chance(0.4):
            lines += ["    else:", "        print('fine', i)"]
    return _program(lines, "exceptions")


def objects(rng: random.Random) -> GeneratedProgram:
    """A tiny class: attributes set, read, changed, through methods or from outside."""
    d = Draw(rng)
    name = d.pick(
        (
            "Box",
            "Item",
            "Point",
            "Pet",
            "Thing",
            "Player",
            "Book",
            "Car",
            "Light",
            "Cell",
            "Record",
            "Robot",
        )
    )
    a, b = d.sample(
        (
            "size",
            "name",
            "x",
            "y",
            "count",
            "label",
            "level",
            "price",
            "items",
            "speed",
            "owner",
            "color",
        ),
        2,
    )
    kinds = {"name": "str", "label": "str", "owner": "str", "color": "str", "items": "ints"}
    composer = Composer(Scene(d))
    leaf = composer.expressions.leaf

    def change(target: str, attribute: str) -> str:
        path = f"{target}.{attribute}"
        kind = kinds.get(attribute, "int")
        if kind == "str":
            return d.pick(
                (
                    f"{path} += {d.quoted(d.pick('!?-sX'))}",
                    f"{path} = {path}.upper()",
                    f"{path} = {leaf('str')}",
                    f"{path} = {path}[::-1]",
                )
            )
        if kind == "ints":
            return d.pick(
                (
                    f"{path}.append({d.small()})",
                    f"{path} = {d.numbers()}",
                    f"{path}.sort()",
                    f"{path} += [{d.small()}]",
                )
            )
        return d.pick(
            (
                f"{path} += {d.between(1, 20)}",
                f"{path} -= {d.between(1, 9)}",
                f"{path} *= {d.between(2, 4)}",
                f"{path} = {d.number()}",
                f"{path} = {path} % {d.between(2, 9)}",
            )
        )

    default = f"={leaf(kinds.get(b, 'int'))}" if d.chance(0.35) and b != "items" else ""
    lines = [
        f"class {name}:",
        f"    def __init__(self, {a}, {b}{default}):",
        f"        self.{a} = {a}",
        f"        self.{b} = {b}",
    ]
    method = d.pick(("update", "change", "step", "grow", "use", "show", "info"))
    body = d.pick(
        (
            [change("self", a)],
            [change("self", b), f"return self.{b}"],
            [f"return self.{a}"],
            [f"print(self.{a}, self.{b})"],
            [f"return f'{{self.{a}}} {{self.{b}}}'"],
            [change("self", a), change("self", b), "return self"],
        )
    )
    lines += ["", f"    def {method}(self):", *("        " + line for line in body)]
    if d.chance(0.3):
        lines += [
            "",
            "    def __str__(self):",
            f"        return {d.quoted(d.pick(('<', name + ' ', '')))} + str(self.{a})",
        ]
    elif d.chance(0.2):
        lines += ["", "    def __eq__(self, other):", f"        return self.{a} == other.{a}"]
    first, second = d.sample(
        ("a", "b", "p", "q", "one", "two", "thing", "obj", "it", "mine", "x1"), 2
    )
    arguments = [leaf(kinds.get(key, "int")) for key in (a, b)]
    again = [leaf(kinds.get(key, "int")) for key in (a, b)]
    lines += ["", f"{first} = {name}({', '.join(arguments)})"]
    lines.append(
        d.pick(
            (
                f"{second} = {name}({', '.join(again)})",
                f"{second} = {first}",
                f"{second} = {name}({a}={again[0]}, {b}={again[1]})",
            )
        )
    )
    for _ in range(d.between(1, 4)):
        who, attribute = d.pick((first, second)), d.pick((a, b))
        lines.append(
            d.pick(
                (
                    change(who, attribute),
                    change(who, attribute),
                    f"{who}.{method}()",
                    f"print({who}.{method}())",
                    f"print({first}.{attribute}, {second}.{attribute})",
                    f"print({first}.{attribute} == {second}.{attribute})",
                    f"print({first} == {second}, {first} is {second})",
                    f"{who}.extra = {d.small()}",
                    f"print({who}.{attribute})",
                    f"print(hasattr({who}, 'extra'))",
                )
            )
        )
    if " + str(" in "\n".join(lines):
        lines.append(f"print({d.pick((first, second))})")
    return _program(lines, "classes")


def conditions(rng: random.Random) -> GeneratedProgram:
    """Chains of if, elif and else over values close to their limits."""
    d = Draw(rng)
    composer = Composer(Scene(d))
    lines = _declared(
        composer, *d.sample(("int", "int", "str", "bool", "ints", "float"), d.between(1, 3))
    )
    for _ in range(d.between(1, 3)):
        before = composer.scene.snapshot()
        block = composer.if_(1)
        composer.scene.restore(before)
        if composer.accept(block):
            lines += block
        else:
            composer.scene.restore(before)
    lines.append(composer.statements.show())
    return _program(lines, "conditions")


DRILL_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "micro_loops": (loops, 8),
    "micro_calls": (calls, 6),
    "micro_errors": (errors, 8),
    "micro_objects": (objects, 3.5),
    "micro_conditions": (conditions, 3),
}
