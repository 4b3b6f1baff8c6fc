"""Standard input and output of a recorded program: scripted lines in, bounded text out."""

from __future__ import annotations

import builtins
import codecs
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from cwm_lab.recorder.display import scrub


class Output(io.TextIOBase):
    """What takes the place of `sys.stdout`: keeps the text for the steps, may pass it on.

    parts: what was written since `take` was last called.
    limit: characters after which `full` is called (it ends the run; text beyond is dropped).
    echo: where the text also goes as it is written.
    """

    def __init__(self, limit: int, full: Callable[[], None], echo: TextIO | None = None) -> None:
        self.parts: list[str] = []
        self._left = limit
        self._full = full
        self._echo = echo
        self.outer: TextIO | None = None
        """Where the text would go if it were not for this."""
        self.buffer = _OutputBytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.keep(text)
        if self._echo is not None:
            self._echo.write(text)
        if self._left < 0:
            self._full()
        return len(text)

    def flush(self) -> None:
        if self._echo is not None:
            self._echo.flush()

    def keep(self, text: str) -> None:
        """Record text that appears on the screen by itself, such as what a reader types."""
        if self._left > 0:
            self.parts.append(text[: self._left])
        self._left -= len(text)

    def let_through(self) -> None:
        """Nothing is recorded any more: what is written goes where it would without a recording."""
        if self._echo is None and self.outer is not None:
            self._echo = self.outer
            self._echo.write("".join(self.parts))

    def take(self) -> str:
        """What was written since the last call."""
        if not self.parts:
            return ""
        text = "".join(self.parts)
        self.parts.clear()
        return scrub(text)


class _OutputBytes(io.RawIOBase):
    """`sys.stdout.buffer`: bytes become the text that they encode."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        given = bytes(data)
        self._output.write(self._decode(given))
        return len(given)


class _InputBytes(io.RawIOBase):
    """`sys.stdin.buffer`: the scripted lines as bytes."""

    def __init__(self, lines: Input) -> None:
        self._lines = lines

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._lines.readline().encode()

    def read(self, size: int | None = -1, /) -> bytes:
        return self._lines.read().encode()

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        return list(self)

    def __next__(self) -> bytes:
        return next(self._lines).encode()


class Input:
    """What takes the place of `sys.stdin` and `input`: reads the scripted lines.

    Each line read is echoed into the output, as a terminal does. When no line is left, `input()`
    asks the reader, where `ask` is given; otherwise it is the end of the file, as for Python:
    `input()` raises EOFError, kept in `ended`.
    """

    def __init__(
        self, lines: Iterable[str], output: Output, ask: Callable[[str], str] | None = None
    ) -> None:
        self._lines = iter(lines)
        self._output = output
        self._ask = ask
        self.function = self.input
        self.ended: EOFError | None = None
        self.buffer = _InputBytes(self)

    encoding = "utf-8"
    closed = False

    def readable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        raise io.UnsupportedOperation("scripted input has no file number")

    def input(self, prompt: object = "", /) -> str:
        """The program's `input`."""
        text = str(prompt)
        line = next(self._lines, None)
        if line is None and self._ask is not None:
            line = self._ask(text)
            self._output.keep(f"{text}{line}\n")
            return line
        self._output.write(text)
        if line is None:
            self.ended = EOFError("EOF when reading a line")
            raise self.ended
        self._output.write(line + "\n")
        return line

    def readline(self, size: int | None = -1, /) -> str:
        try:
            return self.input() + "\n"
        except EOFError:
            return ""

    def __next__(self) -> str:
        line = next(self._lines)
        self._output.write(line + "\n")
        return line + "\n"

    def __iter__(self) -> Input:
        return self

    def read(self, size: int | None = -1, /) -> str:
        return "".join(self)

    def readlines(self, hint: int | None = -1, /) -> list[str]:
        return list(self)


for _kind in (Input, Output):  # what a program that looks at them sees
    _kind.__name__ = _kind.__qualname__ = "TextIOWrapper"
    _kind.__module__ = "_io"


@contextmanager
def redirected(stdin: Input, stdout: Output) -> Iterator[None]:
    """`sys.stdin`, `sys.stdout` and `input` are these, until the block ends."""
    # The program may have a copy of its own (see `child`).
    places = [builtins, *({sys.modules["builtins"]} - {builtins})]
    before = sys.stdin, sys.stdout, builtins.input
    stdout.outer = before[1]
    sys.stdin, sys.stdout = stdin, stdout
    for place in places:
        place.input = stdin.function  # type: ignore[attr-defined]
    try:
        yield
    finally:
        sys.stdin, sys.stdout, _ = before
        for place in places:
            place.input = before[2]  # type: ignore[attr-defined]
