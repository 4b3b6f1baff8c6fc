"""Operands of single forms: variables or literals, drawn near to what was mentioned before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.scene import Scene

_LITERAL: Final = 0.3
_REUSE: Final = 0.7
_MAX_NAMES: Final = 7


class Operands:
    """Gives the operands of one form after another; `declared` are the lines that they need."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.draw = scene, scene.draw
        self.declared: list[str] = []
        self._last: Any = None
        self._last_text = ""

    def begin(self) -> None:
        """A new form: nothing is declared for it, and nothing was mentioned."""
        self.declared = []
        self._last, self._last_text = 0, "0"

    def slot(self, code: str) -> str:
        """The text of an operand. Raises KeyError for a code that is not known."""
        near = _NEAR.get(code)
        if near is not None:
            return near(self)
        if code == "x":
            return self._last_text
        kind, make = OPERANDS[code.lower()]
        must_be_variable = code[0].isupper()
        names = self._names(code.lower(), kind)
        draw = self.draw
        if kind and names and draw.chance(_REUSE):
            text = draw.pick(names)
        elif kind and (must_be_variable or not draw.chance(_LITERAL)) and self._room():
            text = self._declare(kind, make(draw))
        elif must_be_variable:
            text = draw.pick(names) if names else self._declare(kind, make(draw))
        else:
            text = make(draw)
        self._mention(text)
        return text

    def value(self, kind: str) -> object:
        """Some other value of a kind of `scene.kind_of`."""
        for known, make in OPERANDS.values():
            if known == kind:
                value: object = self.scene.evaluate(make(self.draw))
                return value
        return None

    def _room(self) -> bool:
        return len(self.scene.names) < _MAX_NAMES

    def _names(self, code: str, kind: str) -> list[str]:
        """Variables of the kind that are not yet mentioned in the form, whose value fits."""
        if code not in _ANY_OF_KIND:
            return []
        names = [name for name in self.scene.of_kind(kind) if name != self._last_text]
        if code == "e":  # the order of a set of strings is another in each run
            names = [n for n in names if all(type(x) is int for x in self.scene.values[n])]
        return names

    def _declare(self, kind: str, literal: str) -> str:
        name = self.scene.new_name(kind)
        line = f"{name} = {literal}"
        self.scene.run(line)
        self.declared.append(line)
        return name

    def _mention(self, text: str) -> None:
        self._last, self._last_text = self.scene.evaluate(text), text

    # --- near to what was mentioned ------------------------------------------------------------

    def _piece(self) -> str:
        """A piece of the last string, or one that is not in it."""
        text, draw = self._last, self.draw
        if not isinstance(text, str) or not text or draw.chance(0.25):
            return draw.quoted(draw.pick(("a", "e", "z", "x", "an", "", " ", "A", "1")))
        start = draw.pick((0, len(text) - 1, draw.between(0, len(text) - 1)))
        size = draw.weighted(((1, 5), (2, 3), (3, 1), (len(text), 0.5)))
        return draw.quoted(text[start : start + size])

    def _index(self) -> str:
        """An index in, at and just over the ends of the last sequence."""
        size = len(self._last) if isinstance(self._last, str | list | tuple | dict) else 4
        draw = self.draw
        edges = ((0, 3), (-1, 3), (1, 2), (size - 1, 2), (size, 1.5), (-size, 1), (-size - 1, 0.3))
        return str(draw.weighted((*edges, (draw.between(-size, size + 1), 6), (-2, 1))))

    def _inner_index(self) -> str:
        """An index that exists, if there is one."""
        size = len(self._last) if isinstance(self._last, str | list | tuple) else 1
        draw = self.draw
        if size == 0:
            return "0"
        return str(draw.weighted(((0, 2), (-1, 3), (draw.between(-size, size - 1), 5))))

    def _slice(self) -> str:
        """The inside of a slice's brackets, of every form, with ends in and around the length."""
        draw = self.draw
        form = draw.weighted(
            (
                (":$", 3), ("$:", 3), ("$:$", 5), ("::-1", 2), ("::2", 1), (":", 0.6),
                ("1::2", 0.6), ("$:$:$", 1.2), ("::-2", 0.4), ("$::-1", 0.8), (":$:-1", 0.5),
                ("1:-1", 0.8), (":-1", 1), ("-2:", 0.7), ("1:", 1), ("$:$:2", 0.6),
                ("::3", 0.4), ("$:$:-1", 0.5),
            )
        )  # fmt: skip
        parts = form.split(":")
        if len(parts) == 3 and parts[2] == "$":
            parts[2] = draw.pick(("1", "2", "-1", "3", "-2"))
        shown = [self._index() if part == "$" else part for part in parts]
        back = len(shown) == 3 and shown[2].startswith("-")
        if form.startswith("$:$") and draw.chance(0.7):
            first, second = sorted((int(shown[0]), int(shown[1])), reverse=back)
            shown[0], shown[1] = str(first), str(second)
        return ":".join(shown)

    def _member(self) -> str:
        """An item or key of the last collection, or a stranger of the same kind."""
        draw, last = self.draw, self._last
        items = [*last] if isinstance(last, list | tuple | set | dict | str) else []
        if isinstance(last, set):
            items.sort(key=str)
        if not items:
            return draw.pick((str(draw.small()), draw.quoted(draw.noun())))
        if draw.chance(0.7):
            item = draw.pick(items)
        else:
            stranger = draw.small() if type(items[0]) is int else draw.noun()
            item = draw.pick("aeixz") if isinstance(last, str) else stranger
        return draw.quoted(item) if isinstance(item, str) else repr(item)

    def _near(self) -> str:
        """A number near to the last one, often the same."""
        draw, last = self.draw, self._last
        if isinstance(last, float):
            return repr(draw.pick((last, last + 0.5, last - 1, last + 0.1, float(round(last)))))
        if isinstance(last, str | list | tuple | set | dict):
            return str(max(0, len(last) + draw.between(-2, 2)))
        value = last if isinstance(last, int) else 3
        return str(value + draw.pick((0, 0, 0, 1, -1, 2, -2, 10, -10, draw.between(-60, 60))))


def _twin(draw: Draw, last: Any) -> str:
    """The literal of a value equal to the last one, or all but equal to it."""
    same = draw.chance(0.55)
    if isinstance(last, str):
        return draw.quoted(last if same else _misspelt(draw, last))
    if isinstance(last, list | tuple) and not same and last:
        items, at = list(last), draw.between(0, len(last) - 1)
        form = draw.pick(("change", "drop", "swap"))
        if form == "drop":
            del items[at]
        elif form == "swap":
            items[at], items[0] = items[0], items[at]
        elif isinstance(items[at], str):
            items[at] = _misspelt(draw, items[at])
        elif type(items[at]) is int:
            items[at] += draw.pick((1, -1, 10))
        return repr(tuple(items) if isinstance(last, tuple) else items)
    if type(last) in (int, float) and not same:
        return repr(last + draw.pick((1, -1, 1, -1, 10, -10, 9, 100)))
    return repr(last)


def _misspelt(draw: Draw, text: str) -> str:
    """Another text that looks like this one."""
    at = draw.between(0, max(0, len(text) - 1))
    letter = draw.pick("aeiostnrxz")
    return draw.pick(
        (
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[: at + 1],
            text + letter,
            text.swapcase() or letter,
            draw.noun(),
        )
    )


def _quoted_number(draw: Draw) -> str:
    """A text that a number might be read from."""
    number = str(draw.number())
    return draw.quoted(draw.weighted(((number, 5), (f" {number}", 1), (f"{number} ", 1))))


def _list_of(draw: Draw, make: Callable[[Draw], str], low: int, high: int) -> str:
    return "[" + ", ".join(make(draw) for _ in range(draw.between(low, high))) + "]"


def _ints(draw: Draw) -> str:
    return repr(draw.numbers())


def _strs(draw: Draw) -> str:
    return "[" + ", ".join(draw.quoted(word) for word in draw.words()) + "]"


def _set_of(items: list[str]) -> str:
    return "{" + ", ".join(dict.fromkeys(items)) + "}" if items else "set()"


def _table(draw: Draw) -> str:
    keys = list(dict.fromkeys(draw.words(0, 5)))
    return "{" + ", ".join(f"{draw.quoted(key)}: {draw.number()}" for key in keys) + "}"


def _grid(draw: Draw) -> str:
    width = draw.between(1, 4)
    return repr([[draw.small() for _ in range(width)] for _ in range(draw.between(1, 4))])


def _tuple(draw: Draw) -> str:
    items = [draw.quoted(draw.word()) if draw.chance(0.3) else str(draw.number())
             for _ in range(draw.between(1, 4))]  # fmt: skip
    return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"


def _decimal(draw: Draw) -> str:
    return repr(
        draw.weighted(((draw.decimal(), 6), (draw.between(-5, 20) / 10, 2), (0.1, 0.5), (0.0, 0.4)))
    )


def _anything(draw: Draw) -> str:
    kind = draw.pick(("i", "i", "f", "s", "b", "l", "d", "t", "o"))
    if kind == "o":
        return draw.pick(("None", "0", "''", "[]", "{}", "()", "set()", "0.0", "' '", "'0'", "[0]"))
    return OPERANDS[kind][1](draw)


def _real_text(draw: Draw) -> str:
    """A sentence or phrase of real words, up to some 25 characters."""
    words = [draw.noun() for _ in range(draw.between(2, 4))]
    if draw.chance(0.3):
        words.insert(draw.between(0, len(words)), draw.pick(v.LITTLE_WORDS))
    text = " ".join(words)[:28].strip()
    form = draw.rng.random()
    if form < 0.25:
        text = text.capitalize()
    elif form < 0.4:
        text = text.title()
    return draw.quoted(text + draw.pick(("", "", "", "!", ".", "?")))


OPERANDS: Final[dict[str, tuple[str, Callable[[Draw], str]]]] = {
    "i": ("int", lambda d: str(d.number())),
    "n": ("int", lambda d: str(d.between(0, 9))),
    "k": ("int", lambda d: str(d.between(2, 12))),
    "z": ("int", lambda d: str(d.pick((0, 1, -1, 2, -2, 9, 10, -10, 99, 100, 101, 999, 1000)))),
    "w": ("int", lambda d: str(d.between(-40, -1))),
    "h": ("int", lambda d: str(d.between(100, 9999))),
    "f": ("float", _decimal),
    "s": ("str", lambda d: d.quoted(d.text())),
    "v": ("str", lambda d: d.quoted(d.noun())),
    "y": ("str", _real_text),
    "c": ("str", lambda d: d.quoted(d.pick("abcdefghijklmnopqrstuvwxyzaeiouABZ 059!?,-"))),
    "q": ("str", _quoted_number),
    "b": ("bool", lambda d: d.pick(("True", "False"))),
    "l": ("ints", _ints),
    "u": ("strs", _strs),
    "g": ("grid", _grid),
    "d": ("dict", _table),
    "t": ("tuple", _tuple),
    "e": ("set", lambda d: _set_of([str(d.between(0, 15)) for _ in range(d.between(0, 6))])),
    "a": ("", _anything),
}  # fmt: skip
"""Code: (kind of `scene.kind_of`, or "" if it is never a variable; its literal)."""

_ANY_OF_KIND: Final = frozenset("i n f s y b l u g d t e".split())
"""Codes for which any variable of the kind will do."""

_NEAR: Final[dict[str, Callable[[Operands], str]]] = {
    "p": Operands._piece,
    "j": Operands._index,
    "J": Operands._inner_index,
    "sl": Operands._slice,
    "m": Operands._member,
    "r": Operands._near,
    "o": lambda operands: _twin(operands.draw, operands._last),
}
