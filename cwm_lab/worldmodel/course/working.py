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


def letters(left: str, right: str) -> Working[str]:
    """Which of two letters, digits or signs comes first."""
    truth = "<" if left < right else ">" if left > right else "=="
    return (yield Step((OPEN, *spell(left + right), CLOSE), ORDERS, truth))
