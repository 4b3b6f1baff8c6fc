"""What loops go through: `for` loops and comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Generator, Sequence
from dataclasses import replace

from cwm_lab.worldmodel.choices import POSITIONS, choice
from cwm_lab.worldmodel.course.collection import Collection
from cwm_lab.worldmodel.course.items import Arrow
from cwm_lab.worldmodel.course.known import Unclear
from cwm_lab.worldmodel.course.notes import ARROW, END, EQUALS, Course, Sent, Signal
from cwm_lab.worldmodel.course.operands import Display, Operand, plain
from cwm_lab.worldmodel.course.operations import is_added
from cwm_lab.worldmodel.course.streams import Ended, Streams

_ARROW_OR_EQUALS = choice("->", "=")


class Loops(Streams):
    """Loops and their targets."""

    def _expr(self, node: ast.expr) -> Course:
        """The value of an expression."""
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
        if found is None or found.items is None:
            return None
        found = self._gathered(target, found)
        if found.items is None or len(found.items) != len(target.elts):
            return None
        names: dict[str, Operand] = {}
        for part, item in zip(map(unstarred, target.elts), found.items, strict=True):
            inner = self._bound(part, item)
            if inner is None:
                return None
            names |= inner
        return names

    def _must_fit(
        self, target: ast.Tuple | ast.List, found: Collection | None, value: Operand
    ) -> None:
        """Raise Fails if a value has not as many items as there are targets side by side."""
        kind = self._type_name(value)
        if found is None and kind in ("int", "float", "bool", "NoneType"):
            raise self._raised_with("TypeError", f"cannot unpack non-iterable {kind} object")
        if found is None or found.items is None:
            return
        starred = any(isinstance(part, ast.Starred) for part in target.elts)
        needed, size = len(target.elts) - starred, len(found.items)
        if size < needed:
            expected = f"at least {needed}" if starred else str(needed)
            message = f"not enough values to unpack (expected {expected}, got {size})"
            raise self._raised_with("ValueError", message)
        if size > needed and not starred:
            message = f"too many values to unpack (expected {needed})"
            raise self._raised_with("ValueError", message)

    def _gathered(self, target: ast.Tuple | ast.List, found: Collection) -> Collection:
        """What side by side targets take: where one is starred, a list of all that others leave."""
        stars = [k for k, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
        items = found.items or ()
        more = len(items) - len(target.elts) + 1
        if not stars or more < 0:
            return found
        first = stars[0]
        taken = [i for i in items[first : first + more] if isinstance(i, tuple | Display)]
        if len(taken) < more:
            return replace(found, items=None)
        gathered: tuple[Operand, ...] = (Display(taken),)
        return Collection("tuple", (*items[:first], *gathered, *items[first + more :]))

    def _visited(self, iterable: Operand) -> Course:
        """A loop's next item: loops go from place to place. Raises Ended if there is none."""
        rows, visit = self._rows(iterable), self.prompt.visit or 0
        applied = self._applications(iterable)
        if applied is not None:
            if visit >= len(applied[1]):
                raise Ended
            return (yield from self._applied(applied[0], applied[1][visit]))
        if rows is None:
            return self._item_at((yield from self._read_through(iterable)), visit)
        yield choice("<it>")
        yield ARROW
        if visit >= rows.size:
            yield END
            raise Ended
        yield POSITIONS[rows.place(visit)]
        yield END
        return rows.at(visit)

    def _bind_next(self, target: ast.expr, item: Operand) -> None:
        """The effect of taking a loop's next item."""
        if isinstance(target, ast.Tuple | ast.List):
            self._must_fit(target, self._collection(item), item)
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
        new = isinstance(loop.iter, ast.Call) or len(plain(source) or ()) == 1
        stream = None
        if rows is None:
            read = yield from self._read_through(source)
            stream = self._stream(read) if new else None
            rows = self._rows(read, nested=True) if stream is None else None
            arrow = arrow if stream is None and rows is None else False
        safe = stream is not None or (
            rows is not None and (not rows.size or self._bound(loop.target, rows.at(0)) is not None)
        )
        if not names or not (self._writes() or (safe and whole)):
            raise Unclear
        if not safe:
            yield "may fail"
        out: list[tuple[Operand, ...]] = []
        visit = 0
        while stream is not None or (
            (rows is None or visit < rows.size) and ((safe and whole) or (yield "fork") == 0)
        ):
            if stream is not None:
                try:
                    bound = self._bound(loop.target, next(stream))
                except StopIteration:
                    break
            else:
                bound = None if rows is None else self._bound(loop.target, rows.at(visit))
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
            if not safe:
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


def unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node
