"""What is known while a statement is evaluated: the values that its question shows, and those that
were noted since."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.earlier import EarlierNote, earlier_notes
from cwm_lab.worldmodel.course.operands import (
    Display,
    Known,
    Operand,
    Piece,
    Spelled,
    Tokens,
    Unwritable,
    tuple_of,
)
from cwm_lab.worldmodel.course.operations import is_literal_value
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.display import is_exception_class, lineage
from cwm_lab.worldmodel.grammar import ValueGrammar
from cwm_lab.worldmodel.values import MAX_TEXT, Atom, Cell, Form, Text, Tup, Value
from cwm_lab.worldmodel.vocabulary import BUILTINS, CLOSE, EXCEPTIONS, NEW_LABELS, OPEN, spell

_NEW = frozenset(NEW_LABELS)
_BUILTIN = frozenset([*BUILTINS, *EXCEPTIONS])


class Fails(Exception):  # noqa: N818 - not ours: the statement's
    """The statement comes no further: it raises, or calls what must be stepped into."""


class Unclear(Exception):  # noqa: N818 - no error
    """From here on the course cannot be told."""


class State:
    """What is known, and how far the evaluation is.

    seen: the scratchpad so far. whole: once it is over, whether it came to the statement's end;
    None if that is not known. raises: whether a note says that it raises. value: what the statement
    passes on then. effect: the call that it makes, or all that it does, if that is known.
    """

    def __init__(self, prompt: Prompt) -> None:
        self.prompt, self.cells = prompt, prompt.cells
        self.values = ValueGrammar(prompt.cells, (), tuple(prompt.token_of.values()))
        self.seen: list[str] = []
        self.whole: bool | None = False
        self.value: Known | None = None
        self.effect: list[Piece] | None = None
        self._label_of = {cell: label for label, cell in prompt.cells.items()}
        self._names: dict[str, Operand] = {}
        self._returned = list(prompt.returned)
        self._earlier = earlier_notes(prompt.earlier)
        self._pure = True
        self.raises = False
        self._may_raise = False
        self._error: Form | None = None
        self._stale = False
        self._showing: set[str] = set()
        self._written: list[Tokens | None] = []
        self.sure = self.ends = False
        self._tested: tuple[Operand, bool] | None = None
        self._sort_keys: list[Operand] = []
        self._searched_for = 0
        self._now: dict[str, Collection] = {}
        self._displays: dict[str, Display] = {}
        self._read_lines = 0
        self._echo: Tokens | None = ()
        self._top: ast.AST | None = None
        self._side_by_side: list[Operand] | None = None
        self._found_key: Operand = None
        self._hashed_as: Operand = None

    def _told_before(self, left: Sequence[str]) -> EarlierNote:
        """A note with this left side, in an answer before a call that has returned."""
        found = self._earlier.get(tuple(left))
        return found.pop(0) if found else EarlierNote(None)

    def _writes(self) -> bool:
        """Whether notes are written now: after the last call that has returned."""
        return not self._returned

    def _cell(self, value: Operand) -> Cell | None:
        if isinstance(value, tuple) and len(value) == 1:
            return self.cells.get(value[0])
        return None

    def _read(self, name: str) -> Operand:
        """What a name stands for. Raises Fails if it is not bound."""
        if name in self._names:
            return self._names[name]
        if name in self.prompt.values:
            value = self.prompt.values[name]
            if isinstance(value, str):
                self._fail(self._unbound(name, value))
                raise Fails
            return self._known(value)
        if name in _BUILTIN:
            return (name,)
        raise Unclear

    def _argument(self, cell: Cell | None) -> Tokens | None:
        """The characters that `print` writes of an exception of the program's own class that was
        made with a text or number, or nothing."""
        if cell is None or cell.kind != "obj" or cell.cls is None:
            return None
        args = cell.attrs.get("args")
        own = {"__str__", "__repr__"} & {*cell.cls.methods}
        if not is_exception_class(cell.cls) or not isinstance(args, Tup) or own:
            return None
        if not args.items:
            return ()
        first = args.items[0]
        if len(args.items) > 1 or not isinstance(first, Text | Atom):
            return None
        quoted = isinstance(first, Text) and Atom("KeyError") in lineage(cell.cls)
        return tuple(spell(repr(first.text) if quoted else first.text))

    def _message(self, node: ast.expr) -> Tokens | None:
        """The characters that `print` writes of an exception that the question shows."""
        if not isinstance(node, ast.Name) or node.id in self._names:
            return None
        value = self.prompt.values.get(node.id)
        if not isinstance(value, Form) or value.name not in EXCEPTIONS:
            return None
        if not value.args:
            return ()
        first = value.args[0]
        if len(value.args) > 1 or not isinstance(first, Text | Atom):
            return None
        quoted = value.name == "KeyError" and isinstance(first, Text)
        return tuple(spell(repr(first.text) if quoted else first.text))

    def _attribute(self, cell: Cell | None, name: str) -> Tokens | None:
        """An attribute's value, if the question shows it and no code of the program gives it."""
        if cell is not None and cell.kind in ("fn", "cls") and name == "__name__":
            return (OPEN, *spell(cell.name), CLOSE)
        if cell is not None and cell.kind == "obj":
            assert cell.cls is not None
            if name in cell.cls.methods or "__getattribute__" in cell.cls.methods:
                return None
            found = self.prompt.attributes.get((self._label_of[cell], name))
            cell = cell.cls if found is None else None
        elif cell is not None and cell.kind == "cls" and name not in cell.methods:
            found = None
        else:
            return None
        while found is None and cell is not None and cell in self._label_of:
            found = self.prompt.attributes.get((self._label_of[cell], name))
            base = cell.bases[0] if len(cell.bases) == 1 else None
            cell = base if isinstance(base, Cell) else None
        return None if found is None or name == "args" else self._known(found)

    def _named_class(self, value: Operand, name: str) -> Tokens | None:
        """The name of a builtin class."""
        builtin = isinstance(value, tuple) and len(value) == 1 and value[0] in _BUILTIN
        if not builtin or name != "__name__":
            return None
        assert isinstance(value, tuple)
        return (OPEN, *spell(value[0]), CLOSE)

    def _lacks(self, cell: Cell | None, name: str, *, given: bool = False) -> bool:
        """Whether an object has no such attribute: the question would show it. given: but that
        `__getattr__` may give it."""
        if cell is None or cell.kind != "obj" or name.startswith("__"):
            return False
        classes: list[Value] = [] if cell.cls is None else [cell.cls]
        if not classes or (self._label_of.get(cell, ""), name) in self.prompt.attributes:
            return False
        told = {name, "__getattribute__", *([] if given else ["__getattr__"])}
        while classes:
            cls = classes.pop()
            if not isinstance(cls, Cell) or told & {*cls.methods}:
                return False
            if (self._label_of.get(cls, ""), name) in self.prompt.attributes:
                return False
            classes += cls.bases
        return True

    def _missing(self, cell: Cell | None, name: str) -> Fails:
        """The statement ends since an object has no such attribute."""
        assert cell is not None
        assert cell.cls is not None
        message = f"'{cell.cls.name}' object has no attribute '{name}'"
        return self._raised_with("AttributeError", message)

    def _raised_with(self, kind: str, message: str) -> Fails:
        """The statement ends with an error of that kind and message."""
        if len(message) > MAX_TEXT:
            raise Unclear
        return self._error_told(tuple(self.prompt.writer.value(Form(kind, (Text(message),)))))

    def _error_told(self, error: Tokens) -> Fails:
        """The statement ends with this error."""
        self.effect, self.ends = self._raising(error), self._writes() and self._pure
        return Fails()

    def _raising(self, error: Tokens) -> list[Piece] | None:
        """The effect of an error, after lines that were read; None if more has happened."""
        if not self._pure or (self._read_lines and self._echo is None):
            return None
        written: list[Piece] = []
        if self._echo:
            written = ["<out>", ((OPEN, *self._echo, CLOSE), None), ";"]
        return [*(["<stdin>"] * self._read_lines), *written, "<raise>", (error, None)]

    def _fail(self, error: Form | None) -> None:
        """The effect of an error that is known, if nothing else has happened yet."""
        effect = None if error is None else self._raising(tuple(self.prompt.writer.value(error)))
        if effect is not None:
            self.effect, self.ends = effect, self._writes()

    def _unbound(self, name: str, kind: str) -> Form:
        """The error of a name that is not bound."""
        raise NotImplementedError

    def anew(self, value: Operand) -> Operand:
        """A value as the outcome tells it, which names anew what is new."""
        told = value.parts if isinstance(value, Spelled) else value
        if not isinstance(told, tuple):
            return value
        if not any(isinstance(part, str) and part in _NEW for part in told):
            return value
        parts = [self._displays.get(p, p) if isinstance(p, str) else p for p in told]
        if any(isinstance(part, str) and part in _NEW for part in parts):
            return value
        first = parts[0]
        return first if isinstance(first, Display) else Spelled(None, parts=tuple(parts))

    def _known(self, value: Value) -> Tokens | None:
        """A value of the question, as notes mention it."""
        if isinstance(value, Cell):
            label = self._label_of.get(value)
            return None if label is None else (label,)
        if isinstance(value, Atom):
            return tuple(self.prompt.writer.value(value))
        if isinstance(value, Text):
            return (OPEN, *spell(value.text), CLOSE)
        if isinstance(value, Form) and value.name in EXCEPTIONS:
            # In its message names may stand as placeholders.
            args = [self._known(arg) for arg in value.args]
            return None if None in args else tuple(self.prompt.writer.value(value))
        items = value.items if isinstance(value, Tup) else value.args
        parts = [part for item in items if (part := self._known(item)) is not None]
        if len(parts) < len(items):
            return None
        return tuple_of(parts) if isinstance(value, Tup) else (value.name, *tuple_of(parts))

    def _must_write(self) -> None:
        """Raise Unclear while it is only followed what was evaluated before."""
        if not self._writes():
            raise Unclear

    def _may_be_asked(self, value: Operand, within: frozenset[str] = frozenset()) -> bool:
        """Whether a builtin may call code of the program by way of an argument. within: the labels
        of what it is in."""
        if value is None or isinstance(value, Unwritable):
            return True
        if isinstance(value, Display):
            inside = None if value.items is None else [*value.items, *(value.keys or ())]
            return bool(value.cls) or inside is None or any(map(self._may_be_asked, inside))
        if is_literal_value(value):
            return False
        cell = self._cell(value)
        if cell is None:
            labels = [(token,) for token in value if token in self.cells]
            return any(self._may_be_asked(label, within) for label in labels)
        if cell.kind not in ("list", "dict", "set"):
            return True
        label = value[0]
        if label in within:
            return False
        pairs = (part for pair in self.prompt.pairs.get(label, ()) for part in pair)
        shown = map(self._known, (*self.prompt.items.get(label, ()), *pairs))
        if label in self._now or self._stale:
            return any(known.kind == "obj" for known in self.cells.values())
        return any(self._may_be_asked(item, within | {label}) for item in shown)
