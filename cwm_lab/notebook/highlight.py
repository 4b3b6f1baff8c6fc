"""Colours of source text for the player: spans of keywords, strings, numbers and comments."""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize

from cwm_lab.trace.program import source_lines

Span = tuple[int, int, str]
"""Start and end column of one line, in characters, and a kind: keyword, builtin, definition,
string, number or comment."""


def highlight(source: str) -> list[list[Span]]:
    """The spans of each line. Text that Python cannot tokenize to its end keeps what was found."""
    lines = source_lines(source)
    spans: list[list[Span]] = [[] for _ in lines]
    previous = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
            kind = _kind(token, previous)
            if kind:
                _add(spans, lines, token, kind)
            previous = token.string
    except (tokenize.TokenError, SyntaxError):
        pass  # a cell that is not Python is shown all the same, with fewer colours
    return spans


def _kind(token: tokenize.TokenInfo, previous: str) -> str | None:
    name = tokenize.tok_name[token.type]
    if name in ("COMMENT", "STRING", "NUMBER"):
        return name.lower()
    if name.startswith("FSTRING"):  # from Python 3.12 on, f-strings come in parts
        return "string"
    if name != "NAME":
        return None
    if keyword.iskeyword(token.string):
        return "keyword"
    if previous in ("def", "class"):
        return "definition"
    return "builtin" if previous != "." and hasattr(builtins, token.string) else None


def _add(spans: list[list[Span]], lines: list[str], token: tokenize.TokenInfo, kind: str) -> None:
    (first, start), (last, end) = token.start, token.end
    for number in range(first, min(last, len(lines)) + 1):
        left = start if number == first else 0
        right = end if number == last else len(lines[number - 1])
        if right > left:
            spans[number - 1].append((left, right, kind))
