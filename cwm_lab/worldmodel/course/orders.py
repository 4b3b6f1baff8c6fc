"""What is compared of values that are ordered."""

from __future__ import annotations

from collections.abc import Sequence

from cwm_lab.worldmodel.course.collection import items_in, key_of
from cwm_lab.worldmodel.course.operands import Operand, mention, plain
from cwm_lab.worldmodel.course.ordering import MOST_NESTED, Key
from cwm_lab.worldmodel.course.searches import Searches


class Orders(Searches):
    """Finds it."""

    def _order_key(self, value: Operand, depth: int = MOST_NESTED) -> Key | None:
        """What is compared of a known number, text, tuple or list; True counts as 1."""
        tokens, found = plain(value), self._collection(value)
        items: Sequence[Operand] | None = None
        if tokens is not None and tokens[0] == "(":
            items = [mention(item) for item in items_in(tokens)]
        elif found is not None and found.kind == "list":
            items = found.items
        elif tokens in (("True",), ("False",)):
            return int(tokens == ("True",))
        if items is None:
            return key_of(value)
        if not depth:
            return None
        keys = [key for item in items if (key := self._order_key(item, depth - 1)) is not None]
        return tuple(keys) if len(keys) == len(items) else None
