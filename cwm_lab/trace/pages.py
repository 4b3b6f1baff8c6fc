"""Who writes a comparison as a page: the package says it as it is imported, since this room knows
no other."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from cwm_lab.errors import CWMLabError

Writer = Callable[[Any, "str | PathLike[str]"], Path]
_writers: list[Writer] = []


def write_pages_with(writer: Writer) -> None:
    """Have `writer`, which is given what is shown and a path, write pages from now on."""
    _writers[:] = [writer]


def write_page(shown: object, path: str | PathLike[str]) -> Path:
    """Have a page written. Raises CWMLabError where nobody can, and what the writer raises."""
    if not _writers:
        raise CWMLabError("nobody here writes pages: import cwm_lab first")
    return _writers[0](shown, path)
