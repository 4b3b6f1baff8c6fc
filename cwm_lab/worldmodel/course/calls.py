"""Calls: of builtins, whose results are asked for, and of the program's own code, which are stepped
into."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from cwm_lab.worldmodel.course.expressions import Expressions, unstarred
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.methods import Placed
from cwm_lab.worldmodel.course.notes import ARROW, Course, Steps
from cwm_lab.worldmodel.course.operands import (
    UNWRITABLE,
    Display,
    Operand,
    Piece,
    Unwritable,
    is_display,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    builtin_call,
    hint_of,
    integer_of,
    is_literal_value,
    is_pure,
    is_short_builtin,
    is_text,
    method_call,
    printed,
    text_of,
)
from cwm_lab.worldmodel.display import is_exception_class
from cwm_lab.worldmodel.values import Cell, Value
from cwm_lab.worldmodel.vocabulary import CLOSE, EXCEPTIONS, OPEN, spell

_SPECIAL = {"str": ("__str__", "__repr__"), "repr": ("__repr__",), "len": ("__len__",)}
"""The methods of the program's own that builtin functions call."""
_TAKES_ALL = frozenset("sum min max sorted list tuple set dict".split())


class Calls(Expressions):
    """The course of a call."""

    def _Call(self, node: ast.Call) -> Course:
        func = node.func
        if isinstance(func, ast.Name) and func.id == "super" and not node.args:
            return UNWRITABLE
        method = ""
        callee: tuple[Operand, str | None]
        if isinstance(func, ast.Attribute):
            callee = yield from self._named(func.value)
            method = func.attr
            of = plain(callee[0])
            if is_literal_value(of) and not is_text(of) and self._writes():
                yield "may fail"  # None, say, has no methods
            # What the method changes is mentioned as it is afterwards.
            owner = (None, None) if is_display(callee) else callee
            head: list[Piece] = [owner, ".", self.prompt.names.attribute(method)]
        elif isinstance(func, ast.Name):
            callee = (self._read(func.id), None)
            head = [self.prompt.token_of.get(func.id, func.id)]
        else:
            callee = yield from self._named(func)
            head = [callee]
        consumed: ast.GeneratorExp | None = None
        source: Operand = None
        args: list[Operand] = []
        pieces: list[Piece] = [*head, "("]
        for k, arg in enumerate(node.args):
            pieces += [","] if k else []
            if isinstance(arg, ast.Starred):
                pieces.append("*")
            inner = unstarred(arg)
            if isinstance(inner, ast.GeneratorExp):
                if consumed is not None:
                    raise Unclear
                consumed = inner
                source = yield from self._expr(inner.generators[0].iter)
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
        alone = node is self._top and isinstance(self.prompt.statement.node, ast.Expr)
        if method and not alone and not is_text(plain(callee[0])):
            # What goes into another list may have changed before it is mentioned.
            pieces = [(None, None) if is_display(piece) else piece for piece in pieces]
        looped = None if consumed is None else (consumed, source)
        return (yield from self._called(node, callee[0], method, args, pieces, looped))

    def _called(
        self,
        node: ast.Call,
        callee: Operand,
        method: str,
        args: Sequence[Operand],
        pieces: Sequence[Piece],
        consumed: tuple[ast.GeneratorExp, Operand] | None,
    ) -> Course:
        yield from self._keys(node, callee, method, args)
        own = self._own_code(callee, method, args)
        given: list[tuple[Operand, ...]] = []
        if consumed is not None and not own:
            loop, source = consumed
            whole = method == "join" or (plain(callee) or ("",))[0] in _TAKES_ALL
            given = yield from self._comprehension(
                loop.generators, [loop.elt], source, begun=True, whole=whole
            )
        top = node is self._top
        if callee == ("print",) and not method:
            return (yield from self._print(node, args))
        if args and self._is_generator(args[0]) and not method and "*" not in pieces:
            if callee == ("next",):
                return (yield from self._next(args, pieces, top=top))
            takes = (plain(callee) or ("",))[0]
            if takes in _TAKES_ALL and len(args) == 1:
                return (yield from self._drained(takes, args[0], pieces, top=top))
        special = _SPECIAL.get(callee[0]) if isinstance(callee, tuple) and not method else None
        if special is not None and len(args) == 1 and (own_name := self._special(args[0], special)):
            result = self._through(args[0], own_name)
            return (yield from self._noted_return(pieces, result, top=top))
        if not self._writes():
            if own is False:
                return self._made(callee, method, args) if "*" not in pieces else None
            guessed = callee is None and method and method == self._returned[0][0].method
            if own is None and not (isinstance(callee, Unwritable) or guessed):
                raise Unclear
            given_args = self._returned[0][0].args
            result = self._take_returned(callee, method, args)
            if isinstance(callee, Unwritable):
                return result
            if len(given_args) == len(args) and not node.keywords:
                pieces = self._with_arguments(pieces, given_args)
            return (yield from self._noted_return(pieces, result, top=top))
        if callee is UNWRITABLE and method and "*" not in pieces and self._is_inherited(method):
            call = self._call(UNWRITABLE, method, pieces)
            self.effect, self.sure = ["<call>", "super", *call[1:]], None not in args
            raise Fails
        if own:
            if "*" not in pieces:
                self.effect = ["<call>", *self._call(callee, method, pieces)]
            raise Fails
        name = "" if method or not isinstance(node.func, ast.Name) else node.func.id
        if name == "input" and callee == ("input",) and len(args) < 2:
            return (yield from self._input(args, pieces, top=top))
        cls = self._cell(callee)
        if cls is not None and cls.kind == "cls" and not method and not args and _is_plain(cls):
            new = Display([], cls=self._label_of[cls])
            if not top:
                yield from self._noted_as(pieces, new)
            return new
        if cls is not None and not method and not node.keywords and _is_plain_exception(cls):
            given_all = [arg for arg in args if isinstance(arg, tuple)]
            if len(given_all) == len(args) and "*" not in pieces:
                made_new = Display([], cls=self._label_of[cls], args=tuple_of(given_all))
                if not top:
                    yield from self._noted_as(pieces, made_new)
                return made_new
        if name in EXCEPTIONS and callee == (name,) and not node.keywords:
            return (yield from self._exception(name, args, pieces, top=top))
        if method == "join" and len(args) == 1 and is_text(plain(callee)):
            linked = self._linked(callee, args[0])
            if linked is not None:
                return (yield from self._known_result(pieces, linked, top=top))
        plain_call = not node.keywords and "*" not in pieces
        made = self._made(callee, method, args) if plain_call else None
        if made is not None:
            return (yield from self._known_result(pieces, made, top=top))
        if callee in (("str",), ("repr",)) and len(args) == 1 and plain_call and self._writes():
            shown = yield from self._texted(args[0], node.args[0], quoted=callee == ("repr",))
            if shown is not None:
                text = (OPEN, *shown, CLOSE)
                return (yield from self._known_result(pieces, text, top=top))
        placed = None
        if consumed is None and not any(map(_is_starred, node.args)):
            keywords = {keyword.arg for keyword in node.keywords}
            values = args[: len(node.args)]
            if not keywords - {"key", "reverse"}:
                placed = self._placed_call(callee, method, values)
        if placed is not None:
            return (yield from self._placed_note(placed, pieces, top=top))
        pure = self._pure
        self._pure = pure and is_pure(
            method or (plain(callee) or (name,))[0], of_text=is_text(plain(callee))
        )
        told = [plain(arg) for arg in args]
        cell = self._cell(callee)
        if method:
            safe, noted, silent = method_call(
                plain(callee), "" if cell is None else cell.kind, method, len(args)
            )
        else:
            kinds = [("" if (c := self._cell(arg)) is None else c.kind) for arg in args]
            builtin = callee == (name,)
            safe, noted = builtin_call(name, told, kinds) if builtin else (False, False)
            silent = False
        self._stale = self._stale or not self._pure
        if silent:
            if not safe:
                yield "may fail"
            return ("None",)
        may_hint = name == "sum" and bool(args)
        summed: list[Operand] | None = [item for (item,) in given]
        if may_hint and consumed is None:
            found = self._collection(args[0])
            summed = None if found is None or found.items is None else [*found.items]
            if found is not None and found.kind not in ("list", "tuple"):
                may_hint = False
        if may_hint and summed is not None and None not in summed:
            may_hint = False
            if all(integer_of(plain(item)) is not None for item in summed):
                told_later: list[Piece] = [(None, None), ","]
                pieces, safe = [*pieces, "<hint>", *(told_later * len(summed))], True
        if name == "divmod" and callee == (name,) and len(told) == 2:
            pieces = [*pieces, *hint_of("//", told[0], told[1])]
            may_hint = None in told
        short = is_short_builtin(method or name) and (bool(method) or callee == (name,))
        skippable = not noted or (top and not short and "<hint>" not in pieces)
        late = name in ("int", "float") and len(args) == 1 == len(node.args) and not skippable
        late = late and callee == (name,) and is_literal_value(told[0])
        return (
            yield from self._noted(
                pieces, safe=safe, skippable=skippable, may_hint=may_hint, late=late
            )
        )

    def _keys(self, node: ast.Call, callee: Operand, method: str, args: Sequence[Operand]) -> Steps:
        """The calls that `sort`, `sorted`, `min` and `max` make of the program's own `key`, one for
        each item."""
        names = [keyword.arg for keyword in node.keywords]
        if "key" not in names:
            return
        key = args[len(node.args) + names.index("key")]
        cell = self._cell(key)
        of = callee if method == "sort" else args[0] if len(node.args) == 1 else None
        found = self._collection(of)
        builtin = method == "sort" or callee in (("sorted",), ("min",), ("max",))
        if cell is None or cell.kind != "fn" or found is None or not (builtin and found.items):
            return
        for item in found.items:
            if not self._returned:
                if item is not None:
                    self._calls([(key, None), "(", (item, None), ")"])
                raise Fails
            call, result = self._returned.pop(0)
            if call.callee is not cell:
                raise Unclear
            self._sort_keys.append(None if isinstance(result, str) else self._known(result))
        yield from ()

    def _placed_note(self, placed: Placed, pieces: Sequence[Piece], *, top: bool) -> Course:
        """The note of a call that says at which places it finds or changes something."""
        if placed.silent:
            if not (placed.late or placed.safe):
                yield "may fail"
            if placed.arrow is None and not (yield "fork"):
                self._stale, self._pure = True, False
                return ("None",)
            self._may_raise = placed.late
            yield from self._left(pieces, ARROW)
            value = yield from placed.ask()
            if top and isinstance(self.prompt.statement.node, ast.Expr):
                self.effect = ["<ok>"]
            return value
        skippable = top and not placed.arrow
        return (
            yield from self._noted(
                pieces,
                skippable=skippable,
                arrow=placed.arrow,
                ask=placed.ask,
                late=placed.late,
                safe=placed.safe,
            )
        )

    def _input(self, args: Sequence[Operand], pieces: Sequence[Piece], *, top: bool) -> Course:
        """`input()` reads the next line that the question shows, and echoes it."""
        if self._read_lines >= len(self.prompt.stdin):
            asked = printed(plain(args[0])) if args else ()
            out = text_of([self._echo, asked])
            if out is not None and self._pure:
                written: list[Piece] = ["<out>", (out, None), ";"] if len(out) > 2 else []
                ended = ("EOFError", *tuple_of([(OPEN, *spell("EOF when reading a line"), CLOSE)]))
                reads = ["<stdin>"] * self._read_lines
                self.effect = [*reads, *written, "<raise>", (ended, None)]
                self.ends = True
            raise Fails
        line = tuple(spell(self.prompt.stdin[self._read_lines]))
        self._read_lines += 1
        asked = printed(plain(args[0])) if args else ()
        before = self._echo
        self._echo = None if asked is None or before is None else (*before, *asked, *line, "\n")
        value = (OPEN, *line, CLOSE)
        if any(isinstance(arg, Unwritable) for arg in args):
            raise Unclear
        if not top or not (yield from self._is_told_once(value)):
            yield from self._noted_as(pieces, value)
        return value

    def _exception(
        self, name: str, args: Sequence[Operand], pieces: Sequence[Piece], *, top: bool
    ) -> Course:
        """A builtin exception that is made, but not raised yet."""
        told = [arg for arg in args if isinstance(arg, tuple) and "'" not in arg]
        if len(told) < len(args) or name == "OSError":  # in quotes, names stand as placeholders
            return (yield from self._noted(pieces, safe=True, skippable=top))
        value = (name, *tuple_of(told))
        if not top:
            yield from self._noted_as(pieces, value)
        return value

    def _call(self, callee: Operand, method: str, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """How the outcome tells a call: a note's left side with the callee's label."""
        paren = pieces.index("(")
        told = [piece if isinstance(piece, str) else (piece[0], None) for piece in pieces[paren:]]
        head: list[Piece] = [(callee, None)]
        if method:
            head += [".", self.prompt.names.attribute(method)]
        return [*head, *told]

    def _with_arguments(self, pieces: Sequence[Piece], args: Sequence[Value]) -> list[Piece]:
        """The left side of a call's note with the arguments that it was made with, where they were
        not known."""
        out = list(pieces)
        first = out.index("(") + 1
        for k, arg in enumerate(args):
            piece = out[first + 2 * k] if first + 2 * k < len(out) else ""
            if isinstance(piece, tuple) and piece[0] is None:
                out[first + 2 * k] = (self._known(arg), piece[1])
        return out

    def _is_inherited(self, method: str) -> bool:
        """Whether a class that another derives from has a method."""
        bases = (base for cell in self.cells.values() for base in cell.bases)
        return any(isinstance(base, Cell) and method in base.methods for base in bases)

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
            return True if "__init__" in cell.methods else False if _is_plain(cell) else None
        return None


def _is_plain(cell: Cell) -> bool:
    """Whether calling a class makes an object without attributes, and nothing else."""
    return not (cell.bases or cell.attrs or {"__init__", "__new__"} & set(cell.methods))


def _is_plain_exception(cell: Cell) -> bool:
    """Whether a class is an exception's, made as builtin ones are."""
    return is_exception_class(cell) and not (
        cell.attrs or {"__init__", "__new__"} & set(cell.methods)
    )


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)
