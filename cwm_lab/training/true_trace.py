"""The trace that the scheduler makes of a program when every answer is true.

The teacher hears the true answers, in this process: only for programs that one would run oneself.
It shows that scheduler and teacher agree with Python, and gives prompts with their true answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cwm_lab.trace import Program, Step, Trace
from cwm_lab.training.teacher import Transition, transitions
from cwm_lab.worldmodel.dialect import Answer, Prompt, read_answer
from cwm_lab.worldmodel.scheduler import Scheduler


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
    return follow(program, transitions(program.text, program.stdin), max_steps)


def follow(
    program: Program, heard: Sequence[Transition], max_steps: int = 3000
) -> tuple[Trace, list[Question]]:
    """The same from transitions that were heard before. Raises UnknownQuestionError."""
    known_as: dict[tuple[str, ...], list[Transition]] = {}
    for transition in heard:
        known_as.setdefault(transition.prompt, []).append(transition)
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
        known = known_as.get(tuple(prompt.tokens))
        if not known:
            raise UnknownQuestionError(" ".join(prompt.tokens))
        chosen = known.pop(0) if len(known) > 1 else known[0]
        asked.append(Question(chosen, prompt, len(steps)))
        answer = read_answer(chosen.answer, prompt)
