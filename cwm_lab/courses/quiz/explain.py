"""Why an answer is what it is, in one or two plain sentences from the recorded trace."""

from __future__ import annotations

import ast

from cwm_lab.courses.quiz.question import END, Question
from cwm_lab.courses.quiz.walk import Moment, Walk

_MOST = 8
"""Values that are listed one after another."""
_MAX_SOURCE = 80


def explain(asked: Question, walk: Walk) -> str:
    """The reason for the truth; empty where the trace has nothing to add to it."""
    match asked.kind:
        case "value":
            return _value(asked, walk)
        case "line":
            return _line(asked, walk)
        case "count":
            return _count(asked, walk)
        case "crash":
            return _crash(asked, walk)
        case "return":
            end = walk.moments[asked.truth.step]
            line = end.step.line
            return f"The call ends on line {line}: {_source(walk, line)}{_with(walk, end)}."
        case "same":
            return _same(asked, walk)
        case "output":
            return _output(walk)


def _source(walk: Walk, line: int) -> str:
    lines = walk.trace.program.lines
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return f"`{text[:_MAX_SOURCE]}`"


def _with(walk: Walk, moment: Moment, node: ast.AST | None = None) -> str:
    """The values of the names that a line reads, as ` with n = 3, s = 'a'`."""
    node = node or walk.statements.get(moment.step.line)
    if node is None:
        return ""
    read = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    values = [
        f"{name} = {moment.names[name]}"
        for name in dict.fromkeys(read)
        if name in moment.names and len(moment.names[name]) <= _MAX_SOURCE
    ]
    shown = [text for text in values if "= <" not in text][:_MOST]
    return f", with {', '.join(shown)}" if shown else ""


def _value(asked: Question, walk: Walk) -> str:
    place = asked.place
    if place.round:
        run = walk.loops[place.line][place.visit - 1]
        rounds = run.rounds[max(0, place.round - _MOST) : place.round]
        values = [walk.moments[index].names.get(place.name, "nothing") for index in rounds]
        return f"`{place.name}` after each round: {', then '.join(values)}."
    if place.line:
        before = walk.moments[walk.visits[place.line][place.visit - 1]]
        old = before.names.get(place.name)
        was = "is new" if old is None else f"was {old}"
        where = f"Line {place.line} is {_source(walk, place.line)}; before it `{place.name}` {was}"
        shared = [n for n, number in before.ids.items() if number == before.ids.get(place.name)]
        others = [name for name in shared if name != place.name]
        if others and old != asked.truth.text:
            where += f", one object with `{others[0]}`"
        return where + "."
    values = [m.step.locals[place.name] for m in walk.frames[0] if place.name in m.step.locals]
    return f"`{place.name}` on its way: {', then '.join(values[-_MOST:])}."


def _line(asked: Question, walk: Walk) -> str:
    place = asked.place
    moment = walk.moments[walk.visits[place.line][place.visit - 1]]
    node = walk.statements.get(place.line)
    if isinstance(node, ast.If | ast.While):
        inside = asked.truth.text == str(node.body[0].lineno)
        values = _with(walk, moment, node.test)
        return f"The condition `{ast.unparse(node.test)[:_MAX_SOURCE]}` is {inside}{values}."
    if isinstance(node, ast.For):
        if asked.truth.text != str(node.body[0].lineno):
            return "There are no items left, so the loop is over."
        return "There is a next item, so the body runs with it."
    if asked.truth.text == END:
        return "With this line the call (or the program) is over."
    return f"After {_source(walk, place.line)} Python goes to line {asked.truth.text}."


def _count(asked: Question, walk: Walk) -> str:
    runs = walk.loops[asked.place.line]
    if len(runs) > 1:
        each = " + ".join(str(len(run.rounds)) for run in runs[:_MOST])
        more = " + ..." if len(runs) > _MOST else ""
        return f"The loop is started {len(runs)} times; rounds: {each}{more}."
    ends = {"left": "it is left early", "return": "`return` leaves it", "done": "it ends by itself"}
    return f"The loop is started once, and {ends.get(runs[0].exit, 'it is cut off')}."


def _crash(asked: Question, walk: Walk) -> str:
    outcome = walk.trace.outcome
    if outcome.kind != "finished":
        line = outcome.line or 0
        return f"{outcome}: {_source(walk, line)}."
    lines = sorted({step.line for step in walk.steps if step.event == "exception"})
    if lines:
        return f"An error is raised on line {lines[0]}, and caught."
    return "It runs to its end."


def _same(asked: Question, walk: Walk) -> str:
    source = _source(walk, asked.place.line)
    if asked.truth.text == "True":
        return f"{source} makes no copy: a change through one name is seen through the other."
    return f"After {source} there are two objects, even if they look alike."


def _output(walk: Walk) -> str:
    """Which line printed what: the first few."""
    printed = []
    running: dict[int, int] = {}  # frame -> the line that it is at
    before = 0
    for moment in walk.moments:
        if moment.step.stdout.strip():
            # A call's first step has no line of its own yet: its caller printed.
            line = running.get(moment.frame, running.get(before, 0))
            text = moment.step.stdout.rstrip()[:_MAX_SOURCE]
            printed.append(f"line {line} prints {text!r}")
        if moment.step.event == "line":
            running[moment.frame] = moment.step.line
        before = moment.frame
    more = ", ..." if len(printed) > _MOST else ""
    return f"In order: {', '.join(printed[:_MOST])}{more}." if printed else ""
