"""What a question says of one statement: its text as tokens, and which names it reads and binds.

Known from the source alone. Strings, f-strings and lambdas are taken out before the text is split
into tokens, so that nothing inside a student's string can be taken for notation.
"""

from __future__ import annotations

import ast
import builtins
import copy
import io
import tokenize
from dataclasses import dataclass
from typing import Literal

from cwm_lab.worldmodel.scopes import Scope
from cwm_lab.worldmodel.values import Names, OutsideEnvelopeError
from cwm_lab.worldmodel.vocabulary import (
    BUILTINS,
    CLOSE,
    EXCEPTIONS,
    FOPEN,
    ID_OF,
    LABELS,
    OPEN,
    spell,
)

Kind = Literal["<exec>", "<if>", "<iter>", "<next>", "<eval>", "<except>", "<return>"]
_BINDING = ("<exec>", "<if>", "<next>")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_POSITIONAL = frozenset(
    "len find index rfind rindex enumerate zip count reversed insert pop partition".split()
)


@dataclass(frozen=True)
class Statement:
    """What is known of one statement or expression from the source alone.

    node: its syntax. tokens: its text. token_of: placeholders given to its names. reads: the
    names whose values it needs, in order of mention. binds: the names that it binds if all goes
    well, in order; may_bind: those of them that it may also pass over. mentioned: its attribute
    names. indexed: whether strings are shown with positions. nesting: how deep objects are
    shown. lambdas: lambda expressions, which stand in the text as labels. inputs: how many
    `input()` calls it contains. me: the name of the object of which it asks `super()` for a method.
    free: the names that are variables of functions around it. in_class: whether it is in a class.
    """

    kind: Kind
    node: ast.AST
    tokens: tuple[str, ...]
    token_of: dict[str, str]
    reads: tuple[str, ...]
    binds: tuple[str, ...]
    may_bind: frozenset[str]
    mentioned: frozenset[str]
    indexed: bool
    nesting: int
    lambdas: tuple[ast.Lambda, ...]
    inputs: int
    me: str | None = None
    free: frozenset[str] = frozenset()
    in_class: bool = False


def describe(kind: Kind, node: ast.AST, scope: Scope) -> Statement:
    """The `Statement` of a syntax node in its scope.

    Raises OutsideEnvelopeError for what the dialect cannot write (bytes, await, ...).
    """
    template = _Template(scope)
    shown = template.visit(copy.deepcopy(node))
    text = ast.unparse(ast.fix_missing_locations(shown))
    names = Names()
    tokens = template.tokens(text, names)
    reads = [name for name in _reads(node, scope) if scope.is_users(name) or not _builtin(name)]
    for name in reads:
        if name in _UNKNOWN_BUILTINS and not scope.is_users(name):
            raise OutsideEnvelopeError(f"the builtin {name}")
    parts = list(ast.walk(node))
    words = {n.id for n in parts if isinstance(n, ast.Name)}
    me = _first_parameter(scope) if "super" in words else None
    if me and me not in reads:
        reads.append(me)
    spoken = [n.attr for n in parts if isinstance(n, ast.Attribute)]
    attributes = set(spoken)
    if words & {"getattr", "setattr", "hasattr"}:
        constants = [n.value for n in parts if isinstance(n, ast.Constant)]
        attributes |= {text for text in constants if isinstance(text, str)}
    positional = kind in ("<iter>", "<next>") or any(
        isinstance(n, (ast.Subscript, ast.Starred, *_COMPREHENSIONS)) for n in parts
    )
    walrus = {n.target.id for n in parts if isinstance(n, ast.NamedExpr)}
    return Statement(
        kind=kind,
        node=node,
        tokens=tuple(tokens),
        token_of=names.token_of,
        reads=tuple(reads),
        binds=tuple(bound_names(node)) if kind in _BINDING else (),
        may_bind=frozenset(walrus - _stored(node) if walrus else ()),
        mentioned=frozenset(attributes),
        indexed=positional or bool((words | attributes) & _POSITIONAL),
        nesting=max(1, len(spoken)),
        lambdas=tuple(lambdas_in(node)),
        inputs=sum(
            isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "input"
            for n in parts
        ),
        me=me,
        free=frozenset(name for name in reads if scope.resolve(name)[0] == "free"),
        in_class=isinstance(scope.node, ast.ClassDef),
    )


def lambdas_in(node: ast.AST) -> list[ast.Lambda]:
    """The lambdas that a statement creates itself, in the order in which its text shows them."""
    if isinstance(node, ast.Lambda):
        return [node]
    if isinstance(node, ast.JoinedStr):
        return []
    return [found for child in ast.iter_child_nodes(node) for found in lambdas_in(child)]


def bound_names(node: ast.AST) -> list[str]:
    """The names that executing a statement or expression itself binds, in order."""
    found: dict[str, None] = {}

    def walk(n: ast.AST) -> None:
        if isinstance(n, ast.Lambda):
            return
        if isinstance(n, ast.comprehension):
            walk(n.iter)
            for test in n.ifs:
                walk(test)
            return
        if isinstance(n, ast.Assign | ast.AnnAssign | ast.AugAssign) and n.value is not None:
            walk(n.value)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            found.setdefault(n.id)
        for child in ast.iter_child_nodes(n):
            walk(child)

    walk(node)
    return list(found)


def _stored(node: ast.AST) -> set[str]:
    """The names that the targets of a statement bind in any case."""
    targets: list[ast.AST] = [node]
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif not isinstance(node, ast.Name | ast.Tuple | ast.List | ast.Starred):
        targets = []
    return {
        n.id
        for target in targets
        for n in ast.walk(target)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _builtin(name: str) -> bool:
    return name in _BUILTIN_SET


_BUILTIN_SET = frozenset([*BUILTINS, *EXCEPTIONS])
_UNKNOWN_BUILTINS = frozenset(
    name for name in dir(builtins) if not name.startswith("__") and name not in _BUILTIN_SET
)
"""Names that Python knows and the dialect does not: to take them for unbound would be wrong."""


def _first_parameter(scope: Scope) -> str | None:
    if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) and scope.node.args.args:
        return scope.node.args.args[0].arg
    return None


def _reads(node: ast.AST, scope: Scope) -> list[str]:
    """Names loaded by the node itself: not inside lambdas, not a comprehension's own variables."""
    found: dict[str, None] = {}

    def walk(n: ast.AST, hidden: frozenset[str]) -> None:
        if isinstance(n, ast.Lambda):
            return
        if isinstance(n, ast.AnnAssign):
            for part in (n.value, n.target):
                if part is not None:
                    walk(part, hidden)
            return
        if isinstance(n, _COMPREHENSIONS):
            own = {
                t.id for g in n.generators for t in ast.walk(g.target) if isinstance(t, ast.Name)
            }
            walk(n.generators[0].iter, hidden)
            for child in ast.iter_child_nodes(n):
                walk(child, hidden | own)
            return
        if isinstance(n, ast.Name):
            if isinstance(n.ctx, ast.Load | ast.Del) and n.id not in hidden:
                found.setdefault(n.id)
            return
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
            found.setdefault(n.target.id)
        for child in ast.iter_child_nodes(n):
            walk(child, hidden)

    walk(node, frozenset())
    return list(found)


class _Template(ast.NodeTransformer):
    """Replaces strings, f-strings and lambdas by marked names, so that unparsing leaves plain text,
    and marks attributes and keywords, so that names can be told apart in the token stream."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.strings: list[str] = []
        self.fstrings: list[ast.JoinedStr] = []
        self.lambdas = 0

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            self.strings.append(node.value)
            return ast.Name(f"__s{len(self.strings) - 1}__", ast.Load())
        if isinstance(node.value, bytes | complex):
            raise OutsideEnvelopeError(f"{type(node.value).__name__} values cannot be predicted")
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        self.fstrings.append(node)
        return ast.Name(f"__f{len(self.fstrings) - 1}__", ast.Load())

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self.lambdas += 1
        return ast.Name(f"__l{self.lambdas - 1}__", ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self.visit(node.value)
        node.attr = f"__a_{node.attr}"
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        node.value = self.visit(node.value)
        if node.arg:
            node.arg = f"__k_{node.arg}"
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is None:
            raise OutsideEnvelopeError("an annotation without a value cannot be predicted")
        return ast.Assign([self.visit(node.target)], self.visit(node.value))

    def _unsupported(self, node: ast.AST) -> ast.AST:
        raise OutsideEnvelopeError(f"{type(node).__name__} expressions cannot be predicted")

    visit_Await = visit_Yield = visit_YieldFrom = _unsupported

    def tokens(self, text: str, names: Names) -> list[str]:
        out: list[str] = []
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME:
                out += self._name(token.string, names)
            elif token.type == tokenize.OP:
                out += [token.string] if token.string in ID_OF else list(token.string)
            elif token.type == tokenize.NUMBER:
                out += spell(token.string)
        return out

    def _name(self, word: str, names: Names) -> list[str]:
        if word.startswith(("__a_", "__k_")):
            return [names.attribute(word[4:])]
        if (
            word.startswith("__")
            and word.endswith("__")
            and word[2:3] in "sfl"
            and word[3:-2].isdigit()
        ):
            index = int(word[3:-2])
            if word[2] == "s":
                return [OPEN, *spell(self.strings[index]), CLOSE]
            if word[2] == "l":
                return [LABELS[index]]
            return self._fstring(self.fstrings[index], names)
        if word in _KEYWORDS:
            return [word]
        if _builtin(word) and not self.scope.is_users(word):
            return [word]
        return [names.variable(word)]

    def _fstring(self, node: ast.JoinedStr, names: Names) -> list[str]:
        out = [FOPEN]
        for part in node.values:
            if isinstance(part, ast.Constant):
                out += spell(str(part.value))
                continue
            assert isinstance(part, ast.FormattedValue)
            inner = ast.unparse(ast.fix_missing_locations(self.visit(copy.deepcopy(part.value))))
            out += ["<eval>", *self.tokens(inner, names)]
            if part.conversion != -1:
                out += ["!", chr(part.conversion)]
            if part.format_spec is not None:
                assert isinstance(part.format_spec, ast.JoinedStr)
                out += [":", *self._fstring(part.format_spec, names)]
            out.append("<done>")
        return [*out, CLOSE]


_KEYWORDS = frozenset(
    "False None True and as assert del elif else except finally for from global if import in is "
    "lambda nonlocal not or pass raise return while with yield".split()
)
