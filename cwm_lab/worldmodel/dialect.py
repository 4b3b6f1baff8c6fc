"""The `transition` dialect: a question (statement + state) and its answer, as tokens.

A prompt holds the statement's text, the values of the names it reads, and what the calls that it
made so far have returned. The answer is a scratchpad of sub-expression values in evaluation order,
then the outcome: effects (names bound, cells changed, text printed) and how the statement ends.
Everything here is notation; nothing here evaluates a student's expression.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cwm_lab.worldmodel.statement import Kind, Statement, describe, lambdas_in
from cwm_lab.worldmodel.values import (
    Atom,
    Cell,
    Names,
    Reader,
    Text,
    UnparsableAnswerError,
    Value,
    Writer,
)
from cwm_lab.worldmodel.vocabulary import (
    ANSWER,
    BOS,
    CLOSE,
    EOS,
    OPEN,
    OUTCOME,
    PLACEHOLDERS,
    READS,
    RETURNED,
    UNBOUND,
    UNBOUND_LOCAL,
    WORDS,
    spell,
)

Ending = Literal["ok", "true", "false", "it", "ret", "raise", "call", "done"]
STOP = "<stop>"
"""What a generator that has ended gives to whoever advanced it."""
_ENDINGS: dict[str, Ending] = {
    "<ok>": "ok",
    "True": "true",
    "False": "false",
    "<it=>": "it",
    "<ret>": "ret",
    "<raise>": "raise",
    "<call>": "call",
    "<done>": "done",
}


@dataclass(frozen=True)
class Call:
    """A call that a statement makes of code of the cell.

    callee: a function, class, or object (with `method`), or the builtin `super` or `next`.
    """

    callee: Value
    method: str | None = None
    args: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass
class Prompt:
    """The tokens of a question and what is needed to read its answer.

    token_of: the placeholders of names. cells: the labels that the tokens use; attributes:
    those of objects and classes that the statement mentions, and exceptions' arguments, by (label,
    name). values: those of the names that are read, or how they are unbound. returned: the calls
    that have, and what. stdin: the lines of standard input that are shown. visit, iterable: how
    often a loop was entered, and what it goes through; resized: whether there is more or less in it
    than when it began. exception: what is to be caught. owner: the class that `super()` goes on
    from. items: what is in the lists and sets, by label. pairs: what is in the dicts. ended: the
    generators that have. earlier: the scratchpads of the answers that made the calls which have
    returned.
    """

    tokens: list[str]
    statement: Statement
    names: Names
    writer: Writer
    token_of: dict[str, str]
    cells: dict[str, Cell]
    attributes: dict[tuple[str, str], Value]
    values: dict[str, Value | str]
    returned: list[tuple[Call, Value | str]]
    stdin: tuple[str, ...]
    visit: int | None = None
    iterable: Value | None = None
    resized: bool = False
    exception: Value | None = None
    owner: Cell | None = None
    items: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    pairs: dict[str, tuple[tuple[Value, Value], ...]] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()
    earlier: tuple[Sequence[str], ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What its answer depends on."""
        return (*self.tokens, *(token for notes in self.earlier for token in notes))


@dataclass
class Answer:
    """What a statement does, as read from the network.

    bindings: names given a value. changes: (cell, its new content). attributes: (object, name,
    value). printed: text written. consumed: lines of standard input read. ending: how it ends, with
    `value` (it, ret, raise) or `call`. `confidence` is the probability of the answer's tokens,
    `certain` that of each name's value and `changed` that of each cell's new content, each with the
    scratchpad that led to it. notes: the scratchpad.
    """

    ending: Ending = "ok"
    value: Value | None = None
    call: Call | None = None
    bindings: list[tuple[str, Value]] = field(default_factory=list)
    changes: list[tuple[Cell, Cell]] = field(default_factory=list)
    attributes: list[tuple[Cell, str, Value]] = field(default_factory=list)
    printed: str = ""
    consumed: int = 0
    confidence: float | None = None
    certain: dict[str, float] = field(default_factory=dict)
    changed: dict[Cell, float] = field(default_factory=dict)
    notes: Sequence[str] = ()


# --- the question -----------------------------------------------------------------------------


def ask(
    statement: Statement,
    lookup: Callable[[str], Value | str],
    *,
    lambdas: Sequence[Cell] = (),
    visit: int | None = None,
    iterable: Value | None = None,
    resized: bool = False,
    previous: Value | None = None,
    exception: Value | None = None,
    owner: Value | None = None,
    stdin: Sequence[str] = (),
    returned: Iterable[tuple[Call, Value | str]] = (),
    earlier: Iterable[Sequence[str]] = (),
) -> Prompt:
    """The prompt for a statement in a state.

    lookup gives a name's value, or `UNBOUND`/`UNBOUND_LOCAL`. visit, iterable, resized and previous
    are for loop headers: how often entered before, what is looped over, whether that has another
    size than at first, and the item before. owner: the class whose method it is in, which `super()`
    goes on from.
    """
    names = Names(statement.token_of)
    writer = Writer(
        names, statement.mentioned, indexed=statement.indexed, nesting=statement.nesting
    )
    out = [BOS, statement.kind, *statement.tokens]
    for cell in lambdas:
        writer.value(cell)
    if visit is not None:
        out += ["<visit>", *spell(str(visit))]
    if iterable is not None:
        out += ["<it>", *writer.value(iterable), *(["!="] if resized else [])]
    if previous is not None:
        out += ["<previous>", *writer.value(previous)]
    if exception is not None:
        out += ["<exc>", *writer.value(exception)]
    for line in stdin:
        out += ["<stdin>", *writer.value(Text(line))]
    if statement.inputs and not stdin:
        out.append("<no-stdin>")
    out.append(READS)
    values = {name: lookup(name) for name in statement.reads}
    for name, value in values.items():
        shown = [value] if isinstance(value, str) else writer.value(value)
        out += [names.variable(name), "=", *shown, ";"]
    owner = owner if statement.me is not None else None
    if owner is not None:
        out += ["super", "=", *writer.value(owner), ";"]
    out.append(RETURNED)
    returned = list(returned)
    for call, result in returned:
        shown = [result] if isinstance(result, str) else writer.value(result)
        out += [*write_call(call, writer), "=", *shown, ";"]
    out.append(ANSWER)
    cells = {label: cell for cell, label in writer.label_of.items()}
    # One that setattr makes, or that is called by another name, has not been shown yet.
    for name in [*sorted(statement.mentioned), *writer.bound]:
        if name.isidentifier() and len(names.token_of) < len(PLACEHOLDERS):
            names.attribute(name)
    return Prompt(
        tokens=out,
        statement=statement,
        names=names,
        writer=writer,
        token_of=dict(names.token_of),
        cells=cells,
        attributes={
            (label, name): cell.attrs[name]
            for label, cell in cells.items()
            for name in cell.attrs  # in their order, which the outcome keeps
            if name in statement.mentioned or name == "args"
        },
        values=values,
        returned=returned,
        stdin=tuple(stdin),
        visit=visit,
        iterable=iterable,
        resized=resized,
        exception=exception,
        owner=owner if isinstance(owner, Cell) else None,
        items={
            label: tuple(cell.items)
            for label, cell in cells.items()
            if cell.kind in ("list", "set")
        },
        pairs={label: tuple(cell.pairs) for label, cell in cells.items() if cell.kind == "dict"},
        ended=frozenset(label for label, cell in cells.items() if cell.ended),
        earlier=tuple(earlier),
    )


def write_call(call: Call, writer: Writer) -> list[str]:
    out = writer.value(call.callee)
    if call.method is not None:
        out += [".", writer.names.attribute(call.method)]
    out.append("(")
    parts = [writer.value(arg) for arg in call.args]
    parts += [[*written_keyword(k, writer.names), "=", *writer.value(v)] for k, v in call.keywords]
    for k, part in enumerate(parts):
        out += [*([","] if k else []), *part]
    return [*out, ")"]


def written_keyword(name: str, names: Names) -> list[str]:
    """A keyword's name; one that the statement does not spell out (``**options``) is a string."""
    if name in WORDS:
        return [name]
    token = names.token_of.get(name)
    return [token] if token else [OPEN, *spell(name), CLOSE]


# --- the answer -------------------------------------------------------------------------------


def write_outcome(answer: Answer, writer: Writer) -> list[str]:
    """The tokens from `<outcome>` to the end."""
    writer.switch_to_answer()
    out = [OUTCOME]
    out += ["<stdin>"] * answer.consumed
    if answer.printed:
        out += ["<out>", *writer.text(answer.printed), ";"]
    for name, value in answer.bindings:
        out += [writer.names.variable(name), "=", *writer.value(value), ";"]
    for cell, name, value in answer.attributes:
        out += [writer.label_of[cell], ".", writer.names.attribute(name), "="]
        out += [*writer.value(value), ";"]
    for cell, now in answer.changes:
        out += [writer.label_of[cell], "=", *writer.content(now), ";"]
    token = next(token for token, ending in _ENDINGS.items() if ending == answer.ending)
    out.append(token)
    if answer.call is not None:
        out += write_call(answer.call, writer)
    elif answer.value is not None:
        out += writer.value(answer.value)
    return [*out, EOS]


def read_answer(
    tokens: Sequence[str], prompt: Prompt, logs: Sequence[float] | None = None
) -> Answer:
    """Parse what the network wrote. logs: the logarithm of each token's probability, if known.

    Raises UnparsableAnswerError where it is not well-formed.
    """
    if OUTCOME not in tokens:
        raise UnparsableAnswerError("the answer has no outcome")
    outcome = tokens.index(OUTCOME) + 1
    known = {label: cell for cell, label in prompt.writer.label_of.items()}
    reader = Reader(tokens[outcome:], prompt.names, known)
    confidence = None if logs is None else math.exp(sum(logs))
    answer = Answer(confidence=confidence, notes=tuple(tokens[: outcome - 1]))
    while True:
        start = reader.at
        token = reader.next()
        if token in _ENDINGS:
            answer.ending = _ENDINGS[token]
            break
        if token == "<stdin>":
            answer.consumed += 1
            continue
        if token == "<out>":
            printed = reader.value()
            if not isinstance(printed, Text):
                raise UnparsableAnswerError("what is printed is not a text")
            answer.printed += printed.text
        elif token in _PLACEHOLDER_SET:
            reader.expect("=")
            answer.bindings.append((prompt.names.restore(token), reader.value()))
        elif token in known:
            cell = known[token]
            if reader.peek() == ".":
                reader.next()
                name = prompt.names.restore(reader.next())
                reader.expect("=")
                answer.attributes.append((cell, name, reader.value()))
            else:
                reader.expect("=")
                now = Cell(cell.kind, cls=cell.cls)
                reader.content(now)
                if now.kind != cell.kind:
                    raise UnparsableAnswerError(f"a {cell.kind} cannot become a {now.kind}")
                answer.changes.append((cell, now))
        else:
            raise UnparsableAnswerError(f"no effect starts with {token!r}")
        reader.expect(";")
        if logs is not None and (token in _PLACEHOLDER_SET or token in known):
            part = logs[outcome + start : outcome + reader.at]
            probability = math.exp(sum(logs[:outcome]) + sum(part))
            if token in known:
                answer.changed[known[token]] = probability
            else:
                answer.certain[prompt.names.restore(token)] = probability
    if answer.ending == "call":
        answer.call = _read_call(reader)
    elif answer.ending in ("it", "ret", "raise"):
        answer.value = reader.value()
    reader.expect(EOS)
    return answer


_PLACEHOLDER_SET = frozenset(PLACEHOLDERS)


def _read_call(reader: Reader) -> Call:
    callee = Atom(reader.next()) if reader.peek() in ("super", "next") else reader.value()
    method = None
    if reader.peek() == ".":
        reader.next()
        method = reader.names.restore(reader.next())
    reader.expect("(")
    args: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    while reader.peek() != ")":
        if args or keywords:
            reader.expect(",")
        if tuple(reader.tokens[reader.at + 1 : reader.at + 2]) == ("=",):
            name = reader.names.restore(reader.next())
            reader.next()
            keywords.append((name, reader.value()))
            continue
        value = reader.value()
        if reader.peek() == "=" and isinstance(value, Text):
            reader.next()
            keywords.append((value.text, reader.value()))
        else:
            args.append(value)
    reader.next()
    return Call(callee, method, tuple(args), tuple(keywords))


__all__ = [
    "STOP",
    "UNBOUND",
    "UNBOUND_LOCAL",
    "WORDS",
    "Answer",
    "Call",
    "Kind",
    "Prompt",
    "Statement",
    "ask",
    "describe",
    "lambdas_in",
    "read_answer",
    "write_call",
    "write_outcome",
]
