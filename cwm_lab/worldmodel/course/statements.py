"""The order in which a statement evaluates its parts, and what it then does with them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial

from cwm_lab.worldmodel.course.collection import Collection, items_in
from cwm_lab.worldmodel.course.expressions import values_in
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import (
    Display,
    Operand,
    Piece,
    plain,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import SYMBOLS
from cwm_lab.worldmodel.course.protocols import TRUTH
from cwm_lab.worldmodel.course.streams import Ended
from cwm_lab.worldmodel.course.targets import Targets
from cwm_lab.worldmodel.display import is_exception_class, lineage
from cwm_lab.worldmodel.values import Atom, Cell, Form, Value
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS, INDICES


class Statements(Targets):
    """A course for each kind of statement."""

    def _statement(self, node: ast.AST) -> Course:
        kind = self.prompt.statement.kind
        if kind == "<next>":
            assert isinstance(node, ast.expr)
            yield from self._next_round(node)
            return None
        if isinstance(node, ast.expr):
            self._top = None if kind in ("<if>", "<except>") else node
            value = yield from self._expr(node)
            if kind == "<except>":
                caught = self._catches(value)
                self.effect = None if caught is None else [str(caught)]
            if kind == "<if>" and self._special(value, TRUTH):
                return (str((yield from self._truth(value, node))),)
            return self._looped(value) if kind == "<iter>" else value
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            # What is unpacked, the outcome does not tell as it is.
            unpacked = any(isinstance(target, ast.Tuple | ast.List) for target in targets)
            self._top = None if unpacked else node.value
            if unpacked and isinstance(node.value, ast.GeneratorExp):
                passes = yield from self._comprehension(node.value.generators, [node.value.elt])
                items = [item for (item,) in passes if isinstance(item, tuple | Display)]
                value = Display(items) if len(items) == len(passes) else None
            else:
                value = yield from self._expr(node.value)
            if len(targets) > 1:
                yield from self._chained(targets, value)
            else:
                yield from self._assigned(node, targets[0], value)
            return value
        if isinstance(node, ast.AugAssign):
            return (yield from self._augmented(node))
        if isinstance(node, ast.Expr):
            self._top = node.value
            return (yield from self._expr(node.value))
        if isinstance(node, ast.Delete):
            if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
                owner, key = yield from self._place(node.targets[0])
                if self._special(owner[0], ("__delitem__",)) and ":" not in key:
                    self._through(owner[0], "__delitem__", values_in(key))
                else:
                    self._must_take_items(owner[0], "__delitem__", self._undeleted(owner[0], key))
                    self._must_be_index(owner[0], key)
                    if ":" not in key:
                        self._hashed(owner[0], values_in(key)[0])
                    yield from self._remove(owner, key)
                self.effect = ["<ok>"]
                return None
            for target in node.targets:
                yield from self._target(target)
            if all(isinstance(target, ast.Name) for target in node.targets):
                for name in self.prompt.statement.reads:
                    self._read(name)
                self.effect = ["<ok>"]
            return None
        if isinstance(node, ast.Raise) and node.exc is not None:
            return (yield from self._raised(node.exc, node.cause))
        if isinstance(node, ast.Assert):
            return (yield from self._asserted(node))
        raise Unclear

    def _looped(self, value: Operand) -> Operand:
        """What a loop over a value goes through."""
        if self._special(value, ("__iter__",)):
            value = self._through(value, "__iter__")
        elif not self._special(value, ("__getitem__",)):
            name = self._type_name(value)
            if self._class_of(value) is not None or name in ("int", "float", "bool", "NoneType"):
                raise self._raised_with("TypeError", f"'{name}' object is not iterable")
            return value
        self.effect = ["<it=>", (value, None)]
        return value

    def _next_round(self, target: ast.expr) -> Generator[Signal, Sent, None]:
        """A loop's next item, if there is one, and what takes it."""
        alone = isinstance(target, ast.Subscript | ast.Attribute)
        if not alone and any(
            isinstance(n, ast.Subscript | ast.Attribute) for n in ast.walk(target)
        ):
            raise Unclear
        assert self.prompt.iterable is not None
        if self.prompt.resized:
            what = "dictionary" if _through_dict(self.prompt.iterable) else "Set"
            raise self._raised_with("RuntimeError", f"{what} changed size during iteration")
        iterable: Operand = self._known(self.prompt.iterable)
        try:
            item = yield from self._visited(iterable)
        except Ended:
            self.effect = ["<done>"]
            return
        if isinstance(target, ast.Attribute):
            self.effect = self._stored((yield from self._expr(target.value)), target.attr, item)
        elif isinstance(target, ast.Subscript):
            owner, key = yield from self._place(target)
            yield from self._store(owner, key, item)
            self.effect = ["<ok>"]
        else:
            self._bind_next(target, item)

    def _catches(self, handler: Operand) -> bool | None:
        """Whether a handler takes the exception: its class is one of the handler's, or derives from
        one; None if that is not known."""
        tokens, error = plain(handler), self.prompt.exception
        if tokens is None or error is None:
            return None
        classes = list(items_in(tokens)) if tokens[0] == "(" else [tokens]
        kinds = [(self.cells.get(kind[0]) or Atom(kind[0])) for kind in classes if len(kind) == 1]
        if len(kinds) < len(classes) or not all(map(_is_exception, kinds)):
            return None
        if isinstance(error, Form) and error.name in EXCEPTIONS:
            return any(kind in kinds for kind in lineage(Atom(error.name)))
        if isinstance(error, Cell) and error.cls is not None:
            return any(kind in kinds for kind in lineage(error.cls))
        return None

    def _raised(self, error: ast.expr, cause: ast.expr | None) -> Course:
        value = yield from self._expr(error)
        if cause is not None:
            yield from self._expr(cause)
        cell, tokens = self._cell(value), plain(value)
        if cell is not None and cell.kind == "cls" and is_exception_class(cell):
            if "__init__" in cell.methods:
                value = self._through(value, "")
            else:
                value = Display([], cls=self._label_of[cell], args=tuple_of([]))
            cell, tokens = self._cell(value), plain(value)
        if tokens is not None and len(tokens) == 1 and tokens[0] in EXCEPTIONS:
            value = tokens = (tokens[0], *tuple_of([]))
        new = isinstance(value, Display) and value.args is not None
        made = new or (tokens is not None and tokens[0] in EXCEPTIONS and tokens[1:2] == ("(",))
        if made or (cell is not None and cell.kind == "obj"):
            self.effect = ["<raise>", (value, None)]
        return None

    def _asserted(self, node: ast.Assert) -> Course:
        test = yield from self._expr(node.test)
        if (yield from self._truth(test, node.test)):
            self.effect = ["<ok>"]
            return None
        message: list[Piece] = []
        if node.msg is not None:
            value = yield from self._expr(node.msg)
            message = [INDICES[0], (value, None)]
        self.effect = ["<raise>", "AssertionError", "(", *message, ")"]
        return None

    def _augmented(self, node: ast.AugAssign) -> Course:
        target = node.target
        left: Operand = None
        owner: Operand = None
        store: Callable[[Operand], None] | None = None
        if isinstance(target, ast.Attribute):
            owner = yield from self._expr(target.value)
            left = self._attribute(self._cell(owner), target.attr)
            left = self._given(owner, target.attr) if left is None else left
            if left is None:
                self._must_have(owner, target.attr)
                yield "may fail"
        elif isinstance(target, ast.Subscript):
            of, key = yield from self._place(target)
            if self._special(of[0], ("__getitem__",)) and ":" not in key:
                left = self._through(of[0], "__getitem__", values_in(key))
                store = partial(self._set_item, of[0], key)
            else:
                self._must_give_items(of[0])
                self._must_be_index(of[0], key)
                left, store = yield from self._read_place(of, key)
        else:
            left = self._read(target.id)
        right = yield from self._expr(node.value)
        grown, is_new = self._collection(left), isinstance(node.value, ast.Call)
        if grown is not None and self._is_grown(grown, node, right):
            items = (
                None if grown.kind == "dict" else self._grown(grown, SYMBOLS[type(node.op)], right)
            )
            pairs = self._pairs_of(right, is_new=is_new) if grown.kind == "dict" else None
            taken = None if pairs is None else self._dict_grown(grown, pairs)
            if items is None and taken is None:
                error = self._operation_fails(SYMBOLS[type(node.op)], [left, right], grows=True)
                if error is not None:
                    self._fail(error)
                    raise Fails
                yield "may fail"
            if isinstance(target, ast.Attribute) and self._property(owner, target.attr):
                raise Unclear
            self._change(replace(grown, items=items) if taken is None else taken)
            return self._put_back(target, owner, left, store)
        symbol = SYMBOLS[type(node.op)]
        placed, _, working = self._of_sets(symbol, left, right)
        if placed is None and self._writes():
            raise Unclear
        if placed or working:
            yield from self._set_augmented(symbol, left, right)
            return self._put_back(target, owner, left, store)
        value = yield from self._binary(
            node.op, (left, None), (right, None), skippable=True, grows=True
        )
        if isinstance(target, ast.Attribute) and isinstance(value, tuple):
            self.effect = self._stored(owner, target.attr, value)
        if isinstance(target, ast.Subscript):
            if store is None or not isinstance(value, tuple):
                self._pure = False
            else:
                store(value)
                self.effect = ["<ok>"]
        return value

    def _put_back(
        self,
        target: ast.expr,
        owner: Operand,
        value: Operand,
        store: Callable[[Operand], None] | None,
    ) -> Operand:
        """The effect of an augmented assignment whose target has changed as it is."""
        if isinstance(target, ast.Attribute):
            self.effect = self._stored(owner, target.attr, value)
        elif isinstance(target, ast.Subscript) and store is not None:
            store(value)
            self.effect = ["<ok>"]
        self._pure = self._pure and (isinstance(target, ast.Name) or self.effect is not None)
        return value

    def _is_grown(self, left: Collection, node: ast.AugAssign, right: Operand) -> bool:
        """Whether an augmented assignment adds to a list or dict what is known."""
        if left.kind == "dict" and isinstance(node.op, ast.BitOr):
            return self._pairs_of(right, is_new=isinstance(node.value, ast.Call)) is not None
        return left.kind == "list" and isinstance(node.op, ast.Add | ast.Mult)


def _is_exception(kind: Value) -> bool:
    return is_exception_class(kind) if isinstance(kind, Cell) else kind.text in EXCEPTIONS  # type: ignore[union-attr]


def _through_dict(iterable: Value) -> bool:
    """Whether a loop goes through a dict, as it is or behind an iterator."""
    if isinstance(iterable, Form):
        return any(map(_through_dict, iterable.args))
    return isinstance(iterable, Cell) and iterable.kind == "dict"
