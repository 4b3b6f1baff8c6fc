"""CWM's text format, reading: which frame and which line each step means.

The text tells lines by their source alone, so equal lines are told apart by control flow: of all
lines that a frame's steps can mean, those are taken that the static line graph allows. Whatever is
odd in the text ends the trace there with an outcome; nothing raises.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from cwm_lab.trace.cwm_layout import CwmLayout, cwm_layout
from cwm_lab.trace.cwm_steps import CutTextError, OddTextError, Said, said
from cwm_lab.trace.cwm_text import UNCHANGED, Piece, text_to_pieces
from cwm_lab.trace.flow import Scope
from cwm_lab.trace.model import ALL_NAMES, Outcome, Step, Trace
from cwm_lab.trace.program import Program
from cwm_lab.trace.valuetext import exception_parts

_State = tuple[int, int]
"""Which of a frame's possible scopes, and a line in it."""
NO_WAY = 1.0
"""Cost of a move that the line graph does not have."""
_RERAISES = re.compile(r"\s*raise\s*(#|$)")
UNTOLD = 0.5
"""Cost of a move that needs an exception of which no step tells."""
OTHER_CLASS = 0.01
"""Cost of a method whose `self` is shown as of another class (it may be inherited)."""
OTHER_PARAMETERS = 0.02
"""Cost of a function whose parameters are not the first names of the call."""
EOF_MESSAGE = "EOF when reading a line"


def from_cwm_text(text: str, program: Program) -> Trace:
    """The trace of `program` that a text tells, with or without the prompt in front.

    The outcome is finished, raised or input-exhausted if the entry was left; truncated if the text
    ends before; unparsable, with a message that says where and why, if it stops being a trace;
    syntax-error if the program does not compile. The steps up to there are kept.
    """
    return from_cwm_pieces(text_to_pieces(text), program)


def from_cwm_pieces(pieces: Sequence[Piece], program: Program) -> Trace:
    """`from_cwm_text` for pieces, as they come from token ids."""
    layout = cwm_layout(program)
    reader = _Reader(layout)
    if layout.broken is not None:
        error = layout.broken
        outcome = Outcome("syntax-error", type(error).__name__, error.msg, error.lineno)
        return Trace(program, (), outcome, "model")
    outcome = reader.read(said(pieces))
    steps = reader.steps()
    if outcome.kind == "truncated" and steps:
        outcome = replace(outcome, line=steps[-1].line)
    elif outcome.kind == "raised":
        outcome = _raised(steps, layout.lines)
    return Trace(program, steps, outcome, "model")


def _raised(steps: Sequence[Step], lines: Mapping[int, str]) -> Outcome:
    """The exception that left the module. Its line is that of the innermost frame it came from, and
    there the first: a bare `raise` raises it again."""
    last = steps[-1]
    found = last
    for step in reversed(steps):
        if step.event == "exception" and step.value != last.value:
            if not _RERAISES.match(lines.get(found.line, "")):
                break
            continue
        if step.event == "exception" and step.depth >= found.depth:
            found = step
        elif step.depth < last.depth:
            break
    name, message = exception_parts(last.value or "")
    if name == "EOFError" and message == EOF_MESSAGE:
        return Outcome("input-exhausted", None, "the program asked for more input", found.line)
    return Outcome("raised", name, message, found.line)


@dataclass
class _Frame:
    """One frame of the text. scopes: those it can be. moves: (index of the step, its lines)."""

    scopes: list[Scope]
    depth: int
    names: dict[str, str] = field(default_factory=dict)
    moves: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    resumed: bool = False


@dataclass
class _Draft:
    """A step whose line and function are still to be chosen."""

    said: Said
    frame: _Frame
    locals: Mapping[str, str]
    removed: tuple[str, ...]


class _Reader:
    """First the frames, step by step, then each frame's lines."""

    def __init__(self, layout: CwmLayout) -> None:
        self._layout = layout
        self._begun = {scope.line for scope in layout.scopes}
        self._drafts: list[_Draft] = []
        self._stack: list[_Frame] = []
        self._frames: list[_Frame] = []

    def read(self, steps: Iterator[Said]) -> Outcome:
        """Take all steps. The outcome lacks its line, and what was raised, until `steps`."""
        told: list[Said] = []
        odd: OddTextError | None = None
        try:
            for one in steps:
                told.append(one)  # noqa: PERF402 - what came before an error counts
        except CutTextError:
            odd = None
        except OddTextError as error:
            odd = error
        if told and self._is_entry(told[0]):
            told = told[1:]
        self._push(list(self._layout.scopes[:1]))
        for one, following in zip_longest(told, told[1:]):
            if not self._stack:
                break
            try:
                self._take(one, following)
            except OddTextError as error:
                odd = error
                break
        if self._stack and odd is not None:
            return Outcome("unparsable", None, f"step {len(self._drafts) + 1}: {odd}")
        if self._stack:
            return Outcome("truncated", None, "the text ends before the program does")
        raised = self._drafts[-1].said.event == "exception"
        return Outcome("raised" if raised else "finished")

    def steps(self) -> tuple[Step, ...]:
        """The steps, once all is read."""
        places: dict[int, tuple[Scope, int]] = {}
        ran: defaultdict[int, list[int]] = defaultdict(list)
        for frame in self._frames:
            _keep_latest(frame, ran)
            for at, place in _places(frame, self._drafts):
                places[at] = place
                if place[1] in self._begun and self._drafts[at].said.event == "line":
                    insort(ran[place[1]], at)
        resumes: Counter[tuple[int, int]] = Counter()
        made: list[Step] = []
        for at in range(len(self._drafts) - 1, -1, -1):
            draft, (scope, line) = self._drafts[at], places[at]
            detail = None
            key = (id(scope), line)
            if draft.said.event == "call" and draft.frame.resumed:
                detail = "resume"
                resumes[key] += 1
            elif self._sleeps(at, scope, line, resumes[key]):
                detail = "yield"
                resumes[key] -= resumes[key] > 0
            made.append(_step(draft, scope, line, detail))
        return tuple(reversed(made))

    def _sleeps(self, at: int, scope: Scope, line: int, resumes: int) -> bool:
        """Whether a step is a `return` by which its frame falls asleep."""
        draft = self._drafts[at]
        if draft.said.event != "return" or line not in scope.yields:
            return False
        one_line_loop = line in scope.after.get(line, ()) and draft.said.value == "None"
        if line in scope.awaits or one_line_loop:
            return resumes > 0
        moves = [index for index, _ in draft.frame.moves]
        before = moves.index(at) if at in moves[:2] else 2
        resumed_here = before == 1 and draft.frame.resumed
        return not (resumed_here and draft.said.value == "None")

    def _is_entry(self, one: Said) -> bool:
        return one.event in ("call", "begin") and self._layout.is_entry(one.line)

    def _push(self, scopes: list[Scope]) -> _Frame:
        frame = _Frame(scopes, len(self._stack))
        self._stack.append(frame)
        self._frames.append(frame)
        return frame

    def _take(self, one: Said, following: Said | None) -> None:
        """Take one step, knowing the next. Raises OddTextError if it cannot be."""
        lines = self._layout.meant(one.line)
        if not lines:
            raise OddTextError(f"{one.line.strip()[:60]!r} is no line of the program")
        if one.event == "begin":
            one = replace(one, event="call" if self._begins(one, lines) else "line")
        if one.event == "call":
            frame = self._called(lines, one)
        else:
            frame = self._stack[-1]
            if len(frame.scopes) > 1:
                fitting = [scope for scope in frame.scopes if lines & {scope.line, *scope.after}]
                frame.scopes = fitting or frame.scopes
        changed, removed = _changes(frame, one)
        frame.moves.append((len(self._drafts), lines))
        self._drafts.append(_Draft(one, frame, changed, removed))
        if one.event == "return" or (
            one.event == "exception" and not self._goes_on(frame, lines, following)
        ):
            self._stack.pop()

    def _begins(self, one: Said, lines: frozenset[int]) -> bool:
        """Whether a step without its separator is a call: its locals are not the frame's, or the
        frame could not go on with this line."""
        here = self._stack[-1]
        begun = [scope for scope in self._layout.scopes[1:] if scope.line in lines]
        names = one.names or {}
        if UNCHANGED in names.values():
            return False
        if not begun:  # if anything, a generator that goes on
            return not any(lines & scope.after.keys() for scope in here.scopes)
        if here.names.keys() - names.keys():
            return True
        return not any(lines & _next_lines(here, scope) for scope in here.scopes)

    def _called(self, lines: frozenset[int], one: Said) -> _Frame:
        begun = [scope for scope in self._layout.scopes[1:] if scope.line in lines]
        if begun:
            return self._push(begun)
        asleep = [scope for scope in self._layout.scopes if scope.yields & lines]
        if not asleep:
            raise OddTextError(f"no function begins on {one.line.strip()[:60]!r}")
        frame = self._push(asleep)
        frame.resumed = True
        return frame

    def _goes_on(self, frame: _Frame, lines: frozenset[int], following: Said | None) -> bool:
        """Whether the frame catches the exception: the next line is one that can."""
        if following is None or following.event not in ("line", "begin"):
            return False
        targets = self._layout.meant(following.line)
        return any(
            scope.caught.get(line, set()) & targets for scope in frame.scopes for line in lines
        )


def _keep_latest(frame: _Frame, ran: Mapping[int, Sequence[int]]) -> None:
    """Of functions of one name, a frame can only be of the one whose `def` ran last.

    ran: line of a `def` -> the steps at which it ran, in order.
    """
    if len(frame.scopes) < 2 or not frame.moves:
        return
    latest: dict[str, int] = {}
    when: list[int] = []
    for scope in frame.scopes:
        steps = ran.get(scope.line, ())
        before = bisect_left(steps, frame.moves[0][0])
        when.append(steps[before - 1] if before else -1)
        latest[scope.name] = max(latest.get(scope.name, -1), when[-1])
    pairs = zip(frame.scopes, when, strict=True)
    frame.scopes = [scope for scope, at in pairs if at == latest[scope.name]]


def _next_lines(frame: _Frame, scope: Scope) -> set[int]:
    """The lines with which a frame can go on."""
    if len(frame.moves) <= (frame.depth > 0):
        return set(scope.first)
    return {n for line in frame.moves[-1][1] for n in scope.after.get(line, ())}


def _changes(frame: _Frame, one: Said) -> tuple[dict[str, str], tuple[str, ...]]:
    """Names that are new or changed, and names that went. Raises OddTextError for a ".." of a name
    that has no value."""
    if one.names is None:
        return {}, ()
    changed: dict[str, str] = {}
    for name, text in one.names.items():
        if text == UNCHANGED:
            if name not in frame.names:
                raise OddTextError(f"{name} is said to be unchanged, but has no value")
        elif frame.names.get(name) != text or one.event == "call":
            changed[name] = text
    removed = tuple(name for name in frame.names if name not in one.names)
    for name in removed:
        del frame.names[name]
    frame.names |= changed
    return changed, removed


def _step(draft: _Draft, scope: Scope, line: int, detail: str | None) -> Step:
    event = draft.said.event
    assert event != "begin"
    return Step(
        event,
        line,
        scope.name,
        draft.frame.depth,
        locals=draft.locals,
        removed=draft.removed,
        value=draft.said.value,
        detail=detail,
        untold=() if draft.said.names is not None else (ALL_NAMES,),
    )


def _places(frame: _Frame, drafts: Sequence[_Draft]) -> Iterator[tuple[int, tuple[Scope, int]]]:
    """(step, its scope and line) for each step of a frame: the cheapest way through the graph."""
    costs: dict[_State, float] = {}
    trail: list[dict[_State, _State]] = []
    previous: Said | None = None
    for at, lines in frame.moves:
        one = drafts[at].said
        reached: dict[_State, float] = {}
        came: dict[_State, _State] = {}
        for number, scope in enumerate(frame.scopes):
            for line in sorted(lines, key=lambda line: (line < 0, abs(line))):
                state = (number, line)
                if previous is None:
                    reached[state] = _first_cost(frame, scope, line, one)
                    continue
                before, cost = min(
                    (
                        (old, paid + _cost(scope, previous, old[1], one, line, frame.resumed))
                        for old, paid in costs.items()
                        if old[0] == number
                    ),
                    key=lambda pair: pair[1],
                )
                reached[state], came[state] = cost, before
        costs = reached
        trail.append(came)
        previous = one
    if not costs:
        return
    state = min(costs, key=lambda one: costs[one])
    for (at, _), came in zip(reversed(frame.moves), reversed(trail), strict=True):
        yield at, (frame.scopes[state[0]], state[1])
        state = came.get(state, state)


def _first_cost(frame: _Frame, scope: Scope, line: int, one: Said) -> float:
    if one.event != "call":
        return 0.0 if line in scope.first else NO_WAY
    if frame.resumed:
        return 0.0 if line in scope.yields else NO_WAY
    owner = scope.name.rpartition(".")[0]
    shown = next(iter((one.names or {}).values()), "")
    other = bool(owner) and not shown.startswith(f"{owner}(")
    given = tuple(one.names or ())[: len(scope.parameters)]
    cost = OTHER_CLASS * other + OTHER_PARAMETERS * (given != scope.parameters)
    return cost + (0.0 if line == scope.line else NO_WAY)


def _cost(scope: Scope, before: Said, old: int, one: Said, line: int, resumed: bool) -> float:
    """What it costs to go from one step of a frame to its next."""
    if one.event in ("return", "exception"):
        return 0.0 if line == old else NO_WAY
    if before.event == "call" and not resumed:
        return 0.0 if line in scope.first else NO_WAY
    if line in scope.caught.get(old, ()):
        return 0.0 if before.event == "exception" else UNTOLD * (line not in scope.after[old])
    return 0.0 if before.event != "exception" and line in scope.after.get(old, ()) else NO_WAY
