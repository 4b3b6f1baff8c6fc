"""What each kind of statement does to control: which statement comes next, given the answers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from cwm_lab.worldmodel.asking import Clock, Questions
from cwm_lab.worldmodel.calls import Calls
from cwm_lab.worldmodel.definitions import Definitions
from cwm_lab.worldmodel.desugar import delegates
from cwm_lab.worldmodel.dialect import Answer, Call
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.journal import Journal
from cwm_lab.worldmodel.layout import Layout
from cwm_lab.worldmodel.machine import (
    SIGNALS,
    BreakSignal,
    ContinueSignal,
    Frame,
    PredictedError,
    ReturnSignal,
    Run,
    Suspend,
    exception_type,
)
from cwm_lab.worldmodel.values import (
    NONE,
    Atom,
    Form,
    OutsideEnvelopeError,
    Text,
    Tup,
    UnparsableAnswerError,
    Value,
    counted,
)


class Walker:
    """Walks statements. stdin: the lines that the program may read."""

    def __init__(
        self,
        layout: Layout,
        journal: Journal,
        stdin: list[str],
        max_seconds: float | None,
        clock: Clock,
    ) -> None:
        self.layout, self.journal = layout, journal
        self.calls = Calls(layout, journal, self.block, self._returned)
        self.questions = Questions(journal, self.calls, stdin, max_seconds, clock)
        definitions = Definitions(layout, journal, self.calls, self.questions)
        self._handlers: dict[type[ast.stmt], Callable[[Any, Frame], Iterator[Any]]] = {
            ast.FunctionDef: definitions.function,
            ast.ClassDef: definitions.define_class,
            ast.Import: definitions.import_module,
            ast.ImportFrom: definitions.import_from,
        }

    def module(self, frame: Frame) -> Run:
        """The whole program, its context first."""
        yield from self.block(self.layout.context, frame)
        self.journal.begin(frame)
        yield from self.calls.leaving(frame, self.block(self.layout.body, frame))
        self.journal.emit(frame, "return", value="None")
        return NONE

    def _returned(self, frame: Frame, node: ast.expr) -> Generator[Any, Any, Value]:
        return self.questions.evaluate(frame, node, "<return>")

    def block(self, body: Sequence[ast.stmt], frame: Frame) -> Run:
        """Statements one after another. Raises the signals of machine.py."""
        for node in body:
            handler = self._handlers.get(type(node)) or getattr(
                self, f"_do_{type(node).__name__}", None
            )
            if handler is None:
                self.journal.line(frame, node)
                raise OutsideEnvelopeError(f"{type(node).__name__} statements")
            if not self.layout.is_docstring(node):
                if not isinstance(node, ast.For | ast.While) and not _is_silent(node, frame):
                    self.journal.line(frame, node)
                yield from handler(node, frame)
        return NONE

    def _do_exec(self, node: ast.stmt, frame: Frame) -> Iterator[Any]:
        yield from self.questions.ask(frame, "<exec>", node)

    _do_AugAssign = _do_Assert = _do_exec

    def _do_Assign(self, node: ast.Assign, frame: Frame) -> Iterator[Any]:
        if isinstance(node.value, ast.Yield):
            sent = yield from self._yield(node.value, frame)
            for target in node.targets:
                if not isinstance(target, ast.Name):
                    raise OutsideEnvelopeError("a yield that is assigned to more than one name")
                frame.bind(target.id, sent)
            return
        yield from self.questions.ask(frame, "<exec>", node)

    def _do_AnnAssign(self, node: ast.AnnAssign, frame: Frame) -> Iterator[Any]:
        if node.value is not None:
            yield from self.questions.ask(frame, "<exec>", node)

    def _do_Expr(self, node: ast.Expr, frame: Frame) -> Iterator[Any]:
        if isinstance(node.value, ast.Yield):
            yield from self._yield(node.value, frame)
        elif not isinstance(node.value, ast.Constant):
            yield from self.questions.ask(frame, "<exec>", node)

    def _yield(self, node: ast.Yield, frame: Frame) -> Generator[Any, Any, Value]:
        value: Value = NONE
        if node.value is not None:
            value = yield from self.questions.evaluate(frame, node.value)
        self.journal.emit(frame, "return", value=display(value), detail="yield")
        yield Suspend(value)
        return NONE

    def _do_Pass(self, node: ast.stmt, frame: Frame) -> Iterator[Any]:
        return iter(())

    _do_Global = _do_Nonlocal = _do_Pass

    def _do_Delete(self, node: ast.Delete, frame: Frame) -> Iterator[Any]:
        yield from self.questions.ask(frame, "<exec>", node)
        for target in node.targets:
            if isinstance(target, ast.Name):
                frame.unbind(target.id)
            elif isinstance(target, ast.Attribute):
                raise OutsideEnvelopeError("deleting an attribute")

    def _do_Break(self, node: ast.Break, frame: Frame) -> Iterator[Any]:
        raise BreakSignal

    def _do_Continue(self, node: ast.Continue, frame: Frame) -> Iterator[Any]:
        raise ContinueSignal

    def _do_Return(self, node: ast.Return, frame: Frame) -> Iterator[Any]:
        value: Value = NONE
        if node.value is not None:
            value = yield from self.questions.evaluate(frame, node.value, "<return>")
        raise ReturnSignal(value)

    def _do_Raise(self, node: ast.Raise, frame: Frame) -> Iterator[Any]:
        if node.exc is not None:
            yield from self.questions.ask(frame, "<exec>", node)
            raise UnparsableAnswerError("a raise statement that raises nothing")
        if not frame.handling:
            value = Form("RuntimeError", (Text("No active exception to reraise"),))
            self.journal.throw(frame, value)
        self.journal.throw(frame, frame.handling[-1].value, frame.handling[-1].line)

    def _do_If(self, node: ast.If, frame: Frame) -> Iterator[Any]:
        truth = yield from self.questions.test(frame, node.test)
        yield from self.block(node.body if truth else node.orelse, frame)

    def _do_While(self, node: ast.While, frame: Frame) -> Iterator[Any]:
        together = self.layout.unit(node) == self.layout.unit(node.body[0])
        first = True
        while True:
            if first or not together:
                self.journal.line(frame, node, again=not first)
            if not (yield from self.questions.test(frame, node.test)):
                break
            if together and not first:
                self.journal.line(frame, node, again=True)
            first = False
            if not (yield from self._round(node.body, frame)):
                return
        yield from self.block(node.orelse, frame)

    def _round(self, body: list[ast.stmt], frame: Frame) -> Generator[Any, Any, bool]:
        """Run a loop's body once; False if it broke out."""
        try:
            yield from self.block(body, frame)
        except ContinueSignal:
            return True
        except BreakSignal:
            return False
        return True

    def _do_For(self, node: ast.For, frame: Frame) -> Iterator[Any]:
        self.journal.line(frame, node)
        iterable = yield from self.questions.evaluate(frame, node.iter, "<iter>")
        visit, previous, size = 0, None, counted(iterable)
        while True:
            if visit and not delegates(node):
                self.journal.line(frame, node, again=True)
            resized = counted(iterable) != size
            more = {"visit": visit, "iterable": iterable, "resized": resized}
            answer = yield from self.questions.ask(
                frame, "<next>", node.target, **more, previous=previous
            )
            if answer.ending == "done":
                break
            previous = _bound_item(node.target, answer)
            visit += 1
            if not (yield from self._round(node.body, frame)):
                return
        yield from self.block(node.orelse, frame)

    def _do_Try(self, node: ast.Try, frame: Frame) -> Iterator[Any]:
        pending: Exception | None = None
        try:
            try:
                yield from self.block(node.body, frame)
            except PredictedError as error:
                yield from self._handle(node, error, frame)
            else:
                yield from self.block(node.orelse, frame)
        except SIGNALS as signal:
            pending = signal
        yield from self.block(node.finalbody, frame)
        if pending is not None:
            raise pending

    def _handle(self, node: ast.Try, error: PredictedError, frame: Frame) -> Iterator[Any]:
        for handler in node.handlers:
            self.journal.line(frame, handler)
            if handler.type is not None:
                answer = yield from self.questions.ask(
                    frame, "<except>", handler.type, exception=error.value
                )
                if answer.ending != "true":
                    continue
            if handler.name:
                frame.bind(handler.name, error.value)
            frame.handling.append(error)
            pending: Exception | None = None
            try:
                yield from self.block(handler.body, frame)
            except SIGNALS as signal:
                pending = signal
            frame.handling.pop()
            if handler.name:
                frame.unbind(handler.name)
            if pending is not None:
                raise pending
            return
        raise error

    def _do_With(self, node: ast.With, frame: Frame) -> Iterator[Any]:
        managers: list[Value] = []
        pending: Exception | None = None
        try:
            for item in node.items:
                manager = yield from self.questions.evaluate(frame, item.context_expr)
                entered = yield from self._manage(frame, Call(manager, "__enter__"))
                managers.append(manager)
                if isinstance(item.optional_vars, ast.Name):
                    assert not isinstance(entered, str)
                    frame.bind(item.optional_vars.id, entered)
                elif item.optional_vars is not None:
                    raise OutsideEnvelopeError("with ... as more than one name")
            yield from self.block(node.body, frame)
        except SIGNALS as signal:
            pending = signal
        if managers:
            self.journal.line(frame, node)
        for manager in reversed(managers):
            args: tuple[Value, ...] = (NONE, NONE, NONE)
            if isinstance(pending, PredictedError):
                kind: Value = Atom(exception_type(pending.value))
                args = (kind, pending.value, Form("<exception>", ()))
            result = yield from self._manage(frame, Call(manager, "__exit__", args))
            if isinstance(pending, PredictedError) and result not in (NONE, Atom("False")):
                pending = None
        if pending is not None:
            raise pending

    def _manage(self, frame: Frame, call: Call) -> Generator[Any, Any, Value | str]:
        """Call a method of a context manager; an exception that leaves it arrives in the frame."""
        try:
            return (yield from self.calls.call(frame, call))
        except PredictedError as error:
            self.journal.raised(frame, error.value)
            raise


def _is_silent(node: ast.stmt, frame: Frame) -> bool:
    """Whether a statement is no step: a declaration, a bare annotation in a function."""
    if isinstance(node, ast.AnnAssign):
        return node.value is None and isinstance(frame.node, ast.FunctionDef)
    return isinstance(node, ast.Global | ast.Nonlocal)


def _bound_item(target: ast.expr, answer: Answer) -> Value | None:
    """The item that a loop header took, as its target's parts tell it."""
    named = dict(answer.bindings)

    def item(node: ast.expr) -> Value:
        if isinstance(node, ast.Name):
            return named.get(node.id, NONE)
        if isinstance(node, ast.Tuple | ast.List):
            return Tup(tuple(item(part) for part in node.elts))
        return NONE

    return item(target)
