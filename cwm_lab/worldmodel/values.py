"""Values as the world model knows them: texts and labelled cells, never live objects.

A `Value` is an immutable `Atom`, `Text`, `Tup` or `Form`, or a mutable `Cell`, whose identity is
the Python identity of the cell: aliasing in the student's program is aliasing of cells.
`Writer` writes values as tokens, `Reader` reads them, `display` gives the text that a trace shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cwm_lab.errors import CWMLabError
from cwm_lab.worldmodel.vocabulary import (
    BUILTINS,
    CLOSE,
    ELIDED,
    EXCEPTIONS,
    INDICES,
    LABELS,
    NEW_LABELS,
    OPEN,
    PLACEHOLDERS,
    WORDS,
    spell,
    unspell,
)

MAX_ITEMS = len(INDICES)
MAX_TEXT = 160


class OutsideEnvelopeError(CWMLabError):
    """Something that the `transition` dialect has no words for."""


class UnparsableAnswerError(CWMLabError):
    """The network's answer is not well-formed."""


@dataclass(frozen=True)
class Atom:
    """A number, True, False, None, or the name of a builtin: shown as it is written."""

    text: str


@dataclass(frozen=True)
class Text:
    """A string."""

    text: str


@dataclass(frozen=True)
class Tup:
    """A tuple."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Form:
    """An immutable value written like a call: range, exception, enumerate, module, view."""

    name: str
    args: tuple[Value, ...]


CellKind = Literal["list", "dict", "set", "obj", "cls", "fn", "gen"]


@dataclass(eq=False)
class Cell:
    """A mutable value. Which fields count depends on `kind`.

    items: the elements of a list or set. pairs: the entries of a dict. attrs: the attributes of an
    object or class. cls: an object's class. name: of a function, class or generator; qualified: the
    same with what it was defined in, empty if that is not known. bases: of a class. methods: the
    names of a class's functions, inherited ones too. kinds: what those of them are that are no
    plain methods: `property`, `property =` if it can be set, `staticmethod`, `classmethod`. ended:
    whether a generator has. payload: what the scheduler keeps with a function or generator.
    """

    kind: CellKind
    items: list[Value] = field(default_factory=list)
    pairs: list[tuple[Value, Value]] = field(default_factory=list)
    attrs: dict[str, Value] = field(default_factory=dict)
    cls: Cell | None = None
    name: str = ""
    qualified: str = ""
    bases: tuple[Value, ...] = ()
    methods: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    payload: Any = None

    def shallow(self) -> tuple[Any, ...]:
        """The content one level deep, for finding out what changed."""
        return (tuple(self.items), tuple(self.pairs), tuple(self.attrs.items()))

    def take(self, other: Cell) -> None:
        """Become what `other` is, in place (an object only gains the attributes told)."""
        if self.kind in ("obj", "cls"):
            self.attrs.update(other.attrs)
        else:
            self.items, self.pairs = other.items, other.pairs


type_names = frozenset([*BUILTINS, *EXCEPTIONS])
Value = Atom | Text | Tup | Form | Cell
NONE, TRUE, FALSE = Atom("None"), Atom("True"), Atom("False")

_QUOTED_NAME = re.compile(r"('\w+')")
_LAZY_FORMS = {"enumerate", "zip", "map", "filter", "reversed", "<items>", "<keys>", "<values>"}


class Names:
    """Placeholders for the student's names, given out in order of first mention."""

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self.token_of: dict[str, str] = dict(known or {})

    def variable(self, name: str) -> str:
        token = self.token_of.get(name)
        if token is None:
            used = len(self.token_of)
            if used >= len(PLACEHOLDERS):
                raise OutsideEnvelopeError(
                    f"one statement mentions more than {len(PLACEHOLDERS)} names"
                )
            token = self.token_of[name] = PLACEHOLDERS[used]
        return token

    def attribute(self, name: str) -> str:
        return name if name in WORDS else self.variable(name)

    def restore(self, token: str) -> str:
        """The student's name behind a placeholder; other tokens stand for themselves."""
        if not hasattr(self, "_back"):
            self._back = {token: name for name, token in self.token_of.items()}
        return self._back.get(token, token)


class Writer:
    """Writes values as tokens; each mutable value gets a label at its first mention.

    names: placeholders. mentioned: attribute names that the statement speaks of; only these are
    shown of objects and classes. indexed: write strings with position tokens, unless inside of
    another value. nesting: how many objects deep attributes are followed. bound: the names of the
    program's own methods that were written without a call.
    """

    def __init__(
        self,
        names: Names,
        mentioned: frozenset[str] = frozenset(),
        *,
        indexed: bool = False,
        nesting: int = 1,
    ) -> None:
        self.names, self.mentioned, self.indexed, self.nesting = names, mentioned, indexed, nesting
        self.label_of: dict[Cell, str] = {}
        self.bound: dict[str, None] = {}
        self._pool: Sequence[str] = LABELS
        self._given = 0
        self._depth = self._inside = 0

    def switch_to_answer(self) -> None:
        """From now on, values not yet mentioned are new ones.

        Called for the scratchpad and again for the outcome, which names anew what is new.
        """
        self._pool, self._given, self.indexed = NEW_LABELS, 0, False
        for cell in [c for c, label in self.label_of.items() if label in _NEW_LABEL_SET]:
            del self.label_of[cell]

    def value(self, value: Value) -> list[str]:
        if isinstance(value, Atom):
            return [value.text] if value.text in WORDS else spell(value.text)
        if isinstance(value, Text):
            return self.text(value.text)
        if isinstance(value, Tup):
            self._inside += 1
            try:
                return self._sequence("(", value.items, ")")
            finally:
                self._inside -= 1
        if isinstance(value, Form):
            if (
                value.name in EXCEPTIONS
                and len(value.args) == 1
                and isinstance(value.args[0], Text)
            ):
                return [value.name, "(", INDICES[0], *self._message(value.args[0].text), ")"]
            if value.name == "<bound>" and isinstance(value.args[-1], Text):
                self.bound.setdefault(value.args[-1].text)
            return [value.name, *self._sequence("(", value.args, ")")]
        if value in self.label_of:
            return [self.label_of[value]]
        if self._given >= len(self._pool):
            raise OutsideEnvelopeError("one statement reads too many lists, dicts or objects")
        label = self.label_of[value] = self._pool[self._given]
        self._given += 1
        self._inside += 1
        try:
            return [label, *self.content(value)]
        finally:
            self._inside -= 1

    def _message(self, text: str) -> list[str]:
        """An exception's message, in which quoted names that have placeholders are written so."""
        if len(text) > MAX_TEXT:
            return self.text(text)
        out = [OPEN]
        for part in _QUOTED_NAME.split(text):
            token = self.names.token_of.get(part[1:-1]) if part.startswith("'") else None
            out += ["'", token, "'"] if token else spell(part)
        return [*out, CLOSE]

    def text(self, text: str) -> list[str]:
        if len(text) > MAX_TEXT:
            raise OutsideEnvelopeError(f"a string of {len(text)} characters is too long to predict")
        if self.indexed and not self._inside and len(text) <= MAX_ITEMS:
            marked = [token for k, char in enumerate(text) for token in (INDICES[k], *spell(char))]
            return [OPEN, *marked, CLOSE]
        return [OPEN, *spell(text), CLOSE]

    def content(self, cell: Cell) -> list[str]:
        """What stands behind the label of a cell."""
        kind = cell.kind
        if kind == "list":
            return self._sequence("[", cell.items, "]")
        if kind == "set":
            return ["<set>", *self._sequence("{", cell.items, "}")]
        if kind == "dict":
            return self._dict(cell.pairs)
        if kind == "fn":
            return ["<fn>"]
        if kind == "gen":
            return ["<gen>", *(["<done>"] if cell.ended else [])]
        if kind == "cls":
            bases = [token for base in cell.bases for token in self.value(base)]
            methods = [
                token
                for name in cell.methods
                if name in self.mentioned or name.startswith("__")
                for token in (self.names.attribute(name), *cell.kinds.get(name, "").split())
            ]
            name = self.names.variable(cell.name)
            return ["<cls>", name, "(", *bases, ")", "<methods>", *methods, *self._attrs(cell)]
        assert cell.cls is not None
        kind_tokens = ["<obj>", *self.value(cell.cls)]
        if self._depth >= self.nesting:
            return [*kind_tokens, ELIDED]
        self._depth += 1
        try:
            return [*kind_tokens, *self._attrs(cell)]
        finally:
            self._depth -= 1

    def _attrs(self, cell: Cell) -> list[str]:
        out = ["{"]
        for name, value in cell.attrs.items():
            if name in self.mentioned or name == "args":
                out += [self.names.attribute(name), "=", *self.value(value)]
        return [*out, "}"]

    def _sequence(self, start: str, items: Iterable[Value], end: str) -> list[str]:
        out = [start]
        for k, item in enumerate(items):
            if k >= MAX_ITEMS:
                raise OutsideEnvelopeError(f"a value with more than {MAX_ITEMS} items")
            out += [INDICES[k], *self.value(item)]
        return [*out, end]

    def _dict(self, pairs: Iterable[tuple[Value, Value]]) -> list[str]:
        out = ["{"]
        for k, (key, value) in enumerate(pairs):
            if k >= MAX_ITEMS:
                raise OutsideEnvelopeError(f"a dict with more than {MAX_ITEMS} entries")
            out += [INDICES[k], *self.value(key), ":", *self.value(value)]
        return [*out, "}"]


class Reader:
    """Reads values from an answer's tokens, creating cells for new labels.

    names and cells come from the `Writer` that wrote the prompt.
    """

    def __init__(self, tokens: Sequence[str], names: Names, cell_of: dict[str, Cell]) -> None:
        self.tokens, self.names, self.cell_of = tokens, names, cell_of
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise UnparsableAnswerError("the answer stops too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token: str) -> None:
        got = self.next()
        if got != token:
            raise UnparsableAnswerError(f"expected {token!r}, got {got!r}")

    def value(self) -> Value:
        token = self.next()
        if token == OPEN:
            return Text(self._string())
        if token == "(":
            return Tup(tuple(self._items(")")))
        if token.startswith("#") and token in _LABEL_SET:
            if token not in self.cell_of:
                raise UnparsableAnswerError(f"unknown label {token}")
            return self.cell_of[token]
        if token.startswith("@") and token in _LABEL_SET:
            if token not in self.cell_of:
                self.cell_of[token] = Cell("list")  # so that a value may contain itself
                self.content(self.cell_of[token])
            return self.cell_of[token]
        if token in _FORM_NAMES and self.peek() == "(":
            self.next()
            return Form(token, tuple(self._items(")")))
        if token in WORDS and len(token) > 1:
            return Atom(token)
        if len(token) == 1 and token in "-0123456789":
            if token == "-" and tuple(self.tokens[self.at : self.at + 3]) == ("i", "n", "f"):
                self.at += 3
                return Atom("-inf")
            text = token
            while len(self.peek()) == 1 and (self.peek() in "0123456789.e+-j"):
                text += self.next()
            return Atom(text)
        raise UnparsableAnswerError(f"no value starts with {token!r}")

    def _string(self) -> str:
        out: list[str] = []
        while (token := self.next()) != CLOSE:
            out.append(self.names.restore(token))
        return unspell(out)

    def content(self, cell: Cell) -> None:
        """Fill a cell from the tokens behind its label."""
        token = self.next()
        cell.items, cell.pairs = [], []
        if token == "[":
            cell.kind = "list"
            cell.items = self._items("]")
        elif token == "<set>":
            cell.kind = "set"
            self.expect("{")
            cell.items = self._items("}")
        elif token == "<obj>":
            cell.kind = "obj"
            cls = self.value()
            if not (isinstance(cls, Cell) and cls.kind == "cls"):
                raise UnparsableAnswerError("an object's class is not a class")
            cell.cls = cls
            self.attributes(cell)
        elif token == "{":
            cell.kind = "dict"
            while self.peek() != "}":
                self._index()
                key = self.value()
                self.expect(":")
                cell.pairs.append((key, self.value()))
            self.next()
        else:
            raise UnparsableAnswerError(f"no content starts with {token!r}")

    def attributes(self, cell: Cell) -> None:
        self.expect("{")
        while self.peek() != "}":
            name = self.names.restore(self.next())
            self.expect("=")
            cell.attrs[name] = self.value()
        self.next()

    def _items(self, end: str) -> list[Value]:
        items: list[Value] = []
        while self.peek() != end:
            self._index()
            items.append(self.value())
        self.next()
        return items

    def _index(self) -> None:
        token = self.next()
        if token not in _INDEX_SET:
            raise UnparsableAnswerError(f"expected a position, got {token!r}")


_NEW_LABEL_SET = frozenset(NEW_LABELS)
_LABEL_SET = frozenset(LABELS + NEW_LABELS)
_INDEX_SET = frozenset(INDICES)
_FORM_NAMES = frozenset(
    ["range", "slice", "<module>", "<exception>", *_LAZY_FORMS, *EXCEPTIONS, "<bound>"],
)


def counted(iterable: Value) -> int:
    """How much is in the dicts and sets that a loop goes through: Python ends one in which that
    has changed."""
    if isinstance(iterable, Cell):
        if iterable.kind == "dict":
            return len(iterable.pairs)
        return len(iterable.items) if iterable.kind == "set" else 0
    return sum(map(counted, iterable.args)) if isinstance(iterable, Form) else 0
