"""What loops go through: `for` loops and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence

from cwm_lab.worldmodel.choices import POSITIONS, choice
from cwm_lab.worldmodel.course.collection import VIEWS, Collection, Rows, items_in
from cwm_lab.worldmodel.course.items import Arrow
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.methods import Methods
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Known, Operand, Tokens, plain, tuple_of
from cwm_lab.worldmodel.course.operations import integer_of, is_added
from cwm_lab.worldmodel.values import MAX_ITEMS

_ARROW_OR_EQUALS = choice("->", "=")


class Loops(Methods):
    """Loops and their targets."""

    def _expr(self, node: ast.expr) -> Course:
        """The value of an expression."""
        raise NotImplementedError

    def _rows(self, iterable: Operand, *, nested: bool = False) -> Rows | None:
        """What a loop goes through, if its places are known. nested: also `enumerate` of `zip` and
        the like, which have no notes."""
        tokens = plain(iterable)
        name = tokens[0] if tokens is not None else ""
        if name not in ("enumerate", "zip", "reversed", *VIEWS):
            found = self._source(iterable)
            return None if found is None or found.items is None else Rows("", (found,))
        assert tokens is not None
        sources = list(items_in(tokens[1:]))
        start = 0
        if name == "enumerate" and len(sources) == 2:
            number = integer_of(sources.pop())
            if number is None:
                return None
            start = number
        bases = [self._source(source, nested=nested) for source in sources]
        known = [base for base in bases if base is not None and base.items is not None]
        if len(known) < len(bases) or not bases:
            return None
        if name in VIEWS and known[0].kind != "dict":
            return None
        if any((base.size or 0) > MAX_ITEMS for base in known):
            return None
        return Rows(name, tuple(known), start)

    def _source(self, value: Operand, *, nested: bool = False) -> Collection | None:
        """See `Protocols`."""
        tokens = plain(value)
        if nested and tokens is not None and tokens[0] in ("zip", "enumerate", "reversed", *VIEWS):
            rows = self._rows(value, nested=True)
            if rows is None:
                return None
            return Collection("tuple", tuple(map(rows.at, range(rows.size))))
        if tokens is None or tokens[0] != "range":
            return self._collection(value)
        edges = [integer_of(part) for part in items_in(tokens[1:])]
        known = [edge for edge in edges if edge is not None]
        if len(known) < len(edges) or not 2 <= len(known) <= 3 or known[2:] == [0]:
            return None
        numbers = range(*known)
        if len(numbers) > MAX_ITEMS:
            return None
        return Collection("range", tuple(tuple(str(number)) for number in numbers))

    def _read_through(self, iterable: Operand) -> Course:
        """An iterator whose sources that read texts, such as `map` of `int`, are what they give."""
        tokens = plain(iterable)
        if tokens is not None and tokens[0] == "map":
            given = yield from self._strung(iterable)
            items = given.items if isinstance(given, Display) else None
            told = [item for item in items or () if isinstance(item, tuple)]
            return iterable if items is None or len(told) > MAX_ITEMS else tuple_of(told)
        if tokens is None or tokens[0] not in ("enumerate", "zip", "reversed"):
            return iterable
        parts: list[Tokens] = []
        for part in items_in(tokens[1:]):
            inner = yield from self._read_through(part)
            assert isinstance(inner, tuple)
            parts.append(inner)
        return (tokens[0], *tuple_of(parts))

    def _generator_in(self, iterable: Operand) -> tuple[Operand, int | None]:
        """The generator that a loop goes through, if it does, and the number from which
        `enumerate` counts what it gives."""
        tokens = plain(iterable)
        if tokens is not None and tokens[0] == "enumerate":
            generator, *more = items_in(tokens[1:])
            start = integer_of(more[0]) if more else 0
            return (generator if self._is_generator(generator) else None), start
        return (iterable if self._is_generator(iterable) else None), None

    def _generated(self, generator: Operand, number: int | None) -> Known | None:
        """What a generator gives next, with its number; None if it has ended."""
        item = self._advance(generator)
        if number is None or not isinstance(item, tuple):
            return item
        return tuple_of([tuple(str(number)), item])

    def _strung(self, iterable: Operand) -> Course:
        """What `map` of `str`, `int` or `float` gives; anything else as it is."""
        raise NotImplementedError

    def _has_rows(self, iterable: Operand) -> Arrow:
        """Whether the places of what a loop goes through are noted; None if that is not known."""
        rows = self._rows(iterable)
        if rows is not None:
            return rows.name != "reversed"
        return None if iterable is None or self._may_have_places(iterable) is None else False

    def _bound(self, target: ast.expr, value: Operand) -> dict[str, Operand] | None:
        """What a target's names stand for once it has taken a value; None if that is not known."""
        if isinstance(target, ast.Name):
            return {target.id: value}
        if not isinstance(target, ast.Tuple | ast.List):
            return None
        found = self._collection(value)
        if found is None or found.items is None or len(found.items) != len(target.elts):
            return None
        names: dict[str, Operand] = {}
        for part, item in zip(target.elts, found.items, strict=True):
            inner = self._bound(part, item)
            if inner is None:
                return None
            names |= inner
        return names

    def _visited(self, target: ast.expr, iterable: Operand) -> Generator[Signal, Sent, None]:
        """A loop's next item, if there is one: loops go from place to place."""
        visit = self.prompt.visit or 0
        generator, start = self._generator_in(iterable)
        if generator is not None:
            item = self._generated(generator, None if start is None else start + visit)
            if item is None:
                self.effect = ["<done>"]
            else:
                self._bind_next(target, item)
            return
        rows = self._rows(iterable)
        if rows is None:
            rows = self._rows((yield from self._read_through(iterable)), nested=True)
            if rows is not None and visit < rows.size:
                self._bind_next(target, rows.at(visit))
            elif rows is not None:
                self.effect = ["<done>"]
            else:
                self._called_next(target, iterable, visit)
            return
        yield choice("<it>")
        yield ARROW
        if visit >= rows.size:
            yield END
            self.effect = ["<done>"]
            return
        yield POSITIONS[rows.place(visit)]
        yield END
        self._bind_next(target, rows.at(visit))

    def _called_next(self, target: ast.expr, iterable: Operand, visit: int) -> None:
        """A loop's next item that the program's own code gives: the function of a `map`, or an
        object's `__next__` or `__getitem__`."""
        parts = list(items_in(iterable[1:])) if isinstance(iterable, tuple) else []
        if self._special(iterable, ("__next__",)):
            self._bind_next(target, self._through(iterable, "__next__"))
        elif self._special(iterable, ("__getitem__",)):
            self._bind_next(target, self._through(iterable, "__getitem__", [tuple(str(visit))]))
        elif len(parts) == 2 and (plain(iterable) or ("",))[0] == "map":
            rows = self._rows(parts[1], nested=True)
            if rows is not None and visit >= rows.size:
                self.effect = ["<done>"]
            elif rows is not None and isinstance(item := rows.at(visit), tuple):
                self._bind_next(target, self._mapped_item(parts[0], item))

    def _bind_next(self, target: ast.expr, item: Operand) -> None:
        """The effect of taking a loop's next item."""
        names = self._bound(target, item)
        if names is not None and all(isinstance(v, tuple | Display) for v in names.values()):
            self.effect = ["<ok>"]
            for name in reversed(self.prompt.statement.binds):
                token = self.prompt.token_of[name]
                self.effect = [token, "=", (names[name], None), ";", *self.effect]

    def _comprehension(
        self,
        loops: Sequence[ast.comprehension],
        inner: Sequence[ast.expr],
        source: Operand = None,
        *,
        begun: bool = False,
        whole: bool = True,
        until: bool | None = None,
        adds: bool = False,
    ) -> Generator[Signal, Sent, list[tuple[Operand, ...]]]:
        """Loops from the first given one inwards; gives the values of what is inside. begun:
        what the first goes through is evaluated already, it is `source`. whole:
        whoever takes the items takes all of them, or all up to one of this truth (until), or adds
        them, which fails with texts (adds)."""
        if not loops:
            made: list[Operand] = []
            for part in inner:
                value = yield from self._expr(part)
                made.append(value)
            return [tuple(made)]
        loop = loops[0]
        if not begun:
            source = yield from self._expr(loop.iter)
        names = [n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
        hidden = {name: self._names[name] for name in names if name in self._names}
        rows, arrow = self._rows(source), self._has_rows(source)
        if rows is None:
            rows = self._rows((yield from self._read_through(source)), nested=True)
            arrow = arrow if rows is None else False
        safe = rows is not None and (
            not rows.size or self._bound(loop.target, rows.at(0)) is not None
        )
        generator, start = self._generator_in(source)
        drained = generator is not None
        if not names or not (self._writes() or ((safe or drained) and whole)):
            raise Unclear
        if not (safe or drained):
            yield "may fail"
        out: list[tuple[Operand, ...]] = []
        visit = 0
        while drained or (
            (rows is None or visit < rows.size) and ((safe and whole) or (yield "fork") == 0)
        ):
            bound = None if rows is None else self._bound(loop.target, rows.at(visit))
            if drained:
                item = self._generated(generator, None if start is None else start + visit)
                if item is None:
                    break
                bound = self._bound(loop.target, item)
            if self._writes():
                yield from self._taken(names, bound or {}, visit, arrow)
            elif bound is None:
                raise Unclear
            else:
                self._names |= bound
            visit += 1
            for test in loop.ifs:
                value = yield from self._expr(test)
                if not (yield from self._truth(value, test)):
                    break
            else:
                out += yield from self._comprehension(
                    loops[1:], inner, whole=whole, until=until, adds=adds
                )
                if adds and out and len(loops) == 1 and not is_added(plain(out[-1][0])):
                    yield "may fail"
                if until is not None and out:
                    truth = yield from self._truth(out[-1][0])
                    out[-1] = ((str(truth),),)
                    if truth is until:
                        break
            if not (safe or drained):
                yield "may fail"
        for name in names:
            self._names.pop(name, None)
        self._names |= hidden
        return out

    def _taken(
        self, names: Sequence[str], bound: dict[str, Operand], visit: int, arrow: Arrow
    ) -> Generator[Signal, Sent, None]:
        """The notes of what a comprehension's names stand for in one of its passes; the first says
        at which place that is."""
        for name in names:
            yield choice(self.prompt.names.variable(name))
            came = yield ARROW if arrow else EQUALS if arrow is False else _ARROW_OR_EQUALS
            if came == "->":
                yield POSITIONS[visit] if visit < len(POSITIONS) else END
                yield EQUALS
            self._names[name] = yield from self._answered(bound.get(name))
            arrow = False
