"""What is in lists, texts, tuples and dicts that are known, and at which places: the network says
where an operation finds its value, or what it changes; the values that are there are carried."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial

from cwm_lab.worldmodel.choices import POSITIONS, Choice
from cwm_lab.worldmodel.course.collection import (
    VIEWS,
    Collection,
    Rows,
    all_plain,
    items_in,
    key_of,
    keys_of,
)
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.memberships import can_be_sought, places_of
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Note, Notes, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Known, Operand, Piece, Tokens, plain
from cwm_lab.worldmodel.course.operations import (
    integer_of,
    is_literal_value,
    is_text,
    lettered,
    printed,
    text_in,
    text_of,
)
from cwm_lab.worldmodel.course.ranges import contains, range_of
from cwm_lab.worldmodel.course.searching import (
    can_be_walked,
    is_searched,
    most_compared,
    walk,
)
from cwm_lab.worldmodel.course.set_tables import in_set_order, numbers_in
from cwm_lab.worldmodel.course.working import Working
from cwm_lab.worldmodel.values import MAX_ITEMS, MAX_TEXT, Form
from cwm_lab.worldmodel.vocabulary import CLOSE, INDICES, NEW_LABELS, OPEN, spell, unspell

Arrow = bool | None
"""Whether a note names places; None if that is not known."""
_PLACE = {index: place for place, index in enumerate(INDICES)}
_NEW = frozenset(NEW_LABELS)
TRUTHS = (("True",), ("False",))


class Items(Notes):
    """Notes of places, and what they tell."""

    def _collection(self, value: Operand) -> Collection | None:
        """A value that has places, if it is known."""
        if isinstance(value, Display):
            if value.items is None or value.cls:
                return None
            items: tuple[Operand, ...] = tuple(value.items)
            if value.keys is not None:
                return Collection("dict", tuple(value.keys), items, display=value)
            if value.is_set and numbers_in(items) is None:
                return None  # in its own order, see `_members`
            return Collection("set" if value.is_set else "list", items, display=value)
        tokens = plain(value)
        if tokens is None:
            return None
        if tokens[0] == OPEN:
            return Collection("text", tuple(map(_text, unspell(tokens[1:-1]))))
        if tokens[0] == "(":
            return Collection("tuple", tuple(items_in(tokens)))
        if tokens[0] in VIEWS:
            return self._viewed(tokens)
        if tokens[0] in self._displays:
            return self._collection(self._displays[tokens[0]])
        cell = self._cell(tokens)
        if cell is None or cell.kind not in ("list", "dict", "set"):
            return None
        if self._stale and tokens[0] not in self._now:
            found = Collection(cell.kind, None, label=tokens[0])
        else:
            found = self._now.get(tokens[0]) or self._content(tokens[0])
        ordered = found.items is None or numbers_in(found.items) is not None
        return None if found.kind == "set" and not ordered else found

    def _members(self, value: Operand) -> Collection | None:
        """The same, also of sets of texts and of tuples, in the order in which they are told: it is
        not the one in which Python goes through them."""
        if isinstance(value, Display) and value.is_set and value.items is not None:
            return Collection("set", tuple(value.items), display=value)
        tokens = plain(value)
        if tokens is not None and tokens[0] in self._displays:
            return self._members(self._displays[tokens[0]])
        cell = self._cell(value)
        if cell is None or cell.kind != "set" or self._collection(value) is not None:
            return self._collection(value)
        assert tokens is not None
        found = self._now.get(tokens[0]) or self._content(tokens[0])
        return found if in_set_order(found.items or ()) is not None else None

    def _content(self, label: str) -> Collection:
        """What the question shows of a list, set or dict."""
        if label in self.prompt.items:
            items = tuple(map(self._known, self.prompt.items[label]))
            return Collection(self.cells[label].kind, items, label=label)
        pairs = self.prompt.pairs[label]
        keys = tuple(self._known(key) for key, _ in pairs)
        return Collection("dict", keys, tuple(self._known(value) for _, value in pairs), label)

    def _viewed(self, tokens: Tokens) -> Collection | None:
        """What a view of a dict shows."""
        of = list(items_in(tokens[1:]))
        found = self._collection(of[0]) if len(of) == 1 else None
        if found is None or found.kind != "dict":
            return None
        if found.items is None:
            return Collection("view", None)
        rows = Rows(tokens[0], (found,))
        return Collection("view", tuple(map(rows.at, range(rows.size))))

    def _rows(self, iterable: Operand, *, nested: bool = False) -> Rows | None:
        """What a loop goes through, if its places are known. nested: also `enumerate` of `zip` and
        the like, which have no notes."""
        tokens = plain(iterable)
        name = tokens[0] if tokens is not None else ""
        if name not in ("enumerate", "zip", "reversed", *VIEWS):
            found = self._source(iterable)
            return None if found is None or found.items is None else Rows("", (found,))
        assert tokens is not None
        sources = list(items_in(tokens[1:]))
        start = 0
        if name == "enumerate" and len(sources) == 2:
            number = integer_of(sources.pop())
            if number is None:
                return None
            start = number
        bases = [self._source(source, nested=nested) for source in sources]
        known = [base for base in bases if base is not None and base.items is not None]
        if len(known) < len(bases) or not bases:
            return None
        if name in VIEWS and known[0].kind != "dict":
            return None
        if any((base.size or 0) > MAX_ITEMS for base in known):
            return None
        return Rows(name, tuple(known), start)

    def _source(self, value: Operand, *, nested: bool = False) -> Collection | None:
        """A collection, or a range that is not long. nested: or what an iterator gives."""
        tokens = plain(value)
        if nested and tokens is not None and tokens[0] in ("zip", "enumerate", "reversed", *VIEWS):
            rows = self._rows(value, nested=True)
            if rows is None:
                return None
            return Collection("tuple", tuple(map(rows.at, range(rows.size))))
        if tokens is None or tokens[0] != "range":
            return self._collection(value)
        edges = [integer_of(part) for part in items_in(tokens[1:])]
        known = [edge for edge in edges if edge is not None]
        if len(known) < len(edges) or not 2 <= len(known) <= 3 or known[2:] == [0]:
            return None
        numbers = range(*known)
        if len(numbers) > MAX_ITEMS:
            return None
        return Collection("range", tuple(tuple(str(number)) for number in numbers))

    def _is_plain(self, value: Operand) -> bool:
        """Whether it is no object and holds none."""
        if is_literal_value(plain(value)):
            return True
        found = self._members(value)
        if found is None or found.items is None:
            return False
        return bool(all_plain([*found.items, *found.values]))

    def _size(self, value: Operand) -> int | None:
        found = self._members(value)
        return None if found is None else found.size

    def _may_have_places(self, value: Operand) -> Arrow:
        """Whether a value has places; None if that is not known."""
        if self._collection(value) is not None:
            return True
        if isinstance(value, Display):
            return False
        tokens = plain(value)
        return None if tokens is None or not _NEW.isdisjoint(tokens) else False

    def _change(self, found: Collection) -> None:
        """Remember what a list or dict has become."""
        if found.label and found.items is not None:
            self._now[found.label] = found
        elif not found.displayed():
            self._stale = True
            self._pure = False

    def _joined(self, symbol: str, left: Operand, right: Operand) -> Known | None:
        """Two texts, lists or tuples, one behind the other, or one several times."""
        found = self._collection(left)
        if symbol == "*" and found is None:
            found, right = self._collection(right), left
        elif symbol == "+":
            other = self._collection(right)
            if found is None or other is None or found.kind != other.kind:
                return None
        if found is None or found.kind in ("dict", "set", "view") or symbol not in ("+", "*"):
            return None
        items = self._grown(found, symbol, right)
        if items is None:
            return None
        joined = replace(found, items=items).picked(range(len(items)))
        return joined if isinstance(joined, tuple | Display) else None

    def _grown(self, found: Collection, symbol: str, right: Operand) -> tuple[Operand, ...] | None:
        """The items of a collection once more are added, or several times; None if they are not
        known or too many."""
        if found.items is None:
            return None
        if symbol == "*":
            told = plain(right)
            count = int(told == ("True",)) if told in TRUTHS else integer_of(told)
            items = None if count is None else found.items * min(max(count, 0), MAX_TEXT + 1)
        else:
            more = self._collection(right)
            items = None if more is None or more.items is None else found.items + more.items
        most = MAX_TEXT if found.kind == "text" else MAX_ITEMS
        return None if items is None or len(items) > most else items

    def _linked(self, between: Operand, texts: Operand) -> Tokens | None:
        """What `join` makes of a list of texts."""
        found = self._collection(texts)
        parts: list[Tokens | None] = []
        for item in (None,) if found is None or found.items is None else found.items:
            if not is_text(plain(item)):
                return None
            parts += (
                [printed(plain(between)), printed(plain(item))] if parts else [printed(plain(item))]
            )
        return text_of(parts)

    # --- notes --------------------------------------------------------------------------------

    def _places(
        self, size: int | None, last: Choice, least: int = 0, most: int = MAX_ITEMS
    ) -> Generator[Signal, Sent, list[int]]:
        """Places, no one twice, and what follows them. size: how many there are, None if that is
        not known."""
        found: list[int] = []
        places = range(MAX_ITEMS if size is None else min(size, MAX_ITEMS))
        while True:
            left = [POSITIONS[p] for p in places if p not in found] if len(found) < most else []
            if len(found) >= least or not (left or self._may_raise):
                left.append(last)
            token = yield from self._or_raises(*left)
            if token in last:
                return found
            found.append(_PLACE[token])

    def _walked(
        self, text: str, method: str, args: Sequence[str | int], pieces: Sequence[Piece]
    ) -> Generator[Signal, Sent, list[int]]:
        """The places that a search in a text leads to, one letter at a time. pieces: the left side
        of its note."""
        self._searched_for += most_compared(text, method, args)
        places = yield from self._worked(walk(text, method, args), pieces, ARROW)
        for place in places:
            yield POSITIONS[place]
        return places

    def _item(self, found: Collection) -> Course:
        """The value at the one place that the network says."""
        places = yield from self._places(found.size, EQUALS, 1, 1)
        return (yield from self._answered(found.at(places[0]) if places else None))

    def _picked(self, found: Collection, least: int = 0) -> Course:
        """The values at some places, as a new collection."""
        places = yield from self._places(found.size, EQUALS, least)
        return (yield from self._answered(None if found.items is None else found.picked(places)))

    def _copied(self, found: Collection) -> Course:
        """All of its values, as a new collection."""
        if found.items is None:
            return (yield from self._picked(found))
        for place in POSITIONS[: len(found.items)]:  # noqa: UP028 - a tuple cannot be sent to
            yield place
        yield EQUALS
        return (yield from self._answered(found.picked(range(len(found.items)))))

    def _anywhere(self) -> Course:
        """Places, and a value that is asked for."""
        yield from self._places(None, EQUALS)
        return (yield from self._asked(END))

    def _silent(self) -> Course:
        """Places of a list that is not known."""
        yield from self._places(None, END)
        self._stale, self._pure = True, False
        return ("None",)

    def _membership(
        self, pieces: Sequence[Piece], *, safe: bool, error: Form | None = None
    ) -> Course:
        """Whether something is in a collection; if so, the network says where. error: with which it
        fails, if that is known."""
        left, right = pieces[0], pieces[-1]
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        text, within = text_in(left[0]), text_in(right[0])
        if (right[0] is None or within is not None) and (text is not None or left[0] is None):
            if None in (left[0], right[0]):
                self._must_write()
                raise Unclear
            assert within is not None
            assert text is not None
            if is_searched(within, "count", [text]):
                said = [(left[0], None), *pieces[1:-1], *lettered(within)]
                if not self._writes():
                    return self._noted_before(said)
                if can_be_walked(within, "find", [text], self._searched_for):
                    places = yield from self._walked(within, "find", [text], said)
                    yield EQUALS
                else:
                    yield from self._left(said, ARROW)
                    places = yield from self._places(len(within), EQUALS, 0, 1)
                return (yield from self._answered((str(bool(places) is ("not" not in pieces)),)))
        found, arrow = self._members(right[0]), self._may_have_places(right[0])
        numbers, number = range_of(right[0]), integer_of(plain(left[0]))
        worked = None
        if numbers is not None and number is not None and abs(number) < 100:
            worked = contains(numbers, number, positive="not" not in pieces)
        if found is not None:
            items = (None,) if found.items is None else found.items
            arrow = found.kind != "text" and all_plain([left[0], *items])
        size = None if found is None else found.size

        def ask() -> Course:
            places = yield from self._places(size, EQUALS, 0, 1)
            return (yield from self._answered((str(bool(places) is ("not" not in pieces)),)))

        in_text = found is not None and found.kind == "text" and is_text(plain(left[0]))
        safe = safe or in_text or bool(arrow) or worked is not None
        working: Note | None = None
        if arrow and found is not None:
            working = self._looked_for(left[0], found, 1, partial(self._said, "not" not in pieces))
        return (
            yield from self._noted(
                pieces,
                safe=safe,
                skippable=False,
                may_hint=arrow is None,
                arrow=arrow,
                ask=ask,
                worked=worked,
                working=working,
                error=error,
            )
        )

    def _said(self, positive: bool, places: Sequence[int]) -> Course:
        """Whether something is, or is not, in a collection, once it is known where."""
        yield EQUALS
        return (yield from self._answered((str(bool(places) is positive),)))

    def _looked_for(
        self,
        wanted: Operand,
        found: Collection,
        most: int | None,
        then: Callable[[Sequence[int]], Course],
    ) -> Note | None:
        """The working steps by which something is looked for among a collection's items, and what
        follows behind the places at which it is; None where there are none. most: how many are
        looked for."""
        key, keys = key_of(wanted), keys_of(found.items)
        if key is None or keys is None or not can_be_sought([key], keys):
            return None
        return partial(self._found_at, places_of(key, keys, most), then)

    def _found_at(
        self,
        steps: Working[list[int]],
        then: Callable[[Sequence[int]], Course],
        pieces: Sequence[Piece],
    ) -> Course:
        places = yield from self._worked(steps, pieces, ARROW)
        for place in places:
            yield POSITIONS[place]
        return (yield from then(places))


def _text(text: str) -> tuple[str, ...]:
    return (OPEN, *spell(text), CLOSE)
