"""Literals, and the parentheses that operands need."""

from __future__ import annotations

from cwm_lab.training.generator.draw import Draw


def literal(draw: Draw, kind: str) -> str:
    """A literal of the kind, as a person would write it."""
    if kind == "int":
        return str(draw.number())
    if kind == "float":
        return repr(draw.decimal())
    if kind == "bool":
        return draw.pick(("True", "False"))
    if kind == "str":
        return draw.quoted(draw.text())
    if kind == "ints":
        return repr(draw.numbers())
    if kind == "strs":
        return "[" + ", ".join(draw.quoted(word) for word in draw.words()) + "]"
    if kind == "grid":
        width = draw.between(1, 3)
        rows = [[draw.small() for _ in range(width)] for _ in range(draw.between(1, 3))]
        return repr(rows)
    if kind == "dict":
        keys = list(dict.fromkeys(draw.words(0, 5)))
        return "{" + ", ".join(f"{draw.quoted(key)}: {draw.number()}" for key in keys) + "}"
    if kind == "set":
        items = sorted(set(draw.numbers(1, 6)) or {draw.small()})
        return "{" + ", ".join(map(str, draw.shuffled(items))) + "}"
    if kind == "tuple":
        items_text = [
            draw.quoted(draw.word()) if draw.chance(0.3) else str(draw.number())
            for _ in range(draw.between(2, 4))
        ]
        return "(" + ", ".join(items_text) + ")"
    return "None"


def needs_parentheses(text: str) -> bool:
    """Whether an operand needs parentheses: it is more than one name, call or literal."""
    depth = 0
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == " " and depth == 0:
            return True
    return text.startswith(("-", "~"))


def is_number(text: str) -> bool:
    return text.lstrip("-").isdigit()


def wrap(text: str) -> str:
    return f"({text})" if needs_parentheses(text) else text
