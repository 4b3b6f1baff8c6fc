"""Wrong answers that a known misconception gives, worked out from the trace, and what to say.

Each rival is an answer that somebody would give who believes one wrong thing: it names the rule
that was broken, and its hint says the rule without the answer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from cwm_lab.courses.quiz.arithmetic import mistaken, result
from cwm_lab.courses.quiz.question import END, Question
from cwm_lab.courses.quiz.syntax import mentioned
from cwm_lab.courses.quiz.values import read_value
from cwm_lab.courses.quiz.walk import Moment, Walk

RULES: Mapping[str, str] = {
    "alias": "The object is changed in place, and every name that stands for it sees the change.",
    "argument": "That is what goes into the call, not what comes out.",
    "back-to-header": "At the end of its body a loop goes back to its header.",
    "before-change": "That is the value before the line has run.",
    "break": "`break` leaves the loop at once.",
    "condition": "Work out the condition with the values of this moment: is it true?",
    "continue": "`continue` skips the rest of the body and goes back to the loop's header.",
    "floor-division": "`//` divides and rounds down to a whole number.",
    "header-once-more": "The header is reached once more than the body runs: the last look finds "
    "that nothing is left to do.",
    "index-from-zero": "Positions are counted from 0.",
    "int-cuts": "`int(...)` cuts the fraction off; it does not round.",
    "loop-goes-on": "The loop is not over yet: there is another round.",
    "loop-is-over": "The loop is over: there are no items left, or its condition is false now.",
    "loop-left-early": "The loop is left before its end.",
    "no-return": "What a call works out or prints is not what it returns: look for a `return` that "
    "it reaches.",
    "one-change-early": "That is an earlier value: it changes once more.",
    "one-round-few": "That is one round too few.",
    "one-round-many": "That is one round too many.",
    "one-start": "That counts one start of the loop only; it is started again.",
    "other-call": "That is what another call of the function returns.",
    "other-name": "That is the value of another name.",
    "power": "`**` is a power: 2 ** 3 is 2 * 2 * 2.",
    "precedence": "`*`, `/`, `//` and `%` come before `+` and `-`.",
    "range-end": "A range stops before its end: the end itself is not one of its numbers.",
    "remainder": "`%` gives the remainder of a division, not its result.",
    "replaces": "`+=` and its kin work on the old value; they do not replace it.",
    "return-leaves": "`return` leaves the function at once, from inside a loop too.",
    "returns-value": "The call reaches a `return` with a value.",
    "slice-end": "A slice stops before its end position.",
    "test-first": "The condition is tested before each round: when it is false, the body does not "
    "run again.",
    "text-is-no-number": "Digits in quotes are text: `+` joins texts, it does not add them.",
    "true-division": "`/` always gives a float, with its fraction.",
    "whole-loop": "That is the value when the whole loop is over.",
}
"""Rule -> hint. The rules that judging itself finds are in `judging.py`."""


_MOST = 300


@dataclass(frozen=True)
class Rival:
    """A wrong answer, as text like `Question.truth.text`, and the rule that it breaks."""

    text: str
    rule: str


def rivals(asked: Question, walk: Walk) -> list[Rival]:
    """The wrong answers that can be derived for this question, most telling first."""
    match asked.kind:
        case "value":
            found = _values(asked, walk)
        case "return":
            found = _returns(asked, walk)
        case "count":
            found = _counts(asked, walk)
        case "line":
            found = _lines(asked, walk)
        case _:
            found = iter(())
    unique: dict[str, Rival] = {}
    for rival in found:
        if rival.text != asked.truth.text:
            unique.setdefault(rival.text, rival)
    return list(islice(unique.values(), _MOST))


def _values(asked: Question, walk: Walk) -> Iterator[Rival]:
    place, name = asked.place, asked.place.name
    moment = walk.moments[asked.truth.step]

    def at(index: int, rule: str) -> Iterator[Rival]:
        text = walk.moments[index].names.get(name)
        if text is not None:
            yield Rival(text, rule)

    if place.round:
        run = walk.loops[place.line][place.visit - 1]
        earlier = run.rounds[place.round - 2] if place.round > 1 else run.start
        yield from at(earlier, "one-round-few")
        if place.round < len(run.rounds):
            yield from at(run.rounds[place.round], "one-round-many")
            yield from at(run.rounds[-1], "whole-loop")
    elif place.line:
        yield from _unchanged(asked, walk)
    setter = _setter(walk, moment, name)
    if setter is not None:
        node, before = setter
        yield from _miscalculated(node, before.names, moment.names.get(name))
        yield from at(before.index, "one-change-early")
    if not place.line:
        yield from _past_the_range(walk, name, asked.truth.text)
    for other, text in moment.names.items():
        if other != name and len(text) > 1:
            yield Rival(text, "other-name")


def _unchanged(asked: Question, walk: Walk) -> Iterator[Rival]:
    """The name as it was before the line: then its change was overlooked."""
    place = asked.place
    before = walk.moments[walk.visits[place.line][place.visit - 1]]
    node = walk.statements.get(place.line)
    text = before.names.get(place.name)
    if text is None or node is None:
        return
    seen = place.name in mentioned(node) or place.name not in before.ids
    yield Rival(text, "before-change" if seen else "alias")


def _setter(walk: Walk, moment: Moment, name: str) -> tuple[ast.stmt, Moment] | None:
    """The statement that gave a name its value of this moment, and the state before it."""
    frame = [m for m in walk.frames[moment.frame] if m.index <= moment.index]
    for before, after in zip(reversed(frame[:-1]), reversed(frame), strict=False):
        if name in after.step.locals:
            node = walk.statements.get(before.step.line)
            return None if node is None else (node, before)
    return None


def _miscalculated(node: ast.stmt, names: Mapping[str, str], truth: str | None) -> Iterator[Rival]:
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr):
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        old = ast.Name(node.target.id, ast.Load())
        whole: ast.expr = ast.BinOp(old, node.op, value)
        alone = result(value, names)
        if alone is not None:
            yield Rival(alone, "replaces")
    else:
        whole = value
    if result(whole, names) == truth:
        for text, rule in mistaken(whole, names):
            yield Rival(text, rule)


def _past_the_range(walk: Walk, name: str, truth: str) -> Iterator[Rival]:
    """A loop variable keeps the last item; that it becomes the range's end is often believed."""
    for line in walk.loops:
        node = walk.statements[line]
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and _over_range(node):
            value = read_value(truth)
            if node.target.id == name and value is not None and isinstance(value.key, int):
                yield Rival(str(value.key + 1), "range-end")


def _over_range(node: ast.stmt | None) -> bool:
    return (
        isinstance(node, ast.For)
        and isinstance(node.iter, ast.Call)
        and isinstance(node.iter.func, ast.Name)
        and node.iter.func.id == "range"
    )


def _returns(asked: Question, walk: Walk) -> Iterator[Rival]:
    end = walk.moments[asked.truth.step]
    node = walk.statements.get(end.step.line)
    if asked.truth.text != "None":
        yield Rival("None", "returns-value")
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _miscalculated(node, end.names, asked.truth.text)
    call = next(call for call in walk.calls if call.end == asked.truth.step)
    for text in call.arguments.values():
        yield Rival(text, "argument")
    for other in walk.calls:
        if other.function == call.function and other.value is not None:
            yield Rival(other.value, "other-call")
    if asked.truth.text == "None":
        for text in end.names.values():
            yield Rival(text, "no-return")


def _counts(asked: Question, walk: Walk) -> Iterator[Rival]:
    runs = walk.loops[asked.place.line]
    node = walk.statements.get(asked.place.line)
    truth = int(asked.truth.text)
    if len(runs) == 1:
        if any(run.exit in ("left", "return") for run in runs):
            more = "loop-left-early"
        elif isinstance(node, ast.While):
            more = "test-first"
        else:
            more = "range-end" if _over_range(node) else "header-once-more"
        yield Rival(str(truth + 1), more)
    else:
        yield Rival(str(truth + len(runs)), "header-once-more")
        for run in runs:
            yield Rival(str(len(run.rounds)), "one-start")
    if truth:
        yield Rival(str(truth - 1), "one-round-few")


def _lines(asked: Question, walk: Walk) -> Iterator[Rival]:
    """The other lines that somebody could believe to be next, and what one must believe."""
    node = walk.statements.get(asked.place.line)
    truth = asked.truth.text
    for line in [*map(str, walk.statements), END]:
        if line != truth and (rule := wrong_turn(walk, node, truth, line)):
            yield Rival(line, rule)


def wrong_turn(walk: Walk, node: ast.stmt | None, truth: str, given: str) -> str:
    """The rule that going to line `given` breaks, where Python goes to `truth`; empty if none is
    known."""
    number = int(given) if given != END else None
    match node:
        case ast.Return():
            return "return-leaves"
        case ast.Break():
            return "break"
        case ast.Continue():
            return "continue"
        case ast.If():
            turns = [node.body[0].lineno, *(part.lineno for part in node.orelse[:1])]
            after = number is None or number > (node.end_lineno or node.lineno)
            return "condition" if after or number in turns or int(given) in walk.loops else ""
        case ast.While() | ast.For():
            if truth == str(node.body[0].lineno):
                after = number is None or number > (node.end_lineno or node.lineno)
                return "loop-goes-on" if after else ""
            return "loop-is-over" if number == node.body[0].lineno else ""
    back = truth.isdecimal() and int(truth) in walk.loops
    if back and node is not None and int(truth) < node.lineno:
        return "back-to-header" if number is None or number > node.lineno else ""
    return ""


def _printed(text: str) -> str:
    """What `print` shows of a recorded value: of a string its text."""
    value = read_value(text) if text[:1] in ("'", '"') else None
    return text if value is None else str(value.key)


def stale_line(given: str, truth: str, walk: Walk) -> str | None:
    """The rule behind a line of output that shows a value as it was earlier; None if it does not.

    A name must have had the value that the learner says, and later the one that was printed.
    """
    for frame in walk.frames.values():
        history: dict[str, list[str]] = {}
        for moment in frame:
            for name, text in moment.step.locals.items():
                shown = _printed(text)
                values = history.setdefault(name, [])
                values.append(shown)
                if shown == truth and given in values[:-1]:
                    return "alias" if name in moment.ids else "one-change-early"
    return None
