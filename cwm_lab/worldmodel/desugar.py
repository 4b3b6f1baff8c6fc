"""Small rewritings of the syntax tree that let scheduler and teacher ask the same questions."""

from __future__ import annotations

import ast
import copy

from cwm_lab.worldmodel.values import Atom, Text, Value

DELEGATED = "__from__"
"""The variable of the loop that a `yield from` becomes; what is named so is not shown."""
LAZY = ("__genexpr__", "__genexpr_2__", "__genexpr_3__")
"""The functions that a statement's generator expressions become; what is named so is not shown."""
_DRAINS = frozenset(
    "sum min max any all list tuple set frozenset sorted dict join extend update union "
    "symmetric_difference symmetric_difference_update".split()
)
"""Functions and methods that take all items of a generator expression at once."""
DESCRIPTORS = frozenset(["property", "staticmethod", "classmethod"])


def desugar(tree: ast.Module) -> ast.Module:
    """Turn decorators into assignments (``f = decorate(f)``) that share the definition's line,
    chained comparisons into several (``a < b and b < c``) where the middle is a name or constant,
    a statement ``yield from x`` into a loop that yields, on one line, and a generator expression
    that is not gone through at once into a call of a generator function that stands before the
    statement and has the attribute `hidden`: its frames are no steps.

    property, staticmethod and classmethod stay: what they do is known from the source alone.
    Private names of a class are spelled out (``self.__x`` as ``self._A__x``).

    Works in place; the added statements carry the attribute `silent`, since they are no line of
    their own, and a loop that was none what it was, as `origin`.
    """
    _spell_private(tree, "")
    _Statements().visit(tree)
    for node in list(ast.walk(tree)):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.Compare):
                setattr(node, name, _unchained(value))
            elif isinstance(value, list):
                value[:] = [_unchained(v) if isinstance(v, ast.Compare) else v for v in value]
    return ast.fix_missing_locations(tree)


def _spell_private(tree: ast.AST, cls: str) -> None:
    """Write the private names in a class as Python mangles them. cls: the class around."""
    waiting = [(tree, cls)]
    while waiting:
        node, owner = waiting.pop()
        inner = node.name.lstrip("_") if isinstance(node, ast.ClassDef) else owner
        for name in ("id", "attr", "name", "arg") if owner else ():
            text = getattr(node, name, None)
            if isinstance(text, str) and text.startswith("__") and not text.endswith("__"):
                setattr(node, name, f"_{owner}{text}")
                node.title = text  # type: ignore[attr-defined]
        if owner and isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [
                f"_{owner}{n}" if n.startswith("__") and not n.endswith("__") else n
                for n in node.names
            ]
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


def title(node: ast.FunctionDef) -> str:
    """What a function is called in messages and steps; its name may be spelled out."""
    return getattr(node, "title", node.name)


def _unchained(node: ast.Compare) -> ast.expr:
    sides = [node.left, *node.comparators]
    if len(node.ops) == 1 or not all(map(_is_still, sides[1:-1])):
        return node
    parts: list[ast.expr] = [
        ast.copy_location(ast.Compare(copy.deepcopy(left) if k else left, [op], [right]), node)
        for k, (left, op, right) in enumerate(zip(sides, node.ops, sides[1:], strict=False))
    ]
    return ast.copy_location(ast.BoolOp(ast.And(), parts), node)


def _is_still(node: ast.expr) -> bool:
    """Whether an expression may be evaluated twice: a name, a constant, an item of a name's."""
    if isinstance(node, ast.Subscript):
        return _is_still(node.value) and _is_still(node.slice)
    return isinstance(node, ast.Name) or is_literal(node)


def is_literal(node: ast.expr) -> bool:
    """Whether the expression is a constant that the source spells out (5, -1, 'a', None)."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
        return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return isinstance(node, ast.Constant)


def literal(node: ast.expr) -> Value:
    """The value of a constant that the source spells out (see `is_literal`)."""
    if isinstance(node, ast.UnaryOp):
        inner = literal(node.operand)
        assert isinstance(inner, Atom)
        return inner if inner.text == "0" else Atom("-" + inner.text)
    assert isinstance(node, ast.Constant)
    return Text(node.value) if isinstance(node.value, str) else Atom(repr(node.value))


def delegates(node: ast.For) -> bool:
    """Whether a loop was a `yield from`."""
    return isinstance(node.target, ast.Name) and node.target.id == DELEGATED


def _lazy(node: ast.stmt, called: str) -> ast.FunctionDef | None:
    """The function of the first generator expression that a statement keeps, which then calls it;
    None if it keeps none."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple | ast.List):
        return None  # unpacked at once
    for name, value in ast.iter_fields(node):
        if name in ("target", "annotation") or not isinstance(value, ast.expr):
            continue
        if any(isinstance(part, ast.GeneratorExp) for part in ast.walk(value)):
            finder = _Lazy(called)
            setattr(node, name, finder.visit(value))
            if finder.function is not None:
                return finder.function
    return None


class _Lazy(ast.NodeTransformer):
    """Turns the first generator expression that is kept into a call."""

    def __init__(self, called: str) -> None:
        self.called = called
        self.function: ast.FunctionDef | None = None

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else name
        drains = name in _DRAINS and node.args and isinstance(node.args[0], ast.GeneratorExp)
        first = node.args.pop(0) if drains else None
        self.generic_visit(node)
        if first is not None:
            node.args.insert(0, first)
        return node

    def _as_it_is(self, node: ast.expr) -> ast.expr:
        return node

    visit_Lambda = visit_ListComp = visit_SetComp = visit_DictComp = _as_it_is

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        binds = any(isinstance(part, ast.NamedExpr | ast.Await) for part in ast.walk(node))
        if self.function is not None or binds or any(part.is_async for part in node.generators):
            return node
        items = "__items__"
        iterable = node.generators[0].iter
        body: ast.stmt = ast.Expr(ast.Yield(node.elt))
        for k, loop in reversed([*enumerate(node.generators)]):
            for test in reversed(loop.ifs):
                body = ast.If(test, [body], [])
            source = loop.iter if k else ast.Name(items, ast.Load())
            body = ast.For(loop.target, source, [body], [])
        arguments = ast.arguments([], [ast.arg(items)], None, [], [], None, [])
        self.function = ast.FunctionDef(self.called, arguments, [body], [], None)
        if "type_params" in ast.FunctionDef._fields:  # from Python 3.12 on
            self.function.type_params = []  # type: ignore[attr-defined]
        self.function.silent = self.function.hidden = True  # type: ignore[attr-defined]
        ast.copy_location(self.function, node)
        call = ast.Call(ast.Name(self.called, ast.Load()), [iterable], [])
        return ast.copy_location(call, node)


class _Statements(ast.NodeTransformer):
    _in_class = False

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Expressions may be nested very deeply, and hold no statements."""
        return node if isinstance(node, ast.expr) else super().generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | list[ast.stmt]:
        if not isinstance(node.value, ast.YieldFrom):
            return self._kept(node)
        passed_on = ast.Expr(ast.Yield(ast.Name(DELEGATED, ast.Load())))
        passed_on.silent = True  # type: ignore[attr-defined]
        loop = ast.For(ast.Name(DELEGATED, ast.Store()), node.value.value, [passed_on], [])
        loop.origin = node  # type: ignore[attr-defined]
        for part in (loop, loop.target, passed_on, passed_on.value, passed_on.value.value):  # type: ignore[attr-defined]
            ast.copy_location(part, node)
        return loop

    def _definition(self, node: ast.FunctionDef | ast.ClassDef) -> list[ast.stmt]:
        self.generic_visit(node)
        kept: list[ast.expr] = []
        added: list[ast.stmt] = []
        for decorator in reversed(node.decorator_list):
            if isinstance(decorator, ast.Name) and decorator.id in DESCRIPTORS:
                kept.insert(0, decorator)
                continue
            if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
                kept.insert(0, decorator)
                continue
            call = ast.Call(decorator, [ast.Name(node.name, ast.Load())], [])
            assign = ast.Assign([ast.Name(node.name, ast.Store())], call)
            assign.silent = True  # type: ignore[attr-defined]
            ast.copy_location(assign, node)
            for child in ast.walk(assign):
                if not hasattr(child, "lineno") and isinstance(child, ast.expr):
                    ast.copy_location(child, node)
            added.append(assign)
        node.decorator_list = kept
        return [node, *added]

    def _kept(self, node: ast.stmt) -> list[ast.stmt]:
        """A statement behind the functions of the generator expressions that it keeps."""
        self.generic_visit(node)
        made: list[ast.stmt] = []
        for name in () if self._in_class else LAZY:
            function = _lazy(node, name)
            made += [function] if function is not None else []
        return [*made, node]

    visit_Assign = visit_AnnAssign = visit_AugAssign = visit_Return = _kept
    visit_For = visit_If = visit_While = _kept

    def visit_FunctionDef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        outer, self._in_class = self._in_class, False
        made = self._definition(node)
        self._in_class = outer
        return made

    def visit_ClassDef(self, node: ast.ClassDef) -> list[ast.stmt]:
        outer, self._in_class = self._in_class, True
        made = self._definition(node)
        self._in_class = outer
        return made
