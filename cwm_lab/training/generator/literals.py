"""Other constants of the same kind: numbers of the same size, words for words, lists of other
lengths. What a value is used for is not known here; whether a program still does what it did is
seen by running it."""

from __future__ import annotations

import ast
import random
import re
from typing import Any

from cwm_lab.training.generator.vocabulary import PEOPLE, WORDS

_WORD = re.compile(r"[A-Za-z]{2,}")
_SPEC = re.compile(r"^(.?[<>=^])?([+ ]?)(#?)(0?)(\d*)([,_]?)(\.\d+)?([a-zA-Z%]?)$")
_FIELD = re.compile(r"(?<=:)[^{}:]*(?=\})")
_PERCENT = re.compile(r"(?<=%)(-?)(\d+)(?=(?:\.\d+)?[a-z])")
_KEPT_INTS = (-1, 0, 1, 2)


class Literals:
    """Chooses values for one variation: the same text becomes the same other text everywhere in it,
    so that a key is still found where it was. steady: whether equal numbers stay equal, too."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.steady = rng.random() < 0.6
        self.share = rng.choice((0.35, 0.7, 0.9))
        """Of the constants that are changed."""
        self._words: dict[str, str] = {}
        self._numbers: dict[float, Any] = {}

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def value(self, value: Any, *, inside: bool = False) -> Any:
        """Another value for a constant, or the same one. inside: it is an item of a display."""
        if isinstance(value, bool):
            return not value if inside and self.chance(0.3) else value
        if isinstance(value, int | float):
            if not inside and value in _KEPT_INTS and not self.chance(0.1):
                return value
            if not self.chance(self.share):
                return value
            if not self.steady:
                return self._number(value, inside)
            if value not in self._numbers:
                self._numbers[value] = self._number(value, inside)
            return self._numbers[value]
        if isinstance(value, str):
            return self.text(value)
        return value

    def container(self, node: ast.expr) -> ast.expr | None:
        """Another display for one of constants, maybe of another length; None if it is none."""
        if not isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set):
            return None
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        if len(value) < 2:
            return None
        length = not isinstance(value, tuple) and self.chance(0.5)
        new = self._varied(value, length=length)
        try:
            return ast.parse(repr(new), mode="eval").body if new != value else node
        except SyntaxError:
            return None

    def _varied(self, value: Any, *, length: bool) -> Any:
        if isinstance(value, dict):
            pairs = [(self.value(k, inside=True), self._item(v)) for k, v in value.items()]
            return dict(
                self._longer(pairs, lambda p: (self._fresh(p[0]), self._item(p[1])))
                if length
                else pairs
            )
        items = [self._item(item) for item in value]
        if length:
            items = self._longer(items, self._fresh)
        return type(value)(items)

    def _item(self, value: Any) -> Any:
        if isinstance(value, list | tuple | dict | set):
            return self._varied(value, length=False)
        return self.value(value, inside=True)

    def _longer(self, items: list[Any], make: Any) -> list[Any]:
        """One or two items more or fewer, at least one left."""
        change = self.rng.choice((-2, -1, 1, 1, 2))
        if change < 0:
            for _ in range(min(-change, len(items) - 1)):
                items.pop(self.rng.randrange(len(items)))
        for _ in range(change):
            items.insert(self.rng.randint(0, len(items)), make(self.rng.choice(items)))
        return items

    def _fresh(self, value: Any) -> Any:
        """A value like this one that need not be the one it became elsewhere."""
        if isinstance(value, bool):
            return self.chance(0.5)
        if isinstance(value, int | float):
            return self._number(value, True)
        if isinstance(value, str):
            return _WORD.sub(lambda match: self._other(match[0]), value)
        if isinstance(value, tuple | list):
            return type(value)(self._fresh(item) for item in value)
        return value

    def _number(self, value: Any, inside: bool) -> Any:
        rng = self.rng
        if isinstance(value, float):
            decimals = len(repr(value).partition(".")[2]) if "e" not in repr(value) else 1
            size = max(1.0, abs(value))
            new = round(rng.uniform(0.2, 1.8) * size, min(decimals, 3))
            return -new if value < 0 else new
        size = abs(value)
        if size <= 20 and not inside:
            new = max(0 if size == 0 else 1, size + rng.choice((-3, -2, -1, 1, 2, 3)))
        else:
            digits = len(str(size))
            if rng.random() < 0.15:
                digits = max(1, digits + rng.choice((-1, 1)))
            new = rng.randint(10 ** (digits - 1) if digits > 1 else 0, 10**digits - 1)
        return -new if value < 0 else new

    def text(self, text: str) -> str:
        """Other words in a text; one letter or digit for another; other widths in its formats."""
        rng = self.rng
        if len(text) == 1:
            if not self.chance(self.share * 0.6):
                return text
            if text.isalpha():
                return self._known(text, rng.choice("abcdefghijklmnoprstuwxyz"))
            if text.isdigit():
                return self._known(text, str(rng.randint(0, 9)))
            return text
        if text.isdigit():
            low = 10 ** (len(text) - 1)
            return self._known(text, str(rng.randint(low, 10 * low - 1)))
        if "{" in text:
            parts = re.split(r"(\{[^{}]*\})", text)
            return "".join(
                _FIELD.sub(lambda m: self.spec(m[0]), part)
                if part.startswith("{")
                else self._phrase(part)
                for part in parts
            )
        if "%" in text:
            return _PERCENT.sub(
                lambda m: m[1] + str(max(1, int(m[2]) + rng.choice((-2, -1, 0, 1, 2)))), text
            )
        return self._phrase(text)

    def _phrase(self, text: str) -> str:
        alone = bool(_WORD.fullmatch(text))
        share = self.share if alone else 0.4 * self.share
        return _WORD.sub(
            lambda m: self._word(m[0]) if self.chance(share) else self._words.get(m[0], m[0]), text
        )

    def _word(self, word: str) -> str:
        return self._known(word, self._other(word))

    def _known(self, old: str, new: str) -> str:
        return self._words.setdefault(old, new)

    def _other(self, word: str) -> str:
        """A word of about the same length, written in the same way."""
        pool = PEOPLE if word[:1].isupper() and not word.isupper() and self.chance(0.7) else WORDS
        near = [w for w in pool if abs(len(w) - len(word)) <= self.rng.choice((1, 2, 4))]
        new = self.rng.choice(near or pool)
        if word.isupper():
            return new.upper()
        return new.capitalize() if word[:1].isupper() else new.lower()

    def spec(self, spec: str) -> str:
        """Another width, precision or side in a format specification."""
        match = _SPEC.match(spec)
        if match is None or not spec:
            return spec
        align, sign, alternate, zero, width, comma, precision, kind = (
            p or "" for p in match.groups()
        )
        if width and self.chance(0.7):
            width = str(max(1, int(width) + self.rng.choice((-3, -2, -1, 1, 2, 3, 4))))
        if align and self.chance(0.35):
            align = align[:-1] + self.rng.choice("<>^")
        if precision and self.chance(0.4):
            precision = f".{self.rng.randint(0, 3)}"
        return align + sign + alternate + zero + width + comma + precision + kind
