"""What letters a text has: `isalpha`, `isupper` and the like; what it begins or ends with."""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.operations import affix
from cwm_lab.worldmodel.course.ordering import texts_related
from cwm_lab.worldmodel.course.working import TRUTHS, Step, Working
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell

_MOST_ENDS = 5
_EACH = ("isalpha", "isdigit", "isalnum", "isspace")
_CASED = ("isupper", "islower")
_MOST_LETTERS = 20


def can_be_tested(text: str, method: str) -> bool:
    """Whether a method of a text looks at one letter after the other: it is short, and plain."""
    plain = text.isascii() and text.isprintable() and 1 < len(text) <= _MOST_LETTERS
    return plain and method in (*_EACH, *_CASED)


def tested(text: str, method: str) -> Working[bool]:
    """Whether each letter is of that kind, until one is not. A letter without a case counts
    neither way; there must be one that has one."""
    found = method in _EACH
    for letter in text:
        truth = str(getattr(letter, method)())
        answers: tuple[str, ...] = TRUTHS
        if method in _CASED:
            truth, answers = (truth if letter.isalpha() else "None"), (*TRUTHS, "None")
        said = yield Step((OPEN, *spell(letter), CLOSE), answers, truth)
        if said == "False":
            return False
        found = found or said == "True"
    return found


def can_end_so(text: str, parts: Sequence[str], method: str) -> bool:
    """Whether a text's beginning or end is compared with one part after the other."""
    return len(parts) <= _MOST_ENDS and all(affix(text, part, method) for part in parts)


def ends_so(text: str, parts: Sequence[str], method: str) -> Working[bool]:
    """Whether a text begins, or ends, with one of these."""
    for part in parts:
        sides = affix(text, part, method)
        if sides is not None and (yield from texts_related("==", *sides)):
            return True
    return False
