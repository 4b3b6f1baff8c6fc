"""Runs the scheduler on true answers: what the teacher heard takes the network's place.

If scheduler, dialect, teacher and recorder agree on the rules, the "prediction" made so is the
recorded trace, step by step.
"""

from __future__ import annotations

from cwm_lab.trace import Program, Trace
from cwm_lab.training.teacher import Transition, transitions
from cwm_lab.worldmodel.dialect import Prompt, read_answer
from cwm_lab.worldmodel.scheduler import Scheduler


class UnknownQuestionError(Exception):
    """The scheduler asked something that the teacher has not heard."""


def oracle_trace(program: Program) -> Trace:
    """The trace that the scheduler makes of a program when every answer is true."""
    heard = transitions(program.text, program.stdin)
    left: dict[tuple[str, ...], list[Transition]] = {}
    for transition in heard:
        left.setdefault(transition.prompt, []).append(transition)
    run = Scheduler(program, max_steps=3000).run()
    answer = None
    while True:
        try:
            prompt: Prompt = run.send(answer)
        except StopIteration as stop:
            return stop.value
        known = left.get(tuple(prompt.tokens))
        if not known:
            raise UnknownQuestionError(" ".join(prompt.tokens))
        chosen = known.pop(0) if len(known) > 1 else known[0]
        answer = read_answer(chosen.answer, prompt)
