"""Why a prediction has probably failed: read off the first divergence, in a few words.

A guess from outside: nobody looks into the network. It says what kind of slip turns the right value
into the predicted one, and whether the line is one that the network could not have learned.
"""

from __future__ import annotations

import ast
from collections import Counter
from difflib import SequenceMatcher

from cwm_lab.trace import Comparison, Step, Trace, first_cause
from cwm_lab.worldmodel import envelope

LONG_VALUES = 100
"""Characters of the values that a line reads, from which on they count as long."""
_STOPPED = {"unparsable", "truncated", "time-limit", "step-limit", "memory-limit", "output-limit"}
_ALIKE = 0.5


def likely_reason(comparison: Comparison, line: int) -> str:
    """The reason in a few words. line: of the statement that had just run, 1 is the first."""
    actual, predicted = comparison.actual, comparison.predicted
    outside = [notice.what for notice in envelope(actual.program) if notice.line == line]
    if outside:
        return f"outside of the model's envelope: {outside[0]}"
    pair = comparison.first_pair
    left = right = None
    if pair is not None:
        left = None if pair.predicted is None else predicted.steps[pair.predicted]
        right = None if pair.actual is None else actual.steps[pair.actual]
    if left is None and predicted.outcome.kind in _STOPPED:
        return f"the prediction stopped: {predicted.outcome}"
    reason = _slip(comparison, left, right)
    size = _read(actual, line, comparison.first_divergence)
    return f"{reason}; its values are long ({size} characters)" if size > LONG_VALUES else reason


def _slip(comparison: Comparison, left: Step | None, right: Step | None) -> str:
    cause = first_cause(comparison)
    if cause == "exception":
        return _exception(left, right)
    if cause == "branch":
        return "a condition came out the wrong way"
    if cause == "loop count":
        return "a loop header answered wrongly: too many or too few rounds, or the wrong item"
    if cause == "end":
        return "another end of the run"
    if left is None or right is None or left.line != right.line:
        return "a call that is made at the wrong time" if cause == "call" else "another line"
    for what, ours, true in _different(comparison, left, right):
        return f"{what}: {_difference(ours, true)}"
    return "another value"


def _exception(left: Step | None, right: Step | None) -> str:
    ours = left.value if left is not None and left.event == "exception" else None
    true = right.value if right is not None and right.event == "exception" else None
    if ours is None:
        return f"does not see that {(true or '').partition('(')[0]} is raised"
    if true is None:
        return f"raises {ours.partition('(')[0]} where nothing goes wrong"
    same = ours.partition("(")[0] == true.partition("(")[0]
    return "the right exception with another message" if same else "another exception"


def _different(
    comparison: Comparison, left: Step, right: Step
) -> list[tuple[str, str | None, str | None]]:
    """(what, the model's text, the true one) of all that differs in two steps at one place."""
    pair = comparison.first_pair
    assert pair is not None
    assert pair.predicted is not None
    assert pair.actual is not None
    ours = comparison.predicted.state_at(pair.predicted)
    true = comparison.actual.state_at(pair.actual)
    found: list[tuple[str, str | None, str | None]] = []
    for name in pair.names:
        if name == "stdout":
            found.append(("printed text", repr(left.stdout), repr(right.stdout)))
        elif name == "return":
            found.append(("returned value", left.value, right.value))
        else:
            found.append((name, ours.get(name), true.get(name)))
    return found


def _difference(ours: str | None, true: str | None) -> str:
    """What slip makes one value's text of the other's."""
    if ours is None or true is None:
        return "bound where it is not" if true is None else "not seen to be bound"
    try:
        mine, its = ast.literal_eval(ours), ast.literal_eval(true)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return _spelling(ours, true)
    if type(mine) is not type(its):
        return f"{_kind(mine)} instead of {_kind(its)}"
    if isinstance(its, str):
        return _spelling(mine, its)
    if isinstance(its, bool):
        return "the wrong way round"
    if isinstance(its, int | float):
        return _number(mine, its)
    if isinstance(its, dict) and mine.keys() == its.keys():
        wrong = sum(mine[key] != its[key] for key in its)
        return f"{wrong} of {len(its)} entries hold another value"
    if isinstance(its, list | tuple | set | dict):
        return _items([repr(item) for item in mine], [repr(item) for item in its])
    return "another value"


def _number(mine: float, its: float) -> str:
    if abs(mine) == abs(its):
        return "the wrong sign"
    digits, wanted = str(abs(mine)), str(abs(its))
    if len(digits) == len(wanted) > 1:
        wrong = sum(a != b for a, b in zip(digits, wanted, strict=True))
        return f"{wrong} of {len(wanted)} digits wrong, off by {mine - its:g}"
    return f"off by {mine - its:g}"


def _items(mine: list[str], its: list[str]) -> str:
    if sorted(mine) == sorted(its):
        return "the right items in another order"
    if len(mine) != len(its):
        return f"{len(mine)} items instead of {len(its)}"
    wrong = len(its) - (Counter(mine) & Counter(its)).total()
    return f"{wrong} of {len(its)} items wrong"


def _spelling(ours: str, true: str) -> str:
    blocks = SequenceMatcher(None, ours, true, autojunk=False).get_matching_blocks()
    kept = sum(block.size for block in blocks)
    if not true or kept / len(true) < _ALIKE:
        return "another text"
    if len(ours) != len(true):
        few = len(true) - len(ours)
        way = "too short" if few > 0 else "too long"
        return f"a text of {len(true)} characters, {abs(few)} {way}"
    return f"a text of {len(true)} characters, {len(true) - kept} of them wrong"


def _kind(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name.startswith('i') else 'a'} {name}"


def _read(actual: Trace, line: int, divergence: int | None) -> int:
    """How many characters the values have that a line reads."""
    text = actual.program.lines[line - 1] if 0 < line <= len(actual.program.lines) else ""
    at = (len(actual) if divergence is None else divergence) - 1
    if at < 0:
        return 0
    state = actual.state_at(at)
    words = set("".join(char if char.isidentifier() else " " for char in text).split())
    return sum(len(value) for name, value in state.items() if name in words)
