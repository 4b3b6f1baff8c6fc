"""Values and objects on their way in from a recording process: what units and JSON stand for (see
`worker_units`, `worker_outgoing`). The program may have written them: all is checked."""

from __future__ import annotations

from typing import Any, cast

from cwm_lab.recorder.display import named_shape
from cwm_lab.recorder.kinds import INSTANCE, LEAF
from cwm_lab.recorder.nodes import KEYED, SHAPES, Node
from cwm_lab.recorder.states import GONE, Made, State
from cwm_lab.recorder.telling import Update
from cwm_lab.recorder.worker_units import NAMED_SHAPE, NO_SHAPE, OWN_SHAPE

_SCALARS = frozenset((int, float, bool, type(None), str))


class Sort:
    """What objects of one type have in common. Raises as `Incoming`."""

    def __init__(self, category: Any, kind: Any, form: Any) -> None:
        self.category, self.kind = _number(category), _text(kind)
        self.shape: str | None = None
        if form == NAMED_SHAPE:
            self.shape = named_shape(self.kind)
        elif form == OWN_SHAPE:
            self.shape = SHAPES[self.category]
        elif form != NO_SHAPE:
            raise ValueError("this is no sort of objects")


class Incoming:
    """Values and objects on their way in. Its methods raise ValueError, TypeError or LookupError
    for what stands for none."""

    def __init__(self) -> None:
        self._nodes: dict[int, Node] = {}

    def part(self, said: Any) -> Any:
        """The value for which this stands in JSON."""
        if type(said) is not list:
            return scalar(said)
        first = said[0]
        if first is None:
            return tuple(map(self.part, said[1:]))
        if first is True:
            return "".join(map(chr, said[1:]))
        if type(first) is str:
            _, kind = said
            return Made(first, _text(kind))
        (number,) = said
        return self.node(number)

    def node(self, number: Any) -> Node:
        """The object of this number; nothing need be known of it yet."""
        node = self._nodes.get(_number(number))
        if node is None:
            node = self._nodes[number] = Node(None, 0, LEAF)
        return node

    def object(self, said: list[Any]) -> Update:
        """The change for which this stands in JSON."""
        node = self.node(said[0])
        node.number = _number(said[1])
        if len(said) == 2:
            return node, node.number, None
        _, _, first, category, kind, form, size, shown, *values = said
        sort, keyed = Sort(category, kind, form), category in KEYED
        parts = [*map(self.part, values)]
        if len(parts) != (2 * _number(shown) if keyed else _number(shown)):
            raise ValueError("these are not all parts")
        if category == INSTANCE and not all(type(part) is str for part in parts[:shown]):
            raise ValueError("these are no attributes")
        if sort.shape is None and len(parts) != 1:
            raise ValueError("without a shape there is one text")
        self._settle(node, _number(first), category)
        node.state = State(kind, sort.shape, _number(size), shown, parts, False)
        return node, node.number, node.state

    def new(self, number: int, own: int, sort: Sort, size: int) -> Update:
        """There is an object; its parts follow."""
        node = self.node(own)
        if sort.shape is None:
            raise ValueError("without a shape there is one text")
        node.number = number
        self._settle(node, number, sort.category)
        node.state = State(sort.kind, sort.shape, size, 0, [], False)
        return node, number, node.state

    def _settle(self, node: Node, first: int, category: int) -> None:
        if node.state is not None and node.category != category:
            raise ValueError("this is an object of another kind")
        node.first, node.category = first, category

    def grow(self, value: Any, number: int, name: str, updates: list[Update]) -> None:
        """An instance has one more attribute. updates: as for `change`."""
        node, parts = self._begin(number, updates)
        if node.category != INSTANCE or not name:
            raise ValueError("this has no attributes")
        shown = len(parts) // 2
        parts.insert(shown, name)
        parts.append(value)
        self._end(node, shown + 1, shown + 1, parts, updates)

    def gone(self, number: int) -> Update:
        """An object is out of sight."""
        node = self._nodes.pop(number)
        return node, node.number, GONE

    def change(self, value: Any, number: int, at: int, size: int, updates: list[Update]) -> None:
        """Part `at` of an object is another one now, or is one more. updates: what is told so far
        of the same step; it is added there."""
        node, parts = self._begin(number, updates)
        keyed = node.category in KEYED
        if at < len(parts):
            parts[at] = value
        elif at == len(parts) and not keyed:
            parts.append(value)
        else:
            raise ValueError("there is no such part")
        shown = len(parts) // 2 if keyed else len(parts)
        if at < shown and type(value) is not str and node.category == INSTANCE:
            raise ValueError("this is no attribute")
        self._end(node, size, shown, parts, updates)

    def cut(self, number: int, shown: int, size: int, updates: list[Update]) -> None:
        """An object has only its first parts."""
        node, parts = self._begin(number, updates)
        told = 2 * shown if node.category in KEYED else shown
        if told > len(parts) or (told < len(parts) and node.category in KEYED):
            raise ValueError("there are not so many parts")
        del parts[told:]
        self._end(node, size, shown, parts, updates)

    def _begin(self, number: int, updates: list[Update]) -> tuple[Node, list[Any]]:
        node = self._nodes[number]
        state = node.state
        if state is None:
            raise ValueError("nothing is known of this object")
        if updates and updates[-1][2] is state:
            del updates[-1]
            return node, state.parts
        return node, state.parts.copy()

    def _end(
        self, node: Node, size: int, shown: int, parts: list[Any], updates: list[Update]
    ) -> None:
        was = cast("State", node.state)
        state = node.state = State(was.type, was.shape, size, shown, parts, False)
        updates.append((node, node.number, state))


def scalar(said: Any) -> Any:
    """The same number or text."""
    if type(said) not in _SCALARS:
        raise TypeError("this is no value")
    return said


def _number(said: Any) -> int:
    if type(said) is not int:
        raise TypeError("this is no number")
    return said


def _text(said: Any) -> str:
    if type(said) is not str:
        raise TypeError("this is no text")
    return said
