"""The `transition` dialect: a question (statement + state) and its answer, as tokens.

A prompt holds the statement's text, the values of the names it reads, and what the calls that it
made so far have returned. The answer is a scratchpad of sub-expression values in evaluation order,
then the outcome: effects (names bound, cells changed, text printed) and how the statement ends.
Everything here is notation; nothing here evaluates a student's expression.
"""

from __future__ import annotations

import ast
import copy
import io
import tokenize
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cwm_lab.worldmodel.scopes import Scope
from cwm_lab.worldmodel.values import (
    Atom,
    Cell,
    Names,
    OutsideEnvelopeError,
    Reader,
    Text,
    UnparsableAnswerError,
    Value,
    Writer,
)
from cwm_lab.worldmodel.vocabulary import (
    ANSWER,
    BOS,
    BUILTINS,
    CLOSE,
    EOS,
    EXCEPTIONS,
    FOPEN,
    ID_OF,
    LABELS,
    OPEN,
    OUTCOME,
    PLACEHOLDERS,
    READS,
    RETURNED,
    UNBOUND,
    UNBOUND_LOCAL,
    WORDS,
    spell,
)

Kind = Literal["<exec>", "<if>", "<iter>", "<next>", "<eval>", "<except>", "<return>"]
Ending = Literal["ok", "true", "false", "it", "ret", "raise", "call", "done"]
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_POSITIONAL = frozenset(
    "len find index rfind rindex enumerate zip count reversed insert pop partition".split()
)
_ENDINGS: dict[str, Ending] = {
    "<ok>": "ok",
    "True": "true",
    "False": "false",
    "<it=>": "it",
    "<ret>": "ret",
    "<raise>": "raise",
    "<call>": "call",
    "<done>": "done",
}


@dataclass(frozen=True)
class Statement:
    """What is known of one statement or expression from the source alone.

    tokens: its text. token_of: placeholders given to its names. reads: the names whose values it
    needs, in order of mention. mentioned: its attribute names. indexed: whether strings are shown
    with positions. nesting: how deep objects are shown. lambdas: lambda expressions, which stand in
    the text as labels. inputs: how many `input()` calls it contains.
    """

    kind: Kind
    tokens: tuple[str, ...]
    token_of: dict[str, str]
    reads: tuple[str, ...]
    mentioned: frozenset[str]
    indexed: bool
    nesting: int
    lambdas: tuple[ast.Lambda, ...]
    inputs: int


@dataclass(frozen=True)
class Call:
    """A call that a statement makes of code of the cell.

    callee: a function, class, or object (with `method`), or the builtin `super` or `next`.
    """

    callee: Value
    method: str | None = None
    args: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass
class Prompt:
    """The tokens of a question and what is needed to read its answer."""

    tokens: list[str]
    names: Names
    writer: Writer


@dataclass
class Answer:
    """What a statement does, as read from the network.

    bindings: names given a value. changes: (cell, its new content). attributes: (object, name,
    value). printed: text written. consumed: lines of standard input read. ending: how it ends, with
    `value` (it, ret, raise) or `call`. `confidence` is the probability of the answer's tokens.
    """

    ending: Ending = "ok"
    value: Value | None = None
    call: Call | None = None
    bindings: list[tuple[str, Value]] = field(default_factory=list)
    changes: list[tuple[Cell, Cell]] = field(default_factory=list)
    attributes: list[tuple[Cell, str, Value]] = field(default_factory=list)
    printed: str = ""
    consumed: int = 0
    confidence: float | None = None


# --- the statement ----------------------------------------------------------------------------


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
    if _mentions_super(node):
        first = _first_parameter(scope)
        if first and first not in reads:
            reads.append(first)
    words = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    attributes |= (
        {
            n.value
            for n in ast.walk(node)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        if words & {"getattr", "setattr", "hasattr"}
        else set()
    )
    positional = kind in ("<iter>", "<next>") or any(
        isinstance(n, (ast.Subscript, ast.Starred, *_COMPREHENSIONS)) for n in ast.walk(node)
    )
    return Statement(
        kind=kind,
        tokens=tuple(tokens),
        token_of=names.token_of,
        reads=tuple(reads),
        mentioned=frozenset(attributes),
        indexed=positional or bool((words | attributes) & _POSITIONAL),
        nesting=max(1, sum(isinstance(n, ast.Attribute) for n in ast.walk(node))),
        lambdas=tuple(lambdas_in(node)),
        inputs=sum(
            isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "input"
            for n in ast.walk(node)
        ),
    )


def lambdas_in(node: ast.AST) -> list[ast.Lambda]:
    """The lambdas that a statement creates itself, in the order in which its text shows them."""
    if isinstance(node, ast.Lambda):
        return [node]
    if isinstance(node, ast.JoinedStr):
        return []
    return [found for child in ast.iter_child_nodes(node) for found in lambdas_in(child)]


def _builtin(name: str) -> bool:
    return name in _BUILTIN_SET


_BUILTIN_SET = frozenset([*BUILTINS, *EXCEPTIONS])


def _mentions_super(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "super" for n in ast.walk(node))


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


# --- the question -----------------------------------------------------------------------------


def ask(
    statement: Statement,
    lookup: Callable[[str], Value | str],
    *,
    lambdas: Sequence[Cell] = (),
    visit: int | None = None,
    iterable: Value | None = None,
    previous: Value | None = None,
    exception: Value | None = None,
    stdin: Sequence[str] = (),
    returned: Iterable[tuple[Call, Value | str]] = (),
) -> Prompt:
    """The prompt for a statement in a state.

    lookup gives a name's value, or `UNBOUND`/`UNBOUND_LOCAL`. visit, iterable and previous are for
    loop headers: how often entered before, what is looped over, and the item before.
    """
    names = Names(statement.token_of)
    writer = Writer(
        names, statement.mentioned, indexed=statement.indexed, nesting=statement.nesting
    )
    out = [BOS, statement.kind, *statement.tokens]
    for cell in lambdas:
        writer.value(cell)
    if visit is not None:
        out += ["<visit>", *spell(str(visit))]
    if iterable is not None:
        out += ["<it>", *writer.value(iterable)]
    if previous is not None:
        out += ["<previous>", *writer.value(previous)]
    if exception is not None:
        out += ["<exc>", *writer.value(exception)]
    for line in stdin:
        out += ["<stdin>", *writer.value(Text(line))]
    if statement.inputs and not stdin:
        out.append("<no-stdin>")
    out.append(READS)
    for name in statement.reads:
        value = lookup(name)
        shown = [value] if isinstance(value, str) else writer.value(value)
        out += [names.variable(name), "=", *shown, ";"]
    out.append(RETURNED)
    for call, result in returned:
        shown = [result] if isinstance(result, str) else writer.value(result)
        out += [*write_call(call, writer), "=", *shown, ";"]
    out.append(ANSWER)
    return Prompt(out, names, writer)


def write_call(call: Call, writer: Writer) -> list[str]:
    out = writer.value(call.callee)
    if call.method is not None:
        out += [".", writer.names.attribute(call.method)]
    out.append("(")
    parts = [writer.value(arg) for arg in call.args]
    parts += [[*_keyword(k, writer.names), "=", *writer.value(v)] for k, v in call.keywords]
    for k, part in enumerate(parts):
        out += [*([","] if k else []), *part]
    return [*out, ")"]


def _keyword(name: str, names: Names) -> list[str]:
    """A keyword's name; one that the statement does not spell out (``**options``) is a string."""
    if name in WORDS:
        return [name]
    token = names.token_of.get(name)
    return [token] if token else [OPEN, *spell(name), CLOSE]


# --- the answer -------------------------------------------------------------------------------


def write_outcome(answer: Answer, writer: Writer) -> list[str]:
    """The tokens from `<outcome>` to the end."""
    writer.switch_to_answer()
    out = [OUTCOME]
    out += ["<stdin>"] * answer.consumed
    if answer.printed:
        out += ["<out>", *writer.text(answer.printed), ";"]
    for name, value in answer.bindings:
        out += [writer.names.variable(name), "=", *writer.value(value), ";"]
    for cell, name, value in answer.attributes:
        out += [writer.label_of[cell], ".", writer.names.attribute(name), "="]
        out += [*writer.value(value), ";"]
    for cell, now in answer.changes:
        out += [writer.label_of[cell], "=", *writer.content(now), ";"]
    token = next(token for token, ending in _ENDINGS.items() if ending == answer.ending)
    out.append(token)
    if answer.call is not None:
        out += write_call(answer.call, writer)
    elif answer.value is not None:
        out += writer.value(answer.value)
    return [*out, EOS]


def read_answer(tokens: Sequence[str], prompt: Prompt) -> Answer:
    """Parse what the network wrote. Raises UnparsableAnswerError where it is not well-formed."""
    if OUTCOME not in tokens:
        raise UnparsableAnswerError("the answer has no outcome")
    known = {label: cell for cell, label in prompt.writer.label_of.items()}
    reader = Reader(tokens[tokens.index(OUTCOME) + 1 :], prompt.names, known)
    answer = Answer()
    while True:
        token = reader.next()
        if token in _ENDINGS:
            answer.ending = _ENDINGS[token]
            break
        if token == "<stdin>":
            answer.consumed += 1
            continue
        if token == "<out>":
            printed = reader.value()
            if not isinstance(printed, Text):
                raise UnparsableAnswerError("what is printed is not a text")
            answer.printed += printed.text
        elif token in _PLACEHOLDER_SET:
            reader.expect("=")
            answer.bindings.append((prompt.names.restore(token), reader.value()))
        elif token in known:
            cell = known[token]
            if reader.peek() == ".":
                reader.next()
                name = prompt.names.restore(reader.next())
                reader.expect("=")
                answer.attributes.append((cell, name, reader.value()))
            else:
                reader.expect("=")
                now = Cell(cell.kind, cls=cell.cls)
                reader.content(now)
                if now.kind != cell.kind:
                    raise UnparsableAnswerError(f"a {cell.kind} cannot become a {now.kind}")
                answer.changes.append((cell, now))
        else:
            raise UnparsableAnswerError(f"no effect starts with {token!r}")
        reader.expect(";")
    if answer.ending == "call":
        answer.call = _read_call(reader)
    elif answer.ending in ("it", "ret", "raise"):
        answer.value = reader.value()
    reader.expect(EOS)
    return answer


_PLACEHOLDER_SET = frozenset(PLACEHOLDERS)


def _read_call(reader: Reader) -> Call:
    callee = Atom(reader.next()) if reader.peek() in ("super", "next") else reader.value()
    method = None
    if reader.peek() == ".":
        reader.next()
        method = reader.names.restore(reader.next())
    reader.expect("(")
    args: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    while reader.peek() != ")":
        if args or keywords:
            reader.expect(",")
        if tuple(reader.tokens[reader.at + 1 : reader.at + 2]) == ("=",):
            name = reader.names.restore(reader.next())
            reader.next()
            keywords.append((name, reader.value()))
            continue
        value = reader.value()
        if reader.peek() == "=" and isinstance(value, Text):
            reader.next()
            keywords.append((value.text, reader.value()))
        else:
            args.append(value)
    reader.next()
    return Call(callee, method, tuple(args), tuple(keywords))


__all__ = [
    "UNBOUND",
    "UNBOUND_LOCAL",
    "WORDS",
    "Answer",
    "Call",
    "Prompt",
    "Statement",
    "ask",
    "describe",
    "read_answer",
    "write_call",
    "write_outcome",
]
