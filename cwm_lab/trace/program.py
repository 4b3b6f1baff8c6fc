"""What is traced: the source text and everything that its behaviour depends on."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cwm_lab.errors import BadProgramError

MAX_SOURCE_CHARS = 1_000_000
CELL_FILENAME = "<cell>"
LINE_END = re.compile(r"\r\n|\r|\n")
_STDIN_COMMENT = re.compile(r"#\s*stdin:\s*(\[.*\])\s*$")
_TAGS_COMMENT = re.compile(r"#\s*tags:\s*(.*)$")


@dataclass(frozen=True)
class Program:
    """Source text with its surroundings.

    source: the cell or file, at most 1,000,000 characters.
    filename: how it is called in messages.
    context: source from earlier cells (definitions, assignments) that runs before it, untraced at
        module level; functions defined there are stepped into.
    stdin: the lines that `input()` will read, without line ends.
    entry: an expression such as ``f(3)`` that runs last, as one more line of the module.
    """

    source: str
    filename: str = CELL_FILENAME
    context: str = ""
    stdin: tuple[str, ...] = ()
    entry: str | None = None

    def __post_init__(self) -> None:
        for name in ("source", "context"):
            if not isinstance(getattr(self, name), str):
                kind = type(getattr(self, name)).__name__
                raise TypeError(f"a program's {name} must be text (str), not {kind}")
        object.__setattr__(self, "stdin", stdin_lines(self.stdin))

    @property
    def text(self) -> str:
        """The source as it is run: with the entry expression, if any, as its last line."""
        if self.entry is None:
            return self.source
        return f"{self.source.rstrip()}\n{self.entry}\n"

    @property
    def lines(self) -> list[str]:
        """The lines of `text`; line number n is at index n - 1."""
        return source_lines(self.text)

    def parse(self) -> ast.Module:
        """The syntax tree of `text`.

        Raises SyntaxError as Python does, BadProgramError for text that Python cannot take at all
        (null bytes, too long, nested too deeply).
        """
        return parse_source(self.text, self.filename)

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "filename": self.filename,
            "context": self.context,
            "stdin": list(self.stdin),
            "entry": self.entry,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Program:
        return cls(
            source=str(data["source"]),
            filename=str(data.get("filename", CELL_FILENAME)),
            context=str(data.get("context", "")),
            stdin=tuple(str(line) for line in data.get("stdin", ())),
            entry=data.get("entry"),
        )


def stdin_lines(stdin: Sequence[str]) -> tuple[str, ...]:
    """The lines that `input()` will read. Raises TypeError for one string, or what is no string."""
    if isinstance(stdin, str) or not all(isinstance(line, str) for line in stdin):
        raise TypeError(f"stdin must be a list of lines, such as ['3', 'hello'], not {stdin!r:.80}")
    return tuple(stdin)


def source_lines(text: str) -> list[str]:
    """Lines as Python counts them: form feeds and the like, where `str.splitlines` ends a line, end
    none."""
    parts = LINE_END.split(text)
    return parts if parts[-1] else parts[:-1]


def parse_source(text: str, filename: str = CELL_FILENAME) -> ast.Module:
    """Parse text, turning Python's odder refusals into one clear error."""
    if len(text) > MAX_SOURCE_CHARS:
        raise BadProgramError(
            f"{filename} has {len(text):,} characters; the limit is {MAX_SOURCE_CHARS:,}. "
            "Trace a smaller part of it."
        )
    if "\0" in text:
        raise BadProgramError(f"{filename} contains a null byte; save it as plain text.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, filename)
    except (RecursionError, MemoryError) as error:
        raise too_deep(filename) from error
    except ValueError as error:
        raise BadProgramError(f"{filename} is not readable as Python: {error}") from error


def too_deep(filename: str) -> BadProgramError:
    """What to raise when Python's parser or compiler runs out of stack or memory, or crashes."""
    return BadProgramError(
        f"{filename} is nested too deeply for Python to compile, or too large; split its "
        "expressions."
    )


def header_comments(source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(tags, stdin lines) from the comments ``# tags: a b`` and ``# stdin: ["3"]`` in the first two
    lines of a program file."""
    tags: tuple[str, ...] = ()
    stdin: tuple[str, ...] = ()
    for line in source_lines(source)[:2]:
        if match := _TAGS_COMMENT.match(line):
            tags = tuple(match[1].split())
        elif match := _STDIN_COMMENT.match(line):
            try:
                stdin = tuple(str(item) for item in json.loads(match[1]))
            except json.JSONDecodeError as error:
                raise BadProgramError(
                    "the stdin comment is not a JSON list of strings, "
                    f'such as # stdin: ["3"]: {error}'
                ) from error
    return tags, stdin
