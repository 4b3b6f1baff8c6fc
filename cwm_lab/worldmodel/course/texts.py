"""Texts that operations make of values: what `print`, `str`, `repr` and formats write."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.notes import Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Operand, Tokens, plain
from cwm_lab.worldmodel.course.operations import is_text, printed, text_of
from cwm_lab.worldmodel.course.protocols import Protocols
from cwm_lab.worldmodel.values import MAX_TEXT
from cwm_lab.worldmodel.vocabulary import OPEN, spell, unspell

Text = Generator[Signal, Sent, Tokens | None]
"""Gives the characters of a text, None if they are not known."""
STR, REPR = ("__str__", "__repr__"), ("__repr__",)


class Texts(Protocols):
    """What is written of values."""

    def _print(self, node: ast.Call, args: Sequence[Operand]) -> Course:
        """`print`, piece by piece."""
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
        for inner, arg in zip(node.args, args, strict=False):
            spread = self._spread(inner, arg)
            starred = starred or spread is None
            for item in spread or ():
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

    def _spread(self, node: ast.expr, value: Operand) -> Sequence[Operand] | None:
        """The arguments that one of a call's stands for: all items, if it is starred; None if they
        are not known."""
        if not isinstance(node, ast.Starred):
            return [value]
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
        found = self._collection(value)
        if found is None or found.items is None:
            return self._message(node) if value is None and node is not None else printed(tokens)
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
