"""Drills of conversions, printing, formats, methods by method, and values of and/or."""

from __future__ import annotations

import random
from typing import Final

from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.expressions import Expressions, literal, textual
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.scene import Scene, kind_of
from cwm_lab.training.generator.statements import Statements

_TYPES: Final = ("int", "str", "float", "list", "bool", "(int, float)")
_TESTS: Final = ("isdigit", "isalpha", "isupper", "islower", "isalnum", "isspace", "istitle")


def conversions(rng: random.Random) -> GeneratedProgram:
    """int, float, str, bool, list, tuple, set, ord, chr, round, and tests of type."""
    draw = Draw(rng)
    statements = Statements(Scene(draw))
    lines = [statements.declare(draw.pick(("int", "str", "float", "ints", "bool", "tuple")))]
    for _ in range(draw.between(2, 6)):
        expression = _conversion(draw, statements.expressions)
        lines.append(_use(statements, expression))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "conversions"))


def _conversion(d: Draw, e: Expressions) -> str:
    number, text, decimal = e.leaf("int", 0.5), e.leaf("str", 0.5), e.leaf("float", 0.5)
    spaced = d.quoted(
        d.pick(("", " ")) + str(d.number()) + d.pick(("", " ", "\n" if d.chance(0.1) else ""))
    )
    point = d.quoted(str(d.decimal()))
    any_kind = d.pick(("int", "str", "float", "ints", "bool", "tuple", "strs", "dict"))
    thing = e.leaf(any_kind, 0.6)
    return d.weighted(
        (
            (f"int({spaced})", 3),
            (f"int({decimal})", 2),
            (f"float({point})", 2),
            (f"float({number})", 1),
            (f"str({number})", 2),
            (f"str({decimal})", 1),
            (f"str({number}) + str({d.small()})", 2),
            (f"bool({thing})", 3),
            (f"list({text})", 1.5),
            (f"tuple({e.leaf('ints', 0.5)})", 0.7),
            (f"sorted(set({e.leaf('ints', 0.7)}))", 1),
            (f"ord({d.quoted(d.pick('abcxyzABZ019 !'))})", 2),
            (f"chr({d.between(65, 122)})", 2),
            (f"chr(ord({d.quoted(d.pick('abcdefgxyz'))}) + {d.between(1, 3)})", 1.5),
            (f"round({d.decimal()}, {d.between(0, 1)})", 2),
            (f"round({d.between(1, 99)} / {d.between(2, 9)}, 2)", 2),
            (f"round({d.between(0, 20)}.5)", 1),
            (
                f"isinstance({thing}, {d.pick(_TYPES)})",
                2,
            ),
            (f"type({thing}).__name__", 1),
            (f"type({thing}) == {d.pick(('int', 'str', 'list', 'float'))}", 1),
            (f"int({spaced}) + {number}", 2),
            (f"int({d.quoted(d.digits(1, 2))} * 2)", 1),
            (f"{d.quoted(d.digits(1, 3))} + {d.quoted(d.digits(1, 2))}", 1.5),
            (f"int({d.pick(('True', 'False'))}) + {d.small()}", 0.7),
            (f"str({thing})", 2),
            (f"len(str({number}))", 2),
            (f"repr({text})", 1),
            (f"int({d.quoted(format(d.between(0, 31), 'b'))}, 2)", 0.5),
            (f"bin({d.between(0, 64)})", 0.5),
            (f"hex({d.between(0, 255)})", 0.2),
            (f"sum([True, False, {d.pick(('True', 'False'))}])", 0.3),
            (f"float({number}) == {number}", 0.5),
            (f"{number} == {d.quoted(str(d.small()))}", 0.7),
            (f"list(range({d.between(0, 6)}))", 1),
        )
    )


def truth_values(rng: random.Random) -> GeneratedProgram:
    """What and, or, not and comparisons give for operands that are no booleans."""
    draw = Draw(rng)
    statements = Statements(Scene(draw))
    e = statements.expressions
    lines = [
        statements.declare(draw.pick(("int", "str", "bool", "ints")))
        for _ in range(draw.between(1, 2))
    ]
    if draw.chance(0.3):
        name = statements.scene.new_name("other")
        lines.append(f"{name} = None")
        statements.scene.bind(name, None)
    for _ in range(draw.between(2, 6)):
        a, b, c = (_truthy_or_not(draw, e) for _ in range(3))
        lines.append(
            _use(
                statements,
                draw.weighted(
                    (
                        (f"{a} and {b}", 3),
                        (f"{a} or {b}", 3),
                        (f"not {a}", 2),
                        (f"{a} or {b} or {c}", 1),
                        (f"{a} and {b} or {c}", 1),
                        (f"{a} and not {b}", 1),
                        (f"bool({a})", 1),
                        (f"{a} == {b}", 1.5),
                        (f"{a} != {b}", 1),
                        (f"({a} or {b}) and {c}", 0.7),
                        (f"{b} if {a} else {c}", 2),
                        (f"{e.of('bool', 0)} and {b}", 1.5),
                        (f"{e.of('bool', 0)} or {b}", 1.5),
                        (f"not {a} == {b}", 0.4),
                    )
                ),
            )
        )
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "booleans"))


def _truthy_or_not(d: Draw, e: Expressions) -> str:
    names = e.scene.names
    if names and d.chance(0.45):
        return d.pick(names)
    return d.pick(
        (
            "0",
            "1",
            "''",
            "[]",
            "None",
            "True",
            "False",
            "{}",
            "0.0",
            "()",
            str(d.number()),
            d.quoted(d.word()),
            repr(d.numbers(0, 2)),
        )
    )


def formats(rng: random.Random) -> GeneratedProgram:
    """Print with sep and end, f-strings with formats, % and format, joins of numbers."""
    draw = Draw(rng)
    statements = Statements(Scene(draw))
    e = statements.expressions
    scene = statements.scene
    lines = [
        statements.declare(kind)
        for kind in draw.sample(("int", "str", "float", "int", "ints"), draw.between(1, 3))
    ]
    for _ in range(draw.between(1, 4)):
        form = draw.rng.random()
        if form < 0.5:
            lines.append(_use(statements, textual.format_string(e)))
            continue
        name = draw.pick(scene.names)
        other = draw.pick(scene.names)
        kind = kind_of(scene.values[name])
        sep = draw.quoted(draw.pick((", ", "-", "", "/", " | ", "\n" if draw.chance(0.2) else ":")))
        sign = {"int": "%d", "float": "%.2f"}.get(kind, "%s")
        choices = [
            f"print({name}, {other}, sep={sep})",
            f"print({name}, end={sep})",
            f"print({name}, {other}, {literal(draw, 'int')})",
            f"print({draw.quoted(draw.noun() + ':')}, {name})",
            "print()",
            f"print({name}, {other}, sep={sep}, end={draw.quoted('!')})",
        ]
        if kind in ("int", "float", "str"):
            choices += [
                f"print('{draw.noun()} {sign}' % {name})",
                f"print('{{}} and {{}}'.format({name}, {other}))",
                f"print('{draw.noun()}: ' + str({name}))",
            ]
        if kind == "ints":
            choices += [
                f"print(*{name})",
                f"print(*{name}, sep={sep})",
                f"print({draw.quoted(',')}.join(str(x) for x in {name}))",
                f"print(f'{{{name}}} has {{len({name})}}')",
            ]
        lines.append(draw.pick(choices))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "formatting"))


def methods(rng: random.Random) -> GeneratedProgram:
    """The methods of strings one by one, on values where they matter."""
    draw = Draw(rng)
    statements = Statements(Scene(draw))
    e = statements.expressions
    lines = [statements.declare("str")]
    for _ in range(draw.between(2, 7)):
        names = statements.scene.of_kind("str")
        name = draw.pick(names)
        value: str = statements.scene.values[name]
        form = draw.rng.random()
        if form < 0.4:
            text = textual.method_of(e, name, value)
        elif form < 0.6:
            text = f"{name}[{e.slice_(len(value))}]"
        elif form < 0.7:
            part = draw.quoted(e.part_of(value))
            text = draw.pick(
                (
                    f"{name}.find({part})",
                    f"{name}.count({part})",
                    f"{name}.rfind({part})",
                    f"{part} in {name}",
                    f"{name}.startswith({part})",
                    f"{name}.endswith({part})",
                    f"{name}.split({part})",
                    f"{name}.partition({part})",
                    f"{name}.index({part})",
                )
            )
        elif form < 0.8:
            text = f"{name}.{draw.pick(_TESTS)}()"
        elif form < 0.87 and value:
            text = f"{name}[{e.index(len(value))}]"
        elif form < 0.93:
            text = draw.pick(
                (
                    f"{name}.split()",
                    f"list({name})",
                    f"sorted({name})",
                    f"{name}.splitlines()",
                    f"len({name})",
                    f"{name}.split(',')",
                    f"min({name})",
                )
            )
        else:
            text = f"{name} + {draw.quoted(draw.word())}"
        lines.append(_use(statements, text))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "strings"))


def _use(statements: Statements, expression: str) -> str:
    """Print the expression or bind it; if it raises, it stays as a print of what there is."""
    draw = statements.draw
    if not statements.works(expression) or len(expression) > 72:
        return statements.show()
    if draw.chance(0.4) and statements.prints(expression):
        return f"print({expression})"
    value = statements.scene.evaluate(expression)
    statement = f"{statements.scene.new_name(kind_of(value))} = {expression}"
    return statement if statements.accept(statement) else statements.show()


CONVERSION_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "micro_conversions": (conversions, 4),
    "micro_truth": (truth_values, 2.5),
    "micro_formats": (formats, 3),
    "micro_methods": (methods, 6),
}
