"""Arrays and tables of numpy and pandas as texts: shape, types and a corner.

Neither library is imported: a value of theirs exists only where the program has imported it. Only
their own exact classes are read, never subclasses, and nothing is called on what they hold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

MAX_ROWS, MAX_COLUMNS = 5, 8
"""Of a table or of an array with several dimensions; an array with one shows `MAX_LINE` items."""
MAX_LINE = 20
_NAME = type.__dict__["__name__"].__get__
_PLAIN = "?biufcSU"
"""Kinds of numpy's types whose items are plain Python values."""


def is_scalar(kind: type) -> bool:
    """Whether this is one of numpy's own types for single values."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, numpy.generic) and kind.__module__ == "numpy"


def is_array(kind: type) -> bool:
    """Whether `show` can say more of values of this type than its name."""
    name, module = _NAME(kind), type.__getattribute__(kind, "__module__")
    return name in _SHOWN and kind is getattr(
        sys.modules.get(str(module).partition(".")[0]), name, None
    )


def show(value: Any, part: Callable[[Any], str]) -> str | None:
    """The text of such a value; None for any other. part: shows one item."""
    kind = type(value)
    if is_scalar(kind):
        return f"{kind.__name__}({part(value.item())})" if value.dtype.kind in _PLAIN else None
    if not is_array(kind):
        return None
    try:
        return _SHOWN[kind.__name__](value, part)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return f"<{kind.__name__}>"  # half made or broken by the program


def _array(value: Any, part: Callable[[Any], str]) -> str:
    head = f"ndarray {value.shape} {value.dtype}"
    if value.dtype.kind not in _PLAIN:
        return f"<{head}>"
    most = (MAX_LINE,) if value.ndim == 1 else (MAX_ROWS, *[MAX_COLUMNS] * (value.ndim - 1))
    corner = value[tuple(slice(n) for n in most[: value.ndim])].tolist()
    return f"<{head} {_nested(corner, value.shape, part)}>"


def _nested(corner: Any, shape: tuple[int, ...], part: Callable[[Any], str]) -> str:
    if not shape:
        return part(corner)
    parts = [_nested(inner, shape[1:], part) for inner in corner]
    return _row(parts, shape[0])


def _row(parts: list[str], size: int) -> str:
    return f"[{', '.join([*parts, '...'] if len(parts) < size else parts)}]"


def _column(values: Any, most: int, part: Callable[[Any], str]) -> str:
    if type(values.dtype).__module__.partition(".")[0] not in ("numpy", "pandas"):
        return "[...]"  # a type of the program's own
    return _row([part(item) for item in values.iloc[:most].tolist()], len(values))


def _series(value: Any, part: Callable[[Any], str]) -> str:
    return f"<Series {value.shape} {value.dtype} {_column(value, MAX_LINE, part)}>"


def _table(value: Any, part: Callable[[Any], str]) -> str:
    names = value.columns[:MAX_COLUMNS].tolist()
    columns = [
        f"{part(name)}: {_column(value.iloc[:, at], MAX_ROWS, part)}"
        for at, name in enumerate(names)
    ]
    if len(names) < value.shape[1]:
        columns.append("...")
    return f"<DataFrame {value.shape} {{{', '.join(columns)}}}>"


_SHOWN: dict[str, Callable[[Any, Callable[[Any], str]], str]] = {
    "ndarray": _array,
    "Series": _series,
    "DataFrame": _table,
}
