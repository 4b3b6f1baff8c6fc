"""Free composition: any construct in any position, over variables whose values are known."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from cwm_lab.training.generator import looping
from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.expressions import literal, truth
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.risks import risky_statement
from cwm_lab.training.generator.scene import Scene, is_small, kind_of
from cwm_lab.training.generator.statements import Statements
from cwm_lab.training.generator.trial import TooMuch

Family = Callable[[random.Random], GeneratedProgram]
Block = list[str]


def indent(block: Block) -> Block:
    return ["    " + line for line in block]


class Composer:
    """Writes blocks of statements for one scene; each is run there before the next is written."""

    def __init__(self, scene: Scene, in_function: bool = False) -> None:
        self.scene = scene
        self.draw = scene.draw
        self.statements = Statements(scene)
        self.expressions = self.statements.expressions
        self.in_function = in_function

    # -- blocks ----------------------------------------------------------------------------------
    def block(self, size: int, depth: int) -> Block:
        lines: Block = []
        for _ in range(size):
            lines += self.statement(depth)
        return lines

    def statement(self, depth: int) -> Block:
        d = self.draw
        if depth <= 0 or d.chance(0.55):
            return self.statements.simple().split("\n")
        maker = d.weighted(
            ((self.if_, 5), (self.for_, 5), (self.while_, 2.5), (self.try_, 1.5), (self.search, 1))
        )
        for _ in range(4):
            before = self.scene.snapshot()
            lines = maker(depth)
            self.scene.restore(before)
            if self.accept(lines):
                return lines
            self.scene.restore(before)
        return self.statements.simple().split("\n")

    def accept(self, lines: Block) -> bool:
        source = "\n".join(lines)
        if self.in_function:
            source = source.replace("return ", "pass; ")
        try:
            self.scene.run_block(source)
        except TooMuch:
            return False
        except Exception:  # noqa: BLE001 - a block that crashes is not used here
            self.scene.learn()
            return False
        return all(is_small(self.scene.values[name]) for name in self.scene.names)

    def body(self, size: int, depth: int) -> Block:
        """A block whose new names are forgotten afterwards: it may not run."""
        before = self.scene.snapshot()
        lines = self.block(size, depth - 1)
        self.scene.restore(before)
        return indent(lines)

    def condition(self) -> str:
        for _ in range(8):
            text = self.expressions.of("bool", 1)
            if len(text) < 60 and self.statements.works(text):
                return text
        return self.expressions.leaf("bool")

    # -- compound statements ---------------------------------------------------------------------
    def if_(self, depth: int) -> Block:
        d = self.draw
        lines = [f"if {self.condition()}:", *self.body(d.between(1, 2), depth)]
        while d.chance(0.25):
            lines += [f"elif {self.condition()}:", *self.body(d.between(1, 2), depth)]
        if d.chance(0.55):
            lines += ["else:", *self.body(d.between(1, 2), depth)]
        return lines

    def for_(self, depth: int) -> Block:
        d = self.draw
        if d.chance(0.4):
            return looping.accumulate(self)
        header, bindings = looping.loop_header(self)
        before = self.scene.snapshot()
        for name, value in bindings:
            self.scene.bind(name, value)
        lines: Block = []
        lines += self.block(d.between(1, 3), depth - 1)
        if d.chance(0.25):
            lines.insert(d.between(0, len(lines)) if depth == 1 else 0, f"if {self.condition()}:")
            position = next(
                i for i, line in enumerate(lines) if line.startswith("if ") and line.endswith(":")
            )
            if position + 1 >= len(lines) or not lines[position + 1].startswith("    "):
                lines.insert(position + 1, "    " + d.pick(("continue", "break", "break")))
        self.scene.restore(before)
        result = [header, *indent(lines)]
        if d.chance(0.06):
            result += ["else:", f"    print({d.quoted(d.word())})"]
        return result

    def while_(self, depth: int) -> Block:
        """A loop on a counter that moves each round."""
        d = self.draw
        names = self.scene.of_kind("int")
        if not names:
            return self.for_(depth)
        name = d.pick(names)
        value: int = self.scene.values[name]
        form = d.weighted((("up", 3), ("down", 3), ("halve", 1.5), ("pop", 1), ("true", 1)))
        body = self.body(d.between(0, 2), depth)
        step = d.pick((1, 1, 2, 3, 5, 10, 7))
        rounds = d.between(0, 5)
        if form == "up":
            limit = value + rounds * step - d.between(0, 1)
            return [f"while {name} {d.pick(('<', '<='))} {limit}:", *body, f"    {name} += {step}"]
        if form == "down":
            limit = value - rounds * step + d.between(0, 1)
            return [f"while {name} {d.pick(('>', '>='))} {limit}:", *body, f"    {name} -= {step}"]
        if form == "halve" and value >= 0:
            return [
                f"while {name} > {d.between(0, 9)}:",
                *body,
                f"    {name} //= {d.pick((2, 2, 3, 10))}",
            ]
        lists = self.scene.of_kind("ints", "strs")
        if form == "pop" and lists:
            xs = d.pick(lists)
            item = d.pick(("item", "x", "last", "top", "first"))
            take = d.pick((f"{xs}.pop()", f"{xs}.pop(0)"))
            head = d.pick((f"while {xs}:", f"while len({xs}) > {d.between(0, 2)}:"))
            return [head, f"    {item} = {take}", f"    print({item})", *body]
        limit = value + rounds * step
        return [
            "while True:",
            f"    {name} += {step}",
            f"    if {name} {d.pick(('>', '>='))} {limit}:",
            "        break",
            *body,
        ]

    def search(self, depth: int) -> Block:
        """A loop that looks for something, with for-else."""
        d = self.draw
        lists = self.scene.of_kind("ints")
        if not lists:
            return self.for_(depth)
        xs = d.pick(lists)
        item = d.pick(v.ITEM_NAMES)
        condition = truth.item_condition(self.expressions, item, self.scene.values[xs])
        return [
            f"for {item} in {xs}:",
            f"    if {condition}:",
            f"        print({d.quoted(d.noun())}, {item})",
            "        break",
            "else:",
            f"    print({d.quoted(d.pick(('none', 'not found', 'nothing', 'no match')))})",
        ]

    def try_(self, depth: int) -> Block:
        d = self.draw
        risky, error = risky_statement(self)
        lines = ["try:", *self.body(d.between(0, 1), depth), "    " + risky]
        if d.chance(0.4):
            lines += indent([f"print({d.quoted(d.pick(('ok', 'worked', 'no error', 'fine')))})"])
        caught = (
            error
            if d.chance(0.85)
            else d.pick(("ValueError", "KeyError", "Exception", "(ValueError, TypeError)"))
        )
        if d.chance(0.5):
            lines += [f"except {caught} as {d.pick(('e', 'e', 'err', 'error'))}:"]
            name = lines[-1].split()[-1][:-1]
            lines += [
                "    "
                + d.pick(
                    (
                        f"print({d.quoted(d.pick(('error:', 'caught', 'oops')))}, {name})",
                        f"print(type({name}).__name__)",
                        f"print({name})",
                    )
                )
            ]
        else:
            lines += [
                f"except {caught}:",
                "    "
                + d.pick(
                    (f"print({d.quoted(d.pick(('error', 'oops', 'bad value', 'failed')))})", "pass")
                ),
            ]
        if d.chance(0.25):
            lines += ["else:", *self.body(1, depth)]
        if d.chance(0.3):
            lines += [
                "finally:",
                f"    print({d.quoted(d.pick(('done', 'finally', 'cleanup', 'end')))})",
            ]
        return lines


# -- functions -----------------------------------------------------------------------------------
def function(draw: Draw, name: str) -> tuple[Block, list[str]]:
    """A function composed over sample arguments; returns its lines and the parameters' kinds."""
    kinds = [
        draw.weighted(
            (("int", 5), ("str", 3), ("ints", 3), ("strs", 1), ("float", 1), ("dict", 0.7))
        )
        for _ in range(draw.between(1, 3))
    ]
    scene = Scene(draw)
    scene.thrift = 0.93
    parameters: list[str] = []
    for kind in kinds:
        parameter = scene.new_name(kind)
        scene.bind(parameter, scene.evaluate(literal(draw, kind)))
        parameters.append(parameter)
    composer = Composer(scene, in_function=True)
    body: Block = []
    if draw.chance(0.15):
        body.append(f'"""{draw.pick(("Work out the", "Return the", "Make a"))} {draw.noun()}."""')
    if draw.chance(0.3):
        result = _result(composer)
        body += [f"if {composer.condition()}:", f"    return {result}"]
    body += composer.block(draw.between(0, 3), 2)
    if draw.chance(0.25):
        body += [f"if {composer.condition()}:", f"    return {_result(composer)}"]
    if draw.chance(0.88):
        body.append(f"return {_result(composer)}")
    elif not body or body[-1].startswith('"""'):
        body.append("pass")
    last = parameters[-1]
    signature = ", ".join(parameters)
    if draw.chance(0.2):
        signature = ", ".join([*parameters[:-1], f"{last}={literal(draw, kinds[-1])}"])
        if kinds[-1] in ("int", "str") and len(kinds) > 1 and draw.chance(0.6):
            kinds = kinds[:-1]
    return [f"def {name}({signature}):", *indent(body)], kinds


def _result(composer: Composer) -> str:
    """An expression to return, of a kind that the function's variables lend themselves to."""
    d = composer.draw
    wanted: list[tuple[str, float]] = [("bool", 1.5)]
    weights = {"int": 5.0, "str": 4, "ints": 4, "float": 3, "strs": 2, "dict": 1, "tuple": 1}
    wanted += [(kind, weight) for kind, weight in weights.items() if composer.scene.of_kind(kind)]
    for _ in range(10):
        text = composer.expressions.of(d.weighted(wanted), 1)
        if len(text) < 60 and composer.statements.works(text):
            return text
    return composer.expressions.leaf("int")


def program_of(
    sizes: tuple[int, int], depth: int, functions: tuple[int, int], crash: float
) -> Family:
    """A family of free programs with so many statements, nesting, functions and crashes."""

    def make(rng: random.Random) -> GeneratedProgram:
        draw = Draw(rng)
        scene = Scene(draw)
        composer = Composer(scene)
        lines: Block = []
        made: list[tuple[str, list[str]]] = []
        for _ in range(draw.between(*functions)):
            name = draw.pick(v.FUNCTION_NAMES)
            if any(name == other for other, _ in made):
                continue
            text, kinds = function(draw, name)
            scene.run_block("\n".join(text))
            made.append((name, kinds))
            lines += [*text, ""]
        for kind in [composer.statements.kind() for _ in range(draw.between(1, 3))]:
            lines.append(composer.statements.declare(kind))
        for _ in range(draw.between(*sizes)):
            if made and draw.chance(0.5):
                lines += call(composer, *draw.pick(made))
            else:
                lines += composer.statement(depth)
        if draw.chance(crash):
            lines.append(risky_statement(composer)[0])
        lines.append(composer.statements.show())
        return GeneratedProgram(
            "\n".join(lines) + "\n", ("freeform", *(("functions",) if made else ()))
        )

    return make


def call(composer: Composer, name: str, kinds: list[str]) -> Block:
    """A statement that calls a function with arguments of the right kinds."""
    d = composer.draw
    for _ in range(6):
        arguments = [
            composer.expressions.leaf(kind, 0.5)
            if d.chance(0.8)
            else composer.expressions.of(kind, 0)
            for kind in kinds
        ]
        text = f"{name}({', '.join(arguments)})"
        if len(text) > 70:
            continue
        before = composer.scene.snapshot()
        form = d.rng.random()
        try:
            composer.scene.run_block(f"_ = {text}")
            result = composer.scene.values.pop("_")
        except (TooMuch, Exception):  # noqa: BLE001 - this call does not work; the next one may
            composer.scene.learn()
            composer.scene.restore(before)
            continue
        composer.scene.restore(before)
        if form < 0.45:
            statement = f"print({text})"
        elif form < 0.9 and result is not None:
            statement = f"{composer.scene.new_name(kind_of(result))} = {text}"
        else:
            statement = text
        if composer.accept([statement]):
            return [statement]
    return composer.statements.simple().split("\n")


FREEFORM_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "freeform_flat": (program_of((3, 8), 0, (0, 0), 0.2), 4),
    "freeform_blocks": (program_of((2, 5), 2, (0, 0), 0.12), 8),
    "freeform_deep": (program_of((1, 3), 3, (0, 0), 0.08), 4),
    "freeform_functions": (program_of((2, 5), 1, (1, 2), 0.1), 8),
}
