"""Follows a recorded trace: leads the scheduler along it, so that its state is the true one.

What a trace tells directly becomes an answer: which branch, which item, which call with which
arguments, which values. What it does not tell (what a `for` loop goes over, unless that is a plain
name) the network is asked, and each step is then put right from the trace before it is written.
Nothing of the program is run.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from cwm_lab.errors import CWMLabError
from cwm_lab.trace import Step, Trace
from cwm_lab.worldmodel.callsites import call_as_written
from cwm_lab.worldmodel.desugar import LAZY
from cwm_lab.worldmodel.dialect import Answer, Call
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.heap import Heap
from cwm_lab.worldmodel.journal import Watch
from cwm_lab.worldmodel.machine import Ask, Frame, Function
from cwm_lab.worldmodel.scheduler import Guide
from cwm_lab.worldmodel.statements import Walker
from cwm_lab.worldmodel.values import Atom, Cell, Value


class CannotFollowError(CWMLabError):
    """A trace does not tell enough for a prediction to go on from one of its steps."""


@dataclass(frozen=True)
class Recorded:
    """A recorded trace up to and with one of its steps."""

    trace: Trace
    index: int

    def lead(self, walker: Walker) -> tuple[Guide, Watch]:
        """What leads a fresh run there; see `Lead`."""
        if not 0 <= self.index < len(self.trace):
            raise CannotFollowError(f"the trace has no step {self.index}")
        follower = Follower(self.trace.steps[: self.index + 1], walker)
        return follower.guide, follower.watch


def same_steps(ours: Sequence[Step], theirs: Sequence[Step]) -> bool:
    """Whether two lists of steps say the same of lines, frames, names and values."""

    def told(step: Step) -> tuple[object, ...]:
        where = (step.event, step.line, step.function, step.depth, step.detail)
        return (*where, dict(step.locals), set(step.removed), step.value, step.stdout)

    return [told(step) for step in ours] == [told(step) for step in theirs]


class Follower:
    """Guide and watch for one run along some steps."""

    def __init__(self, steps: Sequence[Step], walker: Walker) -> None:
        self.steps, self.walker = steps, walker
        self.journal, self.layout = walker.journal, walker.layout
        self.heap = Heap(walker.calls)

    # --- putting the state right --------------------------------------------------------------

    def watch(self, index: int, frame: Frame) -> None:
        """Make a frame's names what the trace says. Raises CannotFollowError."""
        if index >= len(self.steps):
            return
        step = self.steps[index]
        if (step.line, step.function, step.depth) != (frame.line, frame.function, frame.depth):
            raise CannotFollowError(
                f"step {index} is on line {step.line} of {step.function}, "
                f"and following the trace led to line {frame.line} of {frame.function}"
            )
        try:
            self.heap.update(dict(step.objects))
            for name in {**step.locals, **step.ids}:
                frame.bind(name, self._named(frame, step, name))
        except ValueError as error:
            raise CannotFollowError(f"step {index}, line {step.line}: {error}") from error
        for name in step.removed:
            frame.unbind(name)
        self.journal.printed = step.stdout

    def _named(self, frame: Frame, step: Step, name: str) -> Value:
        """The value of a name that a step of its frame tells."""
        found = frame.lookup(name)
        own = None if isinstance(found, str) else found
        text = step.locals.get(name, frame.shown.get(name, ""))
        return self.heap.value(text, step.ids.get(name), own)

    # --- answering ----------------------------------------------------------------------------

    def guide(self, ask: Ask) -> Answer | None:
        """The answer that the trace gives away, or None."""
        at = len(self.journal.steps)
        if not self.journal.recording or at >= len(self.steps):
            return None
        try:
            answer = self._answer(ask, self.steps[at])
        except ValueError:
            return None  # the network is asked; if it errs, the next step will not fit
        if answer is not None:
            answer.printed = self.steps[at].stdout
            for line in self.walker.questions.stdin[: ask.prompt.statement.inputs]:
                answer.consumed += f"{line}\n" in answer.printed
        return answer

    def _answer(self, ask: Ask, step: Step) -> Answer | None:
        frame, kind = ask.frame, ask.prompt.statement.kind
        if frame.hidden or _advances_unseen(ask):
            return None
        if step.event == "call" and step.depth == frame.depth + 1:
            self.heap.update(dict(step.objects))
            if self._evaluated(ask, step):
                own = ask.result or _copied(ask.node, frame) or self._generator(ask)
                return None if own is None else Answer("it", own)
            call = self._call(ask, step)
            return None if call is None else Answer("call", call=call)
        if step.depth != frame.depth:
            return None
        if step.event == "exception":
            return Answer("raise", self._exception(ask, step.value or ""))
        if kind == "<return>":
            return self._returned(ask)
        if kind == "<next>":
            return self._item(ask, step)
        if kind in ("<if>", "<except>"):
            body = self._body_line(ask.node)
            if body is None:
                return None
            true = step.event == "line" and step.line == body
            return Answer("true" if true else "false", bindings=self._bindings(ask, step))
        if kind == "<exec>":
            return Answer("ok", bindings=self._bindings(ask, step))
        if kind == "<eval>" and step.detail == "yield" and step.event == "return":
            return Answer("it", self._value(ask, step.value or ""))
        own = _copied(ask.node, frame) or self._generator(ask)
        return None if own is None else Answer("it", own)

    def _evaluated(self, ask: Ask, step: Step) -> bool:
        """Whether a call step belongs no longer to the expression of a `for` or `with` header, but
        to what the header does with its value."""
        kind, method = ask.prompt.statement.kind, step.function.rpartition(".")[2]
        if kind == "<eval>":
            return method == "__enter__" and ask.node in self.layout.managers
        value = ask.result or _copied(ask.node, ask.frame) or self._generator(ask)
        advanced = isinstance(value, Cell) and value.kind == "gen" and value.name == method
        return kind == "<iter>" and (method == "__next__" or advanced)

    def _generator(self, ask: Ask) -> Cell | None:
        """The generator that an expression makes by nothing but a call of its function."""
        node = ask.node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found = ask.frame.lookup(node.func.id) if node.func.id not in LAZY else None
            if isinstance(found, Cell) and found.kind == "fn" and found.payload.scope.is_generator:
                return self.walker.calls.sleeping(found, {})
        return None

    def _body_line(self, node: ast.AST) -> int | None:
        """The step line of the body under a header's expression; None if it is the header's own."""
        owner = self.layout.owners.get(node)
        if owner is None:
            return None
        lines = [
            self.layout.unit(statement)
            for statement in owner.body
            if not isinstance(statement, ast.Global | ast.Nonlocal)
            and not self.layout.is_docstring(statement)
        ]
        return None if not lines or lines[0] == self.layout.unit(owner) else lines[0]

    def _item(self, ask: Ask, step: Step) -> Answer | None:
        body = self._body_line(ask.node)
        if body is None:
            return None
        if step.event == "line" and step.line == body:
            return Answer("ok", bindings=self._bindings(ask, step))
        return Answer("done")

    def _bindings(self, ask: Ask, step: Step) -> list[tuple[str, Value]]:
        """The values of the names that a statement has bound, as its frame's next step has them."""
        self.heap.update(dict(step.objects))
        out: list[tuple[str, Value]] = []
        for name in ask.prompt.statement.binds:
            if name in step.locals or name in step.ids:
                out.append((name, self._named(ask.frame, step, name)))
            elif ask.frame.scope.resolve(name)[0] == "global" and ask.frame.depth:
                at = len(self.journal.steps)
                later = (s for s in self.steps[at:] if s.depth == 0 and name in s.locals)
                told = next(later, None)
                if told is not None:
                    self.heap.update(dict(told.objects))
                    out.append((name, self._named(ask.frame, told, name)))
        return out

    def _returned(self, ask: Ask) -> Answer | None:
        for step in self.steps[len(self.journal.steps) :]:
            if step.depth < ask.frame.depth:
                return None
            if step.depth == ask.frame.depth and step.event == "return" and step.detail is None:
                return Answer("ret", self._value(ask, step.value or ""))
        return None

    def _value(self, ask: Ask, text: str) -> Value:
        """A value of which the trace tells the text only: the very one that is meant, where the
        source names it; else the one that the question shows, else a new one."""
        known = (ask.result, _copied(ask.node, ask.frame), _shown(ask, text))
        own = next((v for v in known if v is not None and display(v) == text), None)
        return self.heap.value(text, None, own)

    def _exception(self, ask: Ask, text: str) -> Value:
        name, _, rest = text.partition("(")
        cls = self.heap.class_named(name)
        own = _shown(ask, text)
        if own is not None or cls is None:
            return self.heap.value(text, None, own)
        args = self.heap.value(f"({rest[:-1]},)" if rest != ")" else "()", None, None)
        return Cell("obj", cls=cls, attrs={"args": args})

    # --- calls --------------------------------------------------------------------------------

    def _call(self, ask: Ask, step: Step) -> Call | None:
        known = [ask.iterable, *ask.prompt.cells.values()]
        for cell in known:
            if isinstance(cell, Cell) and cell.kind == "gen" and cell.payload is not None:
                inner: Frame = cell.payload[0]
                begun = step.detail == "resume"
                if (inner.function, begun) == (step.function, inner.unit is not None) and (
                    inner.line == step.line
                ):
                    return Call(Atom("next"), None, (cell,))
        functions = [
            cell
            for cell in self.walker.calls.functions
            if _code(cell) == (step.function, step.line)
        ]
        if not functions:
            return None
        shown = [cell for cell in functions if cell in known]
        function: Function = (shown or functions)[-1].payload
        values: dict[str, Value] = {}
        for name, text in step.locals.items():
            number = step.ids.get(name)
            cls = self.heap.class_of(number)
            if step.function.endswith("__init__") and not self.heap.knows(number) and cls:
                values[name] = Cell("obj", cls=cls)  # the call itself will make it
            else:
                values[name] = self.heap.value(text, number, None)
        return call_as_written(ask, (shown or functions)[-1], function, values)


def _code(cell: Cell) -> tuple[str, int]:
    function: Function = cell.payload
    return (function.qualified_name, function.line)


def _advances_unseen(ask: Ask) -> bool:
    """Whether it may advance a generator expression, of which a trace has no steps."""
    cells = [ask.iterable, *ask.prompt.cells.values()]
    generators = [cell for cell in cells if isinstance(cell, Cell) and cell.kind == "gen"]
    return any(cell.payload is not None and cell.payload[0].hidden for cell in generators)


def _copied(node: ast.AST, frame: Frame) -> Value | None:
    """The value that an expression only names (`x`, `self.items`)."""
    if isinstance(node, ast.Name):
        found = frame.lookup(node.id)
        return None if isinstance(found, str) else found
    if isinstance(node, ast.Attribute):
        owner = _copied(node.value, frame)
        return owner.attrs.get(node.attr) if isinstance(owner, Cell) else None
    return None


def _shown(ask: Ask, text: str) -> Cell | None:
    """The last cell of a question that shows this text."""
    cells = reversed(ask.prompt.cells.values())
    return next((cell for cell in cells if display(cell) == text), None)
