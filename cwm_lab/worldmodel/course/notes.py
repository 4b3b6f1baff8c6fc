"""How notes are written: left sides that are known, results that are asked for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Sequence
from typing import Literal, TypeVar

from cwm_lab.worldmodel.choices import DIGITS, NOTES, Choice, choice, union
from cwm_lab.worldmodel.course.collection import Collection, items_in
from cwm_lab.worldmodel.course.earlier import EarlierNote
from cwm_lab.worldmodel.course.known import Fails, State, Unclear
from cwm_lab.worldmodel.course.operands import (
    UNTOLD,
    Display,
    Known,
    Operand,
    Piece,
    Spelled,
    Tokens,
    Unwritable,
    is_long_text,
    is_untold,
    mention,
    plain,
)
from cwm_lab.worldmodel.course.operations import is_literal_value
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.places import spelled
from cwm_lab.worldmodel.values import Form
from cwm_lab.worldmodel.vocabulary import CLOSE, NEW_LABELS, OPEN, OUTCOME, PLACEHOLDERS

END, EQUALS, ARROW, _OUTCOME = choice(";"), choice("="), choice("->"), choice(OUTCOME)
RAISE, HINT, COMMA = choice("<raise>"), choice("<hint>"), choice(",")
_NUMBER = union(DIGITS, choice("-"))
_EQUALS_OR_HINT = union(EQUALS, HINT)
_NEW = frozenset(NEW_LABELS)
_FALSE, _ZERO = (("False",), ("None",), (OPEN, CLOSE)), frozenset("-0.")
T = TypeVar("T")
Signal = Choice | Literal["fork", "may fail"]
"""What a course yields: a choice, for which it is sent the token that came; "fork", for which it is
sent 0 or 1; "may fail", for which it is sent nothing."""
Sent = str | int | None
Course = Generator[Signal, Sent, Operand]
Steps = Generator[Signal, Sent, None]
Note = Callable[[Sequence[Piece]], Course]
"""The course of a note that carries working steps, given the pieces of its left side."""


class Notes(State):
    """Writes notes."""

    def _noted(
        self,
        pieces: Sequence[Piece],
        *,
        skippable: bool,
        safe: bool = False,
        may_hint: bool = False,
        arrow: bool | None = False,
        ask: Callable[[], Course] | None = None,
        late: bool | None = False,
        error: Form | None = None,
        worked: Working[Tokens] | None = None,
        working: Note | None = None,
    ) -> Course:
        """An operation and its note; gives its result.

        pieces: the note's left side. skippable: whether there may be no note. safe: whether it
        cannot fail. may_hint: whether working steps that are not known may follow. arrow: whether
        the places follow where its value is found, None if they may; ask: the course of these and
        the value. late: whether it says behind the left side that it fails, None if it may; error:
        with what, if that is known. worked: its working steps, and the result. working: the course
        of the note, if it carries working steps that find places.
        """
        if not self._writes():
            if any(map(self._may_call, pieces)):
                raise Unclear
            return self._noted_before(pieces)
        if not safe and not late:
            yield from self._or_fails(error)
        if any(map(is_untold, pieces)) and not (yield "fork"):
            pieces = [(("None",), None) if is_untold(piece) else piece for piece in pieces]
        values = [piece[0] for piece in pieces if isinstance(piece, tuple)]
        if any(isinstance(v, Unwritable) for v in values):
            return None
        if skippable and error is None and (yield "fork"):
            return UNTOLD
        self._may_fail(late is not False and not safe, error)
        if worked is not None:
            return (yield from self._answered((yield from self._worked(worked, pieces))))
        if working is not None:
            return (yield from working(pieces))
        last = ARROW if arrow else _EQUALS_OR_HINT if may_hint else EQUALS
        token = yield from self._left(pieces, union(last, ARROW) if arrow is None else last)
        if token == "->":
            assert ask is not None
            return (yield from ask())
        if token == "<hint>":
            raise Unclear
        return (yield from self._asked(END))

    def _noted_before(
        self, pieces: Sequence[Piece], found: Collection | None = None, *, many: bool = False
    ) -> Operand:
        """What a note told before the last call that has returned; None if that is not known.
        found: where it found it, as it is now; many: whether it was several."""
        note = self._note_before(pieces)
        if note.value is not None or found is None or found.items is None or not note.places:
            return note.value
        return found.picked(note.places) if many else found.at(note.places[0])

    def _note_before(self, pieces: Sequence[Piece]) -> EarlierNote:
        """A note from before the last call that has returned."""
        left: list[str] = []
        for piece in pieces:
            if isinstance(piece, str):
                left.append(piece)
                continue
            value, name = piece
            if name is not None and is_long_text(value):
                left.append(self.prompt.names.variable(name))
            elif isinstance(value, tuple):
                left += value
            elif isinstance(value, Display) and value.items is None:
                left.append("<gen>")
            else:
                return EarlierNote(None)
        return self._told_before(left)

    def _noted_as(self, pieces: Sequence[Piece], value: Known) -> Steps:
        """A note of a value that is known."""
        if self._writes():
            yield from self._left(pieces)
            yield from self._write(value)
            yield END

    def _known_result(self, pieces: Sequence[Piece], value: Known, *, top: bool) -> Course:
        """The note of an operation whose result is known; none of a long one that the outcome
        tells."""
        if not top or (is_literal_value(plain(value)) and not is_long_text(value)):
            yield from self._noted_as(pieces, value)
        return value.mentioned if isinstance(value, Spelled) else value

    def _left(self, pieces: Sequence[Piece], last: Choice = EQUALS) -> Generator[Signal, Sent, str]:
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
            if name is not None and is_long_text(value):
                yield choice(self.prompt.names.variable(name))
            elif value is not None:
                yield from self._write(value)
            else:
                following = pieces[k + 1] if k + 1 < len(pieces) else None
                assert following is None or isinstance(following, str)
                follow = last if following is None else choice(following)
                first = yield self.values.start()
                came = yield from self.values.value(str(first), follow)
        return came or str((yield last))

    def _worked(
        self, steps: Working[T], pieces: Sequence[Piece] = (), last: Choice = EQUALS
    ) -> Generator[Signal, Sent, T]:
        """The working steps that lead to something, which is returned. pieces: the left side of
        their note, if that is not written yet; then up to and with `last`."""
        answer: str | None = None
        while True:
            try:
                asked = next(steps) if answer is None else steps.send(answer)
            except StopIteration as ended:
                if pieces and answer is None:
                    yield from self._left(pieces, last)
                elif pieces:
                    yield last
                found: T = ended.value
                return found
            if pieces and answer is None:
                yield from self._left(pieces, HINT)
            yield from self._write(asked.told)
            if asked.answers:
                answer = str((yield choice(*asked.answers)))
                yield COMMA
            else:
                answer = "".join((yield from self._number()))

    def _number(self) -> Generator[Signal, Sent, Tokens]:
        """A number that the network tells within working steps, and a comma."""
        start = len(self.seen)
        first = yield _NUMBER
        yield from self.values.value(str(first), COMMA)
        return tuple(self.seen[start:-1])

    def _asked(self, follow: Choice) -> Course:
        """A value that the network tells, and what follows it."""
        start = len(self.seen)
        first = yield from self._or_raises(self.values.start())
        yield from self.values.value(str(first), follow)
        told = self.seen[start:-1]
        if told[0] in _NEW and told[1:2] == ["["]:
            items = [mention(item) for item in items_in(tuple(told[1:]))]
            if _NEW.isdisjoint(token for item in items for token in item):
                return Display([*items], label=told[0])
        return mention(told)

    def _answered(self, value: Operand) -> Course:
        """The value of a note, if it is known, or else asked for."""
        if not isinstance(value, tuple | Display):
            return (yield from self._asked(END))
        yield from self._write(value)
        yield END
        return value

    def _or_raises(self, *allowed: Choice) -> Generator[Signal, Sent, str]:
        """What comes next; Fails if it is that the operation raises, where that is left open."""
        may_raise, self._may_raise = self._may_raise, False
        token = str((yield union(*allowed, *([RAISE] if may_raise else []))))
        if may_raise and token == "<raise>":
            yield from self._ends_raising()
        return token

    def _ends_raising(self) -> Steps:
        """What follows once it is noted that the operation raises."""
        yield END
        self.raises = True
        self._fail(self._error)
        raise Fails

    def _may_fail(self, may: bool, error: Form | None = None) -> None:
        """Whether what comes next may be that the operation raises, and what, if that is known."""
        self._may_raise, self._error = may, error

    def _or_fails(self, error: Form | None = None) -> Steps:
        """The ways part: what comes next may fail, with this error if it is known."""
        if error is None:
            yield "may fail"
        elif (yield "fork"):
            self._fail(error)
            raise Fails

    def _write(self, value: Operand) -> Steps:
        """A value that is known."""
        if isinstance(value, tuple):
            for needed in spelled(value):  # noqa: UP028 - a tuple cannot be sent to
                yield needed
            return
        assert isinstance(value, Display)
        if isinstance(value, Spelled):
            for run in value.runs:
                yield from self._write(run)
        elif not value.label:
            number = self.values.new_container()
            if number is None:
                raise Unclear
            value.label = NEW_LABELS[number]
            self._displays[value.label] = value
            yield choice(value.label)
            for part in value.content:
                if isinstance(part, str):
                    yield choice(part)
                else:
                    yield from self._write(part)
        else:
            yield choice(value.label)

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
                yield from self.values.string(message=True)
            token = yield start if token == ";" else inside

    def _known_truth(self, value: Operand) -> bool | None:
        """Whether a value is true; None if that is not known."""
        if isinstance(value, tuple) and is_literal_value(value):
            return value not in _FALSE and not _ZERO.issuperset(value)
        cell = self._cell(value)
        if cell is not None and cell.kind in ("fn", "cls", "gen", "obj"):
            methods = cell.cls.methods if cell.kind == "obj" and cell.cls is not None else ()
            return None if {"__bool__", "__len__"} & {*methods} else True
        size = self._size(value)
        return None if size is None else size > 0

    def _truth(self, value: Operand, node: ast.expr | None = None) -> Generator[Signal, Sent, bool]:
        """Whether a value is true. Where that is not known, the ways part. node: the condition
        that gave it."""
        known = self._known_truth(value)
        if known is not None:
            return known
        self._must_write()
        yield "may fail"
        return (yield "fork") == 0

    def _size(self, value: Operand) -> int | None:
        """How many items a value has, if that is known."""
        raise NotImplementedError

    def _is_told_once(self, value: Operand) -> Generator[Signal, Sent, bool]:
        """Whether a value of the statement's whole expression is told in the outcome alone."""
        if value is None:
            return (yield "fork") == 1
        return not is_literal_value(plain(value)) or is_long_text(value)

    def _may_call(self, piece: Piece) -> bool:
        return isinstance(piece, tuple) and self._may_be_asked(piece[0])
