"""The course of a statement's evaluation: which notes its scratchpad holds, in which order.

What is evaluated next, and of which values, follows from the source and from what is known already:
the values that the question shows and the results noted before. So the left side of a note is
written, and only what is behind its `=` is asked of the network. Where the course depends on what
is not known (does `and` go on? is there another item? does the operation raise?) the ways part, and
the network's next token says which one it is.

Nothing here computes a value of the student's.
"""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cwm_lab.worldmodel.choices import NOTES, Choice, choice, union
from cwm_lab.worldmodel.desugar import is_literal, literal
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.grammar import ValueGrammar
from cwm_lab.worldmodel.operations import (
    HINTED,
    SYMBOLS,
    Tokens,
    binary_is_safe,
    builtin_call,
    comparison_is_safe,
    hint_of,
    is_literal_value,
    is_pure,
    is_short_builtin,
    is_text,
    printed,
    text_of,
    method_call,
    number_of,
    truth_of,
)
from cwm_lab.worldmodel.places import spelled
from cwm_lab.worldmodel.values import Atom, Cell, Form, Text, Tup, Value
from cwm_lab.worldmodel.vocabulary import (
    BUILTINS,
    CLOSE,
    EXCEPTIONS,
    INDICES,
    LABELS,
    NEW_LABELS,
    OPEN,
    OUTCOME,
    PLACEHOLDERS,
    spell,
)

_LONG_TEXT = 8
_MOST_WAYS = 32
_END, _EQUALS, _OUTCOME = choice(";"), choice("="), choice(OUTCOME)
_EQUALS_OR_HINT, _COMMA = choice("=", "<hint>"), choice(",")
_NEW_LABELS = frozenset(NEW_LABELS)
_BUILTIN = frozenset([*BUILTINS, *EXCEPTIONS])
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Display:
    """A list that the statement spells out, or a generator expression (items is None then). It gets
    its label where it is first mentioned."""

    items: list[Tokens | Display] | None
    label: str = ""

    @property
    def is_new(self) -> bool:
        """Whether it can be spelled out again in the outcome, which names anew what is new."""
        return self.items is not None and all(map(can_be_told, self.items))


def can_be_told(value: Operand) -> bool:
    """Whether the outcome can tell a value in the same words as the scratchpad."""
    if isinstance(value, Display):
        return value.is_new
    return isinstance(value, tuple) and _NEW_LABELS.isdisjoint(value)


class Unwritable:
    """A value that notes cannot mention: `super()`, bytes."""


Known = Tokens | Display
Operand = Known | Unwritable | None
"""A value as notes mention it, None if it is not known."""
UNWRITABLE, UNTOLD = Unwritable(), Unwritable()
"""A value that cannot be written; one that was not noted, being None or such a value."""
Piece = str | tuple[Operand, str | None]
"""A token of a note, or a value in it and the name that it was read from."""


class Fails(Exception):  # noqa: N818 - not ours: the statement's
    """The statement comes no further: it raises, or calls what must be stepped into."""


class Unclear(Exception):  # noqa: N818 - no error
    """From here on the course cannot be told."""


Signal = Choice | Literal["fork", "may fail"]
"""What a course yields: a choice, for which it is sent the token that came; "fork", for which it is
sent 0 or 1; "may fail", for which it is sent nothing."""
Sent = str | int | None
Course = Generator[Signal, Sent, Operand]
Steps = Generator[Signal, Sent, None]


class Evaluation:
    """A statement's evaluation, one way that it may go.

    seen: the scratchpad so far. whole: once it is over, whether it came to the statement's end;
    None if that is not known. value: what the statement's expression gave then. effect: the call
    that it makes or what it prints or stores, if that is all that it does.
    """

    def __init__(self, prompt: Prompt) -> None:
        self.prompt, self.cells = prompt, prompt.cells
        self.values = ValueGrammar(prompt.cells, (), tuple(prompt.token_of.values()))
        self.seen: list[str] = []
        self.whole: bool | None = False
        self.value: Operand = None
        self.effect: list[Piece] | None = None
        self._label_of = {cell: label for label, cell in prompt.cells.items()}
        self._names: dict[str, Operand] = {}
        self._returned = list(prompt.returned)
        self._changed = False
        self._pure = True
        self._top: ast.AST | None = None

    def run(self) -> Steps:
        """The whole scratchpad, up to and with `<outcome>`."""
        try:
            self.value = yield from self._statement(self.prompt.statement.node)
            self.whole = True
            if not self._pure or self.prompt.statement.binds:
                self.effect = None
        except Fails:
            self.whole = False
        except Unclear:
            self.whole = None
            yield from self._anything()
            return
        yield _OUTCOME

    @property
    def _writing(self) -> bool:
        """Whether notes are written now: after the last call that has returned."""
        return not self._returned

    def _anything(self) -> Steps:
        """Notes of any kind. Only their strings have a grammar: nobody reads them but the
        network."""
        used = len(self.prompt.token_of)
        fresh = PLACEHOLDERS[used : used + 1]
        inside = union(NOTES, choice(*self.prompt.token_of.values(), *fresh, *self.cells, ";"))
        start = union(inside, _OUTCOME)
        token = yield start if self.seen[-1:] in ([], [";"]) else inside
        while token != OUTCOME:
            if token == OPEN:
                yield from self.values.string(message=True)  # type: ignore[misc]
            token = yield start if token == ";" else inside

    # --- statements ---------------------------------------------------------------------------

    def _statement(self, node: ast.AST) -> Course:
        kind = self.prompt.statement.kind
        if kind == "<next>":
            if any(isinstance(n, ast.Subscript | ast.Attribute) for n in ast.walk(node)):
                raise Unclear
            return None
        if isinstance(node, ast.expr):
            self._top = None if kind in ("<if>", "<except>") else node
            return (yield from self._expr(node))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            self._top = node.value
            value = yield from self._expr(node.value)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                owner = yield from self._target(target)
                if isinstance(target, ast.Attribute) and len(targets) == 1:
                    self.effect = self._stored(owner, target.attr, value)
            return value
        if isinstance(node, ast.AugAssign):
            return (yield from self._augmented(node))
        if isinstance(node, ast.Expr):
            self._top = node.value
            return (yield from self._expr(node.value))
        if isinstance(node, ast.Delete):
            for target in node.targets:
                yield from self._target(target)
            return None
        raise Unclear

    def _target(self, node: ast.expr) -> Course:
        """Evaluate what a target is part of; gives the object whose attribute it is."""
        if isinstance(node, ast.Attribute):
            return (yield from self._expr(node.value))
        if isinstance(node, ast.Subscript):
            yield from self._expr(node.value)
            yield from self._slice(node.slice)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                yield from self._target(part)
        elif isinstance(node, ast.Starred):
            yield from self._target(node.value)
        return None

    def _stored(self, owner: Operand, name: str, value: Operand) -> list[Piece] | None:
        """The effect of setting an attribute to a value."""
        cell = self._cell(owner)
        if (
            cell is None
            or cell.kind not in ("obj", "cls")
            or not isinstance(value, tuple | Display)
        ):
            return None
        cls = cell.cls if cell.kind == "obj" else cell
        if cls is None or {name, "__setattr__"} & set(cls.methods):
            return None
        label = self._label_of[cell]
        before = self.prompt.attributes.get((label, name))
        if before is not None and self._known(before) == value:
            return ["<ok>"]  # what does not change is not told
        token = self.prompt.names.attribute(name)
        return [label, ".", token, "=", (value, None), ";", "<ok>"]

    def _augmented(self, node: ast.AugAssign) -> Course:
        target = node.target
        left: Operand = None
        owner: Operand = None
        if isinstance(target, ast.Attribute):
            owner = yield from self._expr(target.value)
            yield "may fail"
        elif isinstance(target, ast.Subscript):
            yield from self._expr(target.value)
            yield from self._slice(target.slice)
            yield "may fail"
        else:
            left = self._read(target.id)
        right = yield from self._expr(node.value)
        value = yield from self._binary(node.op, (left, None), (right, None), skippable=True)
        if isinstance(target, ast.Attribute) and is_literal_value(_plain(value)):
            self.effect = self._stored(owner, target.attr, value)
        return value

    # --- expressions --------------------------------------------------------------------------

    def _expr(self, node: ast.expr) -> Course:
        if is_literal(node):
            return self._known(literal(node))
        handler = getattr(self, f"_{type(node).__name__}", None)
        if handler is None:
            raise Unclear
        value: Operand = yield from handler(node)
        return value

    def _named(self, node: ast.expr) -> Generator[Signal, Sent, tuple[Operand, str | None]]:
        value = yield from self._expr(node)
        return value, node.id if isinstance(node, ast.Name) else None

    def _Name(self, node: ast.Name) -> Course:
        return self._read(node.id)
        yield

    def _Lambda(self, node: ast.Lambda) -> Course:
        lambdas = self.prompt.statement.lambdas
        return (LABELS[next(k for k, known in enumerate(lambdas) if known is node)],)
        yield

    def _NamedExpr(self, node: ast.NamedExpr) -> Course:
        value = self._names[node.target.id] = yield from self._expr(node.value)
        return value

    def _IfExp(self, node: ast.IfExp) -> Course:
        test = yield from self._expr(node.test)
        goes = yield from self._truth(test)
        return (yield from self._expr(node.body if goes else node.orelse))

    def _BinOp(self, node: ast.BinOp) -> Course:
        left = yield from self._named(node.left)
        right = yield from self._named(node.right)
        return (yield from self._binary(node.op, left, right, skippable=node is self._top))

    def _binary(
        self,
        op: ast.operator,
        left: tuple[Operand, str | None],
        right: tuple[Operand, str | None],
        *,
        skippable: bool,
    ) -> Course:
        symbol = SYMBOLS[type(op)]
        a, b = _plain(left[0]), _plain(right[0])
        safe = binary_is_safe(symbol, a, b)
        numbers = number_of(a) is not None and number_of(b) is not None
        pieces: list[Piece] = [left, symbol, right, *hint_of(symbol, a, b)]
        may_hint = symbol in HINTED and (a is None or b is None)
        return (
            yield from self._noted(
                pieces, safe=safe, skippable=skippable and not numbers, may_hint=may_hint
            )
        )

    def _UnaryOp(self, node: ast.UnaryOp) -> Course:
        operand = yield from self._named(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return None
        negates = isinstance(node.op, ast.Not)
        safe = is_literal_value(_plain(operand[0])) if negates else False
        pieces: list[Piece] = [SYMBOLS[type(node.op)], operand]
        skippable = node is self._top and not negates
        return (yield from self._noted(pieces, safe=safe, skippable=skippable))

    def _Compare(self, node: ast.Compare) -> Course:
        left = yield from self._named(node.left)
        pieces: list[Piece] = [left]
        safe, goes_on = True, True
        for k, (op, comparator) in enumerate(zip(node.ops, node.comparators, strict=True)):
            symbol = SYMBOLS[type(op)]
            pieces += symbol.split()
            if goes_on and k and not all(map(is_literal, node.comparators[k:])):
                goes_on = self._is_replayed() and (yield "fork") == 0
            if not goes_on and not is_literal(comparator):
                pieces.append("...")
                continue
            right = yield from self._named(comparator)
            pieces.append(right)
            step = comparison_is_safe(symbol, _plain(left[0]), _plain(right[0]))
            if not step and k + 1 < len(node.ops) and self._writing:
                yield "may fail"
            safe, left = safe and step, right
        return (yield from self._noted(pieces, safe=safe, skippable=False))

    def _BoolOp(self, node: ast.BoolOp) -> Course:
        goes_on_if = isinstance(node.op, ast.And)
        value: Operand = None
        for part in node.values:
            value = yield from self._expr(part)
            if part is not node.values[-1] and (yield from self._truth(value)) != goes_on_if:
                break
        if not self._writing or isinstance(value, Unwritable):
            return value
        if node is self._top and (yield from self._is_told_once(value)):
            return value
        yield choice(SYMBOLS[type(node.op)])
        yield _EQUALS
        if value is None:
            return (yield from self._asked(_END))
        yield from self._write(value)
        yield _END
        return value

    def _Subscript(self, node: ast.Subscript) -> Course:
        value = yield from self._named(node.value)
        index = yield from self._slice(node.slice)
        pieces: list[Piece] = [value, "[", *index, "]"]
        return (yield from self._noted(pieces, skippable=node is self._top))

    def _slice(self, node: ast.expr) -> Generator[Signal, Sent, list[Piece]]:
        if not isinstance(node, ast.Slice):
            return [(yield from self._named(node))]
        pieces: list[Piece] = []
        for k, edge in enumerate((node.lower, node.upper, node.step)):
            if k == 1 or (k == 2 and edge is not None):
                pieces.append(":")
            if edge is not None:
                pieces.append((yield from self._named(edge)))
        return pieces

    def _Attribute(self, node: ast.Attribute) -> Course:
        value = yield from self._named(node.value)
        pieces: list[Piece] = [value, ".", self.prompt.names.attribute(node.attr)]
        known = self._attribute(self._cell(value[0]), node.attr)
        if known is None:
            return (yield from self._noted(pieces, skippable=node is self._top))
        if node is not self._top or not (yield from self._is_told_once(known)):
            yield from self._told(pieces, known)
        return known

    def _Tuple(self, node: ast.Tuple) -> Course:
        parts = yield from self._parts(node.elts)
        if parts is None or any(not isinstance(part, tuple) for part in parts):
            return None
        return _tuple(part for part in parts if isinstance(part, tuple))

    def _List(self, node: ast.List) -> Course:
        parts = yield from self._parts(node.elts)
        if parts is None:
            return None
        known = [part for part in parts if isinstance(part, tuple | Display)]
        return Display(known) if len(known) == len(parts) else None

    def _Set(self, node: ast.Set) -> Course:
        yield from self._parts(node.elts)
        return None

    def _Dict(self, node: ast.Dict) -> Course:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield from self._expr(key)
            yield from self._expr(value)
        if self._writing:
            yield "may fail"  # a key that is a list
        return None

    def _parts(self, nodes: Sequence[ast.expr]) -> Generator[Signal, Sent, list[Operand] | None]:
        """The values of expressions side by side, None if one of them is starred."""
        out: list[Operand] = []
        starred = False
        for node in nodes:
            starred = starred or isinstance(node, ast.Starred)
            out.append((yield from self._expr(_unstarred(node))))
        return None if starred else out

    def _JoinedStr(self, node: ast.JoinedStr) -> Course:
        parts: list[Tokens | None] = []
        for part in node.values:
            if not isinstance(part, ast.FormattedValue):
                assert isinstance(part, ast.Constant)
                parts.append(tuple(spell(str(part.value))))
                continue
            value = yield from self._expr(part.value)
            spec = ""
            if isinstance(part.format_spec, ast.JoinedStr):
                fixed = [p.value for p in part.format_spec.values if isinstance(p, ast.Constant)]
                if len(fixed) < len(part.format_spec.values):
                    raise Unclear
                spec = "".join(map(str, fixed))
            if part.format_spec is None and part.conversion == -1:
                if self._writing and not is_literal_value(_plain(value)):
                    yield "may fail"
                parts.append(printed(_plain(value)))
                continue
            mark = ["!", chr(part.conversion)] if part.conversion != -1 else []
            pieces: list[Piece] = [(value, None), *mark, ":", *spell(spec)]
            parts.append(printed(_plain((yield from self._noted(pieces, skippable=False)))))
        return text_of(parts)

    # --- comprehensions -----------------------------------------------------------------------

    def _ListComp(self, node: ast.ListComp) -> Course:
        return (yield from self._comprehension(node.generators, [node.elt]))

    def _SetComp(self, node: ast.SetComp) -> Course:
        return (yield from self._comprehension(node.generators, [node.elt]))

    def _DictComp(self, node: ast.DictComp) -> Course:
        return (yield from self._comprehension(node.generators, [node.key, node.value]))

    def _comprehension(
        self, loops: Sequence[ast.comprehension], inner: Sequence[ast.expr], *, begun: bool = False
    ) -> Course:
        """Loops from the first given one inwards. begun: its iterable is evaluated already."""
        if not self._writing:
            raise Unclear
        if not loops:
            for part in inner:
                yield from self._expr(part)
            return None
        loop = loops[0]
        if not begun:
            yield from self._expr(loop.iter)
        names = [n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
        hidden = {name: self._names[name] for name in names if name in self._names}
        if not names:
            raise Unclear
        yield "may fail"
        while (yield "fork") == 0:
            for name in names:
                yield choice(self.prompt.names.variable(name))
                yield _EQUALS
                self._names[name] = yield from self._asked(_END)
            for test in loop.ifs:
                value = yield from self._expr(test)
                if not (yield from self._truth(value)):
                    break
            else:
                yield from self._comprehension(loops[1:], inner)
            yield "may fail"
        for name in names:
            self._names.pop(name, None)
        self._names |= hidden
        return None

    # --- calls --------------------------------------------------------------------------------

    def _Call(self, node: ast.Call) -> Course:
        func = node.func
        if isinstance(func, ast.Name) and func.id == "super" and not node.args:
            return None
        method, callee = "", (None, None)
        if isinstance(func, ast.Attribute):
            callee = yield from self._named(func.value)
            method = func.attr
            head: list[Piece] = [callee, ".", self.prompt.names.attribute(method)]
        elif isinstance(func, ast.Name):
            callee = (self._read(func.id), None)
            head = [self.prompt.token_of.get(func.id, func.id)]
        else:
            callee = yield from self._named(func)
            head = [callee]
        consumed: ast.GeneratorExp | None = None
        args: list[Operand] = []
        pieces: list[Piece] = [*head, "("]
        for k, arg in enumerate(node.args):
            pieces += [","] if k else []
            if isinstance(arg, ast.Starred):
                pieces.append("*")
            inner = _unstarred(arg)
            if isinstance(inner, ast.GeneratorExp):
                if consumed is not None or not self._writing:
                    raise Unclear
                consumed = inner
                yield from self._expr(inner.generators[0].iter)
                args.append(Display(None))
                pieces.append((args[-1], None))
                continue
            value = yield from self._named(inner)
            args.append(value[0])
            pieces.append(value)
        for k, keyword in enumerate(node.keywords):
            pieces += [","] if k or node.args else []
            value = yield from self._named(keyword.value)
            args.append(value[0])
            if keyword.arg is None:
                raise Unclear
            pieces += [self.prompt.names.attribute(keyword.arg), "=", value]
        pieces.append(")")
        if method and not is_text(_plain(callee[0])):
            # What goes into another list may have changed before it is mentioned.
            pieces = [(None, None) if _is_display(piece) else piece for piece in pieces]
        return (yield from self._called(node, callee[0], method, args, pieces, consumed))

    def _called(
        self,
        node: ast.Call,
        callee: Operand,
        method: str,
        args: Sequence[Operand],
        pieces: Sequence[Piece],
        consumed: ast.GeneratorExp | None,
    ) -> Course:
        own = self._own_code(callee, method, args)
        self._changed = self._changed or bool(method) or own is not False
        top = node is self._top
        if not self._writing:
            if own is False:
                return None
            if own is None and not isinstance(callee, Unwritable):
                raise Unclear
            result = self._take_returned(callee, method, args)
            if not self._writing or result == ("None",) or self._is_generator(result):
                return result
            if isinstance(callee, Unwritable):
                return result
            if top and (yield from self._is_told_once(result)):
                return result
            yield from self._told(pieces, result)
            return result
        if own:
            if "*" not in pieces:
                self.effect = ["<call>", *self._call(callee, method, pieces)]
            raise Fails
        name = "" if method or not isinstance(node.func, ast.Name) else node.func.id
        pure = self._pure
        self._pure = pure and is_pure(method or name, of_text=is_text(_plain(callee)))
        plain = [_plain(arg) for arg in args]
        cell = self._cell(callee)
        if method:
            safe, noted, silent = method_call(
                _plain(callee), "" if cell is None else cell.kind, method, len(args)
            )
        else:
            kinds = [("" if (c := self._cell(arg)) is None else c.kind) for arg in args]
            builtin = callee == (name,)
            safe, noted = builtin_call(name, plain, kinds) if builtin else (False, False)
            silent = name == "print" and builtin
        if consumed is not None:
            yield from self._comprehension(consumed.generators, [consumed.elt], begun=True)
        if silent:
            text = self._printed(node, args) if name == "print" else None
            self._pure = self._pure or (text is not None and pure)
            if text is not None:
                self.effect = ["<out>", (text, None), ";", "<ok>"] if len(text) > 2 else ["<ok>"]
            elif not safe:
                yield "may fail"
            return ("None",)
        may_hint = name == "sum" and bool(args)
        short = is_short_builtin(method or name) and (bool(method) or callee == (name,))
        skippable = not noted or (top and not short)
        return (yield from self._noted(pieces, safe=safe, skippable=skippable, may_hint=may_hint))

    def _call(self, callee: Operand, method: str, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """How the outcome tells a call: a note's left side with the callee's label."""
        paren = pieces.index("(")
        told = [piece if isinstance(piece, str) else (piece[0], None) for piece in pieces[paren:]]
        head: list[Piece] = [(callee, None)]
        if method:
            head += [".", self.prompt.names.attribute(method)]
        return [*head, *told]

    def _printed(self, node: ast.Call, args: Sequence[Operand]) -> Tokens | None:
        """The text that `print` writes, if it is all that the statement does and is known."""
        if node is not self._top or not isinstance(self.prompt.statement.node, ast.Expr):
            return None
        if any(map(_is_starred, node.args)):
            return None
        between: Tokens | None = (" ",)
        end: Tokens | None = ("\n",)
        for keyword, value in zip(node.keywords, args[len(node.args) :], strict=True):
            if keyword.arg == "sep" and is_text(_plain(value)):
                between = printed(_plain(value))
            elif keyword.arg == "end" and is_text(_plain(value)):
                end = printed(_plain(value))
            else:
                return None
        parts: list[Tokens | None] = []
        for arg in args[: len(node.args)]:
            parts += [between, printed(_plain(arg))] if parts else [printed(_plain(arg))]
        return text_of([*parts, end])

    def _take_returned(self, callee: Operand, method: str, args: Sequence[Operand]) -> Known:
        """What a call of the program's own code has returned. Raises Unclear if it was another."""
        call, result = self._returned.pop(0)
        asked = call.callee
        if isinstance(callee, Unwritable):
            right = asked == Atom("super")
        else:
            right = isinstance(asked, Cell) and callee == (self._label_of.get(asked),)
        if not right or (method or None) != call.method or isinstance(result, str):
            raise Unclear
        known = self._known(result)
        if known is None:
            raise Unclear
        for k, arg in enumerate(args):  # what was spelled out has its label now
            if isinstance(arg, Display):
                given = self._known(call.args[k]) if len(call.args) == len(args) else None
                if given is None:
                    raise Unclear
                arg.label = given[0]
        return known

    def _is_generator(self, value: Known) -> bool:
        cell = self._cell(value)
        return cell is not None and cell.kind == "gen"

    def _own_code(self, callee: Operand, method: str, args: Sequence[Operand]) -> bool | None:
        """Whether a call steps into the program's own code; None if it may."""
        if isinstance(callee, Unwritable):
            return None
        cell = self._cell(callee)
        if method:
            if callee is None:
                return None
            if cell is None or cell.kind in ("list", "dict", "set"):
                return None if any(map(self._may_be_asked, args)) else False
            if cell.kind in ("obj", "cls"):
                cls = cell.cls if cell.kind == "obj" else cell
                assert cls is not None
                return True if method in cls.methods else None
            return None
        if callee is None:
            return None
        if cell is None:
            return None if any(map(self._may_be_asked, args)) else False
        if cell.kind == "fn":
            return True
        if cell.kind == "cls":
            return True if "__init__" in cell.methods else None
        return None

    def _may_be_asked(self, value: Operand) -> bool:
        """Whether a builtin may call code of the program by way of an argument."""
        if value is None or isinstance(value, Unwritable):
            return True
        if isinstance(value, Display):
            return value.items is None or any(map(self._may_be_asked, value.items))
        if is_literal_value(value):
            return False
        cell = self._cell(value)
        if cell is None:
            return any(token in self.cells for token in value)
        return cell.kind not in ("list", "dict", "set") or any(
            known.kind == "obj" for known in self.cells.values()
        )

    # --- notes --------------------------------------------------------------------------------

    def _noted(
        self,
        pieces: Sequence[Piece],
        *,
        skippable: bool,
        safe: bool = False,
        may_hint: bool = False,
    ) -> Course:
        """An operation and its note; gives its result.

        pieces: the note's left side, with the working steps that it carries. skippable: whether
        there may be no note. safe: whether it cannot fail. may_hint: whether working steps that are
        not known may follow.
        """
        if not self._writing:
            if any(self._may_call(piece) for piece in pieces):
                raise Unclear
            return None
        if not safe:
            yield "may fail"
        if any(map(_is_untold, pieces)) and not (yield "fork"):
            pieces = [(("None",), None) if _is_untold(piece) else piece for piece in pieces]
        if any(isinstance(piece, tuple) and isinstance(piece[0], Unwritable) for piece in pieces):
            return None
        if skippable and (yield "fork"):
            return UNTOLD
        token = yield from self._left(pieces, _EQUALS_OR_HINT if may_hint else _EQUALS)
        if token == "<hint>":
            if "sum" not in pieces:
                raise Unclear
            yield from self._running_totals()
        return (yield from self._asked(_END))

    def _told(self, pieces: Sequence[Piece], value: Known) -> Steps:
        """A note of a value that is known."""
        if self._writing:
            yield from self._left(pieces)
            yield from self._write(value)
            yield _END

    def _left(
        self, pieces: Sequence[Piece], last: Choice = _EQUALS
    ) -> Generator[Signal, Sent, str]:
        """The left side of a note and the token after it, which is returned."""
        came: str = ""
        for k, piece in enumerate(pieces):
            if isinstance(piece, str):
                if came:
                    came = ""
                else:
                    yield choice(piece)
                continue
            value, name = piece
            if name is not None and _is_long_text(value):
                yield choice(self.prompt.names.variable(name))
            elif value is not None:
                yield from self._write(value)
            else:
                following = pieces[k + 1] if k + 1 < len(pieces) else None
                assert following is None or isinstance(following, str)
                follow = last if following is None else choice(following)
                first = yield self.values.start()
                came = yield from self.values.value(str(first), follow)  # type: ignore[misc]
        return came or str((yield last))

    def _running_totals(self) -> Steps:
        """Working steps of a sum, up to and with `=`."""
        allowed = union(self.values.start(), _EQUALS)
        while (token := (yield allowed)) != "=":
            yield from self.values.value(str(token), _COMMA)  # type: ignore[misc]

    def _asked(self, follow: Choice) -> Course:
        """A value that the network tells, and what follows it."""
        start = len(self.seen)
        first = yield self.values.start()
        yield from self.values.value(str(first), follow)  # type: ignore[misc]
        return _mention(self.seen[start:-1])

    def _write(self, value: Operand) -> Steps:
        """A value that is known."""
        if isinstance(value, tuple):
            for needed in spelled(value):  # noqa: UP028 - a tuple cannot be sent to
                yield needed
            return
        assert isinstance(value, Display)
        if not value.label:
            number = self.values.new_container()
            if number is None:
                raise Unclear
            value.label = NEW_LABELS[number]
            yield choice(value.label)
            if value.items is None:
                yield choice("<gen>")
                return
            yield choice("[")
            for index, item in zip(INDICES, value.items, strict=False):
                yield choice(index)
                yield from self._write(item)
            yield choice("]")
        else:
            yield choice(value.label)

    # --- what is known ------------------------------------------------------------------------

    def _truth(self, value: Operand) -> Generator[Signal, Sent, bool]:
        """Whether a value is true; where it is not known, the ways part."""
        if isinstance(value, Display):
            return value.items != []
        known = truth_of(_plain(value), self.cells, None if self._changed else self.prompt.empty)
        if known is not None:
            return known
        if not self._writing:
            raise Unclear
        yield "may fail"
        return (yield "fork") == 0

    def _is_told_once(self, value: Operand) -> Generator[Signal, Sent, bool]:
        """Whether a value of the statement's whole expression is told in the outcome alone."""
        if value is None:
            return (yield "fork") == 1
        return not is_literal_value(_plain(value)) or _is_long_text(value)

    def _is_replayed(self) -> bool:
        if not self._writing:
            raise Unclear
        return True

    def _may_call(self, piece: Piece) -> bool:
        return isinstance(piece, tuple) and self._may_be_asked(piece[0])

    def _cell(self, value: Operand) -> Cell | None:
        if isinstance(value, tuple) and len(value) == 1:
            return self.cells.get(value[0])
        return None

    def _read(self, name: str) -> Operand:
        """What a name stands for. Raises Fails if it is not bound."""
        if name in self._names:
            return self._names[name]
        if name in self.prompt.values:
            value = self.prompt.values[name]
            if isinstance(value, str):
                raise Fails
            return self._known(value)
        if name in _BUILTIN:
            return (name,)
        raise Unclear

    def _attribute(self, cell: Cell | None, name: str) -> Tokens | None:
        """An attribute's value, if the question shows it and no code of the program gives it."""
        if cell is not None and cell.kind == "obj":
            assert cell.cls is not None
            if name in cell.cls.methods or "__getattribute__" in cell.cls.methods:
                return None
            found = self.prompt.attributes.get((self._label_of[cell], name))
            cell = cell.cls if found is None else None
        elif cell is not None and cell.kind == "cls" and name not in cell.methods:
            found = None
        else:
            return None
        while found is None and cell is not None and cell in self._label_of:
            found = self.prompt.attributes.get((self._label_of[cell], name))
            base = cell.bases[0] if len(cell.bases) == 1 else None
            cell = base if isinstance(base, Cell) else None
        return None if found is None or name == "args" else self._known(found)

    def _known(self, value: Value) -> Tokens | None:
        """A value of the question, as notes mention it."""
        if isinstance(value, Cell):
            label = self._label_of.get(value)
            return None if label is None else (label,)
        if isinstance(value, Atom):
            return tuple(self.prompt.writer.value(value))
        if isinstance(value, Text):
            return (OPEN, *spell(value.text), CLOSE)
        if isinstance(value, Form) and value.name in EXCEPTIONS:
            return None  # in its message names may stand as placeholders
        items = value.items if isinstance(value, Tup) else value.args
        parts = [part for item in items if (part := self._known(item)) is not None]
        if len(parts) < len(items):
            return None
        return _tuple(parts) if isinstance(value, Tup) else (value.name, *_tuple(parts))


def _plain(value: Operand) -> Tokens | None:
    return value if isinstance(value, tuple) else None


def _is_untold(piece: Piece) -> bool:
    return isinstance(piece, tuple) and piece[0] is UNTOLD


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def _is_display(piece: Piece) -> bool:
    return isinstance(piece, tuple) and isinstance(piece[0], Display)


def _unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node


def _tuple(parts: Iterable[Tokens]) -> Tokens:
    items = (token for index, part in zip(INDICES, parts, strict=False) for token in (index, *part))
    return ("(", *items, ")")


def _is_long_text(value: Operand) -> bool:
    return isinstance(value, tuple) and value[0] == OPEN and len(value) - 2 > _LONG_TEXT


def _mention(tokens: Sequence[str]) -> Tokens:
    """A value that was just told, as it is mentioned from then on: new cells by their labels."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        out.append(token)
        at += 1
        if token == OPEN:
            end = tokens.index(CLOSE, at) + 1
            out += tokens[at:end]
            at = end
        elif token in NEW_LABELS and at < len(tokens) and tokens[at] in _CONTENT:
            at = _after_content(tokens, at)
    return tuple(out)


_CONTENT = frozenset(["[", "{", "<set>", "<obj>"])


def _after_content(tokens: Sequence[str], at: int) -> int:
    """The index behind a cell's content that begins at `at`."""
    depth = 0
    while True:
        token = tokens[at]
        at += 1
        if token == OPEN:
            at = tokens.index(CLOSE, at) + 1
        elif token in ("[", "{", "("):
            depth += 1
        elif token in ("]", "}", ")"):
            depth -= 1
            if not depth:
                return at


@dataclass(frozen=True)
class Ended:
    """How an evaluation ended. whole: whether it came to the statement's end, None if that is not
    known. value: what the statement's expression gave then, if that is known. effect: the call that
    it makes next, or all that the statement does, if that is known."""

    whole: bool | None
    value: Known | None = None
    effect: tuple[Piece, ...] | None = None


@dataclass
class Way:
    """An evaluation on its way; none if the statement has failed.

    sent: all that its course was sent. choice: what may come next.
    """

    evaluation: Evaluation | None
    steps: Steps | None = None
    sent: list[Sent] = field(default_factory=list)
    choice: Choice = _OUTCOME

    def send(self, token: str) -> Iterator[Way]:
        """Go on with a token that came."""
        assert self.evaluation is not None
        assert self.steps is not None
        self.evaluation.seen.append(token)
        self.sent.append(token)
        return self.onward(self.steps.send(token))

    def onward(self, signal: Signal) -> Iterator[Way]:
        """The ways that lead on from here, each at a choice."""
        assert self.evaluation is not None
        assert self.steps is not None
        while not isinstance(signal, Choice):
            if signal == "may fail":
                yield Way(None)
            else:
                yield from _replayed(self.evaluation.prompt, [*self.sent, 1])
            self.sent.append(None if signal == "may fail" else 0)
            signal = self.steps.send(self.sent[-1])
        self.choice = signal
        yield self


def _replayed(prompt: Prompt, sent: Sequence[Sent]) -> Iterator[Way]:
    """The ways on from where a course stands that was sent all this."""
    evaluation = Evaluation(prompt)
    steps = evaluation.run()
    signal = next(steps)
    for thing in sent:
        if isinstance(thing, str):
            evaluation.seen.append(thing)
        signal = steps.send(thing)
    return Way(evaluation, steps, list(sent)).onward(signal)


def notes(prompt: Prompt) -> Generator[Choice, str, Ended]:
    """The scratchpad, up to and with `<outcome>`."""
    ways = list(_replayed(prompt, ()))
    while True:
        choices = dict.fromkeys(way.choice for way in ways)
        token = yield next(iter(choices)) if len(choices) == 1 else union(*choices)
        ways = [way for way in ways if token in way.choice]
        if token == OUTCOME:
            return _ended([way.evaluation for way in ways])
        ways = [new for way in ways for new in way.send(token)][:_MOST_WAYS]


def _ended(evaluations: Sequence[Evaluation | None]) -> Ended:
    kinds = {False if e is None else e.whole for e in evaluations}
    if len(kinds) > 1:
        return Ended(None)
    whole = kinds.pop()
    only = evaluations[0] if len(evaluations) == 1 else None
    if only is None:
        return Ended(whole)
    value = None if isinstance(only.value, Unwritable) else only.value
    effect = only.effect
    if effect is None or not all(isinstance(p, str) or can_be_told(p[0]) for p in effect):
        return Ended(whole, value)
    return Ended(whole, value, tuple(effect))
