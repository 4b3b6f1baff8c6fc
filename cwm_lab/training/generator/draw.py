"""Random choices with the habits of CS1 programs: which numbers, words and lists people write.

Everything comes from one `random.Random`; nothing depends on hash order.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from cwm_lab.training.generator import vocabulary as v

T = TypeVar("T")
_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PUNCTUATION = "!?.,-_:;'#@*/ "


class Draw:
    """A random source that knows what CS1 values look like."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        # People keep to one kind of quotes in a program, most of the time.
        self.quote = rng.choice(("'", '"') * 5 + ("mixed",))

    # -- plain choices ---------------------------------------------------------------------------
    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        return items[self.rng.randrange(len(items))]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One of (item, weight) pairs."""
        point = self.rng.random() * sum(weight for _, weight in items)
        for item, weight in items:
            point -= weight
            if point < 0:
                return item
        return items[-1][0]

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return self.rng.randint(low, high)

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        return self.rng.sample(list(items), min(count, len(items)))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        result = list(items)
        self.rng.shuffle(result)
        return result

    # -- numbers ---------------------------------------------------------------------------------
    def small(self) -> int:
        return self.between(0, 9) if self.chance(0.8) else self.between(-9, -1)

    def number(self) -> int:
        """An int as CS1 programs have them: mostly two digits, sometimes negative, rarely large."""
        form = self.rng.random()
        if form < 0.3:
            return self.between(0, 12)
        if form < 0.62:
            return self.between(10, 99)
        if form < 0.74:
            return self.between(-20, -1)
        if form < 0.84:
            return self.pick((0, 1, 2, 5, 10, 20, 25, 50, 100, 12, 60, 1000, 15, 30, 99))
        if form < 0.96:
            return self.between(100, 999)
        return self.between(1000, 9999) if self.chance(0.8) else self.between(-999, -21)

    def decimal(self) -> float:
        """A float with at most two decimals, such as a price or a measurement."""
        form = self.rng.random()
        if form < 0.35:
            return self.between(0, 40) * 0.5
        if form < 0.55:
            return self.between(-20, 80) * 0.25
        if form < 0.8:
            return round(self.between(0, 999) / 10, 1)
        return round(self.between(1, 9999) / 100, 2)

    # -- text ------------------------------------------------------------------------------------
    def noun(self) -> str:
        return self.pick(v.WORDS)

    def person(self) -> str:
        return self.pick(v.PEOPLE)

    def letters(self, low: int, high: int) -> str:
        """Letters that are no word, so that spelling cannot be guessed."""
        alphabet = _LETTERS if self.chance(0.6) else _LETTERS[: self.between(2, 6)]
        return "".join(self.pick(alphabet) for _ in range(self.between(low, high)))

    def recased(self, text: str) -> str:
        form = self.rng.random()
        if form < 0.5:
            return text
        if form < 0.68:
            return text.capitalize()
        if form < 0.8:
            return text.upper()
        if form < 0.9:
            return text.title()
        return "".join(c.upper() if self.chance(0.4) else c for c in text)

    def word(self) -> str:
        """One word, real or not, in any case."""
        form = self.rng.random()
        if form < 0.55:
            return self.recased(self.noun())
        if form < 0.75:
            return self.person()
        return self.recased(self.letters(1, 8))

    def sentence(self) -> str:
        words = [self.noun() for _ in range(self.between(2, 4))]
        if self.chance(0.4):
            words[0] = words[0].capitalize()
        if self.chance(0.3):
            words.insert(self.between(0, len(words)), self.pick(v.LITTLE_WORDS))
        text = self.pick((" ", " ", " ", " ", ", ", "  ", "-")).join(words)
        return text + (self.pick("!?..") if self.chance(0.25) else "")

    def digits(self, low: int = 1, high: int = 5) -> str:
        return "".join(self.pick(_DIGITS) for _ in range(self.between(low, high)))

    def text(self) -> str:
        """Any string: words, sentences, digits, mixtures, spaces around, now and then empty."""
        form = self.rng.random()
        if form < 0.4:
            return self.word()
        if form < 0.58:
            return self.sentence()
        if form < 0.68:
            return self.digits()
        if form < 0.77:
            return self.word()[:7] + self.digits(1, 3)
        if form < 0.84:
            pad = " " * self.between(1, 3)
            return self.pick((pad + self.word(), self.word() + pad, pad + self.word() + pad))
        if form < 0.9:
            mixture = _LETTERS[:6] + _DIGITS[:4] + "AZQ" + _PUNCTUATION
            return "".join(self.pick(mixture) for _ in range(self.between(1, 9)))
        if form < 0.95:
            return self.pick((",", "-", ":", ";", "/", "_")).join(
                self.pick((self.noun(), self.digits(1, 2), self.letters(1, 3)))
                for _ in range(self.between(2, 4))
            )
        if form < 0.98:
            return self.letters(1, 2) * self.between(1, 4)
        return ""

    # -- collections -----------------------------------------------------------------------------
    def size(self) -> int:
        """How many items a list has: usually three to six, sometimes none."""
        return self.weighted(
            ((0, 1), (1, 1.5), (2, 2), (3, 5), (4, 6), (5, 5), (6, 3), (7, 1), (8, 1))
        )

    def numbers(self, low: int = 0, high: int = 8) -> list[int]:
        """A list of ints of one kind (marks, counters, temperatures...), often with repeats."""
        count = min(max(self.size(), low), high)
        form = self.rng.random()
        if form < 0.3:
            return [self.between(0, 9) for _ in range(count)]
        if form < 0.5:
            return [self.between(1, 30) for _ in range(count)]
        if form < 0.65:
            return [self.between(40, 100) for _ in range(count)]
        if form < 0.8:
            return [self.between(-10, 15) for _ in range(count)]
        if form < 0.88:
            start, step = self.between(-5, 20), self.pick((1, 1, 2, 3, 5, 10, -1, -2))
            return [start + i * step for i in range(count)]
        if form < 0.94:
            few = [self.between(0, 12) for _ in range(2)]
            return [self.pick(few) for _ in range(count)]
        return [self.number() for _ in range(count)]

    def words(self, low: int = 0, high: int = 6) -> list[str]:
        count = min(max(self.size(), low), high)
        form = self.rng.random()
        if form < 0.55:
            return [self.noun() for _ in range(count)]
        if form < 0.75:
            return self.sample(v.PEOPLE, count)
        if form < 0.85:
            few = [self.noun() for _ in range(2)]
            return [self.pick(few) for _ in range(count)]
        return [self.word() for _ in range(count)]

    # -- writing values down ---------------------------------------------------------------------
    def quoted(self, text: str) -> str:
        """A string literal in the program's kind of quotes, where that needs no escapes."""
        plain = repr(text)
        quote = self.pick(("'", '"')) if self.quote == "mixed" else self.quote
        if quote == '"' and plain[0] == "'" and '"' not in text and "\\" not in plain:
            return f'"{text}"'
        return plain
