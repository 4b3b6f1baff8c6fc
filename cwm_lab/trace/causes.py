"""What kind of mistake a divergence is: a wrong value, a wrong branch, a loop too long, ..."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, get_args

from cwm_lab.trace.compare import Comparison, StepPair
from cwm_lab.trace.model import Step, Trace
from cwm_lab.trace.program import Program

Cause = Literal["value", "output", "branch", "loop count", "call", "exception", "end"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
"""value: a variable or a returned value. output: what was printed. branch: which way an ``if``,
``match`` or ``except`` went. loop count: whether a loop goes round again. call: whether, or with
what, a function is called. exception: whether, or which, one is raised. end: how the run ended."""

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def cause_of(comparison: Comparison, index: int) -> Cause | None:
    """The kind of mistake that pair `index` of a comparison shows, None if it is a match.

    It is read from the two steps, or, where the traces are at different places, from the statement
    that both had just come from. A cause is only telling for the first divergence after steps that
    match; later ones may be its consequences.
    """
    pair = comparison.steps[index]
    if pair.verdict == "match":
        return None
    left, right = _steps(comparison, index)
    if pair.verdict == "value" and right is not None:
        return _wrong_value(pair, right)
    events = {step.event for step in (left, right) if step is not None}
    if "exception" in events:
        return "exception"
    if left is None and right is None:
        return "end"
    before = _line_before(comparison, index)
    header = _headers(comparison.actual.program).get(before) if before is not None else None
    if header is not None:
        return header
    if "call" in events:
        return "call"
    # One trace stops where the other goes on.
    if left is None or right is None:
        return "end"
    return "branch"


def causes(comparison: Comparison) -> list[Cause | None]:
    """`cause_of` for each pair."""
    return [cause_of(comparison, index) for index in range(len(comparison.steps))]


def first_cause(comparison: Comparison) -> Cause | None:
    """The cause of the first divergence; "end" if all steps match but the outcome does not."""
    for index, pair in enumerate(comparison.steps):
        if pair.verdict != "match":
            return cause_of(comparison, index)
    return None if comparison.scores["outcome_exact"] else "end"


def _wrong_value(pair: StepPair, right: Step) -> Cause:
    if right.event == "exception":
        return "exception"
    if right.event == "call":
        return "call"
    return "output" if pair.names == ("stdout",) else "value"


def _steps(comparison: Comparison, index: int) -> tuple[Step | None, Step | None]:
    """The predicted and the actual step at a divergence. Where one side of the pair is missing,
    the step that this side has next stands for it."""
    left = right = None
    for pair in comparison.steps[index:]:
        if left is None and pair.predicted is not None:
            left = comparison.predicted.steps[pair.predicted]
        if right is None and pair.actual is not None:
            right = comparison.actual.steps[pair.actual]
        if left is not None and right is not None:
            break
    return left, right


def _line_before(comparison: Comparison, index: int) -> int | None:
    """The line of the statement that had just run in both traces."""
    for pair in reversed(comparison.steps[:index]):
        trace: Trace
        for trace, at in (
            (comparison.actual, pair.actual),
            (comparison.predicted, pair.predicted),
        ):
            if at is not None:
                step = trace.steps[at]
                return step.line if step.event == "line" else None
    return None


@lru_cache(maxsize=64)
def _headers(program: Program) -> Mapping[int, Cause]:
    """Line -> cause, for the lines at which the way forks."""
    found: dict[int, Cause] = {}
    texts: Sequence[tuple[str, int]] = ((program.text, 1), (program.context, -1))
    for text, sign in texts:
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, _LOOPS):
                found[sign * node.lineno] = "loop count"
            elif isinstance(node, ast.If | ast.Match | ast.ExceptHandler):
                found[sign * node.lineno] = "branch"
            elif isinstance(node, ast.match_case):
                found[sign * node.pattern.lineno] = "branch"
    return found
