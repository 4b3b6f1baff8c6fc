"""Which questions teach most about one program: candidates, their weights, and a varied choice.

A weight says how much a question is worth: high where learners are known to go wrong (aliases, off
by one, what a loop gathers, where a crash comes from), low where the answer stands in the source.
Question texts must give away nothing of the run beyond that the asked place is reached.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cwm_lab.courses.quiz.question import Place, Question, find, program_hash, question
from cwm_lab.courses.quiz.syntax import mentioned, targets
from cwm_lab.courses.quiz.values import read_value
from cwm_lab.courses.quiz.walk import Call, Moment, Walk

MOST = 6
"""Questions asked of one program at most; three at least, where there are so many."""
_FEWEST = 3
_MAX_VALUE = 80
"""Characters of a value that a learner may be asked to type."""
_MAX_OUTPUT_LINES = 12
_MAX_OUTPUT = 400
_MAX_ROUNDS = 30
"""Rounds up to which they are worth counting."""
_MOST_ROUNDS = 8
"""Rounds that a learner may be asked to go through by hand."""
_COMPUTES = (
    ast.BinOp
    | ast.Subscript
    | ast.Compare
    | ast.BoolOp
    | ast.IfExp
    | ast.Call
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
    | ast.JoinedStr
)
_RISKY = ast.Subscript | ast.Try | ast.Raise | ast.Assert | ast.Div | ast.FloorDiv | ast.Attribute
_JUMPS = ast.Break | ast.Continue | ast.Return
_ORDER = {"crash": 1, "output": 2}
"""Kinds that are asked after all others, in this order."""


@dataclass(frozen=True)
class _Candidate:
    weight: float
    place: Place
    text: str


def choose(walk: Walk, seed: int = 0) -> tuple[Question, ...]:
    """Three to six questions (fewer, if the program has no more to ask), in the order in which
    they are to be asked; the same for the same program and seed."""
    program = walk.trace.program
    dice = random.Random(f"{program_hash(program)}:{seed}")
    candidates = {candidate.place: candidate for candidate in _candidates(walk)}
    luck = {place: dice.uniform(0.75, 1.25) for place in candidates}
    groups = {(place.kind, place.line, place.name) for place in candidates}
    wanted = min(MOST, max(_FEWEST, len(groups) * 2 // 3))
    chosen: list[Question] = []
    used: Counter[tuple[str, object]] = Counter()
    while candidates and len(chosen) < wanted:
        best = max(
            candidates.values(), key=lambda c: c.weight * luck[c.place] * _freshness(c.place, used)
        )
        del candidates[best.place]
        asked = question(program, walk, best.place, best.text)
        worth = best.weight * _freshness(best.place, used)
        if asked is None or (len(chosen) >= _FEWEST and worth < _NOT_WORTH_IT):
            continue
        chosen.append(asked)
        place = best.place
        used.update([("kind", place.kind), ("line", place.line), ("name", place.name)])
        used.update([("call", place.call.partition("(")[0]), ("both", (place.kind, place.line))])
    return tuple(sorted(chosen, key=_position))


_NOT_WORTH_IT = 0.4
"""Candidates below this weight are not asked, if there are enough others."""


def _freshness(place: Place, used: Counter[tuple[str, object]]) -> float:
    """Variety: less for each question of the same kind, about the same line or name."""
    share: float = 0.55 ** used["kind", place.kind]
    if place.line:
        share *= 0.75 ** used["line", place.line] * 0.6 ** used["both", (place.kind, place.line)]
    if place.name:
        share *= 0.6 ** used["name", place.name]
    if place.call:
        share *= 0.5 ** used["call", place.call.partition("(")[0]]
    return share


def _position(asked: Question) -> tuple[int, int, int]:
    place = asked.place
    # How often a loop runs is asked before a question mentions one of its rounds.
    early = 0 if place.kind == "count" else 1
    first = place.line if place.kind == "count" else asked.truth.step
    return (_ORDER.get(place.kind, 0), early, first)


def _candidates(walk: Walk) -> Iterator[_Candidate]:
    yield from _outputs(walk)
    yield from _crashes(walk)
    yield from _counts(walk)
    yield from _loop_values(walk)
    yield from _changes(walk)
    yield from _ends(walk)
    yield from _next_lines(walk)
    yield from _returns(walk)
    yield from _same(walk)


def _askable(text: str | None) -> bool:
    return text is not None and len(text) <= _MAX_VALUE and read_value(text) is not None


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0)
    return f"{number}{ending or 'th'}"


def _time(number: int, total: int) -> str:
    """Which of several visits is meant; nothing, if it is the first and only one in the source."""
    if total == 1:
        return ""
    return " for the first time" if number == 1 else f" for the {_nth(number)} time"


def _outputs(walk: Walk) -> Iterator[_Candidate]:
    found = find(Place("output"), walk)
    if found is None:
        return
    if not found.text:
        # Printing and returning are often taken for one another.
        dropped = any(
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            for node in walk.statements.values()
        )
        if dropped:
            yield _Candidate(4.0, Place("output"), "What does the program print?")
    elif _typable(found.text.splitlines()):
        yield _Candidate(9.0, Place("output"), "What does the program print, line by line?")
    else:
        last = find(Place("output", last=True), walk)
        if last is not None and len(last.text) <= _MAX_VALUE:
            text = "What is the last line that the program prints?"
            yield _Candidate(6.0, Place("output", last=True), text)


def _typable(lines: list[str]) -> bool:
    """Whether so much output can be asked for as a whole."""
    short = all(len(line) <= _MAX_VALUE for line in lines)
    return short and len(lines) <= _MAX_OUTPUT_LINES and sum(map(len, lines)) <= _MAX_OUTPUT


def _crashes(walk: Walk) -> Iterator[_Candidate]:
    found = find(Place("crash"), walk)
    if found is None:
        return
    text = (
        "Does the program end with an error? Answer no, or the type of the error and its line "
        "(such as ValueError on line 3)."
    )
    if walk.trace.outcome.kind != "finished":
        weight = 8.0
    elif any(step.event == "exception" for step in walk.steps):
        weight = 5.0  # one is raised, and caught
    else:
        risks = sum(isinstance(node, _RISKY) for node in ast.walk(walk.tree))
        calls = any(isinstance(node, ast.Call) for node in ast.walk(walk.tree))
        weight = min(2.0, 0.5 * risks + 0.3 * calls)
    if weight:
        yield _Candidate(weight, Place("crash"), text)


def _counts(walk: Walk) -> Iterator[_Candidate]:
    for line, runs in walk.loops.items():
        rounds = sum(len(run.rounds) for run in runs)
        if not runs or rounds > _MAX_ROUNDS:
            continue
        node = walk.statements.get(line)
        weight = 3.5 if isinstance(node, ast.While) else _for_weight(node)
        if any(run.exit == "left" or run.exit == "return" for run in runs) or rounds == 0:
            weight += 1.5
        if len(runs) > 1:
            weight += 0.5
        text = f"How many times does the body of the loop on line {line} run"
        once = len(runs) == 1 and runs[0].frame == 0
        yield _Candidate(weight, Place("count", line), text + ("?" if once else ", in all?"))


def _for_weight(node: ast.stmt | None) -> float:
    """A loop over a number range is counted wrong more often than one over items in sight."""
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Call):
        return 2.5 if len(node.iter.args) > 1 else 2.0
    return 1.0


def _loop_variables(walk: Walk) -> set[str]:
    return {
        part.id
        for line in walk.loops
        for part in ast.walk(getattr(walk.statements[line], "target", ast.Pass()))
        if isinstance(part, ast.Name)
    }


def _loop_values(walk: Walk) -> Iterator[_Candidate]:
    variables = _loop_variables(walk)
    for line, runs in walk.loops.items():
        node = walk.statements.get(line)
        if node is None:
            continue
        branches = any(isinstance(part, ast.If | ast.IfExp) for part in ast.walk(node))
        number, run = next(
            ((i, r) for i, r in enumerate(runs, start=1) if len(r.rounds) > 1), (0, None)
        )
        if run is None:
            continue
        which = "first" if number == 1 else _nth(number)
        started = "" if len(runs) == 1 else f", the {which} time that this loop is started"
        for round_, index in enumerate(run.rounds[:_MOST_ROUNDS], start=1):
            if round_ == 1 and len(run.rounds) > 2:
                continue
            before = walk.moments[run.rounds[round_ - 2] if round_ > 1 else run.start].names
            names = walk.moments[index].names
            for name, value in names.items():
                if before.get(name) == value or not _askable(value):
                    continue
                weight = 0.6 if name in variables else 4.5 + branches
                weight *= 1.0 if round_ <= 3 else 0.8 if round_ <= 6 else 0.5
                text = f"What is `{name}` after round {round_} of the loop on line {line}{started}?"
                place = Place("value", line, number, round_, name)
                yield _Candidate(weight, place, text)


def _changes(walk: Walk) -> Iterator[_Candidate]:
    """Names after a single line: computed values, and lists that change under another name."""
    for line, visits in walk.visits.items():
        node = walk.statements.get(line) if line > 0 else None
        if node is None or isinstance(node, ast.For | ast.While | ast.FunctionDef | ast.ClassDef):
            continue
        bound, spoken_of = targets(node), mentioned(node)
        for visit, index in enumerate(visits[:3], start=1):
            after = walk.after(index)
            if after is None or after.step.event == "exception":
                continue
            before = walk.moments[index].names
            for name, value in after.step.locals.items():
                if not _askable(value):
                    continue
                if name in bound:
                    weight = _computed(node) if len(visits) == 1 else 0.0
                elif name not in before:
                    continue
                else:
                    weight = 3.0 if name in spoken_of else 7.0
                when = " has run" + _time(visit, len(visits))
                text = f"What is `{name}` right after line {line}{when}?"
                if weight:
                    yield _Candidate(weight, Place("value", line, visit, name=name), text)


def _computed(node: ast.stmt) -> float:
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr):
        return 0.0
    if isinstance(value, ast.Tuple):
        return 3.0  # `a, b = b, a + b`
    work = sum(isinstance(part, _COMPUTES) for part in ast.walk(value))
    if isinstance(node, ast.AugAssign):
        work += 1
    return min(3.0, 1.0 + 0.5 * work) if work else 0.0


def _ends(walk: Walk) -> Iterator[_Candidate]:
    """Names of the module when all is over: those that changed on the way, and loop variables."""
    if not walk.complete or not walk.moments:
        return
    moments = walk.frames[0]
    changes = Counter(name for moment in moments for name in moment.step.locals)
    in_loops = _loop_variables(walk)
    for name, value in moments[-1].names.items():
        if changes[name] < 2 or not _askable(value):
            continue
        weight = 1.8 if name in in_loops else 2.2
        text = f"What is `{name}` when the program is over?"
        yield _Candidate(weight, Place("value", name=name), text)


def _next_lines(walk: Walk) -> Iterator[_Candidate]:
    for line, visits in walk.visits.items():
        node = walk.statements.get(line) if line > 0 else None
        if node is None:
            continue
        answers = set()
        for visit, index in enumerate(visits[:6], start=1):
            found = find(Place("line", line, visit), walk)
            after = walk.after(index)
            if found is None or after is None or after.index != index + 1:
                continue  # a call of the program's own code comes between
            weight = _branching(walk, node, walk.moments[index], found.text)
            if found.text in answers:
                weight *= 0.7  # it went this way before
            answers.add(found.text)
            if weight:
                when = _time(visit, len(visits))
                text = f"Line {line} is about to run{when}. Which line runs next?"
                yield _Candidate(weight, Place("line", line, visit), text)


def _branching(walk: Walk, node: ast.stmt, moment: Moment, answer: str) -> float:
    """How much there is to decide after a statement."""
    if isinstance(node, ast.If):
        return 3.0 if node.orelse or moment.frame else 2.5
    if isinstance(node, ast.While | ast.For):
        inside = node.body[0].lineno <= (int(answer) if answer.isdecimal() else 0)
        return 1.2 if inside else 2.2
    if isinstance(node, _JUMPS):
        in_loop = any(
            loop.lineno < node.lineno <= (loop.end_lineno or 0)
            for line, loop in walk.statements.items()
            if line in walk.loops
        )
        return 2.5 if in_loop else 0.0  # a `return` elsewhere leaves nothing to decide
    following = moment.step.line + 1
    if answer.isdecimal() and int(answer) < moment.step.line and following in walk.statements:
        return 2.0  # the last line of a loop's body
    return 0.0


def _returns(walk: Walk) -> Iterator[_Candidate]:
    seen: Counter[str] = Counter()
    results: dict[str, set[str | None]] = {}
    for call in walk.calls:
        results.setdefault(str(call), set()).add(call.value)
    used = _used_calls(walk)
    for call in walk.calls:
        text = str(call)
        seen[text] += 1
        visit = seen[text]
        # A call that always gives the same is asked about once; of others the first two.
        if visit > min(len(results[text]), 2) or len(text) > _MAX_VALUE:
            continue
        if call.name.startswith(("__", "<")) or not _askable(call.value):
            continue
        if not all(map(_askable, call.arguments.values())):
            continue
        weight = 3.0 if call.value != "None" else 3.5 if call.name in used else 0.5
        if _recurses(walk, call):
            weight += 1.5
        when = _time(visit, len(results[text]))
        when = f" when it is called so{when}" if when else ""
        place = Place("return", call.line, visit, call=text)
        yield _Candidate(weight, place, f"What does `{text}` return{when}?")


def _recurses(walk: Walk, call: Call) -> bool:
    end = len(walk.steps) if call.end is None else call.end
    return any(
        other.function == call.function and call.start < other.start < end for other in walk.calls
    )


def _used_calls(walk: Walk) -> set[str]:
    """Names of functions whose result is used by the statement that calls them."""
    found = set()
    for statement in walk.statements.values():
        dropped = statement.value if isinstance(statement, ast.Expr) else None
        for part in ast.walk(statement):
            if isinstance(part, ast.Call) and part is not dropped:
                name = getattr(part.func, "id", None) or getattr(part.func, "attr", None)
                if name:
                    found.add(str(name))
    return found


def _same(walk: Walk) -> Iterator[_Candidate]:
    """Pairs of names that are, or could be taken for, one object."""
    for line, visits in walk.visits.items():
        node = walk.statements.get(line) if line > 0 else None
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        after = walk.after(visits[0])
        if after is None:
            continue
        for name in sorted(targets(node) & after.ids.keys()):
            for other in after.ids:
                if other == name or read_value(after.names.get(other, "")) is None:
                    continue
                same = after.ids[other] == after.ids[name]
                alike = after.names.get(other) == after.names.get(name)
                if not same and not alike and other not in mentioned(node):
                    continue
                when = " has run" + _time(1, len(visits))
                text = (
                    f"Right after line {line}{when}: are `{name}` and `{other}` one and the same "
                    "object? Answer True or False."
                )
                place = Place("same", line, 1, name=name, other=other)
                yield _Candidate(4.5 if same else 3.5, place, text)
