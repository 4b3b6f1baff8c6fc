"""Follows a running program frame by frame, and asks and answers a question for each statement.

A `Watch` is told by the `Teacher`'s hooks what happens; it writes down (prompt, answer) pairs as
the scheduler would ask and a perfect network would answer.
"""

from __future__ import annotations

import ast
import io
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cwm_lab.training.callsites import as_call, asked_call, misfit_call
from cwm_lab.training.questions import (
    MISSING,
    Frame,
    Question,
    asked_node,
    find_name,
    kind_of,
)
from cwm_lab.training.scratchpad import write_scratchpad
from cwm_lab.training.set_order import SetOrders
from cwm_lab.training.snapshot import ADDRESS, Snapshotter
from cwm_lab.training.targets import missed
from cwm_lab.worldmodel.dialect import (
    STOP,
    UNBOUND,
    UNBOUND_LOCAL,
    Answer,
    ask,
    write_outcome,
)
from cwm_lab.worldmodel.outcomes import asked
from cwm_lab.worldmodel.scopes import Scope
from cwm_lab.worldmodel.statement import Kind, Statement, bound_names, describe
from cwm_lab.worldmodel.values import Cell, OutsideEnvelopeError, Value, counted

MAX_STEPS = 4000
PROGRAM = "<program>"
"""The file name of the code that is watched."""


@dataclass(frozen=True)
class Transition:
    """One training example: tokens of the prompt and of the answer, and what it is about.

    asked: for which tokens of the answer the network is asked; empty: for all of them. allowed: for
    each of those, of which tokens it is one, as `places.packed` says it; empty: of all.
    """

    prompt: tuple[str, ...]
    answer: tuple[str, ...]
    kind: str
    asked: tuple[bool, ...] = ()
    allowed: tuple[bytes, ...] = ()


class TooLongError(BaseException):
    """The program made more steps than a training program may. No `except Exception` holds it."""


class Watch:
    """The frames that run now, the questions that they are at, and the transitions found so far.

    nodes and scope_of: what the hooks' indices mean. lazy: (name, arguments) of iterators by id.
    sorting: what `list.sort` hides while it sorts. generators: those made so far, by id.
    """

    def __init__(self, nodes: list[ast.AST], scope_of: list[Scope], stdin: Sequence[str]) -> None:
        self.nodes, self.scope_of = nodes, scope_of
        self.stdin, self.stdin_at = list(stdin), 0
        self.stack: list[Frame] = []
        self.out = io.StringIO()
        self.found: list[Transition] = []
        self.lazy: dict[int, tuple[str, tuple[Any, ...], Any]] = {}
        self.sorting: dict[int, list[Any]] = {}
        self.generators: dict[int, Any] = {}
        self.ended: set[int] = set()
        self._statements: dict[tuple[int, Kind], Statement | None] = {}
        self._steps = 0
        self.sets = SetOrders()

    @property
    def question(self) -> Question | None:
        """The question of the innermost frame."""
        return self.stack[-1].question if self.stack else None

    def read_line(self, prompt: object = "") -> str:
        """What the program sees as `input`."""
        if self.stdin_at >= len(self.stdin):
            self.out.write(str(prompt))
            raise EOFError("EOF when reading a line")
        line = self.stdin[self.stdin_at]
        self.stdin_at += 1
        if self.stack and self.stack[-1].question:
            self.stack[-1].question.consumed += 1
        self.out.write(f"{prompt}{line}\n")
        return line

    # --- frames -------------------------------------------------------------------------------

    def enter(self, frame: types.FrameType, node: ast.AST, *, called: bool = True) -> None:
        """A frame begins or goes on; if it was called, its caller's question ends with the call."""
        caller = self.stack[-1] if self.stack else None
        call = None
        if caller is not None and called:
            lazy = (arg for _, args, _ in self.lazy.values() for arg in args)
            call = asked_call(caller.question, frame, self.generators.values(), lazy)
            self.emit_call(caller, call)
        self.stack.append(Frame(frame, node, call))

    def emit_call(self, caller: Frame, call: Any) -> None:
        question = caller.question
        if question is None or question.prompt is None:
            return
        if call is None:
            question.prompt = None
            return
        answer = Answer("call")
        self._answer(caller, question, answer, call)

    def misfit(self) -> None:
        """The innermost call has raised. If its arguments did not fit, the question has ended with
        it: that they do not is known from the source."""
        question = self.question
        call = None if question is None else misfit_call(question, PROGRAM)
        if question is not None and call is not None:
            self.emit_call(self.stack[-1], call)
            question.callee_raised = True

    def resume(self, caller: Frame, call: Any, result: Any) -> None:
        question = caller.question
        if question is None:
            return
        question.returned.append((call, result))
        if result is STOP and call is not None:
            self.ended.update(map(id, call[2]))  # it still has its frame
        if call is None:
            question.prompt = None
            return
        if question.prompt is not None:
            self._ask(caller, question)

    def on_stack(self, frame: types.FrameType) -> bool:
        return any(entry.frame is frame for entry in self.stack)

    def unwind_to(self, frame: types.FrameType) -> None:
        while self.stack and self.stack[-1].frame is not frame:
            lost = self.stack[-1]
            if lost.question is not None and not isinstance(lost.node, ast.Module):
                self.close_raised()
            self.stack.pop()
            if self.stack and self.stack[-1].question is not None:
                self.stack[-1].question.callee_raised = True

    def close_generators(self) -> None:
        """Let sleeping generators end now and not, when they are freed, in another program."""
        self.stack.clear()
        for generator in self.generators.values():
            try:
                generator.close()
            except Exception:  # noqa: BLE001 - the program has ended; nobody sees it
                continue

    # --- questions ----------------------------------------------------------------------------

    def begin(
        self, index: int, frame: types.FrameType, kind: Kind | None = None, **more: Any
    ) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooLongError
        if not self.on_stack(frame):
            return  # a sleeping generator is being closed
        self.unwind_to(frame)
        node = self.nodes[index]
        kind = kind or kind_of(node)
        entry = self.stack[-1]
        question = Question(index, kind, node, self._describe(index, kind), **more)
        entry.question = question
        if question.statement is not None:
            question.lambdas = {
                id(node): Cell("fn", name="<lambda>") for node in question.statement.lambdas
            }
            self._ask(entry, question)

    def _describe(self, index: int, kind: Kind) -> Statement | None:
        key = (index, kind)
        if key not in self._statements:
            try:
                self._statements[key] = describe(
                    kind, asked_node(self.nodes[index], kind), self.scope_of[index]
                )
            except OutsideEnvelopeError:
                self._statements[key] = None
        return self._statements[key]

    def _ask(self, entry: Frame, question: Question) -> None:
        """(Re)state the question from the present state."""
        statement = question.statement
        assert statement is not None
        question.items, question.printed = [], len(self.out.getvalue())
        question.consumed, question.failed, question.searched_for = 0, False, 0
        snapshot = question.snapshot = Snapshotter(
            self.lazy,
            lambda code: code.co_filename == PROGRAM,
            self.sorting,
            lambda told: self.sets.items(told, question.mentioned()),
            self.ended,
        )
        question.prompt = None
        for thing, cell in question.lambda_objects.values():
            snapshot.adopt(thing, cell)
        try:
            frame = entry.frame
            scope = self.scope_of[question.index]

            def lookup(name: str) -> Value | str:
                local = scope.resolve(name)[0] == "local"
                inside = local and not isinstance(scope.node, ast.ClassDef)
                found = find_name(frame, name, only_locals=inside)
                if found is MISSING:
                    return UNBOUND_LOCAL if local else UNBOUND
                return snapshot.value(found)

            loop = question.loop
            known: dict[str, Any] = {}
            if loop is not None:
                iterable = snapshot.value(loop.iterable)
                resized = counted(iterable) != loop.size
                known = {"visit": loop.visit, "iterable": iterable, "resized": resized}
                if loop.visit:
                    known["previous"] = snapshot.value(loop.previous)
            if question.exception is not None:
                known["exception"] = snapshot.value(question.exception)
            owner = frame.f_locals.get("__class__") if statement.me is not None else None
            stdin = self.stdin[self.stdin_at : self.stdin_at + statement.inputs]
            question.prompt = ask(
                statement,
                lookup,
                lambdas=list(question.lambdas.values()),
                stdin=stdin,
                owner=None if owner is None else snapshot.value(owner),
                returned=[
                    (as_call(call, snapshot), r if r is STOP else snapshot.value(r))
                    for call, r in question.returned
                ],
                earlier=question.earlier,
                **known,
            )
        except OutsideEnvelopeError:
            question.prompt = None

    def _answer(self, entry: Frame, question: Question, answer: Answer, call: Any = None) -> None:
        prompt, snapshot = question.prompt, question.snapshot
        if prompt is None or snapshot is None:
            return
        writer = prompt.writer
        labels = dict(writer.label_of)
        try:
            answer.printed = ADDRESS.sub(" at 0x...", self.out.getvalue()[question.printed :])
            answer.consumed = question.consumed
            for thing, cell in list(snapshot.cells.values()):
                if cell in labels and cell.kind in ("list", "dict", "set", "obj", "cls"):
                    now = snapshot.again(thing, cell)
                    if cell.kind in ("obj", "cls"):
                        answer.attributes += [
                            (cell, name, value)
                            for name, value in now.attrs.items()
                            if cell.attrs.get(name) != value
                        ]
                        if cell.attrs.keys() - now.attrs.keys():
                            raise OutsideEnvelopeError("a deleted attribute")
                    elif now.shallow() != cell.shallow():
                        answer.changes.append((cell, now))
            if call is not None:
                answer.call = as_call(call, snapshot)
            writer.switch_to_answer()
            notes = write_scratchpad(question.items, snapshot, writer)
            tokens = [*notes, *write_outcome(answer, writer)]
            question.earlier.append(tuple(notes))
            self.found.append(
                Transition(
                    tuple(prompt.tokens), tuple(tokens), question.kind, *asked(prompt, tokens)
                )
            )
        except (OutsideEnvelopeError, KeyError):
            question.prompt = None

    def close_raised(self) -> None:
        entry = self.stack[-1]
        question, entry.question = entry.question, None
        error = sys.exc_info()[1]
        if question is None or question.callee_raised or error is None:
            return
        if question.snapshot is None or isinstance(error, TooLongError):
            return
        try:
            value = question.snapshot.value(error)
        except OutsideEnvelopeError:
            return
        if not question.failed:
            question.items += missed(question.node, question.vals)
        self._answer(entry, question, Answer("raise", value))

    def finish(self, answer: Answer) -> None:
        entry = self.stack[-1]
        question, entry.question = entry.question, None
        if question is not None and not question.callee_raised:
            self._answer(entry, question, answer)

    def value(self, thing: Any) -> Value | None:
        question = self.stack[-1].question
        if question is None or question.snapshot is None:
            return None
        try:
            return question.snapshot.value(thing)
        except OutsideEnvelopeError:
            question.prompt = None
            return None

    def bindings(self, node: ast.AST) -> list[tuple[str, Value]]:
        entry = self.stack[-1]
        question = entry.question
        out: list[tuple[str, Value]] = []
        if question is None or question.snapshot is None:
            return out
        for name in bound_names(node):
            found = find_name(entry.frame, name)
            if found is not MISSING:
                value = self.value(found)
                if value is not None:
                    out.append((name, value))
        return out
