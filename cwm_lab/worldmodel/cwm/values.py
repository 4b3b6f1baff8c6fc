"""Values as CWM writes them (Python's own `repr`) to values as our traces show them.

Only what needs no evaluation: addresses, and how functions, classes, modules and instances are
named. The rules of the right-hand side are those of docs/steps.md.
"""

from __future__ import annotations

import re

_QUALIFIED = r"(?:[\w.]+\.)?(?:<locals>\.)?"
_RULES = (
    (re.compile(r"<function (?:\w+\.<locals>\.)?([\w.<>]+) at 0x[0-9a-fA-F]+>"), r"<function \1>"),
    (re.compile(rf"<class '{_QUALIFIED}(\w+)'>"), r"<class \1>"),
    (re.compile(r"<module '([\w.]+)'[^<>]*>"), r"<module \1>"),
    (re.compile(r"<generator object ([\w.<>]+) at 0x[0-9a-fA-F]+>"), r"<generator \1>"),
    (re.compile(r"<coroutine object ([\w.<>]+) at 0x[0-9a-fA-F]+>"), r"<coroutine \1>"),
    (re.compile(r"<built-in method (\w+) of [^<>]+>"), r"<built-in method \1>"),
    (
        re.compile(rf"<bound method {_QUALIFIED}(\w+\.\w+) of (?:[^<>]|<[^<>]*>)*>"),
        r"<bound method \1>",
    ),
    (re.compile(rf"<{_QUALIFIED}(\w+) object at 0x[0-9a-fA-F]+>"), r"<\1>"),
    (re.compile(r" at 0x[0-9a-fA-F]{4,}"), " at 0x..."),
)
_GENERATOR = re.compile(r"(<(?:generator|coroutine) )(?:\w+\.<locals>\.)+")


def our_text(value: str) -> str:
    """A value's text by our rules."""
    if "<" not in value and "0x" not in value:
        return value
    for pattern, replacement in _RULES:
        value = pattern.sub(replacement, value)
    return _GENERATOR.sub(r"\1", value)
