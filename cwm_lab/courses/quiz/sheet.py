"""One row of the table: what is asked about one recorded step, and how its cells are judged."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cwm_lab.courses.quiz.judging import Mark, judge_output, judge_value
from cwm_lab.courses.quiz.question import program_hash
from cwm_lab.courses.quiz.syntax import last_of_blocks, parameters, targets
from cwm_lab.courses.quiz.values import read_answer, read_value
from cwm_lab.courses.quiz.walk import Moment, Walk
from cwm_lab.trace import Step

Phase = Literal["line", "state"]
PRINTED, RETURNED, RAISED = "(printed)", "(returned)", "(raised)"
"""Keys of a row's answers that are no variables; a name cannot look like them."""


@dataclass(frozen=True)
class Row:
    """A name in the table. before: its value before the line runs, None if it has none yet.
    given: its new value, where it is not asked for (functions and the like)."""

    name: str
    before: str | None
    given: str | None = None


@dataclass(frozen=True)
class Prompt:
    """What is asked now about one step.

    phase: "line" asks which line runs next; "state" for the values after the line has run.
    line: the line that runs now; function, depth: where it stands.
    rows: names with their values so far; the learner changes those that change, may add names.
    special: which of `PRINTED`, `RETURNED`, `RAISED` are asked for too.
    """

    id: str
    number: int
    phase: Phase
    text: str
    line: int
    function: str
    depth: int
    rows: tuple[Row, ...] = ()
    special: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "number": self.number,
            "phase": self.phase,
            "text": self.text,
            "line": self.line,
            "function": self.function,
            "depth": self.depth,
            "rows": [
                {"name": row.name, "before": row.before, "given": row.given} for row in self.rows
            ],
            "special": list(self.special),
        }


class Sheet:
    """The questions of a table. `index` is that of the recorded step that runs now; what is asked
    stands in the step after it."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._program = program_hash(walk.trace.program)[:6]
        self._ends = last_of_blocks(walk.tree)

    def id(self, index: int, phase: Phase) -> str:
        return f"t-{self._program}-{index}-{phase}"

    def asks_line(self, index: int) -> bool:
        """Whether the source leaves open (or hides a little) where Python goes after a step."""
        now, then = self._walk.steps[index], self._walk.steps[index + 1]
        if then.event not in ("line", "call") or now.event in ("call", "return"):
            return False
        node = self._walk.statements.get(now.line)
        deciding = ast.If | ast.For | ast.While | ast.Try | ast.Match | ast.Break | ast.Continue
        return now.event == "exception" or isinstance(node, deciding) or now.line in self._ends

    def prompt(self, index: int, phase: Phase) -> Prompt:
        """What is asked about the step after `index`."""
        now, then = self._walk.moments[index].step, self._walk.moments[index + 1]
        line, name = now.line, self.id(index, phase)
        where = f"line {line}" if line > 0 else "a line of an earlier cell"
        if phase == "line":
            text = f"After {where}: which line runs next?"
            return Prompt(name, index + 1, phase, text, line, now.function, now.depth)
        if then.step.event == "return" and not then.step.depth:
            text = "The program is over. Which values are there now?"
        else:
            text = {
                "call": f"A call of {then.step.function} begins. Which values do its names get?",
                "return": f"After {where} the call is over. Which values are there now?",
                "exception": f"On {where} an exception comes up. Of which type?",
                "line": f"After {where}, before line {then.step.line}: which values are there now?",
            }[then.step.event]
        return Prompt(
            name,
            index + 1,
            phase,
            text,
            line,
            then.step.function,
            then.step.depth,
            self._rows(then),
            self._special(index),
        )

    def truth(self, index: int) -> dict[str, str]:
        """Name -> value of all that is asked for after a step, with the special keys."""
        then = self._walk.moments[index + 1]
        found = {n: v for n, v in then.names.items() if read_value(v) is not None}
        for key in self._special(index):
            if key == PRINTED:
                found[key] = then.step.stdout
            elif key == RETURNED:
                found[key] = str(then.step.value)
            else:
                found[key] = str(then.step.value).partition("(")[0]
        return found

    def _earlier(self, then: Moment) -> Moment | None:
        """The last moment of the same frame."""
        return self._walk.before(then.index)

    def _before(self, then: Moment) -> Mapping[str, str]:
        """The names of the coming step's frame as they were at its last step."""
        earlier = self._earlier(then)
        return earlier.names if earlier else {}

    def _statement(self, then: Moment) -> ast.stmt | None:
        """The statement that led to a moment, in its own frame."""
        earlier = self._earlier(then)
        return self._walk.statements.get(earlier.step.line) if earlier else None

    def _rows(self, then: Moment) -> tuple[Row, ...]:
        before = self._before(then)
        asked = dict.fromkeys([*before, *self._bound(then)])
        rows = []
        for name in {**asked, **then.names}:
            value = then.names.get(name)
            # Functions cannot be typed; names that the line does not speak of (an enclosing
            # function's, a module's `global`) could not be guessed.
            given = value is not None and (name not in asked or read_value(value) is None)
            rows.append(Row(name, before.get(name), value if given else None))
        return tuple(rows)

    def _bound(self, then: Moment) -> list[str]:
        """Names that the source says may be bound now: a call's parameters, a line's targets."""
        if then.step.event == "call":
            called = self._walk.statements.get(then.step.line)
            known = isinstance(called, ast.FunctionDef | ast.AsyncFunctionDef)
            return parameters(called) if known else []  # type: ignore[arg-type]
        node = self._statement(then)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return [node.name]
        return sorted(targets(node)) if node is not None else []

    def _special(self, index: int) -> tuple[str, ...]:
        then = self._walk.moments[index + 1]
        event = then.step.event
        node = self._statement(then)
        found = []
        if event != "call" and node is not None and not hasattr(node, "body") and _prints(node):
            found.append(PRINTED)
        if event == "return" and then.step.depth and read_value(str(then.step.value)):
            found.append(RETURNED)
        if event == "exception":
            found.append(RAISED)
        return tuple(found)

    def cells(self, index: int, values: Mapping[str, str]) -> dict[str, Mark]:
        """Marks for what changed and for what the learner says has changed, by name.

        values: name -> typed text; names left out are said to be unchanged, an empty text says
        that a name has no value.
        """
        then, truth = self._walk.moments[index + 1], self.truth(index)
        before = self._before(then)
        given = {row.name for row in self._rows(then) if row.given is not None}
        cells = {}
        for name in {**truth, **values}:
            if name in given:
                continue
            typed = values.get(name)
            old, new = before.get(name), truth.get(name)
            said = old if typed is None else typed.strip()
            if name == PRINTED:
                cells[name] = judge_output(typed or "", new or "")
            elif name == RAISED:
                right = (typed or "").strip().partition("(")[0] == new
                cells[name] = Mark("right", 1.0) if right else Mark("wrong", hint="Another type.")
            elif new is None:
                if said:
                    hint = f"`{name}` has no value here."
                    cells[name] = Mark("wrong", hint=hint, rule="unbound")
            elif not said:
                hint = f"`{name}` has a value now."
                cells[name] = Mark("wrong", hint=hint, rule="forgotten")
            elif old != new or (typed is not None and said != old):
                cells[name] = self._cell(said, old, new, typed is None)
        return cells

    def _cell(self, said: str, old: str | None, new: str, untouched: bool) -> Mark:
        if untouched and said == old and old != new:
            return Mark("wrong", hint="It changes here.", rule="before-change")
        rules = {} if old is None else {old: "before-change"}
        return judge_value(said, new, rules)

    def learners_step(
        self, index: int, values: Mapping[str, str], cells: Mapping[str, Mark]
    ) -> Step:
        """The coming step as the learner says it: right answers in Python's own spelling."""
        then = self._walk.moments[index + 1]
        before = self._before(then)
        said = {
            name: text
            for name, text in then.step.locals.items()
            if name not in cells or cells[name].verdict == "right"
        }
        for name, mark in cells.items():
            typed = values.get(name, "").strip()
            if name.startswith("(") or mark.verdict == "right" or not typed:
                continue
            value = read_answer(typed)
            if typed != before.get(name) and value is not None:
                said[name] = typed
        printed, returned = cells.get(PRINTED), cells.get(RETURNED)
        stdout, value_text = then.step.stdout, then.step.value
        if printed is not None and printed.verdict != "right":
            stdout = values.get(PRINTED, "").rstrip("\n") + "\n" if values.get(PRINTED) else ""
        if returned is not None and returned.verdict != "right":
            value_text = values.get(RETURNED, "").strip() or None
        raised = cells.get(RAISED)
        if raised is not None and raised.verdict != "right":
            value_text = values.get(RAISED, "").strip() or None
        types = {name: kind for name, kind in then.step.types.items() if name in said}
        return placed(then.step, locals=said, stdout=stdout, value=value_text, types=types)


def placed(
    there: Step,
    *,
    locals: Mapping[str, str] | None = None,  # noqa: A002 - as `Step` calls it
    stdout: str = "",
    value: str | None = None,
    types: Mapping[str, str] | None = None,
) -> Step:
    """A step at another one's place, with contents of its own."""
    return Step(
        there.event,
        there.line,
        there.function,
        there.depth,
        locals=locals or {},
        removed=there.removed,
        value=value,
        stdout=stdout,
        detail=there.detail,
        types=types or {},
    )


def _prints(node: ast.stmt) -> bool:
    """Whether a statement names `print`."""
    return any(isinstance(part, ast.Name) and part.id == "print" for part in ast.walk(node))
