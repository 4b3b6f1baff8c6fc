"""Sets of tokens that may come next: interned, so that a mask is made once and looked up after."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cwm_lab.worldmodel.vocabulary import (
    BUILTINS,
    CHARACTERS,
    CLOSE,
    EXCEPTIONS,
    ID_OF,
    INDICES,
    LABELS,
    NEW_LABELS,
    OPEN,
    OUTCOME,
    PLACED,
    PLACEHOLDERS,
    TOKENS,
)

_CLOSERS = (
    *(CLOSE, OUTCOME, ";", ")", "}", "]", "<ok>", "<done>", "=", "False", "True", "<it=>"),
    *("<ret>", "<raise>", "Exception", "None", "(", ":", "'"),
)
_RANK = {token: rank for rank, token in enumerate(_CLOSERS)}


class Choice:
    """Tokens of which one must come next. ids: theirs, ascending. only: the token, if there is but
    one; number: its id, if that is more than the text tells. closer: the one that soonest brings an
    answer to its end. placed: a memory of `places`."""

    __slots__ = ("closer", "ids", "number", "only", "placed", "tokens")

    def __init__(self, tokens: frozenset[str], number: int | None = None) -> None:
        self.tokens, self.number = tokens, number
        self.ids: NDArray[np.int64] = np.array(sorted(ID_OF[t] for t in tokens), np.int64)
        self.placed: dict[int | str | None, NDArray[np.int64]] = {}
        self.only = next(iter(tokens)) if len(tokens) == 1 else None
        self.closer = min(tokens, key=lambda t: (_RANK.get(t, len(_RANK)), ID_OF[t]))

    def __contains__(self, token: str) -> bool:
        return token in self.tokens


@lru_cache(maxsize=20_000)
def _interned(tokens: frozenset[str]) -> Choice:
    return Choice(tokens)


def choice(*tokens: str) -> Choice:
    """The choice among these tokens. Raises ValueError for none."""
    return _interned(frozenset(tokens))


@lru_cache(maxsize=2_000)
def exactly(token: str, number: int) -> Choice:
    """The choice of a digit that is known to count what the id says."""
    return Choice(frozenset([token]), number)


@lru_cache(maxsize=20_000)
def union(*choices: Choice) -> Choice:
    """What any of the choices allows."""
    return _interned(frozenset().union(*(c.tokens for c in choices)))


@lru_cache(maxsize=20_000)
def without(allowed: Choice, tokens: frozenset[str]) -> Choice:
    """A choice less some tokens; the whole of it where nothing would be left."""
    left = allowed.tokens - tokens
    return _interned(left) if left else allowed


_FUNCTIONS = (
    "sqrt floor ceil factorial gcd lcm hypot sin cos tan log log2 log10 exp fabs isclose isnan "
    "trunc prod comb perm dist radians degrees"
).split()
LAZY = ("enumerate", "zip", "map", "filter", "reversed", "range", "slice")
MARKED_FORMS = ("<items>", "<keys>", "<values>", "<module>", "<exception>", "<bound>")

DIGITS = choice(*"0123456789")
ATOMS = choice(
    *("True", "False", "None", "inf", "nan", "-", OPEN, *"0123456789"),
    *BUILTINS,
    *EXCEPTIONS,
    *_FUNCTIONS,
)
"""How a value without parts begins."""
NESTED = choice("(", *MARKED_FORMS)
"""How a value with parts begins, beside labels."""
POSITIONS = tuple(choice(index) for index in INDICES)
KEYWORD_STRING = choice(OPEN)

_LEADS = [f"<0x{byte:02X}>" for byte in range(0xC2, 0xF5)]
_CONTROLS = [f"<0x{byte:02X}>" for byte in (*range(32), 127) if chr(byte) not in "\n\t"]
CHARACTER = choice(CLOSE, *CHARACTERS, *_LEADS, *_CONTROLS)
CLOSING = choice(CLOSE)


def _bytes(first: int, last: int) -> Choice:
    return choice(*(f"<0x{byte:02X}>" for byte in range(first, last + 1)))


_CONTINUATION = _bytes(0x80, 0xBF)


def continuations(lead: str) -> tuple[Choice, ...]:
    """What must follow a byte so that the text is UTF-8 (lone surrogates are let through, as
    `spell` writes them)."""
    if not (lead.startswith("<0x") and len(lead) == 6):
        return ()
    byte = int(lead[3:5], 16)
    if byte < 0xC2:
        return ()
    if byte < 0xE0:
        return (_CONTINUATION,)
    if byte < 0xF0:
        return (_bytes(0xA0, 0xBF) if byte == 0xE0 else _CONTINUATION, _CONTINUATION)
    first = {0xF0: _bytes(0x90, 0xBF), 0xF4: _bytes(0x80, 0x8F)}.get(byte, _CONTINUATION)
    return (first, _CONTINUATION, _CONTINUATION)


_NOT_NOTES = frozenset(
    f"<pad> <bos> <eos> <reads> <returned> <answer> {OUTCOME} <exec> <if> <iter> <next> <eval> "
    "<except> <return> <visit> <previous> <stdin> <no-stdin> <exc> <ok> <it=> <ret> <call> "
    "<done> <out> <unbound> <unbound-local> </str> <fstr> <type>".split()
)
NOTES = choice(
    *(
        token
        for token in TOKENS
        if token not in _NOT_NOTES
        and token not in (*PLACEHOLDERS, *LABELS, *PLACED.values())
        and not token.startswith(("<0x", "<spare"))
    )
)
"""What a scratchpad may hold, beside the prompt's own names and labels."""
NEW = tuple(choice(label) for label in NEW_LABELS)
