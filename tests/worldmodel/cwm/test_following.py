"""Re-sync and what-if: a model put before true steps, or steps with other values, by its prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cwm_lab import record
from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Trace, header_comments
from cwm_lab.trace.cwm_text import Piece
from cwm_lab.training.alone import judge_alone
from cwm_lab.worldmodel.cwm.asked import as_cwm_writes, ask_about
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.cwm.writing import END, STEP_END, Cancel, Written

PROGRAM = Program("a = 3\nprint(a)\n")


class Oracle:
    """Writes a perfect answer on from wherever it is put; `slips` names parts that it gets wrong.

    asked: how many steps were told with each question.
    """

    name = "oracle"
    context = 1_000_000

    def __init__(self, program: Program, slips: Sequence[int] = ()) -> None:
        pieces = as_cwm_writes(record(ask_about(program).shown, sandbox=False))[4:]
        self.parts: list[Written] = []
        held: list[Piece] = []
        for piece in pieces:
            held.append(piece)
            if piece in (STEP_END, END):
                self.parts.append(Written(tuple(held), -0.1))
                held = []
        for at in slips:
            wrong = [
                p.replace('"3"', '"4"') if isinstance(p, str) else p for p in self.parts[at].pieces
            ]
            self.parts[at] = Written(tuple(wrong), -0.1)
        self.told: list[Sequence[Piece]] = []

    def count(self, pieces: Sequence[Piece]) -> int:
        return len(pieces)

    def write(
        self,
        pieces: Sequence[Piece],
        *,
        max_tokens: int,
        cancel: Cancel,
        grammar: object = None,
        told: Sequence[Piece] = (),
    ) -> Iterator[Written]:
        self.told.append(told)
        yield from self.parts[sum(piece == STEP_END for piece in told) :]

    def health(self) -> str:
        return "knows it all"


def test_true_steps_are_what_the_next_step_is_asked_after(human_programs: Sequence[Path]) -> None:
    for path in human_programs[3::30]:
        source = path.read_text(encoding="utf-8")
        program = Program(source, path.name, stdin=header_comments(source)[1])
        real = record(program, sandbox=False, max_steps=150)
        if real.outcome.kind == "step-limit" or "input(" in source:
            continue
        alone = judge_alone([real], CwmModel(Oracle(program)))[0]
        assert alone.scores == {"resynced_step_accuracy": 1.0}, path.name
        assert alone.followed == 1
        assert all(right for _, right in alone.judged)


def test_a_wrong_step_costs_itself_alone() -> None:
    oracle = Oracle(PROGRAM, slips=[2])
    real = record(PROGRAM, sandbox=False)
    alone = judge_alone([real], CwmModel(oracle))[0]
    assert alone.scores["resynced_step_accuracy"] == pytest.approx(2 / 3)
    after = "".join(piece for piece in oracle.told[2] if isinstance(piece, str))
    assert '"a": "3"' in after
    assert '"4"' not in after


def test_a_session_goes_on_from_a_recorded_step() -> None:
    real = record(PROGRAM, sandbox=False)
    oracle = Oracle(PROGRAM)
    session = CwmModel(oracle).session(real, 1)
    assert session.steps == real.steps[:2]
    assert [step.line for step in session.run()] == [2]
    assert session.trace.output == "3\n"
    assert session.trace.outcome.kind == "finished"
    assert len(oracle.told) == 1


def test_what_if_goes_on_from_the_other_value(local: CwmModel) -> None:
    for start in (PROGRAM, record(PROGRAM, sandbox=False)):
        session = local.session(start, 1)
        assert session.current is not None
        changed = session.change({"a": "6"})
        assert changed is not None
        assert (changed.line, changed.locals) == (2, {"a": "6"})
        list(session.run())
        assert (session.trace.output, session.trace.outcome.kind) == ("6\n", "finished")
        assert session.go_to(1) == changed


def test_what_cannot_be_changed_is_told(local: CwmModel) -> None:
    session = local.session(PROGRAM, 1)
    with pytest.raises(ValueError, match=r"no value|not a value|cannot"):
        session.change({"a": "1 +"})
    session.go_to(2)
    with pytest.raises(ValueError, match="not where a function returns or raises"):
        session.change({"a": "5"})


def test_a_cut_program_is_followed_as_far_as_it_is_shown() -> None:
    unused = "def unused(a):\n" + "    a += 1\n" * 40 + "    return a\n"
    program = Program(unused + "x = 1\n")
    asked = ask_about(
        program, lambda pieces: sum(len(p) for p in pieces if isinstance(p, str)), 200
    )
    assert asked.shown_line(2) is None or asked.cell_lines != tuple(range(1, 44))
    real = record(program, sandbox=False)
    stray = replace(real.steps[0], line=20)
    model = CwmModel(Oracle(program))
    model._asked = lambda _program: asked  # type: ignore[method-assign]
    found = model.resync(Trace(program, (stray, *real.steps[1:])))
    assert found[0].step is not None
    assert all("cut" in (one.why or "") for one in found[1:])
    with pytest.raises(ModelError, match="cut to fit"):
        model.session(Trace(program, (stray,)))
