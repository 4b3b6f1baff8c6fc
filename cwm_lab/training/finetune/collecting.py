"""Finds programs where instructors have them: folders, files, notebooks, lessons, history.

Nothing is run here. A program that cannot be read is listed, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cwm_lab.errors import BadProgramError, FinetuneError
from cwm_lab.trace import Program, header_comments
from cwm_lab.training.finetune.cells import Cell, cell_programs, lesson_cells, percent_cells
from cwm_lab.training.program_files import make_program

HISTORY = "history"
"""The word that stands for the `%%predict` cells of IPython's history."""
SUFFIXES = (".py", ".ipynb", ".md")
_MOST_BYTES = 2_000_000
_SKIPPED = frozenset({".git", ".venv", "__pycache__", ".ipynb_checkpoints", "node_modules"})


@dataclass(frozen=True)
class Found:
    """A program, where it is from (for people), and what ties it to others: programs with the same
    `tie` share text, and must not be split into those to learn from and those to judge by."""

    program: Program
    place: str
    tie: str


@dataclass(frozen=True)
class LeftOut:
    """What is not used, and why."""

    place: str
    reason: str


@dataclass
class Collected:
    """What was found, and what was not taken."""

    programs: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, program: Program, place: str, tie: str | None = None) -> None:
        self.programs.append(Found(program, place, tie or place))


def collect(sources: Iterable[str | Path | Program]) -> Collected:
    """The programs of folders, ``.py`` files, notebooks, lesson files (Markdown, or Python with
    ``# %%`` cells), the word ``history``, and programs as they are. Each once.

    Raises FinetuneError for a path that is not there, or of a kind that is not known.
    """
    found = Collected()
    for number, source in enumerate(sources, 1):
        if isinstance(source, Program):
            found.add(source, f"program {number}")
        elif source == HISTORY:
            _cells(found, history_cells(), "history")
        else:
            _path(found, Path(source).expanduser())
    seen: set[tuple[str, tuple[str, ...]]] = set()
    once: list[Found] = []
    for one in found.programs:
        key = (one.program.text.strip(), one.program.stdin)
        if key not in seen:
            seen.add(key)
            once.append(one)
    found.programs = once
    return found


def _path(found: Collected, path: Path) -> None:
    if path.is_dir():
        for inside in sorted(path.rglob("*")):
            parts = inside.relative_to(path).parts
            if inside.suffix in SUFFIXES and inside.is_file() and not _SKIPPED & set(parts):
                _file(found, inside)
    elif path.is_file() and path.suffix in SUFFIXES:
        _file(found, path)
    elif path.exists():
        raise FinetuneError(
            f"{path} is none of {', '.join(SUFFIXES)}; give folders or such files, or 'history'."
        )
    else:
        raise FinetuneError(f"there is no {path}; give folders, {', '.join(SUFFIXES)} files.")


def _file(found: Collected, path: Path) -> None:
    place = str(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            found.left_out.append(LeftOut(place, "larger than 2 MB"))
            return
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        found.left_out.append(LeftOut(place, "is not UTF-8 text"))
        return
    except OSError as error:
        found.left_out.append(LeftOut(place, f"cannot be read: {error.strerror}"))
        return
    if path.suffix == ".ipynb":
        try:
            _cells(found, _notebook_cells(text), place)
        except (ValueError, KeyError, TypeError, AttributeError):
            found.left_out.append(LeftOut(place, "is not a notebook"))
    elif path.suffix == ".md":
        _cells(found, lesson_cells(text), place)
    elif cells := percent_cells(text):
        _cells(found, cells, place)
    else:
        try:
            found.add(make_program(text, place), place)
        except BadProgramError as error:
            found.left_out.append(LeftOut(place, str(error)))


def _cells(found: Collected, cells: list[Cell], place: str) -> None:
    for one in cell_programs(cells):
        where = f"{place}, cell {one.number}"
        if one.source is None:
            found.left_out.append(LeftOut(where, one.reason))
            continue
        try:
            stdin = one.stdin or header_comments(one.source)[1]
        except BadProgramError as error:
            found.left_out.append(LeftOut(where, str(error)))
            continue
        found.add(Program(one.source, where, stdin=stdin), where, f"{place}, {one.tie}")


def _notebook_cells(text: str) -> list[Cell]:
    cells = json.loads(text)["cells"]
    return [
        Cell("".join(cell["source"]), number)
        for number, cell in enumerate(cells, 1)
        if cell.get("cell_type") == "code"
    ]


def history_cells(file: str = "") -> list[Cell]:
    """The `%%predict` cells that IPython remembers, oldest first. file: of its history, if not the
    usual one. Raises FinetuneError if there is no history."""
    from IPython.core.history import HistoryAccessor

    try:
        history = HistoryAccessor(hist_file=file)
        rows = list(history.search("*%%predict*", raw=True))
    except OSError as error:
        raise FinetuneError(f"IPython keeps no history here ({error}); give files.") from error
    return [
        Cell(str(source), number, alone=True)
        for number, (_, _, source) in enumerate(rows, 1)
        if str(source).lstrip().startswith("%%predict")
    ]
