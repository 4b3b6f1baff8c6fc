"""What is learned from a program: the part that differs between the models' dialects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from cwm_lab.trace import Program
from cwm_lab.training.corpus import Example
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.truth import Known


@dataclass(frozen=True)
class Material:
    """What can be learned from one program. versions: the program, then its variations; examples:
    of each of them, in the same order. dropped: variations that did something else, or too much."""

    versions: tuple[Program, ...]
    examples: tuple[tuple[Example, ...], ...]
    dropped: int = 0


class Task(Protocol):
    """A dialect: how programs become examples."""

    def material(self, known: Known, settings: Settings) -> Material | str:
        """A program and its variations, each run in the sandbox; or the reason why there is none.
        May be called from several threads."""
        ...

    def general(self, seed: int) -> Iterator[Example]:
        """Endless examples of generated programs, against forgetting."""
        ...

    def general_held_out(self, count: int) -> list[tuple[Example, ...]]:
        """What is asked about generated programs that `general` never gives and that no report is
        about, always the same: about `count` programs, or fewer where asking takes long."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...
