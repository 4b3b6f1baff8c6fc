"""Texts that operations make of values: what `print`, `str`, `repr` and formats write."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Generator, Iterator, Sequence

from cwm_lab.worldmodel.course.collection import Collection, items_in
from cwm_lab.worldmodel.course.failures import Failures
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Operand, Tokens, plain
from cwm_lab.worldmodel.course.operations import is_text, printed, text_of
from cwm_lab.worldmodel.display import is_exception_class, lineage
from cwm_lab.worldmodel.values import MAX_TEXT, Atom
from cwm_lab.worldmodel.vocabulary import BUILTINS, EXCEPTIONS, OPEN, spell, unspell

Text = Generator[Signal, Sent, Tokens | None]
"""Gives the characters of a text, None if they are not known."""
STR, REPR = ("__str__", "__repr__"), ("__repr__",)


_ADDRESS = " at 0x..."
_ITERATORS = ("zip", "map", "filter", "enumerate")
_SAYS_MORE = ("OSError", "FileNotFoundError", "PermissionError", "UnicodeDecodeError")
"""Exceptions that show more than what they were made with."""


class Texts(Failures):
    """What is written of values."""

    def _print(
        self, node: ast.Call, args: Sequence[Operand], spread: Sequence[Operand] | None
    ) -> Course:
        """`print`, piece by piece. spread: what is printed, if some of it is starred."""
        alone = node is self._top and isinstance(self.prompt.statement.node, ast.Expr)
        between: Tokens | None = (" ",)
        end: Tokens | None = ("\n",)
        starred = False
        for keyword, value in zip(node.keywords, args[len(node.args) :], strict=True):
            text = printed(plain(value)) if is_text(plain(value)) else None
            between = text if keyword.arg == "sep" else between
            end = text if keyword.arg == "end" else end
            starred = starred or keyword.arg not in ("sep", "end")
        out: list[Tokens | None] = []
        self._written = out
        shown: list[tuple[ast.expr | None, Operand]] = [*zip(node.args, args, strict=False)]
        if any(isinstance(inner, ast.Starred) for inner in node.args):
            starred = starred or spread is None
            shown = [(None, item) for item in spread or ()]
        for inner, item in shown:
            out += [between] if out else []
            out.append((yield from self._texted(item, inner)))
        if not self._writes():
            if starred or None in out:
                raise Unclear
            return ("None",)
        written = None if starred else text_of([*out, end])
        self._written = []
        if written is None:
            yield "may fail"
        if written is None or not alone:
            self._pure = False
        elif alone:
            self.effect = ["<out>", (written, None), ";", "<ok>"] if len(written) > 2 else ["<ok>"]
        return ("None",)

    def _stream(self, value: Operand, *, sized: bool = False) -> Iterator[Operand] | None:
        """The items that code of the program gives."""
        raise NotImplementedError

    def _spread(self, node: ast.expr, value: Operand) -> Sequence[Operand] | None:
        """The arguments that one of a call's stands for: all items, if it is starred; None if they
        are not known."""
        if not isinstance(node, ast.Starred):
            return [value]
        items = self._stream(value)
        if items is not None:
            return [*items]
        found = self._collection(value)
        return None if found is None else found.items

    def _texted(
        self, value: Operand, node: ast.expr | None = None, *, quoted: bool = False
    ) -> Text:
        """The characters that `print` writes of a value. node: the expression that gives it.
        quoted: as `repr` gives it."""
        method = self._special(value, REPR if quoted else STR)
        if method:
            result = plain(self._through(value, method))
            return printed(result) if is_text(result) else None
        tokens = plain(value)
        if tokens is not None and tokens[0] == OPEN:
            return tuple(spell(repr(unspell(tokens[1:-1])))) if quoted else printed(tokens)
        if not quoted and (message := self._argument(self._cell(value))) is not None:
            return message
        if (args := self._raised_of(value)) is not None:
            return (yield from self._exception_text(value, args, quoted=quoted))
        found = self._collection(value)
        if found is None:
            alone = self._members(value)
            found = alone if alone is not None and (alone.size or 2) < 2 else None  # has no order
        if found is None or found.items is None:
            known = printed(tokens)
            return self._default_text(value) if known is None else known
        if found.label and found.label in self._showing:
            return None
        self._showing.add(found.label)
        inside = yield from self._inside(found)
        self._showing.discard(found.label)
        if inside is None:
            return None
        if found.kind == "tuple":
            return ("(", *inside, *([","] if len(found.items) == 1 else []), ")")
        if found.kind == "set" and not found.items:
            return tuple(spell("set()"))
        if found.kind == "view":
            assert tokens is not None
            return (*spell(f"dict_{tokens[0][1:-1]}(["), *inside, *spell("])"))
        return ("[", *inside, "]") if found.kind == "list" else ("{", *inside, "}")

    def _raised_of(self, value: Operand) -> Sequence[Tokens] | None:
        """What an exception was made with; None for what is none, or says something else."""
        cell, cls, tokens = self._cell(value), self._class_of(value), plain(value)
        if cls is not None and is_exception_class(cls):
            if {"__init__", "__str__", "__repr__"} & {*cls.methods} and cell is None:
                return None
            shown = cell.attrs.get("args") if cell is not None else None
            made = self._known(shown) if shown is not None else None
            if cell is None and isinstance(value, Display):
                made = value.args
            named = "OSError" in {kind.text for kind in lineage(cls) if isinstance(kind, Atom)}
            return None if made is None or named else [*items_in(made)]
        if tokens is None or tokens[0] not in EXCEPTIONS or tokens[1:2] != ("(",):
            return None
        args = [*items_in(tokens[1:])]
        return None if tokens[0] in _SAYS_MORE and len(args) > 1 else args

    def _exception_text(self, value: Operand, args: Sequence[Tokens], *, quoted: bool) -> Text:
        """The characters that `print` writes of an exception."""
        cls, tokens = self._class_of(value), plain(value)
        name = cls.name if cls is not None else (tokens or ("",))[0]
        if not args:
            return tuple(spell(f"{name}()")) if quoted else ()
        kinds = [Atom(name)] if cls is None else [*lineage(cls)]
        whole = quoted or len(args) > 1
        out: list[str] = []
        for arg in args:
            told = self._restored(arg)
            inside = whole or Atom("KeyError") in kinds
            part = yield from self._texted(told, quoted=inside)
            if part is None or len(out) + len(part) > MAX_TEXT:
                return None
            out += [",", " ", *part] if out else part
        if not whole:
            return tuple(out)
        return (*spell(name if quoted else ""), "(", *out, ")")

    def _restored(self, tokens: Tokens) -> Tokens:
        """A value of an exception, names in its message instead of placeholders."""
        if tokens[0] != OPEN:
            return tokens
        meant = {token: name for name, token in self.prompt.names.token_of.items()}
        letters = (spell(meant[token]) if token in meant else [token] for token in tokens)
        return tuple(letter for some in letters for letter in some)

    def _default_text(self, value: Operand) -> Tokens | None:
        """The characters that `print` writes of functions, generators, classes and objects that
        say nothing of themselves, ranges and iterators; None of others."""
        cell, cls = self._cell(value), self._class_of(value)
        if cls is not None:
            return _spelled(cls.qualified and f"<__main__.{cls.qualified} object{_ADDRESS}>")
        if cell is not None and cell.qualified:
            descriptor = getattr(cell.payload, "kind", "function")
            if cell.kind == "cls":
                return _spelled(f"<class '__main__.{cell.qualified}'>")
            if cell.kind == "gen":
                return _spelled(f"<generator object {cell.qualified}{_ADDRESS}>")
            return _spelled(f"<function {cell.qualified}{_ADDRESS}>" * (descriptor == "function"))
        tokens = plain(value) or ("",)
        if len(tokens) == 1 and tokens[0] in {*BUILTINS, *EXCEPTIONS} - {"input"}:
            return _spelled(repr(getattr(builtins, tokens[0], "")))
        if tokens[0] == "range" and "(" in tokens:
            edges = ["".join(edge) for edge in items_in(tokens[1:])]
            return _spelled(f"range({', '.join(edges)})")
        if tokens[0] in _ITERATORS and "(" in tokens:
            return _spelled(f"<{tokens[0]} object{_ADDRESS}>")
        return None

    def _inside(self, found: Collection) -> Text:
        """The characters between its brackets; None if they are not known, or too many."""
        out: list[str] = []
        for place, item in enumerate(found.items or ()):
            part = yield from self._texted(item, quoted=True)
            if found.kind == "dict" and part is not None:
                value = yield from self._texted(found.at(place), quoted=True)
                part = None if value is None else (*part, ":", " ", *value)
            if part is None or len(out) + len(part) > MAX_TEXT:
                return None
            out += [",", " ", *part] if out else part
        return tuple(out)


def _spelled(text: str) -> Tokens | None:
    return tuple(spell(text)) if text else None
