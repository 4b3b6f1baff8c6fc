"""The writer of random expressions over the variables of a scene, with an eye on their values.

The text it writes may raise when run; the callers decide whether that is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cwm_lab.training.generator.expressions import containers, numeric, textual, truth
from cwm_lab.training.generator.expressions.literals import literal, wrap
from cwm_lab.training.generator.scene import Scene


class Expressions:
    """Writes expressions for a scene. depth: how many more levels of operators may be nested."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.draw = scene.draw

    def of(self, kind: str, depth: int = 1) -> str:
        """An expression of the kind, at best with an operator in it."""
        return _MAKERS[kind](self, depth)

    def leaf(self, kind: str, variable: float = 0.75) -> str:
        """A variable of the kind, or else a literal."""
        names = self.scene.of_kind(kind)
        if names and self.draw.chance(max(variable, self.scene.thrift)):
            return self.draw.pick(names)
        return literal(self.draw, kind)

    def operand(self, kind: str, depth: int) -> str:
        if depth > 0 and self.draw.chance(0.35):
            return wrap(self.of(kind, depth - 1))
        return wrap(self.leaf(kind))

    def likely(self, weight: float, kind: str) -> float:
        """The weight of a form that needs a variable of the kind; small where there is none."""
        return weight if self.scene.of_kind(kind) else weight * 0.06

    def value(self, text: str, default: Any) -> Any:
        """What the text evaluates to now, or the default if it raises."""
        try:
            return self.scene.evaluate(text)
        except Exception:  # noqa: BLE001 - whatever the text raises, a default serves to choose what goes with it
            return default

    def near(self, value: int) -> int:
        """A number that makes comparing with `value` interesting."""
        return value + self.draw.weighted(
            (
                (0, 3),
                (1, 2),
                (-1, 2),
                (2, 1),
                (-2, 1),
                (10, 1),
                (-10, 1),
                (self.draw.between(-50, 50), 3),
            )
        )

    def part_of(self, text: str) -> str:
        """A piece of the text, or something that is not in it."""
        d = self.draw
        if not text or d.chance(0.25):
            return d.pick(("a", "e", " ", ",", "z", "an", "er", "x", "l", "1"))
        start = d.pick((0, len(text) - 1, d.between(0, len(text) - 1)))
        return text[start : start + d.weighted(((1, 5), (2, 3), (3, 1)))] or text[0]

    def index(self, length: int) -> int:
        """An index into something of this length; ends are likelier than the middle."""
        d = self.draw
        if length <= 1:
            return d.pick((0, 0, -1))
        return d.weighted(
            ((0, 3), (-1, 3), (length - 1, 1), (1, 2), (-2, 1), (d.between(-length, length - 1), 4))
        )

    def slice_(self, length: int) -> str:
        """A slice, without brackets, whose ends fall in, on and outside the length."""
        d = self.draw

        def end() -> str:
            if d.chance(0.28):
                return ""
            if d.chance(0.2):
                return str(-d.between(1, max(1, length)))
            return str(d.between(0, length + (2 if d.chance(0.15) else 0)))

        start, stop = end(), end()
        if d.chance(0.22):
            step = d.pick((-1, -1, 2, 2, 3, -2))
            return f"{start if d.chance(0.5) else ''}:{stop if d.chance(0.4) else ''}:{step}"
        if (
            start
            and stop
            and not start.startswith("-")
            and not stop.startswith("-")
            and d.chance(0.85)
        ):
            start, stop = sorted((start, stop), key=int)
        return f"{start}:{stop}"

    def number_near(self, text: str) -> str:
        value = self.value(text, 0)
        return str(self.near(value if isinstance(value, int) else 0))


_MAKERS: Final[dict[str, Callable[[Expressions, int], str]]] = {
    "int": numeric.int_,
    "float": numeric.float_,
    "bool": truth.bool_,
    "str": textual.str_,
    "ints": containers.ints,
    "strs": containers.strs,
    "dict": containers.dict_,
    "set": containers.set_,
    "tuple": containers.tuple_,
    "grid": containers.grid,
}
