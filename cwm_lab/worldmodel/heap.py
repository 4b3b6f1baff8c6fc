"""The mutable values of a recorded trace as cells: same identity number, same cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cwm_lab.trace.objects import Object, Part
from cwm_lab.worldmodel.calls import Calls
from cwm_lab.worldmodel.display import display, is_exception_class
from cwm_lab.worldmodel.literals import value_of
from cwm_lab.worldmodel.values import Cell, CellKind, Tup, Value

_CONTAINERS: dict[str, CellKind] = {"list": "list", "dict": "dict", "set": "set"}


class Heap:
    """Cells by the trace's identity numbers, kept as the trace says that they are.

    calls: where the run keeps its functions and classes, which the trace only names.
    """

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self._objects: dict[int, Object] = {}
        self._cells: dict[int, Cell] = {}
        self._number_of: dict[Cell, int] = {}

    def update(self, objects: dict[int, Object]) -> None:
        """What is new or has changed. Raises ValueError for what is not recorded in full."""
        self._objects.update(objects)
        for number in objects:
            if number in self._cells:
                self._fill(self._cells[number], objects[number])

    def frozen(self, objects: Iterable[int]) -> Callable[[], None]:
        """What brings the present content of known cells back."""
        cells = [self._cells[number] for number in objects if number in self._cells]
        kept = [(cell, cell.items, cell.pairs, cell.attrs) for cell in cells]

        def thaw() -> None:
            for cell, items, pairs, attrs in kept:
                cell.items, cell.pairs, cell.attrs = items, pairs, attrs

        return thaw

    def restore(self, cell: Cell) -> None:
        """Make a cell what the trace last said of it, if it did."""
        number = self._number_of.get(cell)
        if number is not None and number in self._objects:
            self._fill(cell, self._objects[number])

    def value(self, text: str, number: int | None, own: Value | None) -> Value:
        """The value of a name: its text and identity number, and what the run has in its place.

        The run's own value stands where it fits, since it knows more than a text can tell (the code
        of a function). Raises ValueError for a text that cannot be read.
        """
        if number is None:
            if own is not None and display(own) == text:
                return own
            return value_of(text, self._named)
        if number not in self._cells and isinstance(own, Cell) and own not in self._number_of:
            found = self._objects.get(number)
            if found is None or _fits(own, found):
                self._adopt(number, own)
        return self.cell(number, text)

    def cell(self, number: int, text: str = "") -> Value:
        """The value with an identity number."""
        if number in self._cells:
            return self._cells[number]
        found = self._objects.get(number)
        if found is None or found.kind not in (*_CONTAINERS, "instance", "tuple"):
            shown = str(found.items[0] if found is not None and found.items else text)
            generator = self._asleep(shown)
            if generator is None:
                return value_of(shown, self._named)
            self._adopt(number, generator)
            return generator
        if found.kind == "tuple":
            return Tup(tuple(self._part(part) for part in found.items))
        if found.kind == "instance":
            cls = self.class_named(found.type)
            if cls is None or is_exception_class(cls):
                return value_of(text, self._named)
            self._adopt(number, Cell("obj", cls=cls))
        else:
            self._adopt(number, Cell(_CONTAINERS[found.kind]))
        return self._cells[number]

    def _adopt(self, number: int, cell: Cell) -> None:
        self._cells[number], self._number_of[cell] = cell, number
        if number in self._objects:
            self._fill(cell, self._objects[number])

    def _fill(self, cell: Cell, found: Object) -> None:
        if found.size > len(found.items):
            raise ValueError(f"a {found.type} of {found.size} parts is not recorded in full")
        if found.kind in ("list", "set") and cell.kind == found.kind:
            old = [*cell.items, *[None] * len(found.items)]
            cell.items = [self._part(p, o) for p, o in zip(found.items, old, strict=False)]
        elif found.kind == "dict" and cell.kind == "dict":
            pairs = [*cell.pairs, *[(None, None)] * len(found.items)]
            cell.pairs = [
                (self._part(part[0], key), self._part(part[1], value))
                for part, (key, value) in zip(found.items, pairs, strict=False)
                if isinstance(part, tuple)
            ]
        elif found.kind == "instance" and cell.kind == "obj":
            told = {
                str(part[0]): self._part(part[1], cell.attrs.get(str(part[0])))
                for part in found.items
                if isinstance(part, tuple)
            }
            kept = {"args": cell.attrs["args"]} if "args" in cell.attrs else {}
            cell.attrs = {**kept, **told}

    def _part(self, part: Part | tuple[Part, Part], own: Value | None = None) -> Value:
        if isinstance(part, tuple):
            return Tup((self._part(part[0]), self._part(part[1])))
        if isinstance(part, int):
            return self.value("", part, own)
        return self.value(part, None, own)

    def knows(self, number: int | None) -> bool:
        """Whether there is a cell with this number."""
        return number in self._cells

    def class_of(self, number: int | None) -> Cell | None:
        """The class of the program whose instance has this number."""
        found = self._objects.get(number) if number is not None else None
        return None if found is None else self.class_named(found.type)

    def _asleep(self, text: str) -> Cell | None:
        """A generator that has not begun, with names yet unknown: its first step tells them."""
        for cell in reversed(self.calls.functions):
            if cell.payload.scope.is_generator and text == f"<generator {cell.name}>":
                return self.calls.sleeping(cell, {})
        return None

    def class_named(self, name: str) -> Cell | None:
        """The latest class of the program with this name."""
        return next((c for c in reversed(self.calls.classes) if c.name == name), None)

    def _named(self, text: str) -> Value | None:
        known = [*self.calls.functions, *self.calls.classes]
        return next((cell for cell in reversed(known) if display(cell) == text), None)


def _fits(cell: Cell, found: Object) -> bool:
    if found.kind in _CONTAINERS:
        return cell.kind == found.kind
    if found.kind == "instance":
        return cell.kind == "obj" and cell.cls is not None and cell.cls.name == found.type
    return cell.kind in ("gen", "fn", "cls")
