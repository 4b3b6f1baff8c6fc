"""The shared language: Program, Step, Trace, Comparison. Pure; imports no other room."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cwm_lab.trace.causes import CAUSES, Cause, cause_of, causes, first_cause
from cwm_lab.trace.compare import (
    COMPARISON_SCHEMA,
    SCORE_NAMES,
    Comparison,
    StepPair,
    Verdict,
    compare,
)
from cwm_lab.trace.model import MODULE, TRACE_SCHEMA, Event, Outcome, OutcomeKind, Step, Trace
from cwm_lab.trace.objects import Object
from cwm_lab.trace.program import CELL_FILENAME, Program, header_comments, parse_source
from cwm_lab.trace.schema import schema

if TYPE_CHECKING:
    from cwm_lab.trace.cwm_reading import from_cwm_text
    from cwm_lab.trace.cwm_text import to_cwm_text
    from cwm_lab.trace.pythontutor import to_pythontutor
    from cwm_lab.trace.pythontutor_reading import from_pythontutor

__all__ = [
    "CAUSES",
    "CELL_FILENAME",
    "COMPARISON_SCHEMA",
    "MODULE",
    "SCORE_NAMES",
    "TRACE_SCHEMA",
    "Cause",
    "Comparison",
    "Event",
    "Object",
    "Outcome",
    "OutcomeKind",
    "Program",
    "Step",
    "StepPair",
    "Trace",
    "Verdict",
    "cause_of",
    "causes",
    "compare",
    "first_cause",
    "from_cwm_text",
    "from_pythontutor",
    "header_comments",
    "parse_source",
    "schema",
    "to_cwm_text",
    "to_pythontutor",
]

# Other programs' formats are imported when they are first used, so that the sandbox starts fast.
_ELSEWHERE = {
    "from_cwm_text": "cwm_reading",
    "from_pythontutor": "pythontutor_reading",
    "to_cwm_text": "cwm_text",
    "to_pythontutor": "pythontutor",
}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(import_module(f"cwm_lab.trace.{_ELSEWHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
