"""Programs with slips in them, and programs stitched together.

A slip is what a learner does: `<` for `<=`, a range one short, a wrong variable, a forgotten line.
The result still runs or crashes in an ordinary way, and shows states that tidy idioms never reach.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable
from typing import Final

from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.freeform import Composer
from cwm_lab.training.generator.idioms import HELD_OUT_TOPICS
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.scene import Scene
from cwm_lab.training.generator.style import restyle
from cwm_lab.training.generator.templates import expand, templates
from cwm_lab.training.generator.trial import TooMuch, run_trial

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.LtE),
    ast.LtE: (ast.Lt, ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt, ast.GtE),
    ast.GtE: (ast.Gt, ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPERATORS: Final[dict[type[ast.operator], tuple[type[ast.operator], ...]]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add,),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Div: (ast.FloorDiv,),
    ast.Mod: (ast.FloorDiv,),
}
Slip = Callable[[ast.Module, Draw], bool]


def _nodes(tree: ast.Module, kind: type[ast.AST]) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


def slip_comparison(tree: ast.Module, draw: Draw) -> bool:
    places = [node for node in _nodes(tree, ast.Compare) if isinstance(node, ast.Compare)]
    if not places:
        return False
    node = draw.pick(places)
    node.ops[0] = draw.pick(_COMPARISONS[type(node.ops[0])])()
    return True


def slip_operator(tree: ast.Module, draw: Draw) -> bool:
    places = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS
    ]
    if not places:
        return False
    node = draw.pick(places)
    node.op = draw.pick(_OPERATORS[type(node.op)])()
    return True


def slip_constant(tree: ast.Module, draw: Draw) -> bool:
    places = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int
    ]
    if not places:
        return False
    node = draw.pick(places)
    assert isinstance(node.value, int)
    value = node.value + draw.pick((-1, 1, 1, -1, 2, 10))
    node.value = abs(value)
    return True


def slip_range(tree: ast.Module, draw: Draw) -> bool:
    """A range (or an index) that is off by one."""
    places = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "range"
        and node.args
    ]
    if not places:
        return False
    node = draw.pick(places)
    at = draw.between(0, len(node.args) - 1)
    operator: ast.operator = draw.pick((ast.Add, ast.Sub))()
    node.args[at] = ast.BinOp(node.args[at], operator, ast.Constant(1))
    return True


def slip_name(tree: ast.Module, draw: Draw) -> bool:
    """One use of a variable becomes another variable."""
    stored = sorted(
        {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    )
    uses = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in stored
    ]
    if not uses or len(stored) < 2:
        return False
    node = draw.pick(uses)
    node.id = draw.pick([name for name in stored if name != node.id])
    return True


def slip_missing_line(tree: ast.Module, draw: Draw) -> bool:
    bodies = [
        body
        for node in ast.walk(tree)
        if not isinstance(node, ast.Module)
        for body in (getattr(node, "body", None), getattr(node, "orelse", None))
        if isinstance(body, list) and len(body) > 1
    ]
    if not bodies:
        return False
    body = draw.pick(bodies)
    simple = [
        i
        for i, node in enumerate(body)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Return)
    ]
    if not simple:
        return False
    del body[draw.pick(simple)]
    return True


def slip_swapped_lines(tree: ast.Module, draw: Draw) -> bool:
    bodies = [
        node.body
        for node in ast.walk(tree)
        if isinstance(node, ast.For | ast.While | ast.If | ast.FunctionDef | ast.Module)
        and len(node.body) > 1
    ]
    if not bodies:
        return False
    body = draw.pick(bodies)
    at = draw.between(0, len(body) - 2)
    body[at], body[at + 1] = body[at + 1], body[at]
    return True


def slip_early_return(tree: ast.Module, draw: Draw) -> bool:
    """The `return` at a function's end slides into the loop before it."""
    places = [
        node.body
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and len(node.body) > 1
        and isinstance(node.body[-1], ast.Return)
        and isinstance(node.body[-2], ast.For | ast.While)
    ]
    if not places:
        return False
    body = draw.pick(places)
    loop = body[-2]
    assert isinstance(loop, ast.For | ast.While)
    loop.body.append(body.pop())
    return True


_SLIPS: Final[tuple[tuple[Slip, float], ...]] = (
    (slip_comparison, 3),
    (slip_operator, 3),
    (slip_constant, 4),
    (slip_range, 2),
    (slip_name, 2.5),
    (slip_missing_line, 2),
    (slip_swapped_lines, 1),
    (slip_early_return, 1),
)


def mutant(rng: random.Random) -> GeneratedProgram:
    """An idiom with one to three slips."""
    draw = Draw(rng)
    template = draw.pick([t for t in templates() if t.topic not in HELD_OUT_TOPICS])
    source, stdin = expand(template, draw)
    tree = ast.parse(source)
    wanted = draw.weighted(((1, 5), (2, 3), (3, 1)))
    for _ in range(12):
        if wanted and draw.weighted(_SLIPS)(tree, draw):
            wanted -= 1
    written = as_people_write(ast.unparse(ast.fix_missing_locations(tree)))
    return GeneratedProgram(
        restyle(written, draw), ("mutant", template.name, *template.tags), stdin
    )


def as_people_write(source: str) -> str:
    """Without the parentheses that `ast.unparse` puts around tuples."""
    lines: list[str] = []
    for written in source.split("\n"):
        line = written
        match = re.match(r"^(\s*(?:return |[\w., \[\]]+ = ))\((.*)\)$", line)
        if match:
            bare = match[1] + match[2]
            try:
                same = ast.dump(_parsed(bare)) == ast.dump(_parsed(line))
            except SyntaxError:
                same = False
            line = bare if same else line
        lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"


def _parsed(line: str) -> ast.Module:
    """One simple statement, with `return` read inside a function."""
    return ast.parse("def f():\n    " + line.strip())


def mixed(rng: random.Random) -> GeneratedProgram:
    """An idiom or two, followed by free statements over the variables that they leave behind."""
    draw = Draw(rng)
    training = [t for t in templates() if t.topic not in (*HELD_OUT_TOPICS, "input")]
    first = draw.pick(training)
    source, _ = expand(first, draw)
    source = restyle(source, draw)
    tags: tuple[str, ...] = ("mixed", first.name, *first.tags)
    if draw.chance(0.3):
        second = draw.pick(training)
        more, _ = expand(second, draw)
        source += ("\n" if draw.chance(0.6) else "") + more
        tags += (second.name,)
    scene = Scene(draw)
    trial = run_trial(source)
    if trial.error is not None or trial.too_much:
        return GeneratedProgram(source, tags)
    try:
        scene.run_block(source)
    except TooMuch:
        return GeneratedProgram(source, tags)
    try:
        scene.snapshot()
    except TypeError:  # a generator among the variables: nothing can be composed over it
        return GeneratedProgram(source, tags)
    composer = Composer(scene)
    lines: list[str] = []
    for _ in range(draw.between(1, 4)):
        lines += composer.statement(2)
    if draw.chance(0.5):
        lines.append(composer.statements.show())
    return GeneratedProgram(source + "\n".join(lines) + "\n", tags)


MUTANT_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "idiom_mutant": (mutant, 10),
    "idiom_mixed": (mixed, 5),
}
