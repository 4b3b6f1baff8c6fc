"""Calls that Python itself answers: what builtin functions, methods and classes give."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from cwm_lab.worldmodel.course.collection import items_in
from cwm_lab.worldmodel.course.expressions import Expressions, dict_of
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.methods import Placed
from cwm_lab.worldmodel.course.notes import ARROW, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    Display,
    Known,
    Operand,
    Piece,
    Unwritable,
    is_long_text,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    KEEPS_LENGTH,
    builtin_call,
    hint_of,
    is_added,
    is_literal_value,
    is_pure,
    is_short_builtin,
    is_text,
    method_call,
    printed,
    text_in,
    text_of,
)
from cwm_lab.worldmodel.display import is_exception_class
from cwm_lab.worldmodel.values import Cell, Value
from cwm_lab.worldmodel.vocabulary import CLOSE, EXCEPTIONS, OPEN, spell

TAKES_ALL = frozenset("sum min max sorted list tuple set dict".split())
"""Builtins that take all items of what they are given."""


@dataclass(frozen=True)
class Called:
    """A call whose parts are evaluated. method: its name, if it is one's. args: those by keyword
    behind the others. pieces: its note's left side. given: what a generator expression among its
    arguments has given; None without one. spread: the positional arguments, starred ones spread
    out, if they are known. top: whether it is the statement's whole expression."""

    node: ast.Call
    callee: Operand
    method: str
    args: Sequence[Operand]
    pieces: Sequence[Piece]
    top: bool
    given: Sequence[Operand] | None = None
    spread: Sequence[Operand] | None = None

    @property
    def builtin(self) -> str:
        """The name of the builtin that is called; empty for a method, and for what is no builtin's
        name."""
        tokens = plain(self.callee)
        return tokens[0] if tokens is not None and len(tokens) == 1 and not self.method else ""

    @property
    def by_its_name(self) -> bool:
        """Whether a builtin is called by its own name."""
        return isinstance(self.node.func, ast.Name) and self.node.func.id == self.builtin

    @property
    def is_simple(self) -> bool:
        """Whether there are only plain arguments: no star, no keyword."""
        return not (self.node.keywords or self.is_starred)

    @property
    def is_starred(self) -> bool:
        return any(isinstance(arg, ast.Starred) for arg in self.node.args)

    @property
    def is_of_new(self) -> bool:
        """Whether its first argument is what another call gives: an iterator that has a name may
        have been used up."""
        return bool(self.node.args) and isinstance(self.node.args[0], ast.Call)

    @property
    def only(self) -> Operand:
        """Its one argument; None if it has not one."""
        return self.args[0] if len(self.args) == 1 and self.is_simple else None


class Builtins(Expressions):
    """Results of calls of builtins."""

    def _builtin(self, call: Called) -> Course:
        """A call that steps into no code of the program."""
        if call.builtin == "input" and call.by_its_name and len(call.args) < 2:
            return (yield from self._input(call))
        if call.builtin in EXCEPTIONS and call.by_its_name and not call.node.keywords:
            return (yield from self._exception(call))
        held = yield from self._held(call)
        if held is not None:
            return (yield from self._known_result(call.pieces, held, top=call.top))
        placed = None
        if call.given is None and not call.is_starred:
            values = call.args[: len(call.node.args)]
            if not {keyword.arg for keyword in call.node.keywords} - {"key", "reverse"}:
                placed = self._placed_call(call.callee, call.method, values)
        if placed is not None:
            return (yield from self._placed_note(call, placed))
        return (yield from self._result(call))

    def _held(self, call: Called) -> Generator[Signal, Sent, Known | None]:
        """A result that only puts together what is known."""
        cls = self._cell(call.callee)
        if cls is not None and cls.kind == "cls" and not call.method and call.is_simple:
            told = [arg for arg in call.args if isinstance(arg, tuple)]
            if not call.args and is_plain(cls):
                return Display([], cls=self._label_of[cls])
            if len(told) == len(call.args) and _is_plain_exception(cls):
                return Display([], cls=self._label_of[cls], args=tuple_of(told))
        if call.builtin == "set" and call.is_simple and not call.args:
            return Display([], is_set=True)
        if call.method == "join" and len(call.args) == 1 and is_text(plain(call.callee)):
            made = [item for item in call.given or () if isinstance(item, tuple)]
            given = call.given is not None and len(made) == len(call.given)
            of: Operand = Display([*made]) if given else call.args[0]
            if not given and call.is_of_new:
                of = yield from self._strung(of)
            return self._linked(call.callee, of)
        if call.builtin in ("str", "repr") and call.only is not None:
            shown = yield from self._texted(
                call.only, call.node.args[0], quoted=call.builtin == "repr"
            )
            return None if shown is None else (OPEN, *shown, CLOSE)
        if call.builtin == "bool" and call.only is not None:
            truth = self._known_truth(call.only)
            return None if truth is None else (str(truth),)
        if call.builtin in ("any", "all") and call.is_simple:
            return self._decided(call.builtin, call.given, call.only)
        if call.builtin == "list" and call.is_simple and call.is_of_new:
            strung = yield from self._strung(call.only)
            if isinstance(strung, Display) and strung is not call.only:
                return strung
        if call.builtin in ("list", "tuple", "dict") and call.is_simple and call.is_of_new:
            found = self._listed(call.builtin, call.only)
            if found is not None:
                return found
        if call.builtin == "isinstance" and call.is_simple and len(call.args) == 2:
            found = self._instance(*call.args)
            if found is not None:
                return found
        if call.builtin == "type" and (cls := self._class_of(call.only)) is not None:
            return (self._label_of[cls],)
        if call.builtin == "zip" and call.spread is not None and not call.node.keywords:
            return self._made(call.callee, "", call.spread)
        counted = call.builtin == "enumerate" and not call.is_starred
        counted = counted and [keyword.arg for keyword in call.node.keywords] == ["start"]
        if call.is_simple or counted:
            return self._made(call.callee, call.method, call.args)
        return None

    def _strung(self, iterable: Operand) -> Generator[Signal, Sent, Operand]:
        """What `map` of `str` gives; anything else as it is."""
        tokens = plain(iterable) or ("",)
        parts = list(items_in(tokens[1:])) if tokens[0] == "map" else []
        found = self._collection(parts[1]) if parts[:1] == [("str",)] else None
        if found is None or found.items is None:
            return iterable
        out: list[Known] = []
        for item in found.items:
            text = yield from self._texted(item)
            if text is None:
                return iterable
            out.append((OPEN, *text, CLOSE))
        return Display(out)

    def _decided(self, name: str, given: Sequence[Operand] | None, only: Operand) -> Known | None:
        """What `any` or `all` gives of items whose truth is known."""
        found = self._collection(only) if given is None else None
        items = given if found is None else found.items
        truths = [None] if items is None else list(map(self._known_truth, items))
        stop = name == "any"
        for truth in truths:
            if truth is None:
                return None
            if truth is stop:
                return (str(stop),)
        return (str(not stop),)

    def _listed(self, name: str, iterable: Operand) -> Known | None:
        """What `list`, `tuple` or `dict` makes of an iterator, which gives what is known."""
        if (plain(iterable) or ("",))[0] not in ("zip", "enumerate", "reversed"):
            return None
        rows = self._rows(iterable)
        if rows is None:
            return None
        last = rows.size - 1
        places = range(last, -1, -1) if rows.name == "reversed" else range(rows.size)
        items = [item for place in places if isinstance(item := rows.at(place), tuple)]
        if len(items) < rows.size:
            return None
        if name == "dict":
            pairs = [tuple(items_in(item)) for item in items if item[0] == "("]
            if len(pairs) < len(items) or any(len(pair) != 2 for pair in pairs):
                return None
            return dict_of([key for key, _ in pairs], [value for _, value in pairs])
        return Display([*items]) if name == "list" else tuple_of(items)

    def _class_of(self, value: Operand) -> Cell | None:
        cell = self._cell(value)
        return cell.cls if cell is not None and cell.kind == "obj" else None

    def _instance(self, value: Operand, kind: Operand) -> Known | None:
        """Whether an object's class is another, or derives from it, where both are the program's
        own."""
        cls, wanted = self._class_of(value), self._cell(kind)
        if cls is None or wanted is None or wanted.kind != "cls":
            return None
        left: list[Value] = [cls]
        while left:
            one = left.pop()
            if one is wanted:
                return ("True",)
            left += one.bases if isinstance(one, Cell) else ()
        return ("False",)

    def _result(self, call: Called) -> Course:
        """A result that the network tells."""
        told = [plain(arg) for arg in call.args]
        owner, cell = plain(call.callee), self._cell(call.callee)
        name = call.builtin if call.by_its_name else ""
        self._pure = self._pure and is_pure(call.method or call.builtin, of_text=is_text(owner))
        self._stale = self._stale or not self._pure
        if call.method:
            kind = "" if cell is None else cell.kind
            safe, noted, silent = method_call(owner, kind, call.method, len(told))
            if silent:
                if not safe:
                    yield "may fail"
                return ("None",)
        else:
            kinds = [("" if (c := self._cell(arg)) is None else c.kind) for arg in call.args]
            # Another name for a builtin is called as it is, but without working steps.
            safe, noted = (
                builtin_call(call.builtin, told, kinds) if call.builtin else (False, False)
            )
        hints, may_hint = self._hints(name, call)
        short = is_short_builtin(call.method or name) or (safe and call.builtin == "abs")
        skippable = not noted or (call.top and not short and not hints)
        if call.method in KEEPS_LENGTH and (text := text_in(call.callee)) and text.isascii():
            skippable = call.top and is_long_text(call.callee)
        if call.builtin in ("min", "max") and safe:
            skippable = False
        late = name in ("int", "float") and is_literal_value(plain(call.only)) and not skippable
        return (
            yield from self._noted(
                [*call.pieces, *hints],
                safe=safe or (name == "sum" and bool(hints)),
                skippable=skippable,
                may_hint=may_hint,
                late=late,
            )
        )

    def _hints(self, name: str, call: Called) -> tuple[list[Piece], bool]:
        """The working steps that a builtin's note carries, and whether there may be others."""
        if name == "divmod" and len(call.args) == 2:
            a, b = plain(call.args[0]), plain(call.args[1])
            return [*hint_of("//", a, b)], a is None or b is None
        if name != "sum" or not call.args:
            return [], False
        summed = call.given
        if summed is None:
            found = self._collection(call.args[0])
            if found is not None and found.kind not in ("list", "tuple", "view"):
                return [], False
            summed = None if found is None else found.items
        if summed is None or None in summed:
            return [], True
        if not all(map(is_added, map(plain, summed))):
            return [], False
        total: list[Piece] = [(None, None), ","]
        return ["<hint>", *(total * len(summed))], False

    def _placed_note(self, call: Called, placed: Placed) -> Course:
        """The note of a call that says at which places it finds or changes something."""
        if placed.silent:
            if not (placed.late or placed.safe):
                yield "may fail"
            if placed.arrow is None and not (yield "fork"):
                self._stale, self._pure = True, False
                return ("None",)
            self._may_raise = placed.late
            yield from self._left(call.pieces, ARROW)
            value = yield from placed.ask()
            if call.top and isinstance(self.prompt.statement.node, ast.Expr):
                self.effect = ["<ok>"]
            return value
        skippable = call.top and not placed.arrow
        return (
            yield from self._noted(
                call.pieces,
                skippable=skippable,
                arrow=placed.arrow,
                ask=placed.ask,
                late=placed.late,
                safe=placed.safe,
            )
        )

    def _input(self, call: Called) -> Course:
        """`input()` reads the next line that the question shows, and echoes it."""
        args = call.args
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
        if not call.top or not (yield from self._is_told_once(value)):
            yield from self._noted_as(call.pieces, value)
        return value

    def _exception(self, call: Called) -> Course:
        """A builtin exception that is made, but not raised yet."""
        told = [arg for arg in call.args if isinstance(arg, tuple) and "'" not in arg]
        if (
            len(told) < len(call.args) or call.builtin == "OSError"
        ):  # in quotes, names stand as placeholders
            return (yield from self._noted(call.pieces, safe=True, skippable=call.top))
        value = (call.builtin, *tuple_of(told))
        if not call.top:
            yield from self._noted_as(call.pieces, value)
        return value


def is_plain(cell: Cell) -> bool:
    """Whether calling a class makes an object without attributes, and nothing else."""
    return not (cell.bases or cell.attrs or {"__init__", "__new__"} & set(cell.methods))


def _is_plain_exception(cell: Cell) -> bool:
    """Whether a class is an exception's, made as builtin ones are."""
    return is_exception_class(cell) and not (
        cell.attrs or {"__init__", "__new__"} & set(cell.methods)
    )
