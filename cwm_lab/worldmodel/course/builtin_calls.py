"""Calls that Python itself answers: what builtin functions, methods and classes give."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence
from functools import partial

from cwm_lab.worldmodel.choices import choice, union
from cwm_lab.worldmodel.course.arithmetic import worked
from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.formats import Field, Key, to_places
from cwm_lab.worldmodel.course.gathering import Gathering
from cwm_lab.worldmodel.course.held import Called
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.lettering import can_be_tested, tested
from cwm_lab.worldmodel.course.methods import Placed
from cwm_lab.worldmodel.course.notes import (
    ARROW,
    COMMA,
    END,
    EQUALS,
    HINT,
    Course,
    Note,
    Sent,
    Signal,
)
from cwm_lab.worldmodel.course.numeric import calculated, may_be_worked, numeric
from cwm_lab.worldmodel.course.operands import (
    Display,
    Operand,
    Piece,
    Tokens,
    Unwritable,
    is_long_text,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import (
    KEEPS_LENGTH,
    MOST_ADDED,
    builtin_call,
    integer_of,
    is_added,
    is_literal_value,
    is_pure,
    is_recased,
    is_short_builtin,
    is_text,
    method_call,
    number_of,
    printed,
    text_in,
    text_of,
    unread,
    written,
)
from cwm_lab.worldmodel.course.ranges import length, range_of
from cwm_lab.worldmodel.course.templates import Parts
from cwm_lab.worldmodel.course.working import Working, truly
from cwm_lab.worldmodel.places import spelled
from cwm_lab.worldmodel.values import Form
from cwm_lab.worldmodel.vocabulary import CLOSE, EXCEPTIONS, OPEN, spell

TAKES_ALL = frozenset("sum min max sorted list tuple set dict".split())
"""Builtins that take all items of what they are given."""
WORKED_THROUGH = frozenset("sum min max sorted set".split())
"""Those that do so one after the other."""


class Builtins(Gathering):
    """Results of calls of builtins."""

    def _builtin(self, call: Called) -> Course:
        """A call that steps into no code of the program."""
        if call.builtin == "input" and call.by_its_name and len(call.args) < 2:
            return (yield from self._input(call))
        if call.builtin in EXCEPTIONS and call.by_its_name and not call.node.keywords:
            return (yield from self._exception(call))
        if self._writes() and (self._grows(call) or self._takes(call)):
            if call.top and isinstance(self.prompt.statement.node, ast.Expr):
                self.effect = ["<ok>"]
            return ("None",)
        gathered = yield from self._gathers(call)
        if gathered is not None:
            return gathered
        held = yield from self._held(call)
        if held is not None:
            return (yield from self._known_result(call.pieces, held, top=call.top))
        placed = None
        if call.given is None and not call.is_starred:
            values = call.args[: len(call.node.args)]
            keywords = [keyword.arg for keyword in call.node.keywords]
            if not {*keywords} - {"key", "reverse"}:
                by = dict(zip(keywords, call.args[len(values) :], strict=True))
                placed = self._placed_call(call.callee, call.method, values, by)
        if placed is not None:
            return (yield from self._placed_note(call, placed))
        return (yield from self._result(call))

    def _result(self, call: Called) -> Course:
        """A result that the network tells."""
        told = [plain(arg) for arg in call.args]
        owner, cell = plain(call.callee), self._cell(call.callee)
        name = call.builtin if call.by_its_name else ""
        pure = bool(numeric(owner, call.method)) or is_text(owner)
        self._pure = self._pure and is_pure(call.method or call.builtin, known=pure)
        self._stale = self._stale or not self._pure
        if call.method:
            kind = "" if cell is None else cell.kind
            safe, noted, silent = method_call(owner, kind, call.method, len(told))
            if silent:
                if not safe:
                    yield from self._or_fails(self._error_of(call))
                return ("None",)
        else:
            kinds = [("" if (c := self._cell(arg)) is None else c.kind) for arg in call.args]
            # Another name for a builtin is called as it is, but without working steps.
            safe, noted = (
                builtin_call(call.builtin, told, kinds) if call.builtin else (False, False)
            )
        compared = self._compared_in(call)
        if call.builtin in ("min", "max") and compared is not None and len(compared) < 2:
            only = [*compared, *call.args[1:]][:1]
            if only == [("None",)]:
                return ("None",)
            if only and isinstance(only[0], tuple | Display):
                return (yield from self._known_result(call.pieces, only[0], top=call.top))
        divided, may_hint = self._divided(name, call)
        summed = self._summed(call) if name == "sum" else []
        if summed and len(summed) == 1 and number_of(summed[0]) is not None:
            return (yield from self._known_result(call.pieces, summed[0], top=call.top))
        if name == "divmod" and divided is not None:
            steps, both = truly(divided)
            if not steps:
                return (yield from self._known_result(call.pieces, both, top=call.top))
            divided, _ = self._divided(name, call)
        may_hint = may_hint or summed is None
        short = is_short_builtin(call.method or name) or (safe and call.builtin == "abs")
        skippable = not noted or (call.top and not short and not summed)
        skippable = skippable and divided is None
        if call.method in KEEPS_LENGTH and (text := text_in(call.callee)) and text.isascii():
            skippable = call.top and is_long_text(call.callee)
        working: Note | None = None
        text = text_in(call.callee)
        if text is not None and is_recased(text, call.method) and not call.args:
            safe, skippable, working = True, False, partial(self._recased, text)
        if text is not None and can_be_tested(text, call.method) and not call.args:
            working = partial(self._told_whether, tested(text, call.method))
        if summed and len(summed) > 1:
            working = partial(self._added_up, summed)
        if call.builtin in ("min", "max") and call.is_simple and len(call.args) > 1:
            working = self._ordering(call.builtin, Collection("", tuple(call.args)), {})
        elif compared is not None:
            by = {keyword.arg: call.args[1] for keyword in call.node.keywords}
            given = Collection("given", tuple(compared))
            working = self._ordering(call.builtin, given, by)
        elif name == "set" and call.given is not None and None not in call.given:
            working = self._set_made(Collection("given", tuple(call.given)))
        if call.builtin in ("min", "max", "sorted", "set") and (safe or working):
            safe, skippable = True, False
        late = name in ("int", "float") and is_literal_value(plain(call.only)) and not skippable
        return (
            yield from self._noted(
                call.pieces,
                safe=safe or bool(summed) or divided is not None,
                skippable=skippable,
                may_hint=may_hint,
                late=late,
                error=(unread(name, call.only) if late else None) or self._error_of(call),
                worked=divided,
                working=working,
            )
        )

    def _formatted(self, call: Called) -> Generator[Signal, Sent, Parts | None]:
        """What `format` makes of its arguments, a function or a method of texts; None where that is
        not known."""
        spread, text = call.spread, text_in(call.callee)
        if spread is None or any(isinstance(arg, Unwritable) for arg in call.args):
            return None
        if call.builtin == "format" and call.is_simple and len(spread) in (1, 2):
            spec = text_in(spread[1]) if len(spread) == 2 else ""
            template = None if spec is None else [Field(0, "", spec)]
            return (yield from self._filled(template, {0: (spread[0], call.node.args[0])}))
        if call.method != "format" or text is None:
            return None
        args: dict[Key, Operand] = dict(enumerate(spread))
        keywords = [keyword.arg or "" for keyword in call.node.keywords]
        args |= zip(keywords, call.args[len(call.node.args) :], strict=True)
        nodes = [] if call.is_starred else call.node.args
        return (yield from self._braces(text, nodes, args))

    def _divided(self, name: str, call: Called) -> tuple[Working[Tokens] | None, bool]:
        """The working steps of `divmod`, `round` and other functions of numbers, and whether a
        call's note may carry others."""
        if (numbers := numeric(plain(call.callee), call.method)) and not call.node.keywords:
            args = None if call.spread is None else list(map(plain, call.spread))
            found = None if args is None else calculated(numbers, args)
            return found, found is None and may_be_worked(numbers, args)
        number = number_of(plain(call.args[0])) if name == "round" and call.args else None
        if number is not None and call.is_simple and len(call.args) <= 2:
            places = integer_of(plain(call.args[1])) if len(call.args) == 2 else None
            steps = None if places is None and len(call.args) == 2 else to_places(number, places)
            return None if steps is None else _as_one(steps), False
        if call.builtin == "len" and (span := range_of(call.only)) is not None:
            return length(span), False
        if name == "round":
            return None, call.is_simple and None in call.args
        if name != "divmod" or len(call.args) != 2:
            known = call.spread is not None and None not in (call.callee, *call.args)
            return None, "format" in (call.builtin, call.method) and not known
        a, b = plain(call.args[0]), plain(call.args[1])
        steps = worked("divmod", number_of(a), number_of(b))
        return None if steps is None else _both(steps), a is None or b is None

    def _summed(self, call: Called) -> list[Tokens] | None:
        """The numbers that `sum` adds up, but for zeros, True as 1; 0 if there are none; no numbers
        if it adds up what is not known to be such, None if it may."""
        if not call.args or call.node.keywords:
            return []
        items = call.given
        if items is None:
            found = self._collection(call.args[0])
            if found is not None and found.kind not in ("list", "tuple", "view", "set"):
                return []
            items = None if found is None else found.items
        if items is None or None in items:
            return None
        numbers = [plain(item) for item in (*call.args[1:], *items)]
        known = [number for number in numbers if number is not None and is_added(number)]
        counted = [("1",) if number == ("True",) else number for number in known]
        counted = [number for number in counted if number not in (("False",), ("0",))]
        if len(known) < len(numbers) or len(counted) > MOST_ADDED:
            return []
        return counted or [("0",)]

    def _compared_in(self, call: Called) -> Sequence[Operand] | None:
        """What `sorted`, `min` or `max` is given by an iterator, or by a list where there is a
        default as well; None if that is not known, or it takes more."""
        words = [keyword.arg for keyword in call.node.keywords]
        more = {"sorted": "reverse", "min": "default", "max": "default"}.get(call.builtin)
        if more is None or call.is_starred or len(call.node.args) != 1 or words not in ([], [more]):
            return None
        items = call.given
        if words == ["default"] and items is None:
            found = self._members(call.args[0])
            items = found.items if found is not None and found.kind in ("list", "tuple") else None
        return None if items is None or None in items else items

    def _recased(self, text: str, pieces: Sequence[Piece]) -> Course:
        """The note of a text whose letters stay as they are or change their case."""
        yield from self._left(pieces)
        start = len(self.seen)
        for token, needed in zip(written(text), spelled(written(text)), strict=True):
            cased = len(token) == 1 and token.isalpha()
            yield choice(token.lower(), token.upper()) if cased else needed
        found = tuple(self.seen[start:])
        yield END
        return found

    def _error_of(self, call: Called) -> Form | None:
        """The error of a call of a builtin that fails."""
        if not call.is_simple or call.given is not None:
            return None
        return self._call_fails(call.callee, call.method, call.args)

    def _added_up(self, numbers: Sequence[Tokens], pieces: Sequence[Piece]) -> Course:
        """The note of a sum: its working steps, one addition after the other, and its value."""
        yield from self._left(pieces, HINT)
        total = numbers[0]
        for number in numbers[1:]:
            steps = worked("+", number_of(total), number_of(number))
            addition: list[Piece] = [(total, None), "+", (number, None)]
            if steps is None:
                yield from self._left(addition)
                total = yield from self._number()
            else:
                total = tuple((yield from self._worked(steps, addition)))
                yield from self._write(total)
                yield COMMA
        yield EQUALS
        return (yield from self._answered(total))

    def _placed_note(self, call: Called, placed: Placed) -> Course:
        """The note of a call that says at which places it finds or changes something."""
        error = None if placed.safe else self._error_of(call)
        if placed.silent:
            if not (placed.late or placed.safe):
                yield from self._or_fails(error)
            if placed.arrow is None and not (yield "fork"):
                self._stale, self._pure = True, False
                return ("None",)
            self._may_fail(placed.late, error)
            if placed.working is not None:
                value = yield from placed.working(call.pieces)
            else:
                last = ARROW if placed.arrow else union(ARROW, HINT)
                if (yield from self._left(call.pieces, last)) == "<hint>":
                    raise Unclear
                value = yield from placed.ask()
            if call.top and isinstance(self.prompt.statement.node, ast.Expr):
                self.effect = ["<ok>"]
            return value
        if placed.arrow is False and not is_pure(call.method or call.builtin, known=False):
            self._stale, self._pure = True, False
        skippable = call.top and not (placed.arrow or placed.working)
        return (
            yield from self._noted(
                call.pieces,
                skippable=skippable,
                may_hint=placed.arrow is None,
                arrow=placed.arrow,
                ask=placed.ask,
                late=placed.late,
                safe=placed.safe,
                error=placed.error or error,
                working=placed.working,
            )
        )

    def _input(self, call: Called) -> Course:
        """`input()` reads the next line that the question shows, and echoes it."""
        args = call.args
        if not self._writes():
            return self._noted_before(call.pieces)
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


def _as_one(steps: Working[str]) -> Working[Tokens]:
    return tuple((yield from steps))


def _both(steps: Working[str]) -> Working[Tokens]:
    """A quotient and what is left, as a tuple."""
    return tuple_of(map(tuple, (yield from steps).split()))
