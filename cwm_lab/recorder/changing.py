"""A run in which names are given other values at one step: what if?

The program runs as ever up to that step, in the sandbox. As the step's row is emitted, while its
frame stands before its line, the names are set in the frame, and the row tells them as they are
now. All that follows is the program's own doing.
"""

from __future__ import annotations

import ast
import ctypes
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from cwm_lab.recorder.display import display, type_name
from cwm_lab.recorder.rows import FIELDS, Row
from cwm_lab.trace.model import MODULE

_LOCALS, _TYPES, _IDS = (FIELDS.index(name) for name in ("locals", "types", "ids"))
_NEW_SETS = {"set()": set, "frozenset()": frozenset}


@dataclass(frozen=True)
class Change:
    """Names of the frame of step `index` -> texts of the literals that they are set to there.

    Raises ValueError for a text that is no literal.
    """

    index: int
    values: Mapping[str, str]

    def __post_init__(self) -> None:
        for text in self.values.values():
            literal(text)

    def to_json(self) -> dict[str, Any]:
        return {"index": self.index, "values": dict(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Change | None:
        return None if data is None else cls(data["index"], data["values"])


def literal(text: str) -> Any:
    """The value of a literal, each time a new one. Raises ValueError for anything else."""
    text = text.strip()
    if text in _NEW_SETS:
        return _NEW_SETS[text]()
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(f"{text[:60]} is not a value that can be given") from error


class Changing:
    """An `emit` for `execute` that sets the names when their step comes by.

    filenames: under which the program's code was compiled.
    """

    def __init__(self, emit: Callable[[Row], None], change: Change, filenames: set[str]) -> None:
        self._emit, self._change, self._filenames = emit, change, filenames
        self._count = 0
        self._told: dict[str, str] = {}
        self._place: tuple[str, int] | None = None

    def __call__(self, row: Row) -> None:
        index, self._count = self._count, self._count + 1
        if index == self._change.index:
            row = self._set(row, self._frame(sys._getframe(1)))
        elif self._place is not None and _place(row) == self._place:
            row = self._without_told(row)
        self._emit(row)

    def _frame(self, frame: FrameType | None) -> FrameType:
        """The program's frame that is being recorded just now."""
        while frame is not None and frame.f_code.co_filename not in self._filenames:
            frame = frame.f_back
        assert frame is not None  # rows are emitted from inside of the program's trace function
        return frame

    def _set(self, row: Row, frame: FrameType) -> Row:
        values = {name: literal(text) for name, text in self._change.values.items()}
        set_names(frame, values)
        shown = {name: display(value) for name, value in values.items()}
        types = {name: type_name(value) for name, value in values.items()}
        self._told, self._place = shown, _place(row)
        parts: list[Any] = list(row)
        parts[_LOCALS] = {**parts[_LOCALS], **shown}
        parts[_TYPES] = {**parts[_TYPES], **types}
        parts[_IDS] = {name: at for name, at in parts[_IDS].items() if name not in values}
        return tuple(parts)

    def _without_told(self, row: Row) -> Row:
        """The recorder finds the new values at the frame's next row: those that are still what the
        change told are no news there, but for the number of the object that the name now holds."""
        parts: list[Any] = list(row)
        told, self._told, self._place = self._told, {}, None
        stale = {name for name, text in told.items() if parts[_LOCALS].get(name) == text}
        for field in (_LOCALS, _TYPES):
            parts[field] = {name: text for name, text in parts[field].items() if name not in stale}
        return tuple(parts)


def _place(row: Row) -> tuple[str, int]:
    return row[2], row[3]


def set_names(frame: FrameType, values: Mapping[str, Any]) -> None:
    """Bind names in a frame that stands still, as a debugger does.

    Before Python 3.13 (PEP 667) a function's `f_locals` is a copy, to be written back.
    """
    code = frame.f_code
    names = frame.f_globals if code.co_name == MODULE else frame.f_locals
    for name, value in values.items():
        names[name] = value
    if sys.version_info < (3, 13) and code.co_flags & inspect.CO_OPTIMIZED:
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
