"""The grammar of answers: which tokens may come next, so that every answer can be read.

Each rule is a coroutine: it yields the `Choice` of what may come next and is sent the token that
came. A rule is given its first token and returns the first one after it. What the rules know is
known from the source and the question: the names that a statement binds, the labels in the prompt,
the methods of a class. They never know a value.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

from cwm_lab.worldmodel.choices import (
    ATOMS,
    CHARACTER,
    CLOSING,
    DIGITS,
    LAZY,
    MARKED_FORMS,
    NESTED,
    NEW,
    POSITIONS,
    Choice,
    choice,
    continuations,
    union,
    without,
)
from cwm_lab.worldmodel.display import is_exception_class
from cwm_lab.worldmodel.values import MAX_TEXT, Cell
from cwm_lab.worldmodel.vocabulary import CLOSE, EXCEPTIONS, INDICES, OPEN

MAX_NESTING = 20
MAX_DIGITS = 24
Rule = Generator[Choice, str, str]
_EXCEPTIONS = frozenset(EXCEPTIONS)
_CONTAINERS = ("list", "dict", "set")
_ENDS = (CLOSE, ")")
"""What ends a string, a tuple or an exception."""
_NEW_NUMBER = {label.only: number for number, label in enumerate(NEW)}
_POINT, _EXPONENT, _SIGNS = choice("."), choice("e"), choice("+", "-")
_OPEN_BRACE, _OPEN_PAREN, _EQUALS, _COLON = choice("{"), choice("("), choice("="), choice(":")
_END_BRACE, _QUOTE = choice("}"), choice("'")


class ValueGrammar:
    """How values are written in one answer.

    cells: the labels of the prompt. attributes: tokens of the attributes that the question speaks
    of. names: placeholders that may stand in an exception's message.
    """

    def __init__(
        self, cells: dict[str, Cell], attributes: tuple[str, ...], names: tuple[str, ...]
    ) -> None:
        self.cells, self.attributes = cells, attributes
        self.names = choice(*names) if names else None
        self.classes = [label for label, cell in cells.items() if cell.kind == "cls"]
        self._labels = choice(*cells) if cells else None
        hashable = [label for label, cell in cells.items() if cell.kind not in _CONTAINERS]
        self._hashable = choice(*hashable) if hashable else None
        self._given = 0
        self._new_containers: set[int] = set()

    @property
    def has_new(self) -> bool:
        """Whether a new label is in use."""
        return self._given > 0

    def new_container(self) -> int | None:
        """The number of the next new label, which becomes a list's; None if there is none left."""
        if self._given >= len(NEW):
            return None
        self._new_containers.add(self._given)
        self._given += 1
        return self._given - 1

    def start(self, depth: int = 0, *, key: bool = False) -> Choice:
        """How a value may begin here. key: it is to be a key of a dict or an item of a set, which
        no list, dict or set can be."""
        labels = self._hashable if key else self._labels
        parts = [ATOMS] if labels is None else [ATOMS, labels]
        parts += [
            label
            for number, label in enumerate(NEW[: self._given])
            if not (key and number in self._new_containers)
        ]
        if depth < MAX_NESTING:
            parts.append(NESTED)
            if not key or self.classes:
                parts += NEW[self._given : self._given + 1]
        return union(*parts)

    def value(self, token: str, follow: Choice, depth: int = 0, *, key: bool = False) -> Rule:
        """One value."""
        if token == OPEN:
            yield from self.string()
            return (yield follow)
        if token == "(":
            yield from self._items(")", depth, key=key)
            return (yield follow)
        if token in _NEW_NUMBER:
            if _NEW_NUMBER[token] == self._given:
                self._given += 1
                yield from self._new(depth, key=key)
            return (yield follow)
        if token in DIGITS or token == "-":
            return (yield from _number(token, follow))
        if token in MARKED_FORMS:
            yield _OPEN_PAREN
        elif token in _EXCEPTIONS or token in LAZY:
            token_after = yield union(follow, _OPEN_PAREN) if depth < MAX_NESTING else follow
            if token_after != "(":
                return token_after
        else:
            return (yield follow)
        yield from self._items(")", depth, message=token in _EXCEPTIONS)
        return (yield follow)

    def exception(self, token: str, follow: Choice) -> Rule:
        """An exception that is raised: a builtin one with its arguments, or an object."""
        if token in _EXCEPTIONS:
            yield _OPEN_PAREN
            yield from self._items(")", 0, message=True)
            return (yield follow)
        return (yield from self.value(token, follow))

    def exception_start(self) -> Choice:
        """How an exception may begin."""
        kinds = [label for label in self.classes if is_exception_class(self.cells[label])]
        objects = [label for label, cell in self.cells.items() if cell.kind == "obj"]
        parts = [choice(*EXCEPTIONS, *objects)]
        return union(*parts, NEW[self._given]) if kinds and self._given < len(NEW) else parts[0]

    def string(self, *, message: bool = False) -> Generator[Choice, str, None]:
        """The characters of a string and its end. In a message, the program's names stand as
        placeholders between quotes."""
        quoted = message and self.names is not None
        after_quote = False
        for _ in range(MAX_TEXT):
            allowed = CHARACTER
            if quoted and after_quote:
                assert self.names is not None
                allowed = union(CHARACTER, self.names)
            token = yield allowed
            if token == "</str>":
                return
            if after_quote and self.names is not None and token in self.names:
                yield _QUOTE
                after_quote = False
                continue
            after_quote = token == "'"
            for needed in continuations(token):  # noqa: UP028 - a tuple cannot be sent to
                yield needed
        yield CLOSING

    def content(self, kind: str, depth: int = 0) -> Generator[Choice, str, None]:
        """What stands behind the label of a list, set or dict, beginning with its bracket."""
        if kind == "list":
            yield choice("[")
            yield from self._items("]", depth)
        elif kind == "set":
            yield choice("<set>")
            yield _OPEN_BRACE
            yield from self._different_items(depth)
        else:
            yield _OPEN_BRACE
            yield from self._pairs(depth)

    def _new(self, depth: int, *, key: bool) -> Generator[Choice, str, None]:
        kinds = [] if key else ["[", "<set>", "{"]
        token = yield choice(*kinds, *(["<obj>"] if self.classes else []))
        if token != "<obj>":
            self._new_containers.add(self._given - 1)
        if token == "[":
            yield from self._items("]", depth)
        elif token == "<set>":
            yield _OPEN_BRACE
            yield from self._different_items(depth)
        elif token == "{":
            yield from self._pairs(depth)
        else:
            yield from self.new_object(depth)

    def first_object(self) -> Generator[Choice, str, str]:
        """The rest of a new object that is the answer's first new value. Returns the label of its
        class."""
        self._given = 1
        return (yield from self.new_object(0))

    def new_object(self, depth: int) -> Generator[Choice, str, str]:
        """A new object after `<obj>`: its class and the attributes that are told. Returns the
        class's label."""
        label = yield choice(*self.classes)
        yield _OPEN_BRACE
        left = [name for name in self.attributes if name != "e"]  # it would go on a number
        if is_exception_class(self.cells[label]):
            left = [name for name in left if name != "args"]
            yield choice("args")
            yield _EQUALS
            yield _OPEN_PAREN
            yield from self._items(")", depth + 1)
        token = yield _named(left)
        while token != "}":
            left.remove(token)
            yield _EQUALS
            token = yield self.start(depth + 1)
            token = yield from self.value(token, _named(left), depth + 1)
        return label

    def _items(
        self, end: str, depth: int, *, message: bool = False, key: bool = False
    ) -> Generator[Choice, str, None]:
        ending = choice(end)
        token = yield union(ending, POSITIONS[0])
        for number in range(1, len(INDICES) + 1):
            if token == end:
                return
            follow = union(ending, POSITIONS[number]) if number < len(POSITIONS) else ending
            token = yield self.start(depth + 1, key=key)
            if message and number == 1 and token == OPEN:
                yield from self.string(message=True)
                token = yield follow
            else:
                token = yield from self.value(token, follow, depth + 1, key=key)

    def _different_items(self, depth: int) -> Generator[Choice, str, None]:
        """The items of a set, no two alike."""
        seen: set[tuple[str, ...]] = set()
        token = yield union(_END_BRACE, POSITIONS[0])
        for number in range(1, len(INDICES) + 1):
            if token == "}":
                return
            follow = union(_END_BRACE, POSITIONS[number]) if number < len(POSITIONS) else _END_BRACE
            token = yield from self._unlike(seen, follow, depth + 1)

    def _unlike(
        self, seen: set[tuple[str, ...]], follow: Choice, depth: int
    ) -> Generator[Choice, str, str]:
        """A key or an item of a set that is not written like any that is seen, which it joins: the
        token that would make it so is not allowed."""
        token = yield without(
            self.start(depth, key=True),
            frozenset(known[0] for known in seen if len(known) == 1 and known[0] not in DIGITS),
        )
        rule = self.value(token, follow, depth, key=True)
        path: tuple[str, ...] = (token,)
        allowed = next(rule)
        while True:
            size = len(path)
            last = frozenset(
                known[size]
                for known in seen
                if len(known) == size + 1 and known[-1] in _ENDS and known[:size] == path
            )
            if path in seen and path[-1] in DIGITS:  # a number ends where something else follows
                last |= follow.tokens
            token = yield without(allowed, last) if last else allowed
            try:
                allowed = rule.send(token)
            except StopIteration as stop:
                seen.add(path[:1] if path[0] in _NEW_NUMBER else path)
                after: str = stop.value
                return after
            path += (token,)

    def _pairs(self, depth: int) -> Generator[Choice, str, None]:
        seen: set[tuple[str, ...]] = set()
        token = yield union(_END_BRACE, POSITIONS[0])
        for number in range(1, len(INDICES) + 1):
            if token == "}":
                return
            follow = union(_END_BRACE, POSITIONS[number]) if number < len(POSITIONS) else _END_BRACE
            yield from self._unlike(seen, _COLON, depth + 1)
            token = yield self.start(depth + 1)
            token = yield from self.value(token, follow, depth + 1)


def _named(names: Iterable[str]) -> Choice:
    return choice("}", *names)


def _number(token: str, follow: Choice) -> Rule:
    """A number as Python writes it: -12, 0.5, 1e-05, -inf."""
    length = 1
    if token == "-":
        token = yield union(DIGITS, choice("i"))
        length += 1
        if token == "i":
            yield choice("n")
            yield choice("f")
            return (yield follow)
    zero = token == "0"
    while token in DIGITS:
        allowed = [follow]
        if length <= MAX_DIGITS - 2:
            allowed.append(_POINT)
        if not zero and length < MAX_DIGITS:
            allowed.append(DIGITS)
        if not zero and length <= MAX_DIGITS - 4:
            allowed.append(_EXPONENT)
        zero = False
        token = yield union(*allowed)
        length += 1
    if token == ".":
        token = yield DIGITS
        length += 1
        while token in DIGITS:
            allowed = [follow]
            if length < MAX_DIGITS:
                allowed.append(DIGITS)
            if length <= MAX_DIGITS - 4:
                allowed.append(_EXPONENT)
            token = yield union(*allowed)
            length += 1
    if token == "e" and token not in follow:
        yield _SIGNS
        yield DIGITS
        yield DIGITS
        token = yield union(DIGITS, follow)
        if token in DIGITS:
            token = yield follow
    return token
