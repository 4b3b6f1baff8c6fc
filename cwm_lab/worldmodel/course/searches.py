"""Searches in texts: what follows from the places at which something is found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.notes import EQUALS, RAISE, Course, Note
from cwm_lab.worldmodel.course.objects import Objects
from cwm_lab.worldmodel.course.operands import Display, Operand, Piece, plain, tuple_of
from cwm_lab.worldmodel.course.operations import argument_of, integer_of, text_in, text_of
from cwm_lab.worldmodel.course.searching import (
    ONCE,
    SEARCHES,
    STRIPS,
    can_be_walked,
    is_searched,
)
from cwm_lab.worldmodel.values import MAX_ITEMS, Form, Text
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell

_NOT_FOUND = Form("ValueError", (Text("substring not found"),))


class Searches(Objects):
    """Methods of texts that find something in them."""

    def _searched(self, owner: Operand, method: str, args: Sequence[Operand]) -> str | None:
        """The text in which `count`, `replace` or `split` says where it finds something. Raises
        Unclear where that is not known."""
        text = text_in(owner)
        parts = _arguments(args)
        unknown = text is not None and None in args
        if unknown or (owner is None and method in SEARCHES):
            self._must_write()
            raise Unclear
        if text is None or len(parts) < len(args) or not is_searched(text, method, parts):
            return None
        return text

    def _found(self, found: Collection, name: str, args: Sequence[Operand]) -> Course:
        """The places of what is looked for, and what follows from them."""
        once = name in ONCE or name in ("lstrip", "rstrip")
        most = 1 if once else 2 if name == "strip" else MAX_ITEMS
        if name in ("split", "rsplit") and len(args) > 1:
            number = integer_of(plain(args[1])) or 0
            most = number if number >= 0 else MAX_ITEMS
        if name == "replace" and len(args) > 2:
            number = integer_of(plain(args[2])) or 0
            most = number if number >= 0 else MAX_ITEMS
        places = yield from self._places(found.size, EQUALS, 0, most)
        return (yield from self._follows(found, name, args, places))

    def _walking(self, found: Collection, name: str, args: Sequence[Operand]) -> Note | None:
        """The working steps of a search in a text; None if it carries none."""
        text, parts = _whole(found), _arguments(args)

        def working(pieces: Sequence[Piece]) -> Course:
            places = yield from self._walked(text, name, parts, pieces)
            if name in ("index", "rindex") and not places:
                self._may_fail(False, _NOT_FOUND)
                yield RAISE
                yield from self._ends_raising()
            yield EQUALS
            return (yield from self._follows(found, name, args, places))

        return working if can_be_walked(text, name, parts, self._searched_for) else None

    def _follows(
        self, found: Collection, name: str, args: Sequence[Operand], places: Sequence[int]
    ) -> Course:
        """What a search gives, by the places that it has found."""
        if name in ("count", "find", "index", "rfind", "rindex"):
            number = len(places) if name == "count" else places[0] if places else -1
            return (yield from self._answered(tuple(str(number))))
        text = _whole(found)
        if name in STRIPS:
            left, right = STRIPS[name]
            first = places[0] if left and places else 0
            last = places[-1] if right and places else len(text) - 1
            kept = text[first : last + 1] if places else ""
            return (yield from self._answered((OPEN, *spell(kept), CLOSE)))
        if name == "splitlines":
            ends = [-1, *places, *([len(text)] if text[-1:] not in ("", "\n") else [])]
            lines = [text[a + 1 : b] for a, b in pairwise(ends)]
            told = [(OPEN, *spell(line), CLOSE) for line in lines]
            return (yield from self._answered(Display([*told])))
        if not args:
            words = [text[place:].split(None, 1)[:1] for place in places]
            pieces = [word for some in words for word in some]
        else:
            sought, at = text_in(args[0]) or "", 0
            pieces = []
            for place in places:
                pieces.append(text[at:place])
                at = place + len(sought)
            pieces.append(text[at:])
        if name in ("partition", "rpartition"):
            empty = ["", ""]
            whole = [text, *empty] if name == "partition" else [*empty, text]
            parts = [pieces[0], text_in(args[0]) or "", pieces[1]] if places else whole
            told = [(OPEN, *spell(part), CLOSE) for part in parts]
            return (yield from self._answered(tuple_of(told)))
        if name in ("split", "rsplit"):
            made = [(OPEN, *spell(piece), CLOSE) for piece in pieces]
            return (yield from self._answered(Display([*made])))
        joined = (text_in(args[1]) or "").join(pieces)
        return (yield from self._answered(text_of([tuple(spell(joined))])))


def _whole(found: Collection) -> str:
    """The text that its letters make."""
    return "".join(text_in(item) or "" for item in found.items or ())


def _arguments(args: Sequence[Operand]) -> list[str | int]:
    """Those that are known texts or integers."""
    return [value for arg in args if (value := argument_of(arg)) is not None]
