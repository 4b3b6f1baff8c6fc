"""Searches in texts, one letter at a time.

A small network says well of two letters whether they are the same, and badly at which of many
places something stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.working import TRUTHS, Step, Working, are_plain, same
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell

STRIPS = {"strip": (True, True), "lstrip": (True, False), "rstrip": (False, True)}
"""Methods of texts that take something off their beginning or end: which of these."""
SEARCHES = {
    "count": ("s",), "replace": ("ss", "ssi"), "split": ("", "s", "si"), "rsplit": ("s", "si"),
    "splitlines": ("",), "partition": ("s",), "rpartition": ("s",), "rfind": ("s",),
    "rindex": ("s",), "find": ("si",),
    **dict.fromkeys(STRIPS, ("", "s")),
}  # fmt: skip
"""Methods of texts that find something in them, and their arguments: s is a text, i an integer."""
ONCE = frozenset("find index rfind rindex partition rpartition".split())
"""Methods of texts that look for one place."""
_BACKWARDS = frozenset("rfind rindex rpartition rsplit".split())
_MOST_LETTERS = 40
_MOST_COMPARED, _MOST_IN_ALL = 60, 30


def is_searched(text: str, method: str, args: Sequence[object]) -> bool:
    """Whether a method says at which places it finds something in a text, which is then told letter
    by letter: it is short, and plain."""
    kinds = "".join("s" if type(arg) is str else "i" if type(arg) is int else "?" for arg in args)
    if not _is_plain(text) or kinds not in SEARCHES.get(method, ()):
        return False
    return method in STRIPS or not args or bool(args[0])


def _is_plain(text: str) -> bool:
    return len(text) <= _MOST_LETTERS and are_plain(text)


def most_compared(text: str, method: str, args: Sequence[str | int]) -> int:
    """How many comparisons a search may take."""
    if not args:
        return len(text)
    sought = str(args[0])
    if method in STRIPS:
        return len(text) * len(set(sought))
    return max(len(text) - _start(text, method, args) - len(sought) + 1, 0) * len(sought)


def can_be_walked(text: str, method: str, args: Sequence[str | int], before: int) -> bool:
    """Whether a search has working steps. before: how many comparisons others of the same answer
    may have taken."""
    if not all(_is_plain(part) for part in (text, *args) if isinstance(part, str)):
        return False
    most = most_compared(text, method, args)
    return before + most <= (_MOST_IN_ALL if before else _MOST_COMPARED)


def _start(text: str, method: str, args: Sequence[str | int]) -> int:
    begins = method == "find" and len(args) > 1
    return slice(int(args[1]), None).indices(len(text))[0] if begins else 0


def walk(text: str, method: str, args: Sequence[str | int]) -> Working[list[int]]:
    """The comparisons of a search, and the places at which it finds something: of words and of
    what something is taken off where they begin or end, of lines where they end."""
    if method in STRIPS:
        return (yield from _stripped(text, *STRIPS[method], str(args[0]) if args else None))
    if args:
        return (yield from _found(text, method, args))
    places: list[int] = []
    if method == "splitlines":
        for place, letter in enumerate(text):
            if (yield same(letter, "\n")) == "==":
                places.append(place)
        return places
    after_blank = True
    for place, letter in enumerate(text):
        blank = yield from _is_among(letter, None)
        if after_blank and not blank:
            places.append(place)
        after_blank = blank
    return places


def _is_among(letter: str, chars: str | None) -> Working[bool]:
    """Whether a letter is one of these, a blank if there are none given."""
    if chars is None:
        told = (OPEN, *spell(letter), CLOSE)
        return (yield Step(told, TRUTHS, str(letter.isspace()))) == "True"
    for char in dict.fromkeys(chars):
        if (yield same(letter, char)) == "==":
            return True
    return False


def _stripped(text: str, left: bool, right: bool, chars: str | None) -> Working[list[int]]:
    first, last = 0, len(text) - 1
    while left and first <= last and (yield from _is_among(text[first], chars)):
        first += 1
    kept = first if left else -1  # what is known to stay
    while right and last > kept and (yield from _is_among(text[last], chars)):
        last -= 1
    ends = [end for end, moves in ((first, left), (last, right)) if moves]
    return [*dict.fromkeys(ends)] if first <= last else []


def _found(text: str, method: str, args: Sequence[str | int]) -> Working[list[int]]:
    sought, size = str(args[0]), len(str(args[0]))
    most = 1 if method in ONCE else len(text)
    if method in ("split", "rsplit") and len(args) > 1 and int(args[1]) >= 0:
        most = int(args[1])
    if method == "replace" and len(args) > 2 and int(args[2]) >= 0:
        most = int(args[2])
    first, last = _start(text, method, args), len(text) - size
    places: list[int] = []
    at, onward = (last, -1) if method in _BACKWARDS else (first, 1)
    while len(places) < most and first <= at <= last:
        fits = True
        for letter, wanted in zip(text[at:], sought, strict=False):
            fits = (yield same(letter, wanted)) == "=="
            if not fits:
                break
        if fits:
            places.append(at)
        at += onward * (size if fits else 1)
    return sorted(places)
