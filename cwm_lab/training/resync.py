"""Re-synced accuracy: each step judged alone, predicted from the true state before it.

The scheduler walks the program on true answers, which the teacher heard; the network is asked the
same questions, all in one batch, and its answers are only judged. The teacher runs the program in
this process, so this is for programs that one would run oneself.
"""

from __future__ import annotations

from dataclasses import dataclass

from cwm_lab.trace import Program, Step, Trace
from cwm_lab.training.calibration import Judged
from cwm_lab.training.teacher import Transition, transitions
from cwm_lab.worldmodel import BuiltinModel
from cwm_lab.worldmodel.dialect import Answer, Prompt, read_answer
from cwm_lab.worldmodel.scheduler import Scheduler
from cwm_lab.worldmodel.vocabulary import OUTCOME


class UnknownQuestionError(Exception):
    """The scheduler asks what the teacher has not heard: they disagree about the program."""


@dataclass(frozen=True)
class Question:
    """A transition, the prompt that asked for it, and the index of the step that its answer leads
    to."""

    transition: Transition
    prompt: Prompt
    step: int


def true_trace(program: Program, max_steps: int = 3000) -> tuple[Trace, list[Question]]:
    """The trace that the scheduler makes when every answer is true, and the questions it asked.

    Raises UnknownQuestionError, NotImplementedError (constructs that the dialect lacks) and
    SyntaxError.
    """
    heard: dict[tuple[str, ...], list[Transition]] = {}
    for transition in transitions(program.text, program.stdin):
        heard.setdefault(transition.prompt, []).append(transition)
    steps: list[Step] = []
    run = Scheduler(program, max_steps=max_steps, on_step=steps.append).run()
    asked: list[Question] = []
    answer: Answer | None = None
    while True:
        try:
            prompt: Prompt = next(run) if answer is None else run.send(answer)
        except StopIteration as stop:
            trace: Trace = stop.value
            return trace, asked
        known = heard.get(tuple(prompt.tokens))
        if not known:
            raise UnknownQuestionError(" ".join(prompt.tokens))
        chosen = known.pop(0) if len(known) > 1 else known[0]
        asked.append(Question(chosen, prompt, len(steps)))
        answer = read_answer(chosen.answer, prompt)


@dataclass(frozen=True)
class Resynced:
    """Each step of a program judged alone.

    accuracy: share of steps whose every question is answered truly. judged: (the model's confidence
    in all answers of a step together, whether they are true), for steps that take any.
    """

    accuracy: float
    judged: tuple[Judged, ...]


def resync(program: Program, model: BuiltinModel) -> Resynced | None:
    """Ask for each step from the true state before it; None if the teacher cannot follow."""
    try:
        trace, asked = true_trace(program)
    except (UnknownQuestionError, NotImplementedError, SyntaxError):
        return None
    answers = model.decoder.complete([question.prompt for question in asked])
    steps: dict[int, Judged] = {}
    for question, answer in zip(asked, answers, strict=True):
        step = min(question.step, len(trace) - 1)
        confidence, right = steps.get(step, (1.0, True))
        true = outcome_of(answer.tokens) == outcome_of(question.transition.answer)
        steps[step] = (confidence * answer.probability, right and true)
    wrong = sum(not right for _, right in steps.values())
    return Resynced(1 - wrong / len(trace) if len(trace) else 1.0, tuple(steps.values()))


def outcome_of(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """An answer without its scratchpad; empty if it has no outcome."""
    return tokens[tokens.index(OUTCOME) :] if OUTCOME in tokens else ()
