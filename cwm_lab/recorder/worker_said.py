"""What a recording process says of its run (see `worker_report`). The program may have written any
of it itself: all is checked."""

from __future__ import annotations

from typing import Any, cast, get_args

from cwm_lab.recorder.rows import EVENT, FIELDS, LINE, OBJECTS, REMOVED, Entry, Row, with_value
from cwm_lab.recorder.telling import Telling
from cwm_lab.trace import Outcome, OutcomeKind

_KINDS = frozenset(get_args(OutcomeKind))
TEXT_OR_NONE = (str, type(None))
_TYPES: tuple[Any, ...] = (
    str,
    int,
    str,
    int,
    dict,
    list,
    TEXT_OR_NONE,
    str,
    TEXT_OR_NONE,
    dict,
    dict,
    dict,
)
"""Of the values of FIELDS, as they come out of JSON."""
_OUTCOME_TYPES: tuple[Any, ...] = (str, TEXT_OR_NONE, TEXT_OR_NONE, (int, type(None)))
_OBJECT_TYPES: tuple[Any, ...] = (str, str, int, list)


class Said:
    """What was said so far.

    started: the limits are set; the program's time runs. compiling: the program is the next to
    run, and no line of it has. count: of steps.
    """

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.refusal: str | None = None
        self.failure: str | None = None
        self.started = False
        self.compiling = False
        self._telling = Telling()
        self._entries = self._telling.entries

    @property
    def count(self) -> int:
        return len(self._entries)

    @property
    def done(self) -> bool:
        return not (self.outcome is None and self.refusal is None and self.failure is None)

    @property
    def line(self) -> int | None:
        """Where the program was last seen."""
        return row_of(self._entries[-1])[LINE] if self._entries else None

    def _take_message(self, message: list[Any]) -> Entry | None:
        """Take a message; the entry, if it tells a step. Raises as `Incoming`."""
        kind, *rest = message
        if kind == "step":
            if len(rest) != len(FIELDS) or not all(map(isinstance, rest, _TYPES)):
                raise ValueError("this is no step")
            for number, record in rest[OBJECTS].items():
                _check_object(number, record)
            rest[REMOVED] = tuple(rest[REMOVED])
            return tuple(rest)
        if kind == "value" and isinstance(rest[1], TEXT_OR_NONE):
            index = rest[0]
            if row_of(self._entries[index])[EVENT] != "exception":
                raise ValueError("this step has no value")
            self._entries[index] = with_value(self._entries[index], rest[1])
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
        return None


def row_of(entry: Entry) -> Row:
    """What an entry tells but for names."""
    return cast("Row", entry if type(entry[0]) is str else entry[0])


def _check_object(number: str, record: list[Any]) -> None:
    """Raises ValueError or TypeError for what cannot become an Object."""
    int(number)
    kind, _, _, items = record
    if not all(map(isinstance, record, _OBJECT_TYPES)):
        raise ValueError("this is no object")
    if kind in ("dict", "instance") and not all(isinstance(item, list) for item in items):
        raise ValueError("these are no pairs")
