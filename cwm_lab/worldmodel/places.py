"""Digits that know their place: how token texts become ids, and back.

The texts of the dialect spell a number with plain digits. The network is given, for each digit
outside of strings, a token that also says what it counts: units, tens, tenths. So the digits that
belong together in a sum or a comparison are alike, wherever they stand, and the first digit of an
answer says how long its number is. Digits in strings are characters and stay plain.

Source of the idea: McLeish et al. 2024, "Transformers Can Do Arithmetic with the Right Embeddings".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cwm_lab.worldmodel.choices import DIGITS, Choice, choice, exactly
from cwm_lab.worldmodel.vocabulary import (
    CLOSE,
    FOPEN,
    FRACTION_PLACES,
    ID_OF,
    OPEN,
    PLACED,
    TOKENS,
    WHOLE_PLACES,
)

_TOP, _LAST = WHOLE_PLACES - 1, -FRACTION_PLACES
_DIGITS = DIGITS.tokens
_ID = {key: ID_OF[token] for key, token in PLACED.items()}
_KEY = {number: key for key, number in _ID.items()}
_PLAIN = tuple(_KEY[number][0] if number in _KEY else token for number, token in enumerate(TOKENS))
_POINT = "point"


def encode(tokens: Sequence[str]) -> list[int]:
    """Token texts to ids. Raises KeyError for a text that is not in the inventory.

    Give whole questions and answers: a number cut in two is two numbers.
    """
    ids: list[int] = []
    strings: list[bool] = []  # what encloses the token: strings, and expressions within f-strings
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in _DIGITS and not (strings and strings[-1]):
            end = at + 1
            while end < len(tokens) and tokens[end] in _DIGITS:
                end += 1
            fraction = at > 1 and tokens[at - 1] == "." and tokens[at - 2] in _DIGITS
            first = -1 if fraction else end - at - 1
            for down, digit in enumerate(tokens[at:end]):
                ids.append(_ID[digit, min(max(first - down, _LAST), _TOP)])
            at = end
            continue
        ids.append(ID_OF[token])
        if token in (OPEN, FOPEN, "<eval>"):
            strings.append(token != "<eval>")
        elif strings and token == (CLOSE if strings[-1] else "<done>"):
            strings.pop()
        at += 1
    return ids


def decode(ids: Iterable[int]) -> list[str]:
    """Ids to token texts, digits plain."""
    return [_PLAIN[number] for number in ids]


@lru_cache(maxsize=20_000)
def spelled(tokens: tuple[str, ...]) -> tuple[Choice, ...]:
    """The choices that leave nothing but the tokens of a value that is known."""
    return tuple(
        exactly(token, number) if number in _KEY else choice(token)
        for token, number in zip(tokens, encode(tokens), strict=True)
    )


@lru_cache(maxsize=20_000)
def packed(ids: bytes) -> bytes:
    """A bit for each token of the inventory, one for those of the ids (int64, as bytes)."""
    bits = np.zeros(len(TOKENS), np.bool_)
    bits[np.frombuffer(ids, np.int64)] = True
    return np.packbits(bits).tobytes()


class Writer:
    """Writes one answer, token by token. The grammar says which texts may come next, this which
    ids: after a digit that counts hundreds one that counts tens, and after units no digit."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._string = False
        self._last: int | str | None = None

    def allowed(self, choice: Choice) -> NDArray[np.int64]:
        """The ids of which one must come next. Shape (n,), ascending."""
        if self._string or DIGITS.tokens.isdisjoint(choice.tokens):
            return choice.ids
        found = choice.placed.get(self._last)
        if found is None:
            found = choice.placed[self._last] = self._placed(choice)
        return found

    def forced(self, choice: Choice) -> str | None:
        """The only token that may come next, if the network need not be asked for it."""
        only = choice.only
        known = self._string or only not in _DIGITS or choice.number is not None
        return only if known else None

    def push(self, token: str, number: int | None = None) -> None:
        """A token that came; number: its id, if one of `allowed` was chosen."""
        if number is None:
            number = ID_OF[token]
            if token in _DIGITS and not self._string:
                place = self._next()
                number = _ID[token, place[-1] if place else 0]
        self.ids.append(number)
        if token == OPEN:
            self._string = True
        elif token == CLOSE:
            self._string = False
        if number in _KEY:
            self._last = _KEY[number][1]
        else:
            self._last = _POINT if token == "." and isinstance(self._last, int) else None

    def _next(self) -> tuple[int, ...]:
        """Places that the next digit may have, if it belongs to the number before it."""
        last = self._last
        if last == _POINT:
            return (-1,)
        if not isinstance(last, int):
            return ()
        if last == _TOP:
            return (_TOP, _TOP - 1)
        return () if last == 0 else (max(last - 1, _LAST),)

    def _placed(self, choice: Choice) -> NDArray[np.int64]:
        digits = choice.tokens & _DIGITS
        others = {ID_OF[token] for token in choice.tokens - digits}
        last = self._last
        if last is None:
            places: Sequence[int] = range(WHOLE_PLACES)
        elif last == 0:
            places = () if others else (0,)
        else:
            places = self._next()
            if isinstance(last, int) and last > 0:
                others = set()
        return np.array(sorted({_ID[d, p] for d in digits for p in places} | others), np.int64)
