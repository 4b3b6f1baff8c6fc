"""Walks a program as a debugger would, and asks the network what every statement does.

The scheduler knows what the source says: which statement comes next, how parameters bind, which
scope a name lives in, where an exception is caught. It never evaluates an expression: every value,
branch, loop item, call, printed text and exception is an `Answer`.
"""

from __future__ import annotations

import ast
import math
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from cwm_lab.trace import MODULE, Outcome, Program, Step, Trace, parse_source
from cwm_lab.trace.lines import read_source
from cwm_lab.worldmodel.desugar import desugar, is_literal
from cwm_lab.worldmodel.dialect import Answer, Call, Kind, Prompt, Statement, ask, describe
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.machine import (
    SIGNALS,
    ArgumentError,
    Ask,
    BreakSignal,
    Class,
    ContinueSignal,
    Enter,
    Frame,
    Function,
    FunctionNode,
    PredictedError,
    ReturnSignal,
    Run,
    Suspend,
    ancestors,
    bind_arguments,
    exception_args,
    exception_type,
    finish_class,
    member,
)
from cwm_lab.worldmodel.scopes import Scope, analyse
from cwm_lab.worldmodel.values import (
    NONE,
    Atom,
    Cell,
    Form,
    OutsideEnvelopeError,
    Text,
    Tup,
    UnparsableAnswerError,
    Value,
)
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS, WORDS

MAX_CALLS_PER_STATEMENT = 300
MAX_DEPTH = 200
_STOP = "<stop>"
_NO_MORE_INPUT = Form("EOFError", (Text("EOF when reading a line"),))
_CONSTANTS = {
    "pi": "3.141592653589793",
    "e": "2.718281828459045",
    "tau": "6.283185307179586",
    "inf": "inf",
    "nan": "nan",
}
Asking = Generator[Prompt, Answer, Trace]


class _Ended(Exception):
    """The prediction is over, whatever the program would do now."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Scheduler:
    """Predicts one program. `run()` is a generator: it yields prompts, is sent answers, and returns
    the trace; so many schedulers can share one engine's batches.

    Raises SyntaxError or BadProgramError from `run()` only for a context that is not Python; a
    program that is not gives a trace with the outcome syntax-error.
    """

    def __init__(
        self,
        program: Program,
        *,
        model: str = "builtin",
        max_steps: int = 1000,
        max_seconds: float | None = None,
        on_step: Callable[[Step], None] | None = None,
    ) -> None:
        self.program, self.model, self.max_steps, self.on_step = program, model, max_steps, on_step
        self.max_seconds = math.inf if max_seconds is None else max_seconds
        self._began = time.monotonic()
        self.steps: list[Step] = []
        self.stdin = list(program.stdin)
        self._recording = False
        self._out = ""
        self._confidence: float | None = None
        self._statements: dict[tuple[int, Kind], Statement] = {}
        self._free: dict[int, tuple[str, ...]] = {}
        self._unit: dict[int, int] = {}
        self._silent: set[int] = set()
        self._classes: list[Cell] = []
        self._scopes: dict[ast.AST, Scope] = {}
        self._at_line: int | None = None

    # --- the run ------------------------------------------------------------------------------

    def run(self) -> Asking:
        try:
            tree, context = self._prepare()
        except SyntaxError as error:
            outcome = Outcome("syntax-error", type(error).__name__, error.msg, error.lineno)
            return self._trace(outcome)
        module = Frame(MODULE, tree, self._scopes[tree], 0)
        module.names["__name__"] = Text("__main__")
        try:
            yield from self._drive(self._module(module, context, tree.body[len(context) :]))
            outcome = Outcome()
        except _Ended as end:
            outcome = end.outcome
        except PredictedError as error:
            outcome = self._raised(error)
        except OutsideEnvelopeError as error:
            message = f"the built-in model cannot predict this: {error}"
            outcome = Outcome("unparsable", None, message, self._at_line)
        except (UnparsableAnswerError, RecursionError) as error:
            message = f"the model's answer makes no sense: {error}"
            outcome = Outcome("unparsable", None, message, self._at_line)
        return self._trace(outcome)

    def _prepare(self) -> tuple[ast.Module, list[ast.stmt]]:
        """One tree of context and program; context lines are negative."""
        own = self.program.parse()
        before = parse_source(self.program.context, "<context>")
        for tree, sign in ((before, -1), (own, 1)):
            source = read_source(tree)
            self._silent |= {sign * line for line in source.silent}
            for node in ast.walk(tree):
                line = getattr(node, "lineno", None)
                if line is not None and line in source.shown:
                    self._unit[id(node)] = sign * source.shown[line]
        context = desugar(before).body
        tree = ast.Module([*context, *desugar(own).body], [])
        self._scopes = analyse(tree)
        return tree, context

    def _trace(self, outcome: Outcome) -> Trace:
        return Trace(self.program, tuple(self.steps), outcome, "model", self.model)

    def _raised(self, error: PredictedError) -> Outcome:
        name, args = exception_type(error.value), exception_args(error.value)
        if error.value == _NO_MORE_INPUT:
            return Outcome("input-exhausted", None, "the program asked for more input", error.line)
        if len(args) == 1:
            only = args[0]
            quoted = name == "KeyError" or not isinstance(only, Text)
            message = display(only) if quoted else only.text  # type: ignore[union-attr]
        else:
            message = display(Tup(args)) if args else ""
        return Outcome("raised", name, message, error.line)

    def _drive(self, run: Run) -> Generator[Prompt, Answer, None]:
        """Runs frames on an explicit stack, so that depth is the program's and not Python's."""
        stack: list[Run] = [run]
        result: Any = None
        error: PredictedError | None = None
        while stack:
            try:
                if error is not None:
                    pending, error = error, None
                    request = stack[-1].throw(pending)
                else:
                    request = stack[-1].send(result)
            except StopIteration as stop:
                stack.pop()
                result = stop.value
                continue
            except PredictedError as raised:
                stack.pop()
                if not stack:
                    raise
                error = raised
                continue
            if isinstance(request, Ask):
                result = yield request.prompt
            elif isinstance(request, Enter):
                if len(stack) > MAX_DEPTH:
                    raise _Ended(
                        Outcome(
                            "truncated", None, f"more than {MAX_DEPTH} calls deep", self._at_line
                        )
                    )
                stack.append(request.run)
                result = None
            else:
                stack.pop()
                result = request.value

    def _module(self, frame: Frame, context: list[ast.stmt], body: list[ast.stmt]) -> Run:
        yield from self._block(context, frame)
        self._recording = True
        self._out, frame.unit, frame.line = "", None, 1
        frame.shown = {}
        yield from self._leaving(frame, self._block(body, frame))
        self._emit(frame, "return", value="None")
        return NONE

    # --- steps --------------------------------------------------------------------------------

    def _emit(
        self, frame: Frame, event: Any, value: str | None = None, detail: str | None = None
    ) -> None:
        if not self._recording:
            return
        if len(self.steps) >= self.max_steps:
            raise _Ended(Outcome("step-limit"))
        texts = {n: display(v) for n, v in frame.visible(self._free_names(frame)).items()}
        step = Step(
            event=event,
            line=frame.line,
            function=frame.function,
            depth=frame.depth,
            locals={n: t for n, t in texts.items() if frame.shown.get(n) != t},
            removed=tuple(n for n in frame.shown if n not in texts),
            value=value,
            stdout=self._out,
            detail=detail,
            confidence=self._confidence,
        )
        frame.shown, self._out, self._confidence = texts, "", None
        self.steps.append(step)
        if self.on_step is not None:
            self.on_step(step)

    def _free_names(self, frame: Frame) -> tuple[str, ...]:
        """Free variables that a function's code (or a function inside it) speaks of."""
        key = id(frame.node)
        if key not in self._free:
            names: dict[str, None] = {}
            if not isinstance(frame.node, ast.Module):
                for node in ast.walk(frame.node):
                    if isinstance(node, ast.Name) and frame.scope.resolve(node.id)[0] == "free":
                        names.setdefault(node.id)
            self._free[key] = tuple(names)
        return self._free[key]

    def _line(self, frame: Frame, node: ast.AST, *, again: bool = False) -> None:
        """Come to a statement: a step, unless the frame is on its line already."""
        unit = self._unit.get(id(node))
        if unit is None or getattr(node, "silent", False):
            return
        if unit == frame.unit and not again:
            return
        frame.unit = frame.line = self._at_line = unit
        frame.told_exception = False
        self._emit(frame, "line")

    def _raise(self, frame: Frame, value: Value, line: int | None = None) -> None:
        frame.told_exception = True
        self._emit(frame, "exception", value=display(value))
        raise PredictedError(value, frame.line if line is None else line)

    def _leaving(self, frame: Frame, body: Run) -> Run:
        """A frame's body; if an exception leaves it after further lines, that is one more step."""
        try:
            return (yield from body)
        except PredictedError as error:
            if not frame.told_exception:
                frame.told_exception = True
                self._emit(frame, "exception", value=display(error.value))
            raise

    # --- asking -------------------------------------------------------------------------------

    def _statement(self, kind: Kind, node: ast.AST, scope: Scope) -> Statement:
        key = (id(node), kind)
        if key not in self._statements:
            self._statements[key] = describe(kind, node, scope)
        return self._statements[key]

    def _ask(
        self, frame: Frame, kind: Kind, node: ast.AST, **more: Any
    ) -> Generator[Any, Any, Answer]:
        """Ask what a statement does, making the calls that it makes; an exception is raised."""
        statement = self._statement(kind, node, frame.scope)
        lambdas = [self._function(part, frame) for part in statement.lambdas]
        returned: list[tuple[Call, Value | str]] = []
        while len(returned) <= MAX_CALLS_PER_STATEMENT:
            if time.monotonic() - self._began > self.max_seconds:
                raise _Ended(Outcome("time-limit", message=f"{self.max_seconds:g} seconds"))
            prompt = ask(
                statement,
                frame.lookup,
                lambdas=lambdas,
                stdin=self.stdin[: statement.inputs],
                returned=returned,
                **more,
            )
            answer: Answer = yield Ask(prompt)
            self._apply(frame, answer)
            if answer.ending == "raise":
                assert answer.value is not None
                self._raise(frame, answer.value)
            if answer.ending != "call":
                return answer
            assert answer.call is not None
            try:
                result = yield from self._call(frame, answer.call)
            except PredictedError as error:
                if kind == "<next>" and exception_type(error.value) == "StopIteration":
                    return Answer("done")
                frame.told_exception = True
                self._emit(frame, "exception", value=display(error.value))
                raise
            returned.append((answer.call, result))
        raise UnparsableAnswerError("one statement makes call after call")

    def _apply(self, frame: Frame, answer: Answer) -> None:
        if answer.confidence is not None:
            self._confidence = answer.confidence * (
                1.0 if self._confidence is None else self._confidence
            )
        for cell, now in answer.changes:
            cell.take(now)
        for cell, name, value in answer.attributes:
            cell.attrs[name] = value
            if isinstance(cell.payload, Class):
                cell.payload.own[name] = value
                for other in self._classes:
                    finish_class(other)
        for name, value in answer.bindings:
            frame.bind(name, value)
        self._out += answer.printed
        del self.stdin[: answer.consumed]

    def _evaluate(
        self, frame: Frame, node: ast.expr, kind: Kind = "<eval>"
    ) -> Generator[Any, Any, Value]:
        answer = yield from self._ask(frame, kind, node)
        if answer.value is None:
            raise UnparsableAnswerError("a value was asked for, and none was given")
        return answer.value

    def _test(self, frame: Frame, node: ast.expr) -> Generator[Any, Any, bool]:
        if isinstance(node, ast.Constant):
            return bool(node.value)
        answer = yield from self._ask(frame, "<if>", node)
        return answer.ending == "true"

    # --- calls --------------------------------------------------------------------------------

    def _function(self, node: FunctionNode, frame: Frame, **more: Any) -> Cell:
        name = node.name if isinstance(node, ast.FunctionDef) else "<lambda>"
        line = self._unit.get(id(node), frame.line)
        if isinstance(node, ast.Lambda):
            more["defaults"] = self._lambda_defaults(node, frame)
        payload = Function(node, self._scopes[node], frame, line, **more)
        return Cell("fn", name=name, payload=payload)

    def _lambda_defaults(self, node: ast.Lambda, frame: Frame) -> dict[str, Value]:
        """A lambda's defaults: what the source spells out, and names, which are only copied."""
        found: dict[str, Value] = {}
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        for name, default in zip(names[::-1], node.args.defaults[::-1], strict=False):
            value = frame.lookup(default.id) if isinstance(default, ast.Name) else None
            if is_literal(default):
                value = _literal(default)
            if value is None or isinstance(value, str):
                raise OutsideEnvelopeError("a lambda whose default is computed")
            found[name] = value
        return found

    def _call(self, frame: Frame, call: Call) -> Generator[Any, Any, Value | str]:
        callee, args = call.callee, call.args
        if callee == Atom("next"):
            if len(args) != 1 or not isinstance(args[0], Cell) or args[0].kind != "gen":
                raise UnparsableAnswerError("only generators of the program can be advanced")
            return (yield from self._advance(frame, args[0]))
        if callee == Atom("super"):
            return (yield from self._call_super(frame, call))
        if not isinstance(callee, Cell):
            raise UnparsableAnswerError("what is called is no function of the program")
        if call.method is not None:
            function, args = self._find_method(callee, call)
            return (yield from self._enter(frame, function, args, call.keywords))
        if callee.kind == "fn":
            return (yield from self._enter(frame, callee, args, call.keywords))
        if callee.kind == "cls":
            made = Cell("obj", cls=callee)
            initial = member(callee, "__init__")
            if any(_is_exception(base) for base in ancestors(callee)):
                made.attrs["args"] = Tup(args)
            if isinstance(initial, Cell) and initial.kind == "fn":
                yield from self._enter(frame, initial, (made, *args), call.keywords)
            return made
        raise UnparsableAnswerError(f"a {callee.kind} is called")

    def _find_method(self, callee: Cell, call: Call) -> tuple[Cell, tuple[Value, ...]]:
        name = call.method or ""
        if callee.kind == "obj" and callee.cls is not None:
            own = callee.attrs.get(name)
            if isinstance(own, Cell) and own.kind == "fn":
                return own, call.args
            cls: Cell = callee.cls
        else:
            cls = callee
        found = member(cls, name) if cls.kind == "cls" else None
        if not (isinstance(found, Cell) and found.kind == "fn"):
            raise UnparsableAnswerError(f"there is no method {name}")
        if found.payload.setter is not None and call.args:
            found = found.payload.setter
        kind = found.payload.kind
        if kind == "staticmethod" or (callee.kind == "cls" and kind == "function"):
            return found, call.args
        return found, ((cls if kind == "classmethod" else callee), *call.args)

    def _call_super(self, frame: Frame, call: Call) -> Generator[Any, Any, Value]:
        names = getattr(getattr(frame.node, "args", None), "args", [])
        me = frame.names.get(names[0].arg) if names else None
        if not isinstance(me, Cell) or frame.owner is None:
            raise UnparsableAnswerError("super() outside of a method")
        cls = me.cls if me.kind == "obj" and me.cls is not None else me
        found = member(cls, call.method or "", after=frame.owner)
        if isinstance(found, Cell) and found.kind == "fn":
            return (yield from self._enter(frame, found, (me, *call.args), call.keywords))
        if call.method == "__init__":
            return NONE
        raise UnparsableAnswerError(f"super() has no method {call.method}")

    def _enter(
        self,
        frame: Frame,
        cell: Cell,
        args: tuple[Value, ...],
        keywords: tuple[tuple[str, Value], ...],
    ) -> Generator[Any, Any, Value]:
        function = cell.payload
        assert isinstance(function, Function)
        try:
            names = bind_arguments(function, args, keywords)
        except ArgumentError as error:
            value = Form("TypeError", (Text(str(error)),))
            raise PredictedError(value, frame.line) from None
        callee = Frame(
            function.qualified_name,
            function.node,
            function.scope,
            frame.depth + 1,
            function.closure,
            function.owner,
            names,
            line=function.line,
        )
        if function.scope.is_generator:
            generator = Cell("gen", name=cell.name)
            generator.payload = [callee, self._leaving(callee, self._body(callee, function))]
            return generator
        result = yield Enter(self._leaving(callee, self._body(callee, function)))
        assert not isinstance(result, str)
        return result  # type: ignore[no-any-return]

    def _body(self, frame: Frame, function: Function) -> Run:
        self._emit(frame, "call")
        node = function.node
        value: Value = NONE
        if isinstance(node, ast.Lambda):
            self._line(frame, node)
            value = yield from self._evaluate(frame, node.body, "<return>")
        else:
            try:
                yield from self._block(node.body, frame)
            except ReturnSignal as signal:
                value = signal.value
        self._emit(frame, "return", value=display(value))
        return value

    def _advance(self, frame: Frame, generator: Cell) -> Generator[Any, Any, Value | str]:
        if generator.payload is None:
            return _STOP
        inner, run = generator.payload
        inner.depth = frame.depth + 1
        if inner.shown or inner.unit is not None:
            inner.shown = {}
            self._emit(inner, "call", detail="resume")
        generator.payload = None
        result = yield Enter(run)
        if run.gi_frame is None:
            return _STOP
        generator.payload = [inner, run]
        return result  # type: ignore[no-any-return]

    # --- statements ---------------------------------------------------------------------------

    def _block(self, body: Sequence[ast.stmt], frame: Frame) -> Run:
        for node in body:
            handler = getattr(self, f"_do_{type(node).__name__}", None)
            if handler is None:
                self._line(frame, node)
                raise OutsideEnvelopeError(f"{type(node).__name__} statements")
            if not self._is_docstring(node):
                if not isinstance(node, ast.For | ast.While | ast.Global | ast.Nonlocal):
                    self._line(frame, node)
                yield from handler(node, frame)
        return NONE

    def _is_docstring(self, node: ast.stmt) -> bool:
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and self._unit.get(id(node)) in self._silent
        )

    def _do_exec(self, node: ast.stmt, frame: Frame) -> Iterator[Any]:
        yield from self._ask(frame, "<exec>", node)

    _do_AugAssign = _do_Assert = _do_exec

    def _do_Assign(self, node: ast.Assign, frame: Frame) -> Iterator[Any]:
        if isinstance(node.value, ast.Yield):
            sent = yield from self._yield(node.value, frame)
            for target in node.targets:
                if not isinstance(target, ast.Name):
                    raise OutsideEnvelopeError("a yield that is assigned to more than one name")
                frame.bind(target.id, sent)
            return
        yield from self._ask(frame, "<exec>", node)

    def _do_AnnAssign(self, node: ast.AnnAssign, frame: Frame) -> Iterator[Any]:
        if node.value is not None:
            yield from self._ask(frame, "<exec>", node)

    def _do_Expr(self, node: ast.Expr, frame: Frame) -> Iterator[Any]:
        if isinstance(node.value, ast.Yield):
            yield from self._yield(node.value, frame)
        elif not isinstance(node.value, ast.Constant):
            yield from self._ask(frame, "<exec>", node)

    def _yield(self, node: ast.Yield, frame: Frame) -> Generator[Any, Any, Value]:
        value: Value = NONE
        if node.value is not None:
            value = yield from self._evaluate(frame, node.value)
        self._emit(frame, "return", value=display(value), detail="yield")
        yield Suspend(value)
        return NONE

    def _do_Pass(self, node: ast.stmt, frame: Frame) -> Iterator[Any]:
        return iter(())

    _do_Global = _do_Nonlocal = _do_Pass

    def _do_Delete(self, node: ast.Delete, frame: Frame) -> Iterator[Any]:
        yield from self._ask(frame, "<exec>", node)
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
            value = yield from self._evaluate(frame, node.value, "<return>")
        raise ReturnSignal(value)

    def _do_Raise(self, node: ast.Raise, frame: Frame) -> Iterator[Any]:
        if node.exc is not None:
            yield from self._ask(frame, "<exec>", node)
            raise UnparsableAnswerError("a raise statement that raises nothing")
        if not frame.handling:
            value = Form("RuntimeError", (Text("No active exception to reraise"),))
            self._raise(frame, value)
        self._raise(frame, frame.handling[-1].value, frame.handling[-1].line)

    def _do_If(self, node: ast.If, frame: Frame) -> Iterator[Any]:
        truth = yield from self._test(frame, node.test)
        yield from self._block(node.body if truth else node.orelse, frame)

    def _do_While(self, node: ast.While, frame: Frame) -> Iterator[Any]:
        together = self._unit.get(id(node)) == self._unit.get(id(node.body[0]))
        first = True
        while True:
            if first or not together:
                self._line(frame, node, again=not first)
            if not (yield from self._test(frame, node.test)):
                break
            if together and not first:
                self._line(frame, node, again=True)
            first = False
            if not (yield from self._round(node.body, frame)):
                return
        yield from self._block(node.orelse, frame)

    def _round(self, body: list[ast.stmt], frame: Frame) -> Generator[Any, Any, bool]:
        """Run a loop's body once; False if it broke out."""
        try:
            yield from self._block(body, frame)
        except ContinueSignal:
            return True
        except BreakSignal:
            return False
        return True

    def _do_For(self, node: ast.For, frame: Frame) -> Iterator[Any]:
        self._line(frame, node)
        iterable = yield from self._evaluate(frame, node.iter, "<iter>")
        visit, previous = 0, None
        while True:
            if visit:
                self._line(frame, node, again=True)
            more = {"visit": visit, "iterable": iterable}
            answer = yield from self._ask(frame, "<next>", node.target, **more, previous=previous)
            if answer.ending == "done":
                break
            previous = _bound_item(node.target, answer)
            visit += 1
            if not (yield from self._round(node.body, frame)):
                return
        yield from self._block(node.orelse, frame)

    def _do_Try(self, node: ast.Try, frame: Frame) -> Iterator[Any]:
        pending: Exception | None = None
        try:
            try:
                yield from self._block(node.body, frame)
            except PredictedError as error:
                yield from self._handle(node, error, frame)
            else:
                yield from self._block(node.orelse, frame)
        except SIGNALS as signal:
            pending = signal
        yield from self._block(node.finalbody, frame)
        if pending is not None:
            raise pending

    def _handle(self, node: ast.Try, error: PredictedError, frame: Frame) -> Iterator[Any]:
        for handler in node.handlers:
            self._line(frame, handler)
            if handler.type is not None:
                answer = yield from self._ask(
                    frame, "<except>", handler.type, exception=error.value
                )
                if answer.ending != "true":
                    continue
            if handler.name:
                frame.bind(handler.name, error.value)
            frame.handling.append(error)
            pending: Exception | None = None
            try:
                yield from self._block(handler.body, frame)
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
                manager = yield from self._evaluate(frame, item.context_expr)
                entered = yield from self._call(frame, Call(manager, "__enter__"))
                managers.append(manager)
                if isinstance(item.optional_vars, ast.Name):
                    assert not isinstance(entered, str)
                    frame.bind(item.optional_vars.id, entered)
                elif item.optional_vars is not None:
                    raise OutsideEnvelopeError("with ... as more than one name")
            yield from self._block(node.body, frame)
        except SIGNALS as signal:
            pending = signal
        if managers:
            self._line(frame, node)
        for manager in reversed(managers):
            args: tuple[Value, ...] = (NONE, NONE, NONE)
            if isinstance(pending, PredictedError):
                kind: Value = Atom(exception_type(pending.value))
                args = (kind, pending.value, Form("<exception>", ()))
            result = yield from self._call(frame, Call(manager, "__exit__", args))
            if isinstance(pending, PredictedError) and result not in (NONE, Atom("False")):
                pending = None
        if pending is not None:
            raise pending

    def _do_FunctionDef(self, node: ast.FunctionDef, frame: Frame) -> Iterator[Any]:
        spec = node.args
        defaults: dict[str, Value] = {}
        positional = [*spec.posonlyargs, *spec.args]
        pairs: list[tuple[ast.arg, ast.expr | None]] = list(
            zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True)
        )
        pairs += zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        for parameter, default in pairs:
            if default is not None:
                defaults[parameter.arg] = (
                    _literal(default)
                    if is_literal(default)
                    else (yield from self._evaluate(frame, default))
                )
        if any(isinstance(d, ast.Attribute) for d in node.decorator_list):
            existing = frame.lookup(node.name)
            if isinstance(existing, Cell) and isinstance(existing.payload, Function):
                existing.payload.setter = self._function(node, frame, owner=frame.owner)
            return
        kind = next((d.id for d in node.decorator_list if isinstance(d, ast.Name)), "function")
        owner = frame.owner if isinstance(frame.node, ast.ClassDef) else None
        frame.bind(
            node.name, self._function(node, frame, defaults=defaults, kind=kind, owner=owner)
        )

    def _do_ClassDef(self, node: ast.ClassDef, frame: Frame) -> Iterator[Any]:
        if node.keywords:
            raise OutsideEnvelopeError("classes with keyword arguments")
        bases: list[Value] = []
        for base in node.bases:
            if not isinstance(base, ast.Name):
                raise OutsideEnvelopeError("a base class that is not a plain name")
            found = frame.lookup(base.id)
            if isinstance(found, str):
                if base.id == "object":
                    continue
                if base.id not in EXCEPTIONS:
                    raise OutsideEnvelopeError(f"classes derived from {base.id}")
                found = Atom(base.id)
            bases.append(found)
        cls = Cell("cls", name=node.name, bases=tuple(bases))
        self._classes.append(cls)
        body = Frame(
            node.name if frame.function == MODULE else f"{frame.function}.{node.name}",
            node,
            self._scopes[node],
            frame.depth + 1,
            frame,
            cls,
            line=self._unit.get(id(node), frame.line),
        )
        yield Enter(self._leaving(body, self._class_body(node, body, cls)))
        frame.bind(node.name, cls)

    def _class_body(self, node: ast.ClassDef, frame: Frame, cls: Cell) -> Run:
        self._emit(frame, "call")
        yield from self._block(node.body, frame)
        self._emit(frame, "return", value="None")
        cls.payload = Class(frame.names)
        finish_class(cls)
        return NONE

    def _do_Import(self, node: ast.Import, frame: Frame) -> Iterator[Any]:
        for alias in node.names:
            self._module_value(alias.name, frame)
            frame.bind(alias.asname or alias.name, Form("<module>", (Text(alias.name),)))
        return iter(())

    def _do_ImportFrom(self, node: ast.ImportFrom, frame: Frame) -> Iterator[Any]:
        self._module_value(node.module or ".", frame)
        for alias in node.names:
            if alias.name in _CONSTANTS:
                value = Atom(_CONSTANTS[alias.name])
            elif alias.name in WORDS:
                value = Atom(alias.name)
            else:
                raise OutsideEnvelopeError(f"{alias.name} of the module {node.module}")
            frame.bind(alias.asname or alias.name, value)
        return iter(())

    def _module_value(self, name: str, frame: Frame) -> None:
        if name.split(".")[0] not in sys.stdlib_module_names:
            value = Form("ModuleNotFoundError", (Text(f"No module named {name!r}"),))
            self._raise(frame, value)
        if name not in ("math", "string"):
            raise OutsideEnvelopeError(f"the module {name}")


def _is_exception(cls: Cell) -> bool:
    return any(isinstance(base, Atom) and base.text in EXCEPTIONS for base in cls.bases)


def _literal(node: ast.expr) -> Value:
    if isinstance(node, ast.UnaryOp):
        inner = _literal(node.operand)
        assert isinstance(inner, Atom)
        return Atom("-" + inner.text)
    assert isinstance(node, ast.Constant)
    return Text(node.value) if isinstance(node.value, str) else Atom(repr(node.value))


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
