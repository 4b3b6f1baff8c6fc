"""One statement's question: asked, its answer applied to the state, asked again after each call."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Generator, Sequence
from typing import Any

from cwm_lab.trace import Outcome
from cwm_lab.worldmodel.calls import Calls
from cwm_lab.worldmodel.dialect import STOP, Answer, Call, ask
from cwm_lab.worldmodel.journal import Journal
from cwm_lab.worldmodel.machine import (
    Ask,
    Class,
    Ended,
    Frame,
    PredictedError,
    exception_type,
    finish_class,
)
from cwm_lab.worldmodel.statement import Kind
from cwm_lab.worldmodel.values import UnparsableAnswerError, Value

MAX_CALLS_PER_STATEMENT = 300
Clock = Callable[[], float]
"""Seconds, from any beginning."""


def ends_iteration(method: str, error: str, node: ast.AST, kind: Kind) -> bool:
    """Whether an exception that leaves a method only tells what goes through an object that there
    is nothing further: not if the statement itself calls `next`, or asks for an item."""
    ends = "IndexError" if method == "__getitem__" else "StopIteration"
    if kind == "<next>" or error != ends or method not in ("__getitem__", "__next__"):
        return error == ends and kind == "<next>"
    if method == "__getitem__":
        return not any(isinstance(part, ast.Subscript) for part in ast.walk(node))
    names = (getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(node))
    return not {"next", "__next__"} & {*names}


class Questions:
    """Asks what statements do. stdin: the lines not yet read. max_seconds: of `clock`, from now."""

    def __init__(
        self,
        journal: Journal,
        calls: Calls,
        stdin: list[str],
        max_seconds: float | None,
        clock: Clock,
    ) -> None:
        self.journal, self.calls, self.stdin = journal, calls, stdin
        self.max_seconds = math.inf if max_seconds is None else max_seconds
        self.clock, self._began = clock, clock()

    def ask(
        self, frame: Frame, kind: Kind, node: ast.AST, **more: Any
    ) -> Generator[Any, Any, Answer]:
        """Ask what a statement does, making the calls that it makes; an exception is raised."""
        statement = self.journal.layout.statement(kind, node, frame.scope)
        lambdas = [self.calls.function(part, frame) for part in statement.lambdas]
        returned: list[tuple[Call, Value | str]] = []
        earlier: list[Sequence[str]] = []
        while len(returned) <= MAX_CALLS_PER_STATEMENT:
            if self.clock() - self._began > self.max_seconds:
                raise Ended(Outcome("time-limit", message=f"{self.max_seconds:g} seconds"))
            prompt = ask(
                statement,
                frame.lookup,
                lambdas=lambdas,
                stdin=self.stdin[: statement.inputs],
                owner=frame.owner,
                returned=returned,
                earlier=earlier,
                **more,
            )
            last = returned[-1][1] if returned else None
            shown = None if isinstance(last, str) else last
            answer: Answer = yield Ask(prompt, frame, node, more.get("iterable"), shown)
            self._apply(frame, answer)
            if answer.ending == "raise":
                assert answer.value is not None
                self.journal.throw(frame, answer.value)
            if answer.ending != "call":
                return answer
            assert answer.call is not None
            try:
                result = yield from self.calls.call(frame, answer.call)
            except PredictedError as error:
                kept = answer.call.method or "next"
                if not ends_iteration(kept, exception_type(error.value), node, kind):
                    self.journal.raised(frame, error.value)
                    raise
                if kind == "<next>":
                    return Answer("done")
                result = STOP
            returned.append((answer.call, result))
            earlier.append(answer.notes)
        raise UnparsableAnswerError("one statement makes call after call")

    def evaluate(
        self, frame: Frame, node: ast.expr, kind: Kind = "<eval>"
    ) -> Generator[Any, Any, Value]:
        """An expression's value."""
        answer = yield from self.ask(frame, kind, node)
        if answer.value is None:
            raise UnparsableAnswerError("a value was asked for, and none was given")
        return answer.value

    def test(self, frame: Frame, node: ast.expr) -> Generator[Any, Any, bool]:
        """A condition's truth; a constant's is known."""
        if isinstance(node, ast.Constant):
            return bool(node.value)
        answer = yield from self.ask(frame, "<if>", node)
        return answer.ending == "true"

    def _apply(self, frame: Frame, answer: Answer) -> None:
        self.journal.trust(answer)
        for cell, now in answer.changes:
            cell.take(now)
        for cell, name, value in answer.attributes:
            cell.attrs[name] = value
            if isinstance(cell.payload, Class):
                cell.payload.own[name] = value
                for other in self.calls.classes:
                    finish_class(other)
        for name, value in answer.bindings:
            frame.bind(name, value)
        self.journal.printed += answer.printed
        del self.stdin[: answer.consumed]
