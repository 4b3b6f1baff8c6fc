"""Mistakes told from their consequences: what the model says of each step from the true state.

Where it is right then, its mistake in the free-running prediction followed from an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cwm_lab.trace import Step, Trace, compare

MAX_STEPS = 1_000
"""Most steps that are looked at."""
RIGHT, WRONG, UNKNOWN = "r", "w", "?"


@dataclass(frozen=True)
class Consequences:
    """marks: a letter for each step of the recorded trace: right from the true state, wrong even
    so, or not known. says: index -> what is wrong there, in words. why: what stood in the way, if
    anything did."""

    marks: str = ""
    says: dict[int, str] = field(default_factory=dict)
    why: str = ""


def consequences(actual: Trace, model: str) -> Consequences:
    """Ask the model for each step of a recorded trace from the true state before it (re-sync).

    Raises ModelError where a model cannot do that.
    """
    # Here, so that the model's code is loaded only when it is asked.
    from cwm_lab.worldmodel import load_model

    followed = actual.with_steps(actual.steps[:MAX_STEPS])
    marks, says, why = [], {}, ""
    for found in load_model(model).resync(followed):
        if found.step is None:
            marks.append(UNKNOWN)
            why = why or (found.why or "")
            continue
        wrong = _difference(found.step, actual.steps[found.index], actual)
        marks.append(WRONG if wrong else RIGHT)
        if wrong:
            says[found.index] = wrong
    return Consequences("".join(marks), says, why)


def _difference(ours: Step, true: Step, trace: Trace) -> str:
    """How a step differs from the true one, in words; empty if it does not."""
    comparison = compare(trace.with_steps((ours,)), trace.with_steps((true,)))
    for number, pair in enumerate(comparison.steps):
        if pair.verdict != "match":
            return comparison.describe(number).partition(": ")[2]
    return ""
