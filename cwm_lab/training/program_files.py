"""Program files: found in a folder, read as text, with their header comments honoured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwm_lab.errors import BadProgramError
from cwm_lab.trace import Program, header_comments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RECORD_SECONDS = 10.0
"""How long a program may run, in seconds, where the caller sets no limit."""


def program_files(folder: Path) -> list[Path]:
    """All ``*.py`` files below folder, sorted by path; folder itself, if it is a file."""
    return [folder] if folder.is_file() else sorted(folder.rglob("*.py"))


def read_program(path: Path, *, stdin: Sequence[str] | None = None) -> Program:
    """The program in a UTF-8 file; its stdin comes from its header comment unless given.

    Raises BadProgramError, with a message for people, if it cannot be read.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadProgramError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error
    except OSError as error:
        raise BadProgramError(f"cannot read {path}: {error.strerror or error}") from error
    return make_program(source, str(path), stdin=stdin)


def make_program(source: str, filename: str, *, stdin: Sequence[str] | None = None) -> Program:
    """Source and its standard input (by default that of its header comment) as a Program."""
    if stdin is None:
        _tags, stdin = header_comments(source)
    return Program(source, filename=filename, stdin=tuple(stdin))
