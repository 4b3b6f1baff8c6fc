"""What a recording process says to the one that asked for it, and how that is read.

One JSON document a line, each written at once, so that what was recorded before a kill is not lost:

    ["ready"]                     limits are set, the program starts
    ["program"]                   what earlier cells defined is there; the program itself is next
    ["step", event, line, ...]    a row's fields, in order
    ["value", index, text]        the value of an earlier row is now known to be this
    ["end", kind, type, message, line]
    ["bad", message]              the text is no program at all
    ["failed", traceback]         a failure of the recorder itself

JSON, because the program could write here too: whoever reads must come to no harm.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast, get_args

from cwm_lab.recorder.rows import FIELDS, LINE, REMOVED, Row, says_nothing, with_value
from cwm_lab.recorder.run import Stopped
from cwm_lab.trace import Outcome, OutcomeKind

START_SECONDS = 60.0
"""How long a process may take to start, on a machine however busy."""
CHANNEL_LOST = 113
"""Exit status of a process whose way out was closed by the program."""
NOT_STARTED = 112
"""Exit status of a process that failed before its program's turn."""
_KINDS = frozenset(get_args(OutcomeKind))
_TEXT = (str, type(None))
_TYPES: tuple[Any, ...] = (str, int, str, int, dict, list, _TEXT, str, _TEXT, dict, dict, dict)
"""Of the values of FIELDS, as they come out of JSON."""
_OBJECTS = FIELDS.index("objects")
_OUTCOME_TYPES: tuple[Any, ...] = (str, _TEXT, _TEXT, (int, type(None)))
_OBJECT_TYPES: tuple[Any, ...] = (str, str, int, list)
_STEP = '["step"'
_LONGEST = 2**28
"""Bytes of one message; a longer one is the program's own scribbling."""


def _encoder() -> Callable[[object], str]:
    """`json.dumps`, without what it does anew for each call (most of its time for short texts)."""
    make: Any = json.encoder.c_make_encoder  # type: ignore[attr-defined]
    if make is None:  # not CPython
        return json.dumps
    quote = json.encoder.encode_basestring_ascii
    encode = make(None, json.JSONEncoder().default, quote, None, ":", ",", False, False, True)
    return lambda value: "".join(encode(value, 0))


_encode = _encoder()
_decode = json.JSONDecoder().raw_decode


class LostError(Exception):
    """The process ended before it started the program, or (`server`) the fork server did."""

    def __init__(self, *, server: bool) -> None:
        super().__init__()
        self.server = server


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    status: its exit status, negative for a signal; None if that was not waited for.
    why: what it was ended for: "start" (took too long to), "time", "output", "channel" (wrote where
        only the recorder writes); None if it ended by itself.
    said: the start of what it wrote to its standard output and error.
    """

    status: int | None
    why: str | None
    said: str


class UnreadableError(Exception):
    """What came was no message of `Report`: the program wrote into the channel itself."""


class Report:
    """The way out for what is recorded. Only the process that made it can send.

    file: number of an open file; it is this object's from now on.
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self._process = os.getpid()
        self._shared: dict[int, tuple[Row, bytes]] = {}
        self.line: int | None = None
        """Where the program was last seen."""

    def send(self, *message: object) -> None:
        if os.getpid() != self._process:
            return  # a fork of the program; only the program itself is recorded
        self._write(_encode(message).encode() + b"\n")

    def _write(self, data: bytes) -> None:
        try:
            sent = os.write(self._file, data)
            while sent < len(data):
                data = data[sent:]
                sent = os.write(self._file, data)
        except OSError:
            os._exit(CHANNEL_LOST)

    def step(self, row: Row) -> None:
        self.line = row[LINE]
        if not says_nothing(row):
            self.send("step", *row)
            return
        # The tracer gives the same row for each step without news.
        known = self._shared.get(id(row))
        if known is None:
            known = self._shared[id(row)] = row, _encode(("step", *row)).encode() + b"\n"
        if os.getpid() == self._process:
            self._write(known[1])

    def value(self, index: int, value: str) -> None:
        self.send("value", index, value)

    def end(self, outcome: Outcome) -> None:
        self.send("end", outcome.kind, outcome.type, outcome.message, outcome.line)

    def stop(self, stopped: Stopped) -> None:
        """A limit: nothing of the program may run any more, not even its `finally`."""
        outcome = stopped.outcome
        self.send("end", outcome.kind, outcome.type, outcome.message, self.line)
        os._exit(0)


class Received:
    """What has come in so far.

    started: the limits are set; the program's time runs. compiling: the program is the next to
    run, and no line of it has.
    """

    def __init__(self, max_steps: int) -> None:
        self.rows: list[Row] = []
        self.outcome: Outcome | None = None
        self.refusal: str | None = None
        self.failure: str | None = None
        self.started = False
        self.compiling = False
        self._most = max_steps
        self._rest = b""
        self._known: dict[str, Row] = {}

    @property
    def done(self) -> bool:
        return not (self.outcome is None and self.refusal is None and self.failure is None)

    @property
    def line(self) -> int | None:
        """Where the program was last seen."""
        return self.rows[-1][LINE] if self.rows else None

    def feed(self, data: bytes) -> None:
        """Take what was read. Raises UnreadableError if that is no message."""
        head, newline, tail = data.rpartition(b"\n")
        if not newline:
            self._rest += data
        else:
            whole, self._rest = self._rest + head, tail
            try:
                self._take_all(whole.decode())
            except (ValueError, TypeError, LookupError, RecursionError) as error:
                raise UnreadableError from error
        if len(self._rest) > _LONGEST:
            raise UnreadableError

    def _take_all(self, lines: str) -> None:
        known, rows, most = self._known, self.rows, self._most
        for line in lines.split("\n"):
            row = known.get(line)
            if row is not None and len(rows) < most and not self.done:
                rows.append(row)
                continue
            # Not `json.loads`, which takes half its time for what is not needed here.
            message, end = _decode(line)
            if end != len(line):
                raise ValueError("more than one message on a line")
            self._take(message)
            if line.startswith(_STEP) and says_nothing(rows[-1]):
                known[line] = rows[-1]

    def _take(self, message: list[Any]) -> None:
        if self.done:
            return
        kind, *rest = message
        if kind == "step":
            if len(self.rows) >= self._most:
                raise ValueError("more steps than were asked for")
            if len(rest) != len(FIELDS) or not all(map(isinstance, rest, _TYPES)):
                raise ValueError("this is no step")
            for number, record in rest[_OBJECTS].items():
                _check_object(number, record)
            rest[REMOVED] = tuple(rest[REMOVED])
            self.rows.append(cast("Row", tuple(rest)))
        elif kind == "value" and isinstance(rest[1], _TEXT):
            self.rows[rest[0]] = with_value(self.rows[rest[0]], rest[1])
        elif kind == "ready":
            self.started = True
        elif kind == "program":
            self.compiling = True
        elif kind == "end" and rest[0] in _KINDS and all(map(isinstance, rest, _OUTCOME_TYPES)):
            self.outcome = Outcome(*rest)
        elif kind == "bad":
            self.refusal = str(rest[0])
        elif kind == "failed":
            self.failure = str(rest[0])
        else:
            raise ValueError(f"unknown message {kind}")


def _check_object(number: str, record: list[Any]) -> None:
    """Raises ValueError or TypeError for what cannot become an Object."""
    int(number)
    kind, _, _, items = record
    if not all(map(isinstance, record, _OBJECT_TYPES)):
        raise ValueError("this is no object")
    if kind in ("dict", "instance") and not all(isinstance(item, list) for item in items):
        raise ValueError("these are no pairs")
