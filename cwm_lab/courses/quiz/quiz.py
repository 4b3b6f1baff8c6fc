"""A quiz about one recorded program: one question at a time, two tries each, then the truth.

`Quiz` knows no widget and no notebook: a front end calls `next`, `answer` and `skip`, and shows
`state`. Nothing of the trace is in `state` before the question that it answers is settled.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cwm_lab.courses.attempts import Attempt
from cwm_lab.courses.quiz.choose import choose
from cwm_lab.courses.quiz.explain import explain
from cwm_lab.courses.quiz.judging import judge
from cwm_lab.courses.quiz.keeping import Keeper
from cwm_lab.courses.quiz.question import Question, find
from cwm_lab.courses.quiz.walk import Walk
from cwm_lab.errors import CWMLabError
from cwm_lab.trace import Trace

QUIZ_SCHEMA = "cwm-lab/quiz@1"
TRIES = 2
"""Tries at a question; one, where there are only two answers."""

Verdict = Literal["right", "partly", "wrong", "unreadable", "skipped"]


@dataclass(frozen=True)
class Reveal:
    """The truth about a settled question.

    text: the right answer. step: index into the recorded trace where it shows. line: that step's.
    why: a sentence from the trace; may be empty.
    """

    text: str
    step: int
    line: int
    why: str


@dataclass(frozen=True)
class Judgement:
    """What is said to an answer.

    verdict: "unreadable" answers do not count as a try. credit: for the question so far, 0..1: a
    first try's own; with a second, the mean of both, if that is more.
    hint: one sentence, empty if right. rule: name of the broken rule, if one is known.
    tries_left: 0 if the question is settled; then `reveal` is there.
    """

    verdict: Verdict
    credit: float
    hint: str
    rule: str | None
    tries_left: int
    reveal: Reveal | None = None

    @property
    def settled(self) -> bool:
        return self.reveal is not None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "settled": self.settled}


@dataclass(frozen=True)
class Result:
    """One question when all is over: what you, the model and Python say to it.

    answers: the learner's tries in order. model: the model's answer, None if its trace does not
    get there; model_credit: judged as a learner's first try.
    """

    question: Question
    answers: tuple[str, ...]
    credit: float
    confidence: float | None
    model: str | None
    model_credit: float

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question.to_json(),
            "answers": list(self.answers),
            "credit": self.credit,
            "confidence": self.confidence,
            "model": self.model,
            "modelCredit": self.model_credit,
            "truth": self.question.truth.text,
            "step": self.question.truth.step,
        }


class _Open:
    """A question on its way: the tries at it so far."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.answers: list[str] = []
        self.credits: list[float] = []
        self.confidence: float | None = None
        self.judgement: Judgement | None = None

    @property
    def settled(self) -> bool:
        return self.judgement is not None and self.judgement.settled

    @property
    def credit(self) -> float:
        if not self.credits:
            return 0.0
        return max(self.credits[0], sum(self.credits) / len(self.credits))

    @property
    def tries(self) -> int:
        return 1 if self.question.form == "yesno" else TRIES


class Quiz:
    """The questions about one recorded trace, and the learner's way through them.

    trace: what Python did. seed: another number chooses other questions.
    save: called with an Attempt for each try, before the judgement is given back.
    who: name of the learner; by default the user's. clock: seconds, for tests.
    """

    def __init__(
        self,
        trace: Trace,
        *,
        seed: int = 0,
        save: Callable[[Attempt], None] | None = None,
        who: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._walk = Walk(trace)
        self._items = [_Open(question) for question in choose(self._walk, seed)]
        self._keeper = Keeper(trace.program, save, who, clock)
        self._position = 0

    def __repr__(self) -> str:
        return f"<Quiz: question {self._position + 1} of {len(self._items)}>"

    @property
    def reason(self) -> str:
        """Why there is nothing to ask; empty if there is something."""
        if self._items:
            return ""
        outcome = self._walk.trace.outcome
        if outcome.kind == "syntax-error":
            return f"There is nothing to predict: Python cannot read the program ({outcome})."
        if not self._walk.steps:
            return "There is nothing to predict: no line of the program ran."
        return (
            "There is nothing worth asking here: the program prints nothing, and no value, branch "
            "or loop in it can be told apart from its source."
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions. They hold the answers: not for showing."""
        return tuple(item.question for item in self._items)

    @property
    def done(self) -> bool:
        return all(item.settled for item in self._items)

    @property
    def score(self) -> float:
        """Mean credit of the settled questions, 0..1; 0 before there is one."""
        settled = [item.credit for item in self._items if item.settled]
        return sum(settled) / len(settled) if settled else 0.0

    def next(self) -> Question | None:
        """The open question: the next one, if the last is settled. None when all are."""
        if self._position < len(self._items) and self._items[self._position].settled:
            self._position += 1
            self._keeper.asked()
        return self._items[self._position].question if self._position < len(self._items) else None

    def answer(self, text: str, confidence: float | None = None) -> Judgement:
        """Judge an answer to the open question.

        confidence: how sure the learner is, 0..1. Raises CWMLabError if no question is open or the
        confidence is out of its range; never for what the answer says.
        """
        item = self._open()
        if confidence is not None and not 0 <= confidence <= 1:
            raise CWMLabError(f"a confidence is between 0 and 1, not {confidence!r}")
        mark = judge(item.question, text, self._walk)
        if mark.verdict == "unreadable":
            left = item.tries - len(item.answers)
            item.judgement = Judgement("unreadable", item.credit, mark.hint, mark.rule, left)
            return item.judgement
        item.answers.append(text)
        item.credits.append(mark.credit)
        if item.confidence is None:
            item.confidence = confidence
        left = 0 if mark.verdict == "right" else item.tries - len(item.answers)
        reveal = None if left else self._reveal(item.question)
        item.judgement = Judgement(mark.verdict, item.credit, mark.hint, mark.rule, left, reveal)
        self._keep(item, text, mark.verdict, mark.credit, mark.rule, confidence)
        return item.judgement

    def skip(self) -> Judgement:
        """Give the open question up and see the truth. Raises CWMLabError if none is open."""
        item = self._open()
        reveal = self._reveal(item.question)
        item.judgement = Judgement("skipped", item.credit, "", None, 0, reveal)
        self._keep(item, "", "skipped", 0.0, None, None)
        return item.judgement

    def skip_rest(self) -> None:
        """Give up all that is still open, without saving each: "just show me"."""
        for item in self._items:
            if not item.settled:
                reveal = self._reveal(item.question)
                item.judgement = Judgement("skipped", item.credit, "", None, 0, reveal)
        self._position = len(self._items)

    def results(self, prediction: Trace | None = None) -> tuple[Result, ...]:
        """You, model and Python side by side, for the settled questions.

        prediction: the model's trace of the same program.
        """
        walk = None if prediction is None else Walk(prediction)
        found = []
        for item in self._items:
            if not item.settled:
                continue
            said = None if walk is None else find(item.question.place, walk)
            text = None if said is None else said.text
            credit = 0.0 if text is None else judge(item.question, text, self._walk).credit
            found.append(
                Result(
                    item.question, tuple(item.answers), item.credit, item.confidence, text, credit
                )
            )
        return tuple(found)

    def state(self) -> dict[str, Any]:
        """All that a view shows, as the JSON of `docs/predicting.md`; the truth only of what is
        settled."""
        item = self._items[self._position] if self._position < len(self._items) else None
        return {
            "schema": QUIZ_SCHEMA,
            "mode": "questions",
            "reason": self.reason,
            "number": min(self._position + 1, len(self._items)),
            "of": len(self._items),
            "question": None if item is None else item.question.to_json(),
            "triesLeft": 0 if item is None or item.settled else item.tries - len(item.answers),
            "judgement": None
            if item is None or item.judgement is None
            else _camel(item.judgement.to_json()),
            "past": [
                {
                    "question": past.question.to_json(),
                    "answers": list(past.answers),
                    "judgement": _camel(past.judgement.to_json()),
                }
                for past in self._items
                if past.judgement is not None and past.settled
            ],
            "score": round(self.score, 4),
            "done": self.done,
        }

    def _open(self) -> _Open:
        if self._position >= len(self._items) or self._items[self._position].settled:
            raise CWMLabError("no question is open: call next() first")
        return self._items[self._position]

    def _reveal(self, question: Question) -> Reveal:
        truth = question.truth
        line = self._walk.steps[truth.step].line
        return Reveal(truth.text, truth.step, line, explain(question, self._walk))

    def _keep(
        self,
        item: _Open,
        answer: str,
        verdict: str,
        credit: float,
        rule: str | None,
        confidence: float | None,
    ) -> None:
        self._keeper.keep(
            question=item.question.id,
            kind=item.question.kind,
            text=item.question.text,
            answer=answer,
            truth=item.question.truth.text,
            verdict=verdict,
            credit=credit,
            rule=rule,
            tries=len(item.answers),
            confidence=confidence,
        )


def _camel(data: dict[str, Any]) -> dict[str, Any]:
    """JSON names as JavaScript writes them."""
    data["triesLeft"] = data.pop("tries_left")
    return data
