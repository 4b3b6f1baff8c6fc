"""The course of a whole statement, and the ways that it may go."""

from __future__ import annotations

import ast
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from cwm_lab.worldmodel.choices import Choice, choice, union
from cwm_lab.worldmodel.course.known import Fails, Unclear
from cwm_lab.worldmodel.course.notes import Sent, Signal, Steps
from cwm_lab.worldmodel.course.operands import (
    Known,
    Operand,
    Piece,
    Unwritable,
    can_be_told,
    plain,
)
from cwm_lab.worldmodel.course.operations import text_of
from cwm_lab.worldmodel.course.statements import Statements
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.values import Cell
from cwm_lab.worldmodel.vocabulary import OPEN, OUTCOME

_MOST_WAYS = 32
_ITERATORS = ("enumerate", "zip", "reversed", "map")
_OUTCOME = choice(OUTCOME)


class Evaluation(Statements):
    """A statement's evaluation, one way that it may go."""

    def run(self) -> Steps:
        """The whole scratchpad, up to and with `<outcome>`."""
        try:
            node = self.prompt.statement.node
            value = yield from self._statement(node)
            self.whole = True
            self.value = self._passed_on(node, value)
            if not self._pure:
                self.effect = None
            elif self.effect is None and isinstance(node, ast.Expr):
                self.effect = ["<ok>"]
            elif self.prompt.statement.may_bind:
                self.effect = self._named_effect(value)
            elif self.effect is None:
                self.effect = self._plain_effect(value)
            self.effect = self._with_changes(self.effect)
            if self._read_lines:
                self.effect = self._after_reading(self.effect)
        except Fails:
            self.whole = False
            if self._read_lines and self.sure and not self.ends:
                self.effect = self._after_reading(self.effect)
            sure = self.sure and self.effect is not None
            if self.ends and not self._stale:
                self.whole, self.effect = True, self._after_changes(self.effect)
            elif sure and not (self._now or self._stale):
                self.whole = True
        except Unclear:
            self.whole = None
            yield from self._anything()
            return
        yield _OUTCOME

    def _passed_on(self, node: ast.AST, value: Operand) -> Known | None:
        """A value that can be told and that the statement passes on as it is."""
        value = self.anew(value)
        if value is None or isinstance(value, Unwritable) or not can_be_told(value):
            return None
        kind = self.prompt.statement.kind
        if kind == "<iter>":
            cls = self._class_of(value)
            # An object's `__iter__` says what is looped over.
            return value if cls is None or _is_read_by_place(cls) else None
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
        if statement.kind == "<if>" and (truth := self._known_truth(value)) is not None:
            return [str(truth)]
        if self.value is None or (statement.kind == "<iter>" and not self._can_be_looped(value)):
            return None
        told: Piece = (self.value, None)
        if statement.kind == "<exec>":
            bound = (self.prompt.token_of[name] for name in statement.binds)
            return [*(piece for name in bound for piece in (name, "=", told, ";")), "<ok>"]
        return ["<ret>" if statement.kind == "<return>" else "<it=>", told]

    def _named_effect(self, value: Operand) -> list[Piece] | None:
        """The effect of a condition in which `:=` binds names, if it binds all of them."""
        statement, names = self.prompt.statement, self._names
        if statement.kind != "<if>" or not names.keys() >= {*statement.binds}:
            return None
        ending = self._plain_effect(value)
        bound = [(self.prompt.token_of[n], "=", (names[n], None), ";") for n in statement.binds]
        return None if ending is None else [*(p for part in bound for p in part), *ending]

    def _with_changes(self, effect: list[Piece] | None) -> list[Piece] | None:
        """The effect of a statement that changes lists or dicts besides, before it ends."""
        changes = self._changes()
        if not changes or effect is None:
            return effect
        if effect[0] in ("<call>", "<raise>", "<done>"):
            return None
        end = len(effect) - (2 if effect[-2:-1] in (["<ret>"], ["<it=>"]) else 1)
        return [*effect[:end], *changes, *effect[end:]]

    def _changes(self) -> list[Piece]:
        """How lists, dicts and sets have changed."""
        changes: list[Piece] = []
        for label in self.cells:
            now = self._now.get(label)
            if now is not None and now != self._content(label):
                changes += [label, "=", *now.told(), ";"]
        return changes

    def _after_changes(self, effect: list[Piece] | None) -> list[Piece] | None:
        """The effect of a statement that raises after changes."""
        if effect is None or "<raise>" not in effect:
            return effect
        end = effect.index("<raise>")
        return [*effect[:end], *self._changes(), *effect[end:]]

    def _after_reading(self, effect: list[Piece] | None) -> list[Piece] | None:
        """The effect of a statement that reads standard input besides."""
        echo = text_of([self._echo])
        if effect is None or echo is None or effect[0] == "<out>":
            return None
        return [*(["<stdin>"] * self._read_lines), "<out>", (echo, None), ";", *effect]

    def _can_be_looped(self, value: Operand) -> bool:
        cell, cls = self._cell(value), self._class_of(value)
        if cls is not None:
            return True
        if cell is not None:
            return cell.kind in ("list", "dict", "set", "gen")
        tokens = plain(value)
        return tokens is None or tokens[0] in (OPEN, "(", "range", *_ITERATORS, "<items>")


def _is_read_by_place(cls: Cell) -> bool:
    """Whether a loop through a class's object calls its `__getitem__` with 0, 1 and so on."""
    return "__getitem__" in cls.methods and "__iter__" not in cls.methods


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
    if effect is not None:
        effect = [p if isinstance(p, str) else (only.anew(p[0]), p[1]) for p in effect]
    if only.raises and not (whole and effect):
        return Ended(whole, raises=True)
    if effect is None or not all(isinstance(p, str) or can_be_told(p[0]) for p in effect):
        return Ended(whole, only.value)
    return Ended(whole, only.value, tuple(effect))
