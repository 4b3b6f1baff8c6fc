"""A trace read for what can be asked about it: visits of lines, rounds of loops, calls, states.

Works alike on recorded and predicted traces, so that the same question has an answer in each.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from cwm_lab.courses.quiz.syntax import parameters
from cwm_lab.errors import BadProgramError
from cwm_lab.trace import Step, Trace

MAX_STEPS = 5_000
"""Steps of a trace that are looked at."""

_Loop = ast.For | ast.AsyncFor | ast.While


@dataclass(frozen=True)
class Moment:
    """A step with the state of its frame before it runs.

    frame: number of the frame (of the call), in order of creation; the module is 0.
    caller: number of the frame below it, -1 for the module.
    names, ids: all names of the frame with their values, and identities of the mutable ones.
    """

    index: int
    step: Step
    frame: int
    caller: int
    names: Mapping[str, str]
    ids: Mapping[str, int]


@dataclass
class LoopRun:
    """One time that a loop was entered, run and left.

    start: index of the first step on its header. rounds: index of the step at which each round was
    over: the next one on the header, or the one that `break` or `return` led to.
    exit: "done" (condition false, items used up), "left" (break, or an exception that is caught
    further out), "return", "cut" (exception, limit).
    """

    line: int
    frame: int
    start: int
    rounds: list[int] = field(default_factory=list)
    exit: str = "cut"


@dataclass(frozen=True)
class Call:
    """One call of a function of the program; value None if it did not return.

    arguments: the values of its parameters, as the call begins.
    """

    function: str
    line: int
    start: int
    end: int | None
    value: str | None
    arguments: Mapping[str, str]
    depth: int

    @property
    def name(self) -> str:
        """The function's name without those that it stands in."""
        return self.function.rpartition(".")[2]

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        function = self.function if "self" in self.arguments else self.name
        return f"{function}({inside})"


class Walk:
    """One trace, walked through once. Parts are computed when they are first asked for."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.steps: Sequence[Step] = trace.steps[:MAX_STEPS]
        self.complete = len(trace.steps) <= MAX_STEPS and trace.outcome.kind in (
            "finished",
            "raised",
            "input-exhausted",
        )
        self.moments = _moments(self.steps)

    @cached_property
    def tree(self) -> ast.Module:
        """The program's syntax tree; empty if it has none."""
        try:
            return self.trace.program.parse()
        except (SyntaxError, BadProgramError):
            return ast.Module([], [])

    @cached_property
    def statements(self) -> Mapping[int, ast.stmt]:
        """The statement that begins on each line; the first, if several do."""
        found: dict[int, ast.stmt] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt):
                found.setdefault(node.lineno, node)
        return found

    @cached_property
    def visits(self) -> Mapping[int, Sequence[int]]:
        """Line -> indices of its line steps."""
        found: dict[int, list[int]] = defaultdict(list)
        for index, step in enumerate(self.steps):
            if step.event == "line":
                found[step.line].append(index)
        return found

    @cached_property
    def frames(self) -> Mapping[int, Sequence[Moment]]:
        """Frame number -> its moments in order."""
        found: dict[int, list[Moment]] = defaultdict(list)
        for moment in self.moments:
            found[moment.frame].append(moment)
        return found

    @cached_property
    def _plain_frames(self) -> Sequence[Sequence[Moment]]:
        return [
            moments
            for moments in self.frames.values()
            if all(moment.step.detail is None for moment in moments)
        ]

    @cached_property
    def loops(self) -> Mapping[int, Sequence[LoopRun]]:
        """Header line -> the loop's runs, in order. Left out: loops on one line with their body,
        whose rounds do not show, and loops of generators, which sleep in the middle of a run."""
        found: dict[int, list[LoopRun]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, _Loop) and node.body[0].lineno > node.lineno:
                runs = [run for moments in self._plain_frames for run in _runs(node, moments)]
                found[node.lineno] = sorted(runs, key=lambda run: run.start)
        return found

    @cached_property
    def calls(self) -> Sequence[Call]:
        """Calls of the program's functions in order; class bodies and generators left out."""
        found = []
        for number, moments in self.frames.items():
            first, last = moments[0], moments[-1]
            details = {moment.step.detail for moment in moments}
            if number == 0 or first.step.event != "call" or details - {None}:
                continue
            node = self.statements.get(first.step.line)
            if isinstance(node, ast.ClassDef):
                continue
            returned = last.step.event == "return"
            arguments = dict(first.step.locals)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = parameters(node)  # the names of enclosing functions show too
                arguments = {n: v for n, v in arguments.items() if n in given}
            found.append(
                Call(
                    first.step.function,
                    first.step.line,
                    first.index,
                    last.index if returned else None,
                    last.step.value if returned else None,
                    arguments,
                    first.step.depth,
                )
            )
        return found

    @cached_property
    def _following(self) -> Mapping[int, Moment]:
        return {
            before.index: moment
            for moments in self.frames.values()
            for before, moment in pairwise(moments)
        }

    def after(self, index: int) -> Moment | None:
        """The next moment of the same frame, past calls that the step makes."""
        return self._following.get(index)

    @cached_property
    def _preceding(self) -> Mapping[int, Moment]:
        return {
            moment.index: before
            for moments in self.frames.values()
            for before, moment in pairwise(moments)
        }

    def before(self, index: int) -> Moment | None:
        """The moment before in the same frame."""
        return self._preceding.get(index)


def _moments(steps: Sequence[Step]) -> list[Moment]:
    stack: list[tuple[int, dict[str, str], dict[str, int]]] = []
    found = []
    frames = 0
    for index, step in enumerate(steps):
        del stack[step.depth + 1 :]
        if step.event == "call" and len(stack) > step.depth:
            stack.pop()
        while len(stack) <= step.depth:
            stack.append((frames, {}, {}))
            frames += 1
        number, names, ids = stack[-1]
        if step.locals or step.removed or step.ids:
            kept = {n: v for n, v in ids.items() if n not in step.locals and n not in step.removed}
            ids = {**kept, **step.ids}
            names = {n: v for n, v in names.items() if n not in step.removed} | dict(step.locals)
            stack[-1] = (number, names, ids)
        caller = stack[-2][0] if len(stack) > 1 else -1
        found.append(Moment(index, step, number, caller, names, ids))
    return found


def _runs(loop: _Loop, moments: Sequence[Moment]) -> list[LoopRun]:
    """The runs of one loop in one frame."""
    first, last = loop.body[0].lineno, loop.body[-1].end_lineno or loop.body[-1].lineno
    runs: list[LoopRun] = []
    run: LoopRun | None = None
    in_body = False
    for moment in moments:
        line, event = moment.step.line, moment.step.event
        if event in ("call", "exception"):
            continue
        if event == "return" and moment.step.detail != "yield":
            if run is not None:
                if in_body:
                    run.rounds.append(moment.index)
                run.exit = "return" if in_body else "done"
                run = None
        elif event == "return":
            continue
        elif line == loop.lineno:
            if run is None:
                run = LoopRun(line, moment.frame, moment.index)
                runs.append(run)
            elif in_body:
                run.rounds.append(moment.index)
            in_body = False
        elif first <= line <= last:
            in_body = run is not None
        elif run is not None:
            if in_body:
                run.rounds.append(moment.index)
            run.exit = "left" if in_body else "done"
            run, in_body = None, False
    return runs
