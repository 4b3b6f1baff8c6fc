"""Watches a real run and writes down every transition: the question as the scheduler would ask it,
and the true answer.

`transitions(source)` rewrites the program (`instrument`), runs it in this process, and returns the
(prompt, answer) token pairs. Only for programs made by our generator: nothing is sandboxed.
"""

from __future__ import annotations

import ast
import io
import operator
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cwm_lab.training.instrument import HOOK, Instrumenter
from cwm_lab.training.snapshot import ADDRESS, Snapshotter
from cwm_lab.worldmodel.desugar import desugar
from cwm_lab.worldmodel.dialect import (
    UNBOUND,
    UNBOUND_LOCAL,
    Answer,
    Call,
    Kind,
    Prompt,
    Statement,
    ask,
    describe,
    lambdas_in,
    write_outcome,
)
from cwm_lab.worldmodel.scopes import Scope, analyse
from cwm_lab.worldmodel.statement import bound_names
from cwm_lab.worldmodel.values import Atom, Cell, OutsideEnvelopeError, Value, Writer
from cwm_lab.worldmodel.vocabulary import EOS, spell

MAX_STEPS = 4000
_LONG_TEXT = 8
_LAZY_CALLS = {enumerate, zip, reversed, map, filter}
_VIEW_METHODS = {"items": "<items>", "keys": "<keys>", "values": "<values>"}
_SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<",
    ast.RShift: ">>", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">",
    ast.GtE: ">=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.iadd, "Sub": operator.isub, "Mult": operator.imul, "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv, "Mod": operator.imod, "Pow": operator.ipow,
    "BitAnd": operator.iand, "BitOr": operator.ior, "BitXor": operator.ixor,
    "LShift": operator.ilshift, "RShift": operator.irshift,
}  # fmt: skip


@dataclass(frozen=True)
class Transition:
    """One training example: tokens of the prompt and of the answer, and what it is about."""

    prompt: tuple[str, ...]
    answer: tuple[str, ...]
    kind: str


class TooLongError(BaseException):
    """The program made more steps than a training program may. No `except Exception` holds it."""


@dataclass
class _Operand:
    """A value in a scratchpad item, with the name it was read from, if any."""

    value: Any
    name: str | None = None


_Part = str | _Operand
_STOP = "<stop>"


@dataclass
class _Question:
    """A statement that is being executed, and what was heard of it so far."""

    index: int
    kind: Kind
    node: ast.AST
    statement: Statement | None
    snapshot: Snapshotter | None = None
    prompt: Prompt | None = None
    items: list[list[_Part]] = field(default_factory=list)
    vals: dict[int, Any] = field(default_factory=dict)
    returned: list[tuple[Any, Any]] = field(default_factory=list)
    calls: list[tuple[ast.Call, Any, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    lambdas: dict[int, Cell] = field(default_factory=dict)
    lambda_objects: dict[int, tuple[Any, Cell]] = field(default_factory=dict)
    loop: _Loop | None = None
    exception: BaseException | None = None
    printed: int = 0
    consumed: int = 0
    callee_raised: bool = False


@dataclass
class _Loop:
    """A for loop under way."""

    index: int
    iterable: Any
    visit: int = 0
    previous: Any = None


@dataclass
class _Frame:
    """A frame of the program: its Python frame and the statement that it is at."""

    frame: types.FrameType
    node: ast.AST
    call: Any = None
    question: _Question | None = None
    result: Any = None
    failed: bool = False
    yielded: bool = False


def transitions(source: str, stdin: Sequence[str] = ()) -> list[Transition]:
    """All transitions of a program, in the order in which they happen.

    Raises SyntaxError for what is not Python and NotImplementedError for what the dialect does not
    cover. An exception in the program is part of its behaviour and not raised.
    """
    tree = desugar(ast.parse(source))
    instrumenter = Instrumenter(analyse(tree))
    code = compile(instrumenter.module(tree), "<program>", "exec")
    return Teacher(instrumenter.nodes, instrumenter.scope_of, stdin).run(code)


class Teacher:
    """The hooks that an instrumented program calls."""

    def __init__(self, nodes: list[ast.AST], scope_of: list[Scope], stdin: Sequence[str]) -> None:
        self.nodes, self.scope_of = nodes, scope_of
        self.stdin, self.stdin_at = list(stdin), 0
        self.stack: list[_Frame] = []
        self.out = io.StringIO()
        self.found: list[Transition] = []
        self.lazy: dict[int, tuple[str, tuple[Any, ...], Any]] = {}
        self.sorting: dict[int, list[Any]] = {}  # what list.sort hides while it sorts
        self.generators: dict[int, Any] = {}
        self.statements: dict[tuple[int, Kind], Statement | None] = {}
        self.steps = 0
        self.crash: Exception | None = None

    def run(self, code: types.CodeType) -> list[Transition]:
        hooks = {
            HOOK + name.removeprefix("hook_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("hook_")
        }
        namespace = {"__name__": "__main__", "input": self._input, **hooks}
        keep = sys.stdout
        sys.stdout = self.out
        try:
            exec(code, namespace)  # noqa: S102 - only programs of our own generator come here
        except TooLongError:
            pass
        except Exception as error:  # noqa: BLE001 - the program's own crash is its behaviour
            self.crash = error
        finally:
            sys.stdout = keep
        return self.found

    def _input(self, prompt: object = "") -> str:
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

    def hook_enter(self, index: int) -> None:
        frame = sys._getframe(1)
        node = self.nodes[index]
        caller = self.stack[-1] if self.stack else None
        call = None
        if caller is not None and not isinstance(node, ast.ClassDef):
            call = self._asked_call(caller, frame)
            self._emit_call(caller, call)
        self.stack.append(_Frame(frame, node, call))

    def _asked_call(self, caller: _Frame, frame: types.FrameType) -> Any:
        """(callee, method, args, keywords) in real values, of the call that opened a frame."""
        code = frame.f_code
        question = caller.question
        if question is None:
            return None
        if code.co_flags & 0x20:
            generator = next(
                (g for g in self.generators.values() if g.gi_frame is frame),
                None,
            )
            return (next, None, (generator,), {}) if generator is not None else None
        if question.calls:
            node, function, args, keywords = question.calls[-1]
            if isinstance(function, types.FunctionType) and function.__code__ is code:
                if isinstance(node.func, ast.Attribute):
                    owner = question.vals.get(id(node.func.value))
                    if isinstance(owner, type):
                        return (owner, node.func.attr, args, keywords)
                return (function, None, args, keywords)
            if isinstance(function, types.MethodType) and function.__func__.__code__ is code:
                owner = function.__self__
                if isinstance(node.func, ast.Attribute) and _is_super(node.func.value):
                    return ("super", function.__name__, args, keywords)
                return (owner, function.__name__, args, keywords)
            if isinstance(function, type) and code.co_name == "__init__":
                return (function, None, args, keywords)
        count = code.co_argcount
        values = tuple(frame.f_locals.get(name) for name in code.co_varnames[:count])
        if values and code.co_qualname.count(".") and hasattr(type(values[0]), code.co_name):
            return (values[0], code.co_name, values[1:], {})
        for _, _, args, keywords in reversed(question.calls):
            for candidate in (*args, *keywords.values()):
                if isinstance(candidate, types.FunctionType) and candidate.__code__ is code:
                    return (candidate, None, values, {})
        for candidate in question.vals.values():
            if isinstance(candidate, types.FunctionType) and candidate.__code__ is code:
                return (candidate, None, values, {})
        return None

    def _emit_call(self, caller: _Frame, call: Any) -> None:
        question = caller.question
        if question is None or question.prompt is None:
            return
        if call is None:
            question.prompt = None
            return
        answer = Answer("call")
        self._answer(caller, question, answer, call)

    def hook_failed(self) -> None:
        frame = sys._getframe(1)
        if not self._on_stack(frame):
            return  # a sleeping generator is being closed
        self._unwind_to(frame)
        self._close_raised()
        self.stack[-1].failed = True

    def hook_leave(self) -> None:
        if not self._on_stack(sys._getframe(1)):
            return
        self._unwind_to(sys._getframe(1))
        frame = self.stack.pop()
        if not self.stack or isinstance(frame.node, ast.ClassDef):
            return
        caller = self.stack[-1]
        if frame.failed:
            if caller.question is not None:
                caller.question.callee_raised = True
            return
        result = frame.result
        if frame.call is not None and frame.call[1] is None and isinstance(frame.call[0], type):
            result = frame.frame.f_locals.get(frame.frame.f_code.co_varnames[0])
        if frame.frame.f_code.co_flags & 0x20:
            result = _STOP
        self._resume(caller, frame.call, result)

    def hook_lambda_left(self, _entered: None, value: Any) -> Any:
        self.hook_leave_lambda(sys._getframe(1))
        return value

    def hook_leave_lambda(self, frame: types.FrameType) -> None:
        self._unwind_to(frame)
        entry = self.stack.pop()
        self._resume(self.stack[-1], entry.call, entry.result)

    def _resume(self, caller: _Frame, call: Any, result: Any) -> None:
        question = caller.question
        if question is None:
            return
        question.returned.append((call, result))
        if call is None:
            question.prompt = None
            return
        if question.prompt is not None:
            self._ask(caller, question)

    def _on_stack(self, frame: types.FrameType) -> bool:
        return any(entry.frame is frame for entry in self.stack)

    def _unwind_to(self, frame: types.FrameType) -> None:
        while self.stack and self.stack[-1].frame is not frame:
            lost = self.stack[-1]
            if lost.question is not None and not isinstance(lost.node, ast.Module):
                self._close_raised()
            self.stack.pop()
            if self.stack and self.stack[-1].question is not None:
                self.stack[-1].question.callee_raised = True

    def hook_yielded(self, value: Any) -> Any:
        entry = self.stack.pop()
        if self.stack:
            self._resume(self.stack[-1], entry.call, value)
        return value

    def hook_resumed(self, sent: Any) -> Any:
        frame = sys._getframe(1)
        caller = self.stack[-1]
        call = self._asked_call(caller, frame)
        self._emit_call(caller, call)
        self.stack.append(_Frame(frame, ast.Pass(), call))
        return sent

    # --- questions ----------------------------------------------------------------------------

    def hook_begin(self, index: int) -> None:
        self._begin(index, sys._getframe(1))

    def _begin(
        self, index: int, frame: types.FrameType, kind: Kind | None = None, **more: Any
    ) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooLongError
        if not self._on_stack(frame):
            return  # a sleeping generator is being closed
        self._unwind_to(frame)
        node = self.nodes[index]
        kind = kind or _kind_of(node)
        entry = self.stack[-1]
        question = _Question(index, kind, node, self._describe(index, kind), **more)
        entry.question = question
        if question.statement is not None:
            question.lambdas = {
                id(node): Cell("fn", name="<lambda>") for node in question.statement.lambdas
            }
            self._ask(entry, question)

    def _describe(self, index: int, kind: Kind) -> Statement | None:
        key = (index, kind)
        if key not in self.statements:
            try:
                self.statements[key] = describe(
                    kind, _asked_node(self.nodes[index], kind), self.scope_of[index]
                )
            except OutsideEnvelopeError:
                self.statements[key] = None
        return self.statements[key]

    def _ask(self, entry: _Frame, question: _Question) -> None:
        """(Re)state the question from the present state."""
        statement = question.statement
        assert statement is not None
        question.items, question.printed = [], len(self.out.getvalue())
        question.consumed = 0
        snapshot = question.snapshot = Snapshotter(
            self.lazy, lambda code: code.co_filename == "<program>", self.sorting
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
                found = _find(frame, name, only_locals=inside)
                if found is _MISSING:
                    return UNBOUND_LOCAL if local else UNBOUND
                return snapshot.value(found)

            loop = question.loop
            known: dict[str, Any] = {}
            if loop is not None:
                known = {"visit": loop.visit, "iterable": snapshot.value(loop.iterable)}
                if loop.visit:
                    known["previous"] = snapshot.value(loop.previous)
            if question.exception is not None:
                known["exception"] = snapshot.value(question.exception)
            stdin = self.stdin[self.stdin_at : self.stdin_at + statement.inputs]
            question.prompt = ask(
                statement,
                lookup,
                lambdas=list(question.lambdas.values()),
                stdin=stdin,
                returned=[
                    (_as_call(call, snapshot), r if r is _STOP else snapshot.value(r))
                    for call, r in question.returned
                ],
                **known,
            )
        except OutsideEnvelopeError:
            question.prompt = None

    def _answer(self, entry: _Frame, question: _Question, answer: Answer, call: Any = None) -> None:
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
                answer.call = _as_call(call, snapshot)
            writer.switch_to_answer()
            tokens = self._scratchpad(question, snapshot, writer)
            tokens += write_outcome(answer, writer)
            self.found.append(Transition(tuple(prompt.tokens), tuple(tokens), question.kind))
        except (OutsideEnvelopeError, KeyError):
            question.prompt = None

    def _close_raised(self) -> None:
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
        self._answer(entry, question, Answer("raise", value))

    def _finish(self, answer: Answer) -> None:
        entry = self.stack[-1]
        question, entry.question = entry.question, None
        if question is not None and not question.callee_raised:
            self._answer(entry, question, answer)

    def _value(self, thing: Any) -> Value | None:
        question = self.stack[-1].question
        if question is None or question.snapshot is None:
            return None
        try:
            return question.snapshot.value(thing)
        except OutsideEnvelopeError:
            question.prompt = None
            return None

    def _bindings(self, node: ast.AST) -> list[tuple[str, Value]]:
        entry = self.stack[-1]
        question = entry.question
        out: list[tuple[str, Value]] = []
        if question is None or question.snapshot is None:
            return out
        for name in bound_names(node):
            found = _find(entry.frame, name)
            if found is not _MISSING:
                value = self._value(found)
                if value is not None:
                    out.append((name, value))
        return out

    def hook_end(self, index: int) -> None:
        if not self._on_stack(sys._getframe(1)):
            return
        node = self.nodes[index]
        self._finish(Answer("ok", bindings=self._bindings(node)))

    def hook_condition(self, index: int, _begun: None, value: Any) -> Any:
        test = self.nodes[index].test  # type: ignore[attr-defined]
        truth = bool(value)
        self._finish(Answer("true" if truth else "false", bindings=self._bindings(test)))
        return truth

    def hook_returned(self, index: int, _begun: None, value: Any) -> Any:
        shown = self._value(value)
        self.stack[-1].result = value
        self._finish(Answer("ret", shown))
        return value

    def hook_evaluated(self, index: int, _begun: None, value: Any) -> Any:
        self._finish(Answer("it", self._value(value)))
        return value

    def hook_handling(self, index: int) -> None:
        frame = sys._getframe(1)
        self._unwind_to(frame)
        self._close_raised()
        self._begin(index, frame, exception=sys.exc_info()[1])

    def hook_matched(self, index: int, _begun: None, kind: Any) -> Any:
        error = sys.exc_info()[1]
        self._finish(Answer("true" if isinstance(error, kind) else "false"))
        return kind

    def hook_caught(self, kind: Any) -> Any:
        self._unwind_to(sys._getframe(1))
        self._close_raised()
        return kind

    def hook_unwound(self) -> None:
        self._unwind_to(sys._getframe(1))
        self._close_raised()

    def hook_finally(self) -> None:
        if not self._on_stack(sys._getframe(1)):
            return
        self._unwind_to(sys._getframe(1))
        if self.stack[-1].question is not None:
            self._close_raised()

    def hook_iterated(self, index: int, _begun: None, iterable: Any) -> Any:
        frame = sys._getframe(1)
        iterator = iter(iterable)
        if type(iterator).__module__ == "__main__":
            iterable = iterator
        elif isinstance(iterator, types.GeneratorType) and iterator is not iterable:
            self.generators[id(iterator)] = iterator
            call: Any = (iterable, "__iter__", (), {})
            self._emit_call(self.stack[-1], call)
            self._resume(self.stack[-1], call, iterator)
            iterable = iterator
        self._finish(Answer("it", self._value(iterable)))
        return self._loop(_Loop(index, iterable), iterator, frame)

    def _loop(self, loop: _Loop, iterator: Any, frame: types.FrameType) -> Any:
        while True:
            self._begin(loop.index, frame, "<next>", loop=loop)
            try:
                item = next(iterator)
            except StopIteration:
                self._finish(Answer("done"))
                return
            yield item
            loop.previous = item
            loop.visit += 1

    def hook_bound(self, index: int) -> None:
        node = self.nodes[index]
        assert isinstance(node, ast.For)
        self._finish(Answer("ok", bindings=self._bindings(node.target)))

    # --- values inside a statement ------------------------------------------------------------

    @property
    def _question(self) -> _Question | None:
        return self.stack[-1].question if self.stack else None

    def hook_value(self, index: int, value: Any) -> Any:
        question = self._question
        node = self.nodes[index]
        if isinstance(value, types.GeneratorType) and value.gi_code.co_filename == "<program>":
            self.generators[id(value)] = value
        if question is None or question.prompt is None:
            return value
        question.vals[id(node)] = value
        if isinstance(node, ast.Lambda) and id(node) in question.lambdas:
            cell = question.lambdas[id(node)]
            question.lambda_objects[id(node)] = (value, cell)
            if question.snapshot is not None:
                question.snapshot.adopt(value, cell)
        parts = self._item(question, node, value)
        if parts is not None and not (_top(question.node) is node and _is_long(value)):
            question.items.append(parts)
        return value

    def hook_call(self, index: int, function: Any, *args: Any, **keywords: Any) -> Any:
        node = self.nodes[index]
        assert isinstance(node, ast.Call)
        question = self._question
        if question is not None:
            question.calls.append((node, function, args, keywords))
            if isinstance(node.func, ast.Name):
                question.vals[id(node.func)] = function
        sorted_list = getattr(function, "__self__", None)
        if getattr(function, "__name__", "") == "sort" and isinstance(sorted_list, list):
            self.sorting[id(sorted_list)] = list(sorted_list)
        try:
            value = function(*args, **keywords)
        finally:
            self.sorting.pop(id(sorted_list), None)
            if question is not None:
                question.calls.pop()
        if isinstance(function, type) and function in _LAZY_CALLS:
            self.lazy[id(value)] = (function.__name__, (*args, *keywords.values()), value)
        name = getattr(function, "__name__", "")
        if name in _VIEW_METHODS and isinstance(getattr(function, "__self__", None), dict):
            self.lazy[id(value)] = (_VIEW_METHODS[name], (function.__self__,), value)
        if isinstance(value, types.GeneratorType) and question is self._question:
            code = getattr(
                function, "__code__", getattr(getattr(function, "__func__", None), "__code__", None)
            )
            if code is value.gi_code and question is not None:
                self.generators[id(value)] = value
                owner = getattr(function, "__self__", None)
                call = (
                    (function, None, args, keywords)
                    if owner is None
                    else (owner, function.__name__, args, keywords)
                )
                self._emit_call(self.stack[-1], call)
                self._resume(self.stack[-1], call, value)
        return value

    def hook_augment(self, index: int, symbol: str, left: Any, right: Any) -> Any:
        node = self.nodes[index]
        assert isinstance(node, ast.AugAssign)
        value = _IN_PLACE[symbol](left, right)
        question = self._question
        if question is not None and not _is_long(value):
            parts: list[_Part] = [_Operand(left), _SYMBOLS[type(node.op)], _Operand(right)]
            hint = _hint(_SYMBOLS[type(node.op)], left, right)
            question.items.append([*parts, *hint, "=", _Operand(value)])
        return value

    def hook_formatted(self, index: int, value: Any, conversion: int, spec: str) -> str:
        conversions: dict[int, Callable[[Any], Any]] = {115: str, 114: repr, 97: ascii}
        shown = conversions[conversion](value) if conversion in conversions else value
        text = format(shown, spec)
        question = self._question
        if question is not None:
            mark = ["!", chr(conversion)] if conversion != -1 else []
            question.items.append([_Operand(value), *mark, ":", *spell(spec), "=", _Operand(text)])
        return text

    def hook_comprehended(self, index: int, values: tuple[Any, ...]) -> bool:
        node = self.nodes[index]
        assert isinstance(node, ast.comprehension)
        question = self._question
        names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        if question is not None:
            question.items += [
                [_Name(name), "=", _Operand(value)]
                for name, value in zip(names, values, strict=True)
            ]
        return True

    def _item(self, question: _Question, node: ast.AST, value: Any) -> list[_Part] | None:
        def part(child: ast.expr) -> list[_Part]:
            if isinstance(child, ast.Constant):
                return [_Operand(child.value)]
            if isinstance(child, ast.Slice):
                out: list[_Part] = []
                for k, edge in enumerate((child.lower, child.upper, child.step)):
                    if k == 1 or (k == 2 and edge is not None):
                        out.append(":")
                    if edge is not None:
                        out += part(edge)
                return out
            if isinstance(child, ast.Starred):
                return ["*", *part(child.value)]
            name = child.id if isinstance(child, ast.Name) else None
            if id(child) not in question.vals:
                return ["..."]
            return [_Operand(question.vals[id(child)], name)]

        result: list[_Part] = ["=", _Operand(value)]
        if isinstance(node, ast.BinOp):
            symbol = _SYMBOLS[type(node.op)]
            left, right = part(node.left), part(node.right)
            hint = _hint(symbol, *(p.value for p in (left[0], right[0]) if isinstance(p, _Operand)))
            return [*left, symbol, *right, *hint, *result]
        if isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
                return None
            return [_SYMBOLS[type(node.op)], *part(node.operand), *result]
        if isinstance(node, ast.Compare):
            out = part(node.left)
            for op, right_node in zip(node.ops, node.comparators, strict=True):
                out += [*_SYMBOLS[type(op)].split(), *part(right_node)]
            return [*out, *result]
        if isinstance(node, ast.BoolOp):
            return [_SYMBOLS[type(node.op)], *result]
        if isinstance(node, ast.Subscript):
            return [*part(node.value), "[", *part(node.slice), "]", *result]
        if isinstance(node, ast.Attribute):
            return [*part(node.value), ".", _Attribute(node.attr), *result]
        if isinstance(node, ast.Call):
            if value is None or isinstance(value, types.GeneratorType | super):
                return None
            out = []
            if isinstance(node.func, ast.Attribute):
                out += [*part(node.func.value), ".", _Attribute(node.func.attr)]
            elif isinstance(node.func, ast.Name):
                out.append(_Callee(node.func.id))
            else:
                out += part(node.func)
            out.append("(")
            for k, arg in enumerate(node.args):
                out += [*([","] if k else []), *part(arg)]
            for k, keyword in enumerate(node.keywords):
                out += [*([","] if k or node.args else [])]
                out += [_Attribute(keyword.arg or "**"), "=", *part(keyword.value)]
            hint = []
            if isinstance(node.func, ast.Name) and node.func.id == "sum" and node.args:
                hint = _running_totals(question.vals.get(id(node.args[0])))
            return [*out, ")", *hint, *result]
        return None

    def _scratchpad(self, question: _Question, snapshot: Snapshotter, writer: Writer) -> list[str]:
        out: list[str] = []
        for item in question.items:
            try:
                shown = [t for part in item for t in self._part(part, snapshot, writer)]
            except OutsideEnvelopeError:
                continue  # a part that has no notation; the outcome does not need it
            out += [*shown, ";"]
        return out

    def _part(self, part: _Part, snapshot: Snapshotter, writer: Writer) -> list[str]:
        if isinstance(part, _Operand):
            return self._operand(part, snapshot, writer)
        if isinstance(part, _Name):
            return [writer.names.variable(part)]
        if isinstance(part, _Attribute):
            return [writer.names.attribute(part)]
        if isinstance(part, _Callee):
            return [writer.names.token_of.get(part, str(part))]
        return [str(part)]

    def _operand(self, part: _Operand, snapshot: Snapshotter, writer: Writer) -> list[str]:
        if part.name is not None and isinstance(part.value, str) and len(part.value) > _LONG_TEXT:
            return [writer.names.variable(part.name)]
        return writer.value(snapshot.value(part.value))


class _Name(str):
    """A variable's name in a scratchpad item."""


class _Attribute(str):
    """An attribute's name in a scratchpad item."""


class _Callee(str):
    """The name of a called function in a scratchpad item: the program's own, or a builtin."""


class _Missing:
    pass


_MISSING = _Missing()


def _find(frame: types.FrameType, name: str, *, only_locals: bool = False) -> Any:
    if name in frame.f_locals:
        return frame.f_locals[name]
    if name == "input" or only_locals:
        return _MISSING
    return frame.f_globals.get(name, _MISSING)


def _kind_of(node: ast.AST) -> Kind:
    if isinstance(node, ast.If | ast.While):
        return "<if>"
    if isinstance(node, ast.For):
        return "<iter>"
    if isinstance(node, ast.ExceptHandler):
        return "<except>"
    if isinstance(node, ast.Return | ast.Lambda):
        return "<return>"
    if isinstance(node, ast.expr):
        return "<eval>"
    return "<exec>"


def _asked_node(node: ast.AST, kind: Kind) -> ast.AST:
    """The part of a node that a question of a kind shows."""
    if isinstance(node, ast.If | ast.While):
        return node.test
    if isinstance(node, ast.For):
        return node.iter if kind == "<iter>" else node.target
    if isinstance(node, ast.ExceptHandler):
        assert node.type is not None
        return node.type
    if isinstance(node, ast.Return):
        assert node.value is not None
        return node.value
    if isinstance(node, ast.Lambda):
        return node.body
    return node


def _top(node: ast.AST) -> ast.AST | None:
    """The expression whose value the outcome tells anyway."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr):
        return node.value
    if isinstance(node, ast.For):
        return node.iter
    if isinstance(node, ast.Lambda):
        return node.body
    return node if isinstance(node, ast.expr) else None


def _is_long(value: Any) -> bool:
    return not isinstance(value, int | float | bool | None) and not (
        isinstance(value, str) and len(value) <= _LONG_TEXT
    )


def _is_super(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )


def _as_call(call: Any, snapshot: Snapshotter) -> Call:
    callee, method, args, keywords = call
    return Call(
        Atom("super") if isinstance(callee, str) else snapshot.value(callee),
        method,
        tuple(snapshot.value(arg) for arg in args),
        tuple((name, snapshot.value(value)) for name, value in keywords.items()),
    )


def _hint(symbol: str, left: Any = None, right: Any = None) -> list[_Part]:
    """Working steps of arithmetic that a small network cannot do at one stroke."""
    if type(left) is not int or type(right) is not int or max(abs(left), abs(right)) > 10**6:
        return []
    if symbol in ("//", "%") and right != 0 and abs(left) >= abs(right):
        quotient = left // right
        return ["<hint>", _Operand(quotient), "*", _Operand(right), "=", _Operand(quotient * right)]
    if symbol == "*" and abs(left) >= 10 and abs(right) >= 10:
        out: list[_Part] = ["<hint>"]
        power = 1
        for digit in reversed(str(abs(right))):
            part = int(digit) * power
            if part:
                out += [
                    _Operand(abs(left)),
                    "*",
                    _Operand(part),
                    "=",
                    _Operand(abs(left) * part),
                    ",",
                ]
            power *= 10
        return out
    if symbol == "**" and 2 <= right <= 10 and abs(left) >= 2:
        out = ["<hint>"]
        for k in range(2, right):
            out += [_Operand(left**k), ","]
        return out
    return []


def _running_totals(values: Any) -> list[_Part]:
    if not isinstance(values, list | tuple) or not all(type(v) is int for v in values):
        return []
    out: list[_Part] = ["<hint>"]
    total = 0
    for value in values:
        total += value
        out += [_Operand(total), ","]
    return out


__all__ = ["EOS", "Teacher", "Transition", "bound_names", "lambdas_in", "transitions"]
