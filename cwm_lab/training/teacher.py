"""Watches a real run and writes down every transition: the question as the scheduler would ask it,
and the true answer.

`transitions(source)` rewrites the program (`instrument`), runs it in this process, and returns the
(prompt, answer) token pairs. Only for programs made by our generator: nothing is sandboxed.
"""

from __future__ import annotations

import ast
import inspect
import operator
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cwm_lab.training import looking, placing, texts
from cwm_lab.training.applied import is_taken, note_of, of_key, of_map
from cwm_lab.training.filling import of_format
from cwm_lab.training.heard import Heard, works_through
from cwm_lab.training.instrument import HOOK, Instrumenter
from cwm_lab.training.questions import Frame, Loop, Question, asked_node, taken, top_expression
from cwm_lab.training.scratchpad import (
    FAILED,
    Name,
    Operand,
    at,
    augmented,
    formatted,
    is_long,
    item_of,
    ordering,
)
from cwm_lab.training.targets import from_end, stored, targets_of
from cwm_lab.training.watch import PROGRAM, TooLongError, Transition, Watch
from cwm_lab.worldmodel.asking import ends_iteration
from cwm_lab.worldmodel.course.operations import SYMBOLS
from cwm_lab.worldmodel.desugar import desugar
from cwm_lab.worldmodel.dialect import STOP, Answer
from cwm_lab.worldmodel.scopes import Scope, analyse
from cwm_lab.worldmodel.values import counted

_DRAINING = (list, tuple, set, sorted, sum, min, max, any, all)
_LAZY_CALLS = {enumerate, zip, reversed, map, filter}
_VIEW_METHODS = {"items": "<items>", "keys": "<keys>", "values": "<values>"}
_IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.iadd, "Sub": operator.isub, "Mult": operator.imul, "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv, "Mod": operator.imod, "Pow": operator.ipow,
    "BitAnd": operator.iand, "BitOr": operator.ior, "BitXor": operator.ixor,
    "LShift": operator.ilshift, "RShift": operator.irshift, "MatMult": operator.imatmul,
}  # fmt: skip
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul, "Div": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": operator.mod, "Pow": operator.pow,
    "BitAnd": operator.and_, "BitOr": operator.or_, "BitXor": operator.xor,
    "LShift": operator.lshift, "RShift": operator.rshift, "MatMult": operator.matmul,
}  # fmt: skip


def transitions(source: str, stdin: Sequence[str] = ()) -> list[Transition]:
    """All transitions of a program, in the order in which they happen.

    Raises SyntaxError for what is not Python and NotImplementedError for what the dialect does not
    cover. An exception in the program is part of its behaviour and not raised.
    """
    tree = desugar(ast.parse(source))
    instrumenter = Instrumenter(analyse(tree))
    code = compile(instrumenter.module(tree), PROGRAM, "exec")
    return Teacher(instrumenter.nodes, instrumenter.scope_of, stdin).run(code)


class Teacher:
    """The hooks that an instrumented program calls.

    nodes and scope_of are the instrumenter's: what the hooks' indices mean. crash: what ended the
    program, if it did not end well; too_long: it was stopped.
    Whatever an operation of the program raises is noted and raised again, for the program to see.
    """

    def __init__(self, nodes: list[ast.AST], scope_of: list[Scope], stdin: Sequence[str]) -> None:
        self.watch = Watch(nodes, scope_of, stdin)
        self.crash: Exception | None = None
        self.too_long = False

    def run(self, code: types.CodeType) -> list[Transition]:
        hooks = {
            HOOK + name.removeprefix("hook_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("hook_")
        }
        namespace = {"__name__": "__main__", "input": self.watch.read_line, **hooks}
        keep = sys.stdout
        sys.stdout = self.watch.out
        try:
            exec(code, namespace)  # noqa: S102 - only programs of our own generator come here
        except TooLongError:
            self.too_long = True
        except Exception as error:  # noqa: BLE001 - the program's own crash is its behaviour
            self.crash = error
        finally:
            self.watch.close_generators()
            sys.stdout = keep
        return self.watch.found

    # --- frames -------------------------------------------------------------------------------

    def hook_enter(self, index: int) -> None:
        node = self.watch.nodes[index]
        self.watch.enter(sys._getframe(1), node, called=not isinstance(node, ast.ClassDef))

    def hook_failed(self) -> None:
        frame = sys._getframe(1)
        if not self.watch.on_stack(frame):
            return  # a sleeping generator is being closed
        self.watch.unwind_to(frame)
        self.watch.close_raised()
        self.watch.stack[-1].failed = True
        self.watch.stack[-1].error = sys.exc_info()[1]

    def hook_leave(self) -> None:
        if not self.watch.on_stack(sys._getframe(1)):
            return
        self.watch.unwind_to(sys._getframe(1))
        frame = self.watch.stack.pop()
        if not self.watch.stack or isinstance(frame.node, ast.ClassDef):
            return
        caller = self.watch.stack[-1]
        if frame.failed:
            if caller.question is not None and not self._goes_on(caller.question, frame):
                caller.question.callee_raised = True
            elif caller.question is not None:
                self.watch.resume(caller, frame.call, STOP)
            return
        result = frame.result
        if frame.call is not None and frame.call[1] is None and isinstance(frame.call[0], type):
            result = frame.frame.f_locals.get(frame.frame.f_code.co_varnames[0])
        if frame.frame.f_code.co_flags & 0x20:
            result = STOP
        self.watch.resume(caller, frame.call, result)

    def _goes_on(self, question: Question, frame: Frame) -> bool:
        """Whether what has left a frame only tells that there is nothing further."""
        method = frame.call[1] if frame.call is not None else None
        if method is None or question.kind == "<next>":
            return False
        error, node = type(frame.error).__name__, asked_node(question.node, question.kind)
        return ends_iteration(method, error, node, question.kind)

    def hook_lambda_left(self, _entered: None, value: Any) -> Any:
        self.hook_leave_lambda(sys._getframe(1))
        return value

    def hook_leave_lambda(self, frame: types.FrameType) -> None:
        self.watch.unwind_to(frame)
        entry = self.watch.stack.pop()
        self.watch.resume(self.watch.stack[-1], entry.call, entry.result)

    def hook_yielded(self, value: Any) -> Any:
        entry = self.watch.stack.pop()
        if self.watch.stack:
            self.watch.resume(self.watch.stack[-1], entry.call, value)
        return value

    def hook_resumed(self, sent: Any) -> Any:
        self.watch.enter(sys._getframe(1), ast.Pass())
        return sent

    # --- statements ---------------------------------------------------------------------------

    def hook_named(self, function: types.FunctionType) -> None:
        """The function of a generator expression is named as one is."""
        qualified = function.__qualname__.replace(function.__name__, "<genexpr>")
        function.__name__, function.__qualname__ = "<genexpr>", qualified

    def hook_begin(self, index: int) -> None:
        self.watch.begin(index, sys._getframe(1))

    def hook_end(self, index: int) -> None:
        if not self.watch.on_stack(sys._getframe(1)):
            return
        node = self.watch.nodes[index]
        if isinstance(node, ast.Assign | ast.Delete):
            self._stored(targets_of(node), deleted=isinstance(node, ast.Delete))
        self.watch.finish(Answer("ok", bindings=self.watch.bindings(node)))

    def _stored(self, targets: Sequence[ast.expr], *, deleted: bool = False) -> None:
        """Note the places that a statement has stored to or deleted."""
        question = self.watch.question
        if question is not None:
            question.items += stored(question, targets, deleted=deleted)

    def hook_condition(self, index: int, _begun: None, value: Any) -> Any:
        test = self.watch.nodes[index].test  # type: ignore[attr-defined]
        truth = self.hook_tested(value)
        self.watch.finish(Answer("true" if truth else "false", bindings=self.watch.bindings(test)))
        return truth

    def hook_tested(self, value: Any) -> bool:
        """Whether a value is true: Python asks it once, also where `and` or `or` has done so."""
        question = self.watch.question
        known = () if question is None else question.tested
        return known[1] if known and known[0] is value else bool(value)

    def hook_returned(self, index: int, _begun: None, value: Any) -> Any:
        shown = self.watch.value(value)
        self.watch.stack[-1].result = value
        self.watch.finish(Answer("ret", shown))
        return value

    def hook_evaluated(self, index: int, _begun: None, value: Any) -> Any:
        self.watch.finish(Answer("it", self.watch.value(value)))
        return value

    def hook_handling(self, index: int) -> None:
        frame = sys._getframe(1)
        self.watch.unwind_to(frame)
        self.watch.close_raised()
        self.watch.begin(index, frame, exception=sys.exc_info()[1])

    def hook_matched(self, index: int, _begun: None, kind: Any) -> Any:
        error = sys.exc_info()[1]
        self.watch.finish(Answer("true" if isinstance(error, kind) else "false"))
        return kind

    def hook_caught(self, kind: Any) -> Any:
        self.watch.unwind_to(sys._getframe(1))
        self.watch.close_raised()
        return kind

    def hook_unwound(self) -> None:
        self.watch.unwind_to(sys._getframe(1))
        self.watch.close_raised()

    def hook_finally(self) -> None:
        if not self.watch.on_stack(sys._getframe(1)):
            return
        self.watch.unwind_to(sys._getframe(1))
        if self.watch.stack[-1].question is not None:
            self.watch.close_raised()

    def hook_iterated(self, index: int, _begun: None, iterable: Any) -> Any:
        frame = sys._getframe(1)
        iterator = iter(self.hook_opened(iterable))
        if type(iterator).__module__ == "__main__" or isinstance(iterator, types.GeneratorType):
            iterable = iterator
        value = self.watch.value(iterable)
        self.watch.finish(Answer("it", value))
        return self._items(
            Loop(index, iterable, 0 if value is None else counted(value)), iterator, frame
        )

    def _items(self, loop: Loop, iterator: Any, frame: types.FrameType) -> Any:
        node = self.watch.nodes[loop.index]
        assert isinstance(node, ast.For)
        while True:
            self.watch.begin(loop.index, frame, "<next>", loop=loop)
            try:
                item = next(iterator)
            except StopIteration:
                self._visited(loop)
                self.watch.finish(Answer("done"))
                return
            self._visited(loop, item)
            yield item
            loop.previous = taken(node.target, item)
            loop.visit += 1

    def _visited(self, loop: Loop, *item: Any) -> None:
        """Note at which place a loop goes on, or that it does not."""
        question = self.watch.question
        if question is None:
            return
        lazy = self.watch.lazy.get(id(loop.iterable))
        places = placing.of_visit(loop.iterable, lazy and lazy[:2], loop.visit, *item)
        if places is not None:
            question.items.append(["<it>", *at(places)])
        applied = of_map(lazy and lazy[:2])
        if applied is not None and item and loop.visit < len(applied[1]):
            told = self.watch.sets.known
            question.items.append(note_of(applied[0], applied[1][loop.visit], told))

    def hook_bound(self, index: int) -> None:
        node = self.watch.nodes[index]
        assert isinstance(node, ast.For)
        self._stored([node.target])
        self.watch.finish(Answer("ok", bindings=self.watch.bindings(node.target)))

    # --- values inside a statement ------------------------------------------------------------

    def hook_value(self, index: int, value: Any) -> Any:
        question = self.watch.question
        node = self.watch.nodes[index]
        if isinstance(value, types.GeneratorType) and value.gi_code.co_filename == PROGRAM:
            self.watch.generators[id(value)] = value
        if question is None or question.prompt is None:
            return value
        if isinstance(node, ast.BoolOp) and type(value).__module__ == "__main__":
            stopped = question.vals.get(id(node.values[-1])) is not value
            question.tested = (value, isinstance(node.op, ast.Or)) if stopped else question.tested
        question.vals[id(node)] = value
        if id(node) in question.made:
            question.made[id(node)].append(value)
        if isinstance(node, ast.Lambda) and id(node) in question.lambdas:
            cell = question.lambdas[id(node)]
            question.lambda_objects[id(node)] = (value, cell)
            if question.snapshot is not None:
                question.snapshot.adopt(value, cell)
        if isinstance(question.node, ast.Delete | ast.Assign) and type(value) in (list, dict):
            question.keys[id(value)] = list(value)
        if type(value) is set and not any(type(item).__module__ == "__main__" for item in value):
            made = question.made.pop(id(node.elt), ()) if isinstance(node, ast.SetComp) else ()
            order = placing.set_order(node, question.vals, made, self.watch.sets.known)
            self.watch.sets.give(value, [item for item in order if item in value])
        question.visits.pop(id(node), None)
        places = question.placed.pop(id(node), None)
        if places is None:
            places = placing.of_node(node, question.vals, value, self.watch.sets.known)
        working = question.working.pop(id(node), None) or looking.of_node(
            question, node, self.watch.sets.known
        )
        heard = question.heard.pop(id(node), None)
        parts = item_of(node, value, question.vals, places, heard, working)
        told = places is None and top_expression(question.node) is node and is_long(value)
        told = told and not texts.recases(node, question.vals)
        if parts is not None and (not told or "<hint>" in parts):
            question.items.append(parts)
        return value

    def hook_binary(self, index: int, left: Any, right: Any) -> Any:
        node = self.watch.nodes[index]
        assert isinstance(node, ast.BinOp)
        try:
            value = _BINARY[type(node.op).__name__](left, right)
        except Exception:  # the program's own, of any kind: noted, and raised again
            if placing.all_scalars([left, right]):
                self._failed(node, None)
            raise
        return self.hook_value(index, value)

    def hook_subscript(self, index: int, owner: Any, key: Any) -> Any:
        try:
            value = owner[key]
        except Exception:  # the program's own, of any kind: noted, and raised again
            if placing.has_place(owner, key):
                self._failed(self.watch.nodes[index], ())
            raise
        return self.hook_value(index, value)

    def hook_read(self, index: int, owner: Any, key: Any) -> Any:
        """What an augmented assignment reads."""
        node = self.watch.nodes[index]
        assert isinstance(node, ast.AugAssign)
        assert isinstance(node.target, ast.Subscript)
        try:
            value = owner[key]
        except Exception:  # the program's own, of any kind: noted, and raised again
            if type(owner) in (list, dict) and placing.has_place(owner, key):
                self._failed(node.target, ())
            raise
        question = self.watch.question
        if question is not None:
            places = placing.of_subscript(owner, key) if type(owner) in (list, dict) else None
            if places is not None:
                working = from_end(owner, key)
                parts = item_of(node.target, value, question.vals, places, working=working)
                question.items.append(parts or [])
        return value

    def _failed(self, node: ast.AST, places: tuple[()] | None) -> None:
        """Note that an operation raises. places: none, of one that would say where its value is."""
        question = self.watch.question
        if question is None or question.prompt is None:
            return
        working = question.working.pop(id(node), None) or looking.of_node(
            question, node, self.watch.sets.known
        )
        parts = item_of(node, FAILED, question.vals, places, working=working)
        if parts is not None:
            question.items.append(parts)
            question.failed = True

    def hook_call(self, index: int, function: Any, *args: Any, **keywords: Any) -> Any:
        node = self.watch.nodes[index]
        assert isinstance(node, ast.Call)
        question = self.watch.question
        if question is not None:
            question.calls.append((node, function, args, keywords))
            if isinstance(node.func, ast.Name):
                question.vals[id(node.func)] = function
            for arg in node.args:
                if isinstance(arg, ast.GeneratorExp):
                    question.made[id(arg.elt)] = []
        owner = placing.part_of(function, "__self__")
        if placing.part_of(function, "__name__", "") == "sort" and isinstance(owner, list):
            self.watch.sorting[id(owner)] = list(owner)
        sets = self.watch.sets.known
        before = placing.before_call(function, sets)
        if question is not None:
            self._apply(question, node, function, args, keywords)
        heard = Heard(args[0]) if works_through(function, args, keywords, node) else None
        try:
            drains = any(function is builtin for builtin in _DRAINING)
            drains = drains or (type(owner) is str and function.__name__ == "join")
            if heard is not None:
                value = function(heard, *args[1:], **keywords)
            elif drains and len(args) == 1 and not keywords:
                value = function(self._opened(function, args[0]))
            else:
                value = function(*args, **keywords)
        except Exception:  # the program's own, of any kind: noted, and raised again
            places = placing.of_failed_call(function, args, keywords, sets)
            if places is not None and question is not None:
                question.working[id(node)] = looking.of_call(function, args, keywords, before, sets)
                self._failed(node, () if places else None)
            if question is not None and question is self.watch.question:
                self.watch.misfit()
            raise
        finally:
            self.watch.sorting.pop(id(owner), None)
            if question is not None:
                question.calls.pop()
        given = args if heard is None else [heard.items]
        came = placing.grown_order(function, given, before, sets)
        if came:
            self.watch.sets.give(owner, [item for item in came if item in owner])
        if question is not None:
            question.placed[id(node)] = placing.of_call(
                function, args, keywords, before, value, self.watch.sets.known
            )
            sorts = placing.as_sorts(
                function,
                args,
                keywords,
                before,
                question.returned,
                question.placed[id(node)],
                self.watch.sets.known,
                None if heard is None else heard.items,
            )
            question.working[id(node)] = [
                *ordering(sorts),
                *of_format(function, args, keywords),
                *looking.of_call(
                    function, args, keywords, before, sets, None if heard is None else heard.items
                ),
            ]
            if heard is not None:
                question.heard[id(node)] = heard.items
        if isinstance(function, type) and function in _LAZY_CALLS:
            self.watch.lazy[id(value)] = (function.__name__, (*args, *keywords.values()), value)
        name = placing.part_of(function, "__name__", "")
        if name in _VIEW_METHODS and isinstance(placing.part_of(function, "__self__"), dict):
            self.watch.lazy[id(value)] = (_VIEW_METHODS[name], (function.__self__,), value)
        if isinstance(value, types.GeneratorType) and question is self.watch.question:
            inner = placing.part_of(function, "__func__", function)
            code = placing.part_of(inner, "__code__")
            if code is value.gi_code and question is not None:
                self.watch.generators[id(value)] = value
                owner = placing.part_of(function, "__self__")
                call = (
                    (function, None, args, keywords)
                    if owner is None
                    else (owner, function.__name__, args, keywords)
                )
                self.watch.emit_call(self.watch.stack[-1], call)
                self.watch.resume(self.watch.stack[-1], call, value)
        return value

    def _apply(
        self,
        question: Question,
        node: ast.Call,
        function: Any,
        args: Sequence[Any],
        keywords: Mapping[str, Any],
    ) -> None:
        """Note the calls of builtins that a call makes by the way."""
        sets, lazy = self.watch.sets.known, self.watch.lazy.get(id(args[0])) if args else None
        found = of_map(lazy and lazy[:2]) if is_taken(function, node) else None
        orders, owner = function in (sorted, min, max), placing.part_of(function, "__self__")
        if "key" in keywords and len(args) <= 1 and not keywords.keys() - {"key", "reverse"}:
            sorts = type(owner) is list and placing.part_of(function, "__name__", "") == "sort"
            given = owner if sorts else args[0] if orders and args else None
            items = placing.items_of(given, sets) if type(given) is not str else None
            if items and of_key(keywords["key"], items):
                found = (keywords["key"], items)
        for item in found[1] if found is not None else ():
            question.items.append(note_of(found[0], item, sets) if found is not None else [])

    def hook_opened(self, iterable: Any) -> Any:
        """What a comprehension goes through: of an object whose `__iter__` is a generator function
        the generator, so that it is heard that it was called."""
        kind = type(iterable)
        made = inspect.getattr_static(kind, "__iter__", None)
        if kind.__module__ != "__main__" or not inspect.isgeneratorfunction(made):
            return iterable
        iterator = iter(iterable)
        self.watch.generators[id(iterator)] = iterator
        call: Any = (iterable, "__iter__", (), {})
        self.watch.emit_call(self.watch.stack[-1], call)
        self.watch.resume(self.watch.stack[-1], call, iterator)
        return iterator

    def hook_searched(self, within: Any) -> Any:
        """The same for what `in` goes through, having no `__contains__`."""
        return within if hasattr(type(within), "__contains__") else self.hook_opened(within)

    def _opened(self, function: Any, iterable: Any) -> Any:
        """The same for a builtin that takes all items; some ask first how many there are."""
        iterator = self.hook_opened(iterable)
        if iterator is not iterable and function in (list, tuple, sorted):
            operator.length_hint(iterable)
        return iterator

    def hook_augment(self, index: int, symbol: str, left: Any, right: Any) -> Any:
        node = self.watch.nodes[index]
        assert isinstance(node, ast.AugAssign)
        question = self.watch.question
        sets = self.watch.sets.known
        before, others = (
            placing.items_of(side, sets) if type(side) is set else None for side in (left, right)
        )
        try:
            value = _IN_PLACE[symbol](left, right)
        except Exception:  # the program's own, of any kind: noted, and raised again
            if question is not None and placing.all_scalars([left, right]):
                question.items.append(augmented(node, left, right, FAILED))
            raise
        if question is not None and before is not None:
            places = placing.of_sets(SYMBOLS[type(node.op)], left, right, value, sets, before)
            working = looking.of_operation(SYMBOLS[type(node.op)], before, others)
            if places is not None or working:
                parts = augmented(node, left, right, None)[:-2]
                question.items.append([*parts, *working, *at(places)])
        elif question is not None and not is_long(value):
            question.items.append(augmented(node, left, right, value))
        return value

    def hook_formatted(self, index: int, value: Any, conversion: int, spec: str) -> str:
        conversions: dict[int, Callable[[Any], Any]] = {115: str, 114: repr, 97: ascii}
        shown = conversions[conversion](value) if conversion in conversions else value
        text = format(shown, spec)
        question = self.watch.question
        if question is not None:
            question.items.append(formatted(value, conversion, spec, text))
        return text

    def hook_comprehended(self, index: int, values: tuple[Any, ...]) -> bool:
        node = self.watch.nodes[index]
        assert isinstance(node, ast.comprehension)
        question = self.watch.question
        names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        if question is not None:
            for part in ast.walk(question.node):
                if isinstance(part, ast.SetComp):
                    question.made.setdefault(id(part.elt), [])
        if question is not None:
            visit = question.visits.get(id(node.iter), 0)
            question.visits[id(node.iter)] = visit + 1
            iterable = texts.value_of(node.iter, question.vals)
            lazy = self.watch.lazy.get(id(iterable))
            places = placing.of_pass(iterable, lazy and lazy[:2], visit)
            for name, value in zip(names, values, strict=True):
                question.items.append([Name(name), *at(places), "=", Operand(value)])
                places = None
        return True


__all__ = ["Teacher", "Transition", "transitions"]
