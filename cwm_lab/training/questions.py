"""A question under way: the statement that a frame is at, and what was heard of it so far."""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass, field
from typing import Any

from cwm_lab.training.scratchpad import Part
from cwm_lab.training.snapshot import Snapshotter
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.statement import Kind, Statement
from cwm_lab.worldmodel.values import Cell


@dataclass
class Question:
    """A statement that is being executed, and what was heard of it so far."""

    index: int
    kind: Kind
    node: ast.AST
    statement: Statement | None
    snapshot: Snapshotter | None = None
    prompt: Prompt | None = None
    items: list[list[Part]] = field(default_factory=list)
    vals: dict[int, Any] = field(default_factory=dict)
    placed: dict[int, list[int] | None] = field(default_factory=dict)
    working: dict[int, list[Part]] = field(default_factory=dict)
    searched_for: int = 0
    keys: dict[int, list[Any]] = field(default_factory=dict)
    visits: dict[int, int] = field(default_factory=dict)
    heard: dict[int, list[Any]] = field(default_factory=dict)
    made: dict[int, list[Any]] = field(default_factory=dict)
    failed: bool = False
    tested: tuple[Any, ...] = ()
    returned: list[tuple[Any, Any]] = field(default_factory=list)
    earlier: list[tuple[str, ...]] = field(default_factory=list)
    calls: list[tuple[ast.Call, Any, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    lambdas: dict[int, Cell] = field(default_factory=dict)
    lambda_objects: dict[int, tuple[Any, Cell]] = field(default_factory=dict)
    loop: Loop | None = None
    exception: BaseException | None = None
    printed: int = 0
    consumed: int = 0
    callee_raised: bool = False

    def mentioned(self) -> list[Any]:
        """The values that the statement has computed or read so far, then its constants."""
        constants = (n.value for n in ast.walk(self.node) if isinstance(n, ast.Constant))
        return [*self.vals.values(), *constants]


@dataclass
class Loop:
    """A for loop under way. size: how much was in the dict or set that it goes through."""

    index: int
    iterable: Any
    size: int
    visit: int = 0
    previous: Any = None


def taken(target: ast.expr, item: Any) -> Any:
    """An item of a loop as its target's parts tell it, which is all that the scheduler knows of it:
    a pair that was a list is a tuple; what goes into an attribute or a star is not known."""
    if isinstance(target, ast.Name):
        return item
    if not isinstance(target, ast.Tuple | ast.List):
        return None
    if not isinstance(item, tuple | list | str | range):
        return item
    parts, stars = list(item), [isinstance(part, ast.Starred) for part in target.elts]
    if True in stars:
        first, after = stars.index(True), len(stars) - stars.index(True) - 1
        parts[first : len(parts) - after] = [None]
    return tuple(taken(part, value) for part, value in zip(target.elts, parts, strict=False))


@dataclass
class Frame:
    """A frame of the program: its Python frame and the statement that it is at."""

    frame: types.FrameType
    node: ast.AST
    call: Any = None
    question: Question | None = None
    result: Any = None
    heard: dict[int, list[Any]] = field(default_factory=dict)
    made: dict[int, list[Any]] = field(default_factory=dict)
    failed: bool = False
    error: BaseException | None = None
    yielded: bool = False


class _Missing:
    pass


MISSING = _Missing()
"""What `find_name` gives for a name that is not bound."""


def find_name(frame: types.FrameType, name: str, *, only_locals: bool = False) -> Any:
    if name in frame.f_locals:
        return frame.f_locals[name]
    if name == "input" or only_locals:
        return MISSING
    return frame.f_globals.get(name, MISSING)


def kind_of(node: ast.AST) -> Kind:
    if isinstance(node, ast.If | ast.While):
        return "<if>"
    if isinstance(node, ast.For):
        return "<iter>"
    if isinstance(node, ast.ExceptHandler):
        return "<except>"
    if isinstance(node, ast.Return | ast.Lambda):
        return "<return>"
    if isinstance(node, ast.expr):
        return "<eval>"
    return "<exec>"


def asked_node(node: ast.AST, kind: Kind) -> ast.AST:
    """The part of a node that a question of a kind shows."""
    if isinstance(node, ast.If | ast.While):
        return node.test
    if isinstance(node, ast.For):
        return node.iter if kind == "<iter>" else node.target
    if isinstance(node, ast.ExceptHandler):
        assert node.type is not None
        return node.type
    if isinstance(node, ast.Return):
        assert node.value is not None
        return node.value
    if isinstance(node, ast.Lambda):
        return node.body
    return node


def top_expression(node: ast.AST) -> ast.AST | None:
    """The expression whose value the outcome tells anyway."""
    if isinstance(node, ast.Assign) and any(
        isinstance(t, ast.Tuple | ast.List) for t in node.targets
    ):
        return None
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr):
        return node.value
    if isinstance(node, ast.For):
        return node.iter
    if isinstance(node, ast.Lambda):
        return node.body
    return node if isinstance(node, ast.expr) else None
