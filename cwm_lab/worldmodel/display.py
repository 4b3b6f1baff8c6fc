"""The text that a trace shows for a value: the recorder's rules (docs/steps.md), for `Value`s."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from cwm_lab.worldmodel.values import Atom, Cell, Form, Text, Tup, Value
from cwm_lab.worldmodel.vocabulary import ATTRIBUTES, EXCEPTIONS

MAX_DEPTH = 8
MAX_ITEMS = 100
MAX_TEXT = 300
_TYPES = frozenset(
    "bool bytes complex dict enumerate filter float frozenset int list map object property range "
    "reversed set slice staticmethod classmethod str super tuple type zip".split()
) | frozenset(EXCEPTIONS)
_FUNCTIONS = frozenset(
    "abs all any ascii bin callable chr divmod eval exec format getattr hasattr hash hex id input "
    "isinstance issubclass iter len max min next oct open ord pow print repr round setattr sorted "
    "sum vars".split()
) | (frozenset(ATTRIBUTES) - {"inf", "nan"})
_VIEWS = {"<items>": "dict_items", "<keys>": "dict_keys", "<values>": "dict_values"}


def display(value: Value) -> str:
    """The bounded text of a value, never with an address."""
    return _text(value, 0, [])


def _text(value: Value, depth: int, inside: list[Value]) -> str:
    if isinstance(value, Atom):
        if value.text in _TYPES:
            return f"<class {value.text}>"
        return f"<built-in function {value.text}>" if value.text in _FUNCTIONS else value.text
    if isinstance(value, Text):
        if len(value.text) > MAX_TEXT:
            return f"{value.text[:MAX_TEXT]!r}...({len(value.text)} chars)"
        return repr(value.text)
    if isinstance(value, Tup):
        if value.items and (depth >= MAX_DEPTH or value in inside):
            return "(...)"
        parts = _parts(value.items, depth, [*inside, value])
        return f"({parts},)" if len(value.items) == 1 else f"({parts})"
    if isinstance(value, Form):
        return _form(value, depth, inside)
    return _cell(value, depth, inside)


def _parts(items: tuple[Value, ...] | list[Value], depth: int, inside: list[Value]) -> str:
    shown = [_text(item, depth + 1, inside) for item in items[:MAX_ITEMS]]
    if len(items) > MAX_ITEMS:
        shown.append(f"...({len(items) - MAX_ITEMS} more)")
    return ", ".join(shown)


def _form(value: Form, depth: int, inside: list[Value]) -> str:
    if value.name == "<module>":
        name = value.args[0]
        return f"<module {name.text if isinstance(name, Text) else '?'}>"
    if value.name in _VIEWS and value.args and isinstance(value.args[0], Cell):
        pairs = value.args[0].pairs
        if value.name == "<items>":
            items: list[Value] = [Tup(pair) for pair in pairs]
        else:
            items = [pair[0 if value.name == "<keys>" else 1] for pair in pairs]
        return f"{_VIEWS[value.name]}([{_parts(items, depth + 1, inside)}])"
    if value.name in ("range", "slice") or value.name in EXCEPTIONS:
        return f"{value.name}({_parts(value.args, depth, inside)})"
    if value.name == "<bound>" and len(value.args) == 2 and isinstance(value.args[1], Text):
        owner, method = value.args[0], value.args[1].text
        if isinstance(owner, Cell) and owner.kind in ("obj", "cls"):
            cls = owner.cls if owner.cls is not None else owner
            return f"<bound method {cls.name}.{method}>"
        return "<method_descriptor>" if isinstance(owner, Atom) else f"<built-in method {method}>"
    if value.name == "<exception>":
        return "<traceback>"
    return f"<{value.name.strip('<>')}>"


def _cell(cell: Cell, depth: int, inside: list[Value]) -> str:
    kind = cell.kind
    if kind == "fn":
        descriptor = getattr(cell.payload, "kind", "function")
        return f"<function {cell.name}>" if descriptor == "function" else f"<{descriptor}>"
    if kind == "cls":
        return f"<class {cell.name}>"
    if kind == "gen":
        return f"<generator {cell.name}>"
    name = cell.cls.name if cell.cls is not None else "object"
    within = any(cell is other for other in inside) or depth >= MAX_DEPTH
    inside = [*inside, cell]
    if kind == "list":
        return "[...]" if within else f"[{_parts(cell.items, depth, inside)}]"
    if kind == "set":
        if not cell.items:
            return "set()"
        return "{...}" if within else f"{{{_parts(in_order(cell.items), depth, inside)}}}"
    if kind == "dict":
        if within:
            return "{...}"
        shown = [
            f"{_text(k, depth + 1, inside)}: {_text(v, depth + 1, inside)}"
            for k, v in cell.pairs[:MAX_ITEMS]
        ]
        if len(cell.pairs) > MAX_ITEMS:
            shown.append(f"...({len(cell.pairs) - MAX_ITEMS} more)")
        return "{" + ", ".join(shown) + "}"
    if within:
        return f"{name}(...)"
    if "args" in cell.attrs and cell.cls is not None and is_exception_class(cell.cls):
        args = cell.attrs["args"]
        return f"{name}({_parts(args.items if isinstance(args, Tup) else (), depth, inside)})"
    attrs = (f"{k}={_text(v, depth + 1, inside)}" for k, v in cell.attrs.items())
    return f"{name}({', '.join(attrs)})"


def in_order(items: list[Value]) -> list[Value]:
    """A set's items as the recorder orders them: numbers, then strings; others by their texts."""

    def number(item: Value) -> float | None:
        if not isinstance(item, Atom):
            return None
        if item.text in ("True", "False"):
            return float(item.text == "True")
        try:
            return float(item.text)
        except ValueError:
            return None

    if all(number(item) is not None or isinstance(item, Text) for item in items):
        return sorted(
            items,
            key=lambda i: (0, number(i) or 0.0, "") if number(i) is not None else (1, 0.0, i.text),  # type: ignore[union-attr]
        )
    return sorted(items, key=lambda i: _text(i, 0, []))


def is_exception_class(cls: Cell) -> bool:
    """Whether a class of the program derives from a builtin exception."""
    return any(
        (isinstance(base, Atom) and base.text in EXCEPTIONS)
        or (isinstance(base, Cell) and is_exception_class(base))
        for base in cls.bases
    )


def lineage(kind: Value) -> Iterator[Value]:
    """A class and those that it derives from."""
    yield kind
    if isinstance(kind, Cell):
        for base in kind.bases:
            yield from lineage(base)
    elif isinstance(kind, Atom):
        for base in getattr(builtins, kind.text).__mro__[1:]:
            yield Atom(base.__name__)
