"""Answers read while they come: the same as read at once, and every oddity has an outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab import record
from cwm_lab.trace import Outcome, Program, Step, Trace, header_comments
from cwm_lab.trace.cwm_text import CONTROL_NAMES, Control, Piece
from cwm_lab.worldmodel.cwm.asked import Asked, as_cwm_writes, ask_about
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.cwm.reading import Reading
from cwm_lab.worldmodel.cwm.writing import END, STEP_END, Cancel, Written

SOURCE = """\
def f(n):
    total = 0
    for i in range(n):
        total += i
    return total
try:
    print(f(3))
    f("a")
except TypeError as e:
    total = 1
    total += 1
print(total)
"""


def parts_of(asked: Asked) -> list[Written]:
    """A perfect answer, step by step."""
    pieces = as_cwm_writes(record(asked.shown, sandbox=False))[4:]
    parts: list[Written] = []
    held: list[Piece] = []
    for piece in pieces:
        held.append(piece)
        if piece in (STEP_END, END):
            parts.append(Written(tuple(held), math.log(0.9)))
            held = []
    return parts


ASKED = ask_about(Program(SOURCE))
PARTS = parts_of(ASKED)


class Replay:
    """A writer that writes what it was given: for what no network can be made to write."""

    name = "replay"
    context = 100_000

    def __init__(self, parts: Sequence[Written]) -> None:
        self.parts, self.taken = parts, 0

    def count(self, pieces: Sequence[Piece]) -> int:
        return len(pieces)

    def write(
        self, pieces: Sequence[Piece], *, max_tokens: int, cancel: Cancel, **_: object
    ) -> Iterator[Written]:
        for part in self.parts:
            self.taken += 1
            yield part

    def health(self) -> str:
        return "replays"


def predicted(parts: Sequence[Written], source: str = SOURCE, max_steps: int = 1000) -> Trace:
    return CwmModel(Replay(parts)).predict(Program(source), max_steps=max_steps)


def test_steps_come_as_they_are_written_and_are_those_of_the_end() -> None:
    seen: list[list[Step]] = []
    told: list[Step] = []
    reading = Reading(ASKED, "x")
    for part in PARTS:
        fresh = reading.feed(part)
        told += fresh
        seen.append(list(fresh))
    trace = reading.trace(Outcome("truncated"))
    assert reading.done
    assert trace.outcome == Outcome()
    assert [replace(s, confidence=None) for s in told] == [
        replace(s, confidence=None) for s in trace.steps
    ]
    assert max(map(len, seen)) <= 2
    assert trace.output == "3\n2\n"
    assert trace.steps[0].confidence == pytest.approx(0.9)


def test_a_long_answer_is_not_read_too_often() -> None:
    asked = ask_about(Program("for i in range(400):\n    i += 1\n"))
    reading = Reading(asked, "x")
    groups = [len(fresh) for part in parts_of(asked) if (fresh := reading.feed(part))]
    assert sum(groups) + len(reading.rest()) == 802
    assert groups[:30] == [1] * 30
    assert len(groups) < 200


def test_nothing_is_asked_for_after_the_programs_end() -> None:
    chatter = [Written(("Done. ",))] * 20
    writer = Replay([*PARTS, *chatter])
    trace = CwmModel(writer).predict(Program(SOURCE))
    assert (trace.outcome.kind, writer.taken) == ("finished", len(PARTS) - 1)


def test_without_control_tokens_the_steps_are_the_same() -> None:
    whole = predicted(PARTS)
    bare = "".join(p for part in PARTS for p in part.pieces if isinstance(p, str))
    lines = [Written((line,)) for line in bare.splitlines(keepends=True)]
    trace = predicted(lines)
    assert [(s.event, s.line, s.locals, s.stdout) for s in trace.steps] == [
        (s.event, s.line, s.locals, s.stdout) for s in whole.steps
    ]
    assert all(step.confidence is None for step in trace.steps)


def test_the_last_step_allowed_is_the_last() -> None:
    whole = predicted(PARTS)
    for limit in range(1, len(whole) + 2):
        trace = predicted(PARTS, max_steps=limit)
        assert trace.steps == whole.steps[:limit]
        assert trace.outcome.kind == ("step-limit" if limit < len(whole) else "finished")


def test_lines_repeated_without_end_stop_at_the_limit() -> None:
    source = "while True:\n    pass\n"
    step = Written((Control("line_sep"), "{}", Control("action_sep"), "    pass\n", STEP_END))
    trace = predicted([step] * 500, source, max_steps=50)
    assert (len(trace), trace.outcome.kind) == (50, "step-limit")


@pytest.mark.parametrize(
    ("piece", "kind", "says"),
    [
        ("I think that", "unparsable", "stands between two steps"),
        ('{"n": ', "unparsable", "step"),
        ("", "truncated", "before the program does"),
    ],
)
def test_oddities_have_outcomes(piece: str, kind: str, says: str) -> None:
    odd = Written((Control("line_sep"), piece, Control("action_sep"), "x\n", STEP_END))
    if "think" in piece:
        odd = Written((piece, STEP_END))
    parts = [*PARTS[:5], *([odd] if piece else [Written((END,))])]
    trace = predicted(parts)
    assert trace.outcome.kind == kind
    assert says in (trace.outcome.message or "")
    assert len(trace) >= 3


def test_too_many_tokens_is_truncated() -> None:
    trace = predicted([*PARTS[:5], Written(("<",), cut=True)])
    assert str(trace.outcome) == "truncated on line 1 (the model ran out of tokens)"


def test_a_program_that_does_not_compile_is_not_asked_about() -> None:
    writer = Replay(PARTS)
    trace = CwmModel(writer).predict(Program("x = ("))
    assert (trace.outcome.kind, writer.taken, trace.model) == ("syntax-error", 0, "replay")


JUNK = st.sampled_from([*(Control(name) for name in sorted(CONTROL_NAMES)), "{}", "\n", '"1"'])


@given(st.lists(st.lists(JUNK | st.text(max_size=5), max_size=6), max_size=8), st.integers(0, 9))
def test_no_answer_makes_the_reading_fail(junk: list[list[Piece]], at: int) -> None:
    parts = [*PARTS[:at], *(Written(tuple(pieces)) for pieces in junk)]
    trace = predicted(parts)
    assert Trace.from_json(trace.to_json()) == trace


def test_the_samples_are_read_as_recorded_while_they_come(human_programs: Sequence[Path]) -> None:
    for path in human_programs[::12]:
        source = path.read_text(encoding="utf-8")
        program = Program(source, stdin=header_comments(source)[1])
        asked = ask_about(program)
        trace = CwmModel(Replay(parts_of(asked))).predict(program)
        real = record(program, sandbox=False)
        assert [(s.event, s.line, s.function) for s in trace.steps] == [
            (s.event, s.line, s.function) for s in real.steps
        ]
        assert trace.output == real.output
