"""Which bytes and control tokens may come next, so that what a network writes is always a trace.

What is known of the program's text decides: the form of a step, the names and the lines that there
are, on which line a function can begin, whether a `..` has a value to stand for. No value, branch
or order of lines is decided here. States are immutable, so a token of several bytes can be tried.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from cwm_lab.trace import parse_source
from cwm_lab.trace.cwm_layout import CwmLayout
from cwm_lab.trace.cwm_text import SEPARATORS, Control
from cwm_lab.trace.model import Event

Symbol = int | str
"""A byte, or a control token's name."""
_Part = Literal["step", "open", "key", "colon", "value", "next", "action", "line", "told", "result"]
_EVENTS: Mapping[str, Event] = {name: event for event, name in SEPARATORS.items()}
_QUOTE, _BACKSLASH, _NEWLINE = ord('"'), ord("\\"), ord("\n")
_OPENED, _CLOSED = ord("{"), ord("}")
_ESCAPES = frozenset(b'"\\/bfnrtu')
_HEX = frozenset(b"0123456789abcdefABCDEF")
_HIDDEN = ("__class__", "__module__", "__qualname__", "__firstlineno__", "__static_attributes__")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_UNCHANGED = b".."
_BOTH = frozenset((True, False))


@dataclass
class Trie:
    """Texts as bytes, letter by letter. whole: a text ends here."""

    ways: dict[int, Trie] = field(default_factory=dict)
    whole: bool = False

    @classmethod
    def of(cls, texts: Iterable[str]) -> Trie:
        """The trie of some texts."""
        root = cls()
        for text in texts:
            at = root
            for byte in text.encode():
                at = at.ways.setdefault(byte, cls())
            at.whole = True
        return root


@dataclass(frozen=True)
class State:
    """Where in a step the text is.

    names: those that the step has listed. at: the place in a trie. text: of the key, the value (of
    which only the beginning counts) or the line. escape: how many characters of an escape are due.
    stack: names of each frame, innermost last. unsure: after an exception that the innermost frame
    can catch, the lines on which it would; stays: whether the frame may have caught it, or not.
    """

    part: _Part = "step"
    event: Event = "call"
    names: frozenset[bytes] = frozenset()
    at: Trie | None = None
    text: bytes = b""
    literal: bytes = b""
    escape: int = 0
    stack: tuple[frozenset[bytes], ...] = ()
    unsure: frozenset[int] = frozenset()
    stays: frozenset[bool] = _BOTH
    begun: bool = False
    ended: bool = False


class CwmConstraint:
    """The grammar of answers about one program; `advance` is its only rule."""

    def __init__(self, layout: CwmLayout) -> None:
        self._layout = layout
        names = {*_IDENTIFIER.findall(layout.source), *_HIDDEN, *_bound(layout)}
        names |= {json.dumps(name)[1:-1] for name in names}
        self._names = sorted(name.encode() for name in names)
        steps: set[int] = set()
        begins: set[int] = set()
        for number, scope in enumerate(layout.scopes):
            steps |= {*scope.first, *scope.after, *scope.caught}
            steps |= {line for lines in scope.after.values() for line in lines}
            steps |= {line for lines in scope.caught.values() for line in lines}
            begins |= scope.yields | ({scope.line} if number else set())
        ends = steps | {scope.line for scope in layout.scopes[1:]} | {1}
        lines = layout.lines
        self._lines: dict[Event, Trie] = {
            "call": Trie.of(lines[n] for n in begins if n in lines),
            "line": Trie.of(lines[n] for n in steps if n in lines),
            "return": Trie.of(lines[n] for n in ends if n in lines),
        }
        self._lines["exception"] = self._lines["return"]
        self._entry = Trie.of({layout.entry, layout.entry.partition("#")[0].rstrip()})

    def start(self) -> State:
        """Before the first step."""
        return State()

    def advance(self, state: State, symbol: Symbol) -> State | None:
        """The state after one more symbol; None where it may not come."""
        if isinstance(symbol, str):
            return self._control(state, symbol)
        return _PARTS[state.part](self, state, symbol)

    def after(self, state: State, symbols: Iterable[Symbol]) -> State | None:
        """`advance` for several."""
        found: State | None = state
        for symbol in symbols:
            if found is None:
                return None
            found = self.advance(found, symbol)
        return found

    def _control(self, state: State, name: str) -> State | None:
        if state.part == "step" and not state.ended:
            if name == "end_of_text":
                may = state.begun and (not state.stack or (len(state.stack) == 1 and state.unsure))
                return replace(state, ended=True) if may else None
            event = _EVENTS.get(name)
            if event is None or (state.begun and not state.stack):
                return None
            if not state.begun and event != "call":
                return None
            if not state.begun or event in ("call", "line"):
                return replace(state, part="open", event=event, names=frozenset(), text=b"")
            return replace(state, part="action", event=event)
        if name == "action_sep" and state.part == "action":
            at = self._lines[state.event] if state.begun else self._entry
            return replace(state, part="line", at=at, text=b"")
        if name == "arg_sep" and state.part == "told" and state.event not in ("call", "line"):
            return replace(state, part="result", literal=b'"', escape=0)
        if name == "frame_sep":
            if state.part == "told" and state.event in ("call", "line"):
                return self._finished(state)
            if state.part == "result" and state.literal == b"done":
                return self._finished(state)
        return None

    def _meant(self, state: State) -> frozenset[int]:
        return self._layout.meant(state.text.decode(errors="replace"))

    def _finished(self, state: State) -> State:
        """A step is whole: what it does to the stack."""
        stack, unsure = state.stack, frozenset[int]()
        lines = self._meant(state)
        if state.event == "line" and state.unsure and not lines & state.unsure:
            stack = stack[:-1]
        if state.event == "call":
            stack = (*stack, state.names)
        elif state.event == "line":
            stack = (*stack[:-1], state.names)
        elif state.event == "return":
            stack = stack[:-1]
        else:
            unsure = frozenset(
                n
                for scope in self._layout.scopes
                for line in lines
                for n in scope.caught.get(line, ())
            )
            if not unsure or (state.unsure and not lines & state.unsure):
                stack = stack[:-1]
        return State(stack=stack, unsure=unsure, begun=True)

    # --- within a step ------------------------------------------------------------------------

    def _open(self, state: State, byte: int) -> State | None:
        """`{`, then a name or `}`."""
        if state.text == b"":
            return replace(state, text=b"{") if byte == _OPENED else None
        if byte == _CLOSED:
            return replace(state, part="action")
        if byte == _QUOTE and state.begun:
            return replace(state, part="key", text=b"")
        return None

    def _key(self, state: State, byte: int) -> State | None:
        if byte == _QUOTE and state.text not in state.names:
            at = bisect_left(self._names, state.text)
            there = self._names[at : at + 1] == [state.text]
            return replace(state, part="colon", literal=b': "') if there else None
        text = state.text + bytes([byte])
        return replace(state, text=text) if self._is_new(text, state.names) else None

    def _is_new(self, start: bytes, told: frozenset[bytes]) -> bool:
        """Whether a name that the step has not listed begins so."""
        at = bisect_left(self._names, start)
        while at < len(self._names) and self._names[at].startswith(start):
            if self._names[at] not in told:
                return True
            at += 1
        return False

    def _colon(self, state: State, byte: int) -> State | None:
        if byte != state.literal[0]:
            return None
        if len(state.literal) > 1:
            return replace(state, literal=state.literal[1:])
        names = state.names | {state.text}
        return replace(state, part="value", names=names, literal=state.text, text=b"", escape=0)

    def _value(self, state: State, byte: int) -> State | None:
        if byte == _QUOTE and not state.escape:
            stays = state.stays
            if state.text == _UNCHANGED:
                stays &= self._telling(state, state.literal)
                if not stays:
                    return None
            return replace(state, part="next", literal=b"", stays=stays)
        return _inside(state, byte)

    def _telling(self, state: State, name: bytes) -> frozenset[bool]:
        """Whether the frame that would stay, and the one below it, have told of a name."""
        if state.event == "call":
            return frozenset()
        told = [name in frame for frame in reversed(state.stack[-2:])]
        found = {True} if told and told[0] else set[bool]()
        if not state.unsure:
            return _BOTH if found else frozenset()
        return frozenset(found | ({False} if len(told) > 1 and told[1] else set()))

    def _next(self, state: State, byte: int) -> State | None:
        """`, "` and another name, or `}`."""
        wanted = b', "'[len(state.literal)]
        if not self._is_new(b"", state.names):
            return None
        if byte == _CLOSED and not state.literal:
            return replace(state, part="action")
        if byte != wanted:
            return None
        if byte == _QUOTE:
            return replace(state, part="key", text=b"", literal=b"")
        return replace(state, literal=state.literal + bytes([byte]))

    def _line(self, state: State, byte: int) -> State | None:
        assert state.at is not None
        if byte == _NEWLINE and state.at.whole:
            caught = bool(state.unsure and self._meant(state) & state.unsure)
            if state.unsure and state.event == "line" and caught not in state.stays:
                return None
            return replace(state, part="told")
        there = state.at.ways.get(byte)
        return None if there is None else replace(state, at=there, text=state.text + bytes([byte]))

    def _result(self, state: State, byte: int) -> State | None:
        if state.literal == b'"':
            return replace(state, literal=b"") if byte == _QUOTE else None
        if state.literal == b"done":
            return None
        if byte == _QUOTE and not state.escape:
            return replace(state, literal=b"done")
        inner = _inside(replace(state, text=b""), byte)
        return None if inner is None else replace(inner, text=state.text)


def _inside(state: State, byte: int) -> State | None:
    """One more byte of a JSON string's content."""
    if state.escape == 5:  # right behind a backslash
        if byte not in _ESCAPES:
            return None
        return replace(state, escape=4 if byte == ord("u") else 0)
    if state.escape:
        return replace(state, escape=state.escape - 1) if byte in _HEX else None
    if byte < 0x20:
        return None
    text = state.text + bytes([byte]) if len(state.text) < 3 else state.text
    return replace(state, escape=5 if byte == _BACKSLASH else 0, text=text)


def _nothing(_: CwmConstraint, state: State, byte: int) -> State | None:
    """Where only control tokens may come."""
    return None


_PARTS: Mapping[_Part, Callable[[CwmConstraint, State, int], State | None]] = {
    "step": _nothing,
    "open": CwmConstraint._open,
    "key": CwmConstraint._key,
    "colon": CwmConstraint._colon,
    "value": CwmConstraint._value,
    "next": CwmConstraint._next,
    "action": _nothing,
    "line": CwmConstraint._line,
    "told": _nothing,
    "result": CwmConstraint._result,
}


def _bound(layout: CwmLayout) -> set[str]:
    """Names that imports bind in another way than they are written: the first of `a.b`."""
    try:
        tree = parse_source(layout.source)
    except SyntaxError:
        return set()
    aliases = (node for node in ast.walk(tree) if isinstance(node, ast.alias))
    return {alias.name.partition(".")[0] for alias in aliases}


def symbols(pieces: Iterable[Control | str]) -> Iterable[Symbol]:
    """Pieces, symbol by symbol."""
    for piece in pieces:
        if isinstance(piece, Control):
            yield piece.name
        else:
            yield from piece.encode()
