"""What a generator family hands out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GeneratedProgram:
    """One random program.

    source: Python source that ends with a newline.
    tags: constructs it was made to exercise, for scores by tag.
    stdin: the lines that its `input()` calls read, without line ends.
    family: the name of the family that made it, a key of `FAMILIES`.
    """

    source: str
    tags: tuple[str, ...]
    stdin: tuple[str, ...] = ()
    family: str = ""
