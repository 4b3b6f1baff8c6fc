"""The course of a whole statement, and the ways that it may go."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cwm_lab.worldmodel.choices import Choice, choice, union
from cwm_lab.worldmodel.course.calls import Calls
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal, Steps
from cwm_lab.worldmodel.course.operands import (
    Display,
    Known,
    Operand,
    Piece,
    Unwritable,
    can_be_told,
    plain,
)
from cwm_lab.worldmodel.course.operations import is_literal_value, text_of
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.vocabulary import EXCEPTIONS, INDICES, OPEN, OUTCOME

_MOST_WAYS = 32
_OUTCOME = choice(OUTCOME)


class Evaluation(Calls):
    """A statement's evaluation, one way that it may go."""

    def run(self) -> Steps:
        """The whole scratchpad, up to and with `<outcome>`."""
        try:
            node = self.prompt.statement.node
            value = yield from self._statement(node)
            self.whole = True
            self.value = self._passed_on(node, value)
            if not self._pure or self.prompt.statement.may_bind:
                self.effect = None
            elif self.effect is None:
                self.effect = self._plain_effect(value)
            self.effect = self._with_changes(self.effect)
            if self._read_lines:
                self.effect = self._after_reading(self.effect)
        except Fails:
            self.whole = False
        except Unclear:
            self.whole = None
            yield from self._anything()
            return
        yield _OUTCOME

    def _passed_on(self, node: ast.AST, value: Operand) -> Known | None:
        """A value that can be told and that the statement passes on as it is."""
        if isinstance(value, Unwritable) or not can_be_told(value):
            return None
        kind = self.prompt.statement.kind
        if kind == "<iter>":
            cell = self._cell(value)
            new = isinstance(value, Display) and value.cls
            # An object's `__iter__` says what is looped over.
            return None if new or (cell is not None and cell.kind == "obj") else value
        if kind in ("<return>", "<eval>"):
            return value
        targets: Sequence[ast.AST] = ()
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        names = bool(targets) and all(isinstance(target, ast.Name) for target in targets)
        return value if names and not self.prompt.statement.may_bind else None

    def _plain_effect(self, value: Operand) -> list[Piece] | None:
        """The effect of a statement that does nothing but pass its value on."""
        statement = self.prompt.statement
        if statement.kind == "<if>" and value in (("True",), ("False",)):
            return [str(value == ("True",))]
        if self.value is None or (statement.kind == "<iter>" and not self._can_be_looped(value)):
            return None
        told: Piece = (self.value, None)
        if statement.kind == "<exec>":
            bound = (self.prompt.token_of[name] for name in statement.binds)
            return [*(piece for name in bound for piece in (name, "=", told, ";")), "<ok>"]
        return ["<ret>" if statement.kind == "<return>" else "<it=>", told]

    def _with_changes(self, effect: list[Piece] | None) -> list[Piece] | None:
        """The effect of a statement that changes lists or dicts besides, before it ends."""
        changes: list[Piece] = []
        for label in self.cells:
            now = self._now.get(label)
            if now is not None and now != self._content(label):
                changes += [label, "=", *now.told(), ";"]
        if not changes or effect is None:
            return effect
        if effect[0] in ("<call>", "<raise>", "<done>"):
            return None
        end = len(effect) - (2 if effect[-2:-1] in (["<ret>"], ["<it=>"]) else 1)
        return [*effect[:end], *changes, *effect[end:]]

    def _after_reading(self, effect: list[Piece] | None) -> list[Piece] | None:
        """The effect of a statement that reads standard input besides."""
        echo = text_of([self._echo])
        if effect is None or echo is None or effect[0] in ("<out>", "<call>"):
            return None
        return [*(["<stdin>"] * self._read_lines), "<out>", (echo, None), ";", *effect]

    def _can_be_looped(self, value: Operand) -> bool:
        cell = self._cell(value)
        if cell is not None:
            return cell.kind in ("list", "dict", "set")
        tokens = plain(value)
        return tokens is None or tokens[0] in (OPEN, "(", "range", "enumerate", "zip", "<items>")

    def _statement(self, node: ast.AST) -> Course:
        kind = self.prompt.statement.kind
        if kind == "<next>":
            if any(isinstance(n, ast.Subscript | ast.Attribute) for n in ast.walk(node)):
                raise Unclear
            assert isinstance(node, ast.expr)
            assert self.prompt.iterable is not None
            yield from self._visited(node, self._known(self.prompt.iterable))
            return None
        if isinstance(node, ast.expr):
            self._top = None if kind in ("<if>", "<except>") else node
            return (yield from self._expr(node))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            self._top = node.value
            value = yield from self._expr(node.value)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            alone = len(targets) == 1
            for target in targets:
                if isinstance(target, ast.Subscript) and alone and isinstance(node, ast.Assign):
                    owner, key = yield from self._place(target)
                    yield from self._store(owner, key, value)
                    self.effect = ["<ok>"]
                    continue
                if isinstance(target, ast.Tuple) and alone and isinstance(node, ast.Assign):
                    self.effect = yield from self._unpacked(target, value)
                    continue
                of = yield from self._target(target)
                if isinstance(target, ast.Attribute) and alone:
                    self.effect = self._stored(of, target.attr, value)
            return value
        if isinstance(node, ast.AugAssign):
            return (yield from self._augmented(node))
        if isinstance(node, ast.Expr):
            self._top = node.value
            return (yield from self._expr(node.value))
        if isinstance(node, ast.Delete):
            if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
                owner, key = yield from self._place(node.targets[0])
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

    def _raised(self, error: ast.expr, cause: ast.expr | None) -> Course:
        value = yield from self._expr(error)
        if cause is not None:
            yield from self._expr(cause)
        cell, tokens = self._cell(value), plain(value)
        made = tokens is not None and tokens[0] in EXCEPTIONS and tokens[1:2] == ("(",)
        if made or (cell is not None and cell.kind == "obj"):
            self.effect = ["<raise>", (value, None)]
        return None

    def _asserted(self, node: ast.Assert) -> Course:
        test = yield from self._expr(node.test)
        if (yield from self._truth(test)):
            self.effect = ["<ok>"]
            return None
        message: list[Piece] = []
        if node.msg is not None:
            value = yield from self._expr(node.msg)
            message = [INDICES[0], (value, None)]
        self.effect = ["<raise>", "AssertionError", "(", *message, ")"]
        return None

    def _unpacked(
        self, target: ast.Tuple, value: Operand
    ) -> Generator[Signal, Sent, list[Piece] | None]:
        """Store the items of a value; gives the effect, if all that names take is known."""
        found = self._collection(value)
        known = found is not None and found.items is not None and found.size == len(target.elts)
        names: dict[str, Operand] = {}
        places = []
        if not known:
            yield "may fail"
        for place, part in enumerate(target.elts):
            item = found.at(place) if found is not None and known else None
            if isinstance(part, ast.Subscript):
                places.append((*(yield from self._place(part)), item))
            elif isinstance(part, ast.Name):
                names[part.id] = self._names[part.id] = item
            else:
                yield from self._target(part)
                known = False
        for owner, key, item in places:
            yield from self._store(owner, key, item, alone=False)
        told = [names.get(name) for name in self.prompt.statement.binds]
        if not known or not all(isinstance(item, tuple | Display) for item in told):
            return None
        bound = zip(self.prompt.statement.binds, told, strict=True)
        pieces = [(self.prompt.token_of[name], "=", (item, None), ";") for name, item in bound]
        return [*(piece for part in pieces for piece in part), "<ok>"]

    def _place(
        self, node: ast.Subscript
    ) -> Generator[Signal, Sent, tuple[tuple[Operand, str | None], list[Piece]]]:
        """What a subscript that is a target is of, and its key."""
        owner = yield from self._named(node.value)
        return owner, (yield from self._slice(node.slice))

    def _target(self, node: ast.expr) -> Course:
        """Evaluate what a target is part of; gives the object whose attribute it is."""
        if isinstance(node, ast.Attribute):
            return (yield from self._expr(node.value))
        if isinstance(node, ast.Subscript):
            yield from self._expr(node.value)
            yield from self._slice(node.slice)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                yield from self._target(part)
        elif isinstance(node, ast.Starred):
            yield from self._target(node.value)
        return None

    def _stored(self, owner: Operand, name: str, value: Operand) -> list[Piece] | None:
        """The effect of setting an attribute to a value."""
        cell = self._cell(owner)
        if (
            cell is None
            or cell.kind not in ("obj", "cls")
            or not isinstance(value, tuple | Display)
        ):
            return None
        cls = cell.cls if cell.kind == "obj" else cell
        if cls is None or {name, "__setattr__"} & set(cls.methods):
            return None
        label = self._label_of[cell]
        before = self.prompt.attributes.get((label, name))
        if before is not None and self._known(before) == value:
            return ["<ok>"]  # what does not change is not told
        token = self.prompt.names.attribute(name)
        return [label, ".", token, "=", (value, None), ";", "<ok>"]

    def _augmented(self, node: ast.AugAssign) -> Course:
        target = node.target
        left: Operand = None
        owner: Operand = None
        store = None
        if isinstance(target, ast.Attribute):
            owner = yield from self._expr(target.value)
            yield "may fail"
        elif isinstance(target, ast.Subscript):
            left, store = yield from self._read_place(*(yield from self._place(target)))
        else:
            left = self._read(target.id)
        right = yield from self._expr(node.value)
        grown = self._collection(left)
        if grown is not None and grown.kind == "list" and isinstance(node.op, ast.Add):
            more = self._collection(right)
            known = grown.items is not None and more is not None and more.items is not None
            if not known:
                yield "may fail"
            items = (*(grown.items or ()), *(more.items or () if more is not None else ()))
            self._change(replace(grown, items=items if known else None))
            self._pure = self._pure and isinstance(target, ast.Name)
            return left
        value = yield from self._binary(node.op, (left, None), (right, None), skippable=True)
        if isinstance(target, ast.Attribute) and is_literal_value(plain(value)):
            self.effect = self._stored(owner, target.attr, value)
        if isinstance(target, ast.Subscript):
            if store is None or not is_literal_value(plain(value)):
                self._pure = False
            else:
                store(value)
                self.effect = ["<ok>"]
        return value


@dataclass(frozen=True)
class Ended:
    """How an evaluation ended. whole: whether it came to the statement's end, None if that is not
    known. raises: whether a note says that it raises. value: what it passes on then: binds, returns
    or loops over. effect: the call that it
    makes next, or all that the statement does. None, too, is for what is not known."""

    whole: bool | None
    value: Known | None = None
    effect: tuple[Piece, ...] | None = None
    raises: bool = False


@dataclass
class Way:
    """An evaluation on its way; none if the statement has failed.

    sent: all that its course was sent. choice: what may come next.
    """

    evaluation: Evaluation | None
    steps: Steps | None = None
    sent: list[Sent] = field(default_factory=list)
    choice: Choice = _OUTCOME

    def send(self, token: str) -> Iterator[Way]:
        """Go on with a token that came."""
        assert self.evaluation is not None
        assert self.steps is not None
        self.evaluation.seen.append(token)
        self.sent.append(token)
        return self.onward(self.steps.send(token))

    def onward(self, signal: Signal) -> Iterator[Way]:
        """The ways that lead on from here, each at a choice."""
        assert self.evaluation is not None
        assert self.steps is not None
        while not isinstance(signal, Choice):
            if signal == "may fail":
                yield Way(None)
            else:
                yield from _replayed(self.evaluation.prompt, [*self.sent, 1])
            self.sent.append(None if signal == "may fail" else 0)
            signal = self.steps.send(self.sent[-1])
        self.choice = signal
        yield self


def _replayed(prompt: Prompt, sent: Sequence[Sent]) -> Iterator[Way]:
    """The ways on from where a course stands that was sent all this."""
    evaluation = Evaluation(prompt)
    steps = evaluation.run()
    signal = next(steps)
    for thing in sent:
        if isinstance(thing, str):
            evaluation.seen.append(thing)
        signal = steps.send(thing)
    return Way(evaluation, steps, list(sent)).onward(signal)


def notes(prompt: Prompt) -> Generator[Choice, str, Ended]:
    """The scratchpad, up to and with `<outcome>`."""
    ways = list(_replayed(prompt, ()))
    while True:
        choices = dict.fromkeys(way.choice for way in ways)
        token = yield next(iter(choices)) if len(choices) == 1 else union(*choices)
        ways = [way for way in ways if token in way.choice]
        if token == OUTCOME:
            return _ended([way.evaluation for way in ways])
        ways = [new for way in ways for new in way.send(token)][:_MOST_WAYS]


def _ended(evaluations: Sequence[Evaluation | None]) -> Ended:
    kinds = {False if e is None else e.whole for e in evaluations}
    if len(kinds) > 1:
        return Ended(None)
    whole = kinds.pop()
    only = evaluations[0] if len(evaluations) == 1 else None
    if only is None:
        return Ended(whole)
    effect = only.effect
    if only.raises:
        return Ended(whole, raises=True)
    if effect is None or not all(isinstance(p, str) or can_be_told(p[0]) for p in effect):
        return Ended(whole, only.value)
    return Ended(whole, only.value, tuple(effect))
