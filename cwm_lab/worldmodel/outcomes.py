"""The grammar of whole answers: a scratchpad, then effects in their order, then one ending."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.choices import KEYWORD_STRING, Choice, choice, union
from cwm_lab.worldmodel.course import Display, Ended, Known, Piece, Spelled, notes
from cwm_lab.worldmodel.course.operations import is_literal_value
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.display import is_exception_class
from cwm_lab.worldmodel.grammar import Rule, ValueGrammar
from cwm_lab.worldmodel.machine import Function
from cwm_lab.worldmodel.places import Writer, encode, packed, spelled
from cwm_lab.worldmodel.scopes import parameter_names
from cwm_lab.worldmodel.statement import Kind
from cwm_lab.worldmodel.values import Cell
from cwm_lab.worldmodel.vocabulary import EOS, NEW_LABELS, OPEN, OUTCOME, WORDS

_SUCCESS: dict[Kind, tuple[str, ...]] = {
    "<exec>": ("<ok>",),
    "<if>": ("True", "False"),
    "<except>": ("True", "False"),
    "<iter>": ("<it=>",),
    "<eval>": ("<it=>",),
    "<return>": ("<ret>",),
    "<next>": ("<ok>", "<done>"),
}
_VALUED = ("<it=>", "<ret>")
_END, _EQUALS, _DOT, _PAREN, _LAST = choice(";"), choice("="), choice("."), choice("("), choice(EOS)
_NOTES_END = choice(OUTCOME)


class AnswerGrammar:
    """The answers that a prompt may have. scratchpad: whether they may begin with one.

    `rules()` is the coroutine of a whole answer; it ends after `<eos>`.
    """

    def __init__(self, prompt: Prompt, *, scratchpad: bool = True) -> None:
        self.prompt, self.scratchpad = prompt, scratchpad
        self.ended = Ended(None)
        self._labels: dict[int, str] = {}
        self.statement = statement = prompt.statement
        self.token_of = prompt.token_of
        self.cells = prompt.cells
        tokens = {self._attribute(name) for name in statement.mentioned}
        self.attributes = tuple(sorted(token for token in tokens if token is not None))
        self.names = tuple(self.token_of.values())
        self.inputs = len(prompt.stdin)
        self.values = ValueGrammar(self.cells, self.attributes, self.names)

    def _attribute(self, name: str) -> str | None:
        return name if name in WORDS else self.token_of.get(name)

    def rules(self) -> Generator[Choice, str, None]:
        """Yields what may come next, is sent what came."""
        if self.scratchpad:
            self.ended = yield from notes(self.prompt)
        else:
            yield _NOTES_END
        yield from self._effects()

    # --- the outcome --------------------------------------------------------------------------

    def _effects(self) -> Generator[Choice, str, None]:
        effect = self.ended.effect
        if self.ended.whole and effect is not None:
            yield from self._told(effect)
            yield _LAST
            return
        unread, printed = self.inputs, False
        stuck = self.ended.whole is False
        bindable = [] if stuck else [self.token_of[name] for name in self.statement.binds]
        optional = {self.token_of[name] for name in self.statement.may_bind}
        bound = False
        attributed = [label for label, cell in self.cells.items() if self._settable(cell)]
        changeable = [
            label for label, cell in self.cells.items() if cell.kind in ("list", "dict", "set")
        ]
        stage = 0
        while True:
            needed = next((k for k, name in enumerate(bindable) if name not in optional), None)
            reachable = bindable if needed is None else bindable[: needed + 1]
            complete = needed is None
            allowed: list[str] = []
            if stage == 0 and unread:
                allowed.append("<stdin>")
            if stage == 0 and not printed:
                allowed.append("<out>")
            if stage <= 1:
                allowed += reachable
            if complete or not (bound or self._cannot_fail()):
                allowed += attributed if stage <= 2 else []
                allowed += changeable
                allowed += self._endings(bound=bound, complete=complete and not stuck)
            token = yield choice(*allowed)
            if token == "<stdin>":
                unread -= 1
            elif token == "<out>":
                printed = True
                yield choice(OPEN)
                yield from self.values.string()
                yield _END
            elif token in reachable and stage <= 1:
                stage, bound = 1, True
                del bindable[: bindable.index(token) + 1]
                yield _EQUALS
                yield from self._value(self.ended.value, _END)
            elif token in attributed and stage <= 2:
                stage = 2
                yield _DOT
                yield choice(*self._settable(self.cells[token]))
                yield _EQUALS
                yield from self.values.value((yield self.values.start()), _END)
            elif token in changeable:
                stage = 3
                changeable.remove(token)
                yield _EQUALS
                yield from self.values.content(self.cells[token].kind)
                yield _END
            else:
                yield from self._ending(token)
                return

    def _settable(self, cell: Cell) -> tuple[str, ...]:
        """The tokens of the attributes that a statement may set on a cell."""
        if cell.kind not in ("obj", "cls"):
            return ()
        raised = cell.cls is not None and is_exception_class(cell.cls)
        return (*self.attributes, *(["args"] if raised else []))

    def _endings(self, *, bound: bool, complete: bool) -> list[str]:
        """How the statement may end. What binds its names went well, and what went well has."""
        out: list[str] = []
        kind, text = self.statement.kind, self.statement.tokens
        if not (kind == "<exec>" and text[:1] == ("raise",)):
            out += [
                ending
                for ending in _SUCCESS[kind]
                if (not bound if ending == "<done>" else complete)
            ]
        if not bound and not self._cannot_fail():
            out.append("<raise>")
            if self._callees() and not self.ended.raises:
                out.append("<call>")
        return out

    def _cannot_fail(self) -> bool:
        """Whether nothing is left to go wrong once the expression has its value."""
        if self.statement.kind == "<return>":
            return self.ended.whole is True
        value = self.ended.value
        return self.statement.kind == "<exec>" and (
            isinstance(value, Display) or is_literal_value(value)
        )

    def _value(self, known: Known | None, follow: Choice) -> Generator[Choice, str, None]:
        if known is None:
            yield from self.values.value((yield self.values.start()), follow)
        else:
            yield from self._tell(known)
            yield follow

    def _tell(self, value: Known) -> Generator[Choice, str, None]:
        """A value that is known. Its new lists are given labels anew."""
        if isinstance(value, tuple):
            for needed in spelled(value):  # noqa: UP028 - a tuple cannot be sent to
                yield needed
            return
        if isinstance(value, Spelled):
            for run in value.runs:
                yield from self._tell(run)
            return
        known = self._labels.get(id(value))
        if known is not None:
            yield choice(known)
            return
        number = self.values.new_container()
        self._labels[id(value)] = label = NEW_LABELS[number or 0]
        yield choice(label)
        for part in value.content:
            if isinstance(part, str):
                yield choice(part)
            else:
                yield from self._tell(part)

    def _told(self, pieces: Sequence[Piece]) -> Generator[Choice, str, None]:
        for piece in pieces:
            if isinstance(piece, str):
                yield choice(piece)
            else:
                value = piece[0]
                assert isinstance(value, tuple | Display)
                yield from self._tell(value)

    def _ending(self, token: str) -> Generator[Choice, str, None]:
        if token == "<raise>":
            first = yield self.values.exception_start()
            yield from self.values.exception(first, _LAST)
        elif token == "<call>" and self.ended.effect is not None:
            yield from self._told(self.ended.effect[1:])
            yield _LAST
        elif token == "<call>":
            yield from self._call()
        elif token in _VALUED:
            yield from self._value(self.ended.value, _LAST)
        else:
            yield _LAST

    # --- calls --------------------------------------------------------------------------------

    def _callees(self) -> tuple[str, ...]:
        found = [
            label
            for label, cell in self.cells.items()
            if cell.kind in ("fn", "cls") or (cell.kind == "obj" and self._methods(cell))
        ]
        if any(cell.kind == "gen" for cell in self.cells.values()):
            found.append("next")
        if "super" in self.statement.tokens and self.attributes:
            found.append("super")
        classes = () if self.values.has_new else self.values.classes
        if any(self._methods(self.cells[label]) for label in classes):
            found.append(NEW_LABELS[0])
        return tuple(found)

    def _methods(self, cell: Cell) -> list[str]:
        """The tokens of the methods that an object or class may be asked for."""
        cls = cell.cls if cell.kind == "obj" else cell
        if cls is None:
            return []
        tokens = (self._attribute(name) for name in cls.methods)
        return [token for token in dict.fromkeys(tokens) if token is not None]

    def _call(self) -> Generator[Choice, str, None]:
        callee = yield choice(*self._callees())
        if callee == "next":
            yield _PAREN
            yield choice(*(label for label, cell in self.cells.items() if cell.kind == "gen"))
            yield choice(")")
            yield _LAST
            return
        cell: Cell | None = None
        if callee == "super":
            methods = list(self.attributes)
        elif callee in self.cells:
            cell = self.cells[callee]
            methods = self._methods(cell)
        else:
            yield choice("<obj>")
            methods = self._methods(self.cells[(yield from self.values.first_object())])
        direct = cell is not None and cell.kind in ("fn", "cls")
        token = yield choice(*(["."] if methods else []), *(["("] if direct else []))
        if token == ".":
            yield choice(*methods)
            yield _PAREN
        yield from self._arguments(cell)
        yield _LAST

    def _arguments(self, callee: Cell | None) -> Generator[Choice, str, None]:
        """Arguments and keywords up to and with `)`."""
        text = self.statement.tokens
        words = {token for token in text if token in WORDS}
        if callee is not None and isinstance(callee.payload, Function):
            words |= {n for n in parameter_names(callee.payload.node.args) if n in WORDS}
        keywords = choice(*self.names, *words) if self.names or words else None
        strings = "**" in text
        more, last = choice(","), choice(")")
        token = yield self._argument(keywords, union(self.values.start(), last))
        while token != ")":
            token = yield from self._one_argument(token, keywords, union(more, last), strings)
            if token == ",":
                token = yield self._argument(keywords, self.values.start())

    def _argument(self, keywords: Choice | None, values: Choice) -> Choice:
        return values if keywords is None else union(values, keywords)

    def _one_argument(
        self, token: str, keywords: Choice | None, follow: Choice, strings: bool
    ) -> Rule:
        word = keywords is not None and token in keywords
        if word and token not in self.values.start():
            yield _EQUALS
        elif word or (strings and token in KEYWORD_STRING):
            token = yield from self.values.value(token, union(follow, _EQUALS))
            if token != "=":
                return token
        else:
            return (yield from self.values.value(token, follow))
        return (yield from self.values.value((yield self.values.start()), follow))


class Cursor:
    """A place in one answer's grammar: what may come next, in token ids.

    `choice` is None when the answer is complete.
    """

    def __init__(self, prompt: Prompt, *, scratchpad: bool = True) -> None:
        self._rules = AnswerGrammar(prompt, scratchpad=scratchpad).rules()
        self.choice: Choice | None = next(self._rules)

    def push(self, token: str) -> None:
        """The token that came. It must be one that `choice` allows."""
        try:
            self.choice = self._rules.send(token)
        except StopIteration:
            self.choice = None


def asked(prompt: Prompt, answer: Sequence[str]) -> tuple[tuple[bool, ...], tuple[bytes, ...]]:
    """(for which tokens of an answer the network would be asked, the others being forced; the ids
    of which each of these is one, see `packed`). Empty if the grammar forbids the answer."""
    cursor, writer = Cursor(prompt), Writer()
    flags: list[bool] = []
    allowed: list[bytes] = []
    for token, number in zip(answer, encode(answer), strict=True):
        if cursor.choice is None or token not in cursor.choice:
            return (), ()
        flags.append(writer.forced(cursor.choice) is None)
        if flags[-1]:
            ids = writer.allowed(cursor.choice)
            if number not in ids:
                return (), ()
            allowed.append(packed(ids.tobytes()))
        writer.push(token, number)
        cursor.push(token)
    return tuple(flags), tuple(allowed)


def accepts(prompt: Prompt, answer: Sequence[str]) -> int | None:
    """The index of the first token of an answer that the grammar forbids; None if it allows all.

    An answer that stops too early is forbidden at its length.
    """
    cursor = Cursor(prompt)
    for index, token in enumerate(answer):
        if cursor.choice is None or token not in cursor.choice:
            return index
        cursor.push(token)
    return None if cursor.choice is None else len(answer)
