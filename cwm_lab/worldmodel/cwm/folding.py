"""From the steps of the shown program to those of the program itself.

Steps inside the stand-ins become the output of the step after them; lines are mapped back, values
brought to our rules, names of the module taken out of functions, names of earlier cells put in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cwm_lab.trace import MODULE, Outcome, Step
from cwm_lab.worldmodel.cwm.asked import Asked
from cwm_lab.worldmodel.cwm.values import our_text


@dataclass
class _StandIn:
    """One call of a stand-in. told: its arguments, as the model wrote them."""

    name: str
    depth: int
    told: dict[str, str] = field(default_factory=dict)


def fold(asked: Asked, steps: Iterable[Step]) -> Iterator[Step]:
    """The program's own steps, in order; what is printed after the last one is lost, as with any
    line that never ends."""
    open_calls: list[_StandIn] = []
    written, sure = "", 1.0
    first = True
    silent = asked.shared  # until the model tells of one all the same
    for step in steps:
        while open_calls and step.depth < open_calls[-1].depth + (step.event == "call"):
            open_calls.pop()
        name = asked.stand_in(step.line)
        if name is not None:
            if step.event == "call":
                open_calls.append(_StandIn(name, step.depth))
            if open_calls:
                open_calls[-1].told |= step.locals
                written += _written(open_calls[-1], step)
            if step.confidence is not None:
                sure *= step.confidence
            continue
        made = _own(asked, step, len(open_calls))
        if first:
            silent -= made.locals.keys()
            made = replace(made, locals={**asked.earlier, **made.locals})
            first = False
        if made.function == MODULE and silent:
            silent -= made.locals.keys()
            made = replace(made, untold=made.untold or tuple(sorted(silent)))
        if made.confidence is not None:
            made = replace(made, confidence=made.confidence * sure)
        yield replace(made, stdout=written)
        written, sure = "", 1.0


def _own(asked: Asked, step: Step, deeper: int) -> Step:
    own = asked.own.get(step.function) if step.function != MODULE else None
    shown = {
        name: our_text(text)
        for name, text in step.locals.items()
        if (own is None or name in own) and not (name.startswith("__") and name.endswith("__"))
    }
    return replace(
        step,
        line=asked.line(step.line),
        depth=step.depth - deeper,
        locals=shown,
        removed=tuple(name for name in step.removed if own is None or name in own),
        value=None if step.value is None else our_text(step.value),
    )


def _written(call: _StandIn, step: Step) -> str:
    """What a step of a stand-in says is written to standard output."""
    if step.event not in ("return", "exception"):
        return ""
    if call.name == "print":
        elsewhere = call.told.get("file", "None") != "None"
        return _text(step.value) if step.event == "return" and not elsewhere else ""
    prompt = _text(call.told.get("prompt"))
    return f"{prompt}{_text(step.value)}\n" if step.event == "return" else prompt


def _text(value: str | None) -> str:
    """The text that a string's repr stands for; of what is no string, the repr itself."""
    if value is None:
        return ""
    try:
        text = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    return text if isinstance(text, str) else value


def fold_outcome(asked: Asked, outcome: Outcome, steps: Sequence[Step]) -> Outcome:
    """The outcome with the program's own line; an exception that a stand-in raised comes from the
    line that called it."""
    line = outcome.line
    if line is None:
        return outcome
    if asked.stand_in(line) is None:
        return replace(outcome, line=asked.line(line))
    inside = [at for at, step in enumerate(steps) if asked.stand_in(step.line) is not None]
    after = steps[inside[-1] + 1 :] if inside else ()
    return replace(outcome, line=asked.line(after[0].line) if after else None)
