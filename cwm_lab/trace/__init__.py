"""The shared language: Program, Step, Trace, Comparison. Pure; imports no other room."""

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
    "header_comments",
    "parse_source",
    "schema",
]
