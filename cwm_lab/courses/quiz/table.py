"""The trace as a table that the learner fills in, step by step, before Python's is shown.

Each step begins from Python's state, so that one mistake does not spoil the rest. What the learner
said first becomes a Trace of origin "learner", to be compared like any prediction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cwm_lab.courses.attempts import Attempt
from cwm_lab.courses.quiz.judging import Mark, line_number
from cwm_lab.courses.quiz.keeping import Keeper
from cwm_lab.courses.quiz.question import END
from cwm_lab.courses.quiz.quiz import QUIZ_SCHEMA, TRIES
from cwm_lab.courses.quiz.rivals import RULES, wrong_turn
from cwm_lab.courses.quiz.sheet import Phase, Prompt, Sheet, placed
from cwm_lab.courses.quiz.walk import Walk
from cwm_lab.errors import CWMLabError
from cwm_lab.trace import Comparison, Outcome, Step, Trace, compare

MAX_ROWS = 60
"""Steps that are asked for at most: a table that nobody will fill teaches nobody."""


@dataclass(frozen=True)
class TableJudgement:
    """What is said to one filled-in step.

    verdict: of the whole: right, partly, wrong, unreadable (no try lost) or skipped.
    cells: name -> the mark of what was typed there; names that were forgotten are here too.
    reveal: name -> value, once the step is settled.
    """

    verdict: str
    credit: float
    cells: Mapping[str, Mark]
    tries_left: int
    reveal: Mapping[str, str] | None = None

    @property
    def settled(self) -> bool:
        return self.reveal is not None

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "credit": self.credit,
            "cells": {
                name: {"verdict": m.verdict, "hint": m.hint, "rule": m.rule}
                for name, m in self.cells.items()
            },
            "triesLeft": self.tries_left,
            "reveal": None if self.reveal is None else dict(self.reveal),
            "settled": self.settled,
        }


class TableQuiz:
    """The table of one recorded trace, and the learner's way through it.

    trace: what Python did. save, who, clock: as for `Quiz`.
    """

    def __init__(
        self,
        trace: Trace,
        *,
        save: Callable[[Attempt], None] | None = None,
        who: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trace = trace
        self._walk = Walk(trace)
        self._sheet = Sheet(self._walk)
        self._keeper = Keeper(trace.program, save, who, clock)
        self._steps: list[Step] = list(trace.steps[:1])
        self._credits: list[float] = []
        self._index = 0  # of the recorded step that runs now
        self._phase: Phase = "line"
        self._tries = 0
        self._first = 0.0
        self._said: Step | None = None  # what the learner said of the step that comes
        self._judgement: TableJudgement | None = None
        self._stopped = False
        self._open_step()

    def __repr__(self) -> str:
        return f"<TableQuiz: step {self._index + 1} of {len(self._walk.steps)}>"

    @property
    def reason(self) -> str:
        """Why there is nothing to fill in; empty if there is something."""
        if len(self._walk.steps) < 2:
            return "There is nothing to fill in: no line of the program ran."
        return ""

    @property
    def done(self) -> bool:
        last = min(len(self._walk.steps), MAX_ROWS + 1) - 1
        return self._stopped or self._index >= last

    @property
    def score(self) -> float:
        """Mean credit of the settled steps, 0..1."""
        return sum(self._credits) / len(self._credits) if self._credits else 0.0

    def next(self) -> Prompt | None:
        """What is asked now; None when the table is done."""
        if self.done:
            return None
        return self._sheet.prompt(self._index, self._phase)

    def answer_line(self, text: str) -> TableJudgement:
        """Judge which line the learner says runs next. Raises CWMLabError in the other phase."""
        self._expect("line")
        then = self._walk.steps[self._index + 1]
        said = line_number(text, self._walk)
        if said is None:
            mark = Mark("unreadable", hint="Type a line's number, or end.")
            return self._judged({"line": mark}, mark.verdict, 0.0, {})
        truth = str(then.line)
        if said == truth:
            mark = Mark("right", 1.0)
        else:
            now = self._walk.steps[self._index]
            node = self._walk.statements.get(now.line)
            rule = wrong_turn(self._walk, node, truth, said) or None
            hint = RULES[rule] if rule else "Python goes to another line."
            mark = Mark("wrong", hint=hint, rule=rule)
            if self._tries == 0 and said != END:
                self._said = Step("line", int(said), now.function, now.depth)
        judged = self._judged({"line": mark}, mark.verdict, mark.credit, {"line": truth})
        self._keep("line", text, truth, mark.verdict, mark.credit, mark.rule, None)
        if judged.settled:
            self._phase = "state"
            self._tries = 0
        return judged

    def answer_state(
        self, values: Mapping[str, str], confidence: float | None = None
    ) -> TableJudgement:
        """Judge the values after the line.

        values: name -> typed text, for the names that the learner changed or added, and for the
        prompt's `special` keys. Names that are left out are said to be unchanged; an empty text
        says that a name has no value. Raises CWMLabError in the other phase.
        """
        self._expect("state")
        truth = self._sheet.truth(self._index)
        cells = self._sheet.cells(self._index, values)
        unreadable = {n: m for n, m in cells.items() if m.verdict == "unreadable"}
        if unreadable:
            return self._judged(unreadable, "unreadable", 0.0, {})
        credit = sum(m.credit for m in cells.values()) / len(cells) if cells else 1.0
        right = all(mark.verdict == "right" for mark in cells.values())
        verdict = "right" if right else "partly" if credit else "wrong"
        if self._tries == 0 and self._said is None:
            self._said = self._sheet.learners_step(self._index, values, cells)
        judged = self._judged(cells, verdict, credit, truth)
        rule = next((mark.rule for mark in cells.values() if mark.rule), None)
        self._keep("table", _text(values), _text(truth), verdict, credit, rule, confidence)
        if judged.settled:
            self._settle()
        return judged

    def skip(self) -> TableJudgement:
        """Give this step up and see its values; it counts as nothing said."""
        if self.done:
            raise CWMLabError("the table is done")
        truth = self._sheet.truth(self._index)
        self._tries = TRIES
        judged = self._judged({}, "skipped", 0.0, truth)
        self._keep("table", "", _text(truth), "skipped", 0.0, None, None)
        then = self._walk.steps[self._index + 1]
        self._said = self._said or placed(then)
        self._settle()
        return judged

    def stop(self) -> None:
        """End here: the rest of the table stays empty."""
        self._stopped = True

    def trace(self) -> Trace:
        """What the learner said first of each step, as a Trace of origin "learner"."""
        whole = len(self._steps) == len(self._trace.steps)
        ended = self._trace.outcome if whole else Outcome("truncated", None, "the table ends here")
        return Trace(self._trace.program, tuple(self._steps), ended, "learner")

    def compare(self) -> Comparison:
        """The learner's trace against the recorded one, as far as the table was filled in."""
        recorded = self._trace
        if len(self._steps) < len(recorded.steps):
            ended = Outcome("truncated", None, "the table ends here")
            shown = recorded.steps[: len(self._steps)]
            recorded = replace(recorded, steps=tuple(shown), outcome=ended)
        return compare(self.trace(), recorded)

    def state(self) -> dict[str, Any]:
        """All that a view shows, as the JSON of `docs/predicting.md`."""
        prompt = self.next()
        return {
            "schema": QUIZ_SCHEMA,
            "mode": "table",
            "reason": self.reason,
            "number": self._index + 1,
            "of": max(min(len(self._walk.steps), MAX_ROWS + 1) - 1, 0),
            "question": None if prompt is None else prompt.to_json(),
            "triesLeft": TRIES - self._tries,
            "judgement": None if self._judgement is None else self._judgement.to_json(),
            "score": round(self.score, 4),
            "done": self.done,
        }

    def _open_step(self) -> None:
        """Begin the next step, with the question for its line if there is anything to decide."""
        self._said, self._tries, self._first = None, 0, 0.0
        self._phase = "state"
        if not self.done:
            self._phase = "line" if self._sheet.asks_line(self._index) else "state"

    def _judged(
        self, cells: Mapping[str, Mark], verdict: str, credit: float, truth: Mapping[str, str]
    ) -> TableJudgement:
        if verdict not in ("unreadable", "skipped"):
            self._tries += 1
            mean = credit if self._tries == 1 else (self._first + credit) / 2
            credit = max(self._first, mean)
            self._first = credit
        left = 0 if verdict in ("right", "skipped") else TRIES - self._tries
        if not left:
            self._credits.append(credit)
        reveal = None if left else dict(truth)
        self._judgement = TableJudgement(verdict, round(credit, 4), dict(cells), left, reveal)
        return self._judgement

    def _settle(self) -> None:
        assert self._said is not None  # set at the first try, or when skipped
        self._steps.append(self._said)
        self._index += 1
        self._open_step()

    def _expect(self, phase: Phase) -> None:
        if self.done or self._phase != phase:
            wanted = "nothing" if self.done else f"the {self._phase}"
            raise CWMLabError(f"the table does not ask for the {phase} now, but for {wanted}")

    def _keep(
        self,
        kind: str,
        answer: str,
        truth: str,
        verdict: str,
        credit: float,
        rule: str | None,
        confidence: float | None,
    ) -> None:
        line = self._walk.steps[self._index].line
        self._keeper.keep(
            question=self._sheet.id(self._index, "line" if kind == "line" else "state"),
            kind=kind,
            text=f"step {self._index + 1}, after line {line}",
            answer=answer,
            truth=truth,
            verdict=verdict,
            credit=credit,
            rule=rule,
            tries=self._tries,
            confidence=confidence,
        )


def _text(values: Mapping[str, str]) -> str:
    """Several names' values as one text, for the attempt."""
    return "; ".join(f"{name} = {value}" for name, value in values.items())
