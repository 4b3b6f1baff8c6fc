"""Working steps: what a small network cannot do at one stroke, it does step by step."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """A working step. told: the tokens that show it. answers: what may come of it; if none are
    given, any number. truth: what does."""

    told: tuple[str, ...]
    answers: tuple[str, ...]
    truth: str


Working = Generator[Step, str, T]
"""Is sent the answer to each step, in the end gives what follows from them."""
TRUTHS = ("True", "False")
ORDERS = ("<", ">", "==")


def are_plain(text: str) -> bool:
    """Whether a text has only letters that are shown, and ends of lines and tabs."""
    return text.isascii() and all(letter.isprintable() or letter in "\n\t" for letter in text)


def letters(one: str, other: str) -> Step:
    """Which of two letters, or digits, comes first."""
    truth = "<" if one < other else ">" if one > other else "=="
    return Step((OPEN, *spell(one + other), CLOSE), ORDERS, truth)


def same(one: str, other: str) -> Step:
    """Whether two letters are the same: easier than which comes first, among signs most of all."""
    return Step((OPEN, *spell(one + other), CLOSE), ("==", "!="), "==" if one == other else "!=")


def truly(steps: Working[T]) -> tuple[list[Step], T]:
    """The working steps when each is answered with the truth, and what they lead to."""
    taken: list[Step] = []
    try:
        taken.append(next(steps))
        while True:
            taken.append(steps.send(taken[-1].truth))
    except StopIteration as ended:
        return taken, ended.value
