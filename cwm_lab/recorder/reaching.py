"""Whether a program could write into files by their number, as told from its text.

Such a program's steps are sent one by one, so that it is seen at which step it wrote where only its
recorder writes. It is no protection: a program that hides its ways is merely noticed later.
"""

from __future__ import annotations

import re

from cwm_lab.trace import Program

_TAME = frozenset(
    "__future__ abc bisect calendar collections copy dataclasses datetime decimal enum fractions "
    "functools heapq itertools json math numbers operator random re statistics string textwrap "
    "time typing".split()
)
"""Modules that open no files."""
_WAYS = frozenset(
    "__builtins__ __class__ __dict__ __globals__ __import__ __loader__ __spec__ __subclasses__ _io "
    "_os _sys breakpoint builtins compile ctypes eval exec getattr globals io open os posix sys "
    "vars".split()
)
_WORD = re.compile(r"\w+")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+(.*))", re.MULTILINE)


def may_reach_files(program: Program) -> bool:
    """Whether it names a way to files; False for most programs that only compute."""
    text = f"{program.context}\n{program.source}\n{program.entry or ''}"
    words = _WORD.findall(text)
    if not _WAYS.isdisjoint(words):
        return True
    found = _IMPORT.findall(text)
    modules = {
        part.split()[0]
        for one, several in found
        for part in (one or several.partition("#")[0]).split(",")
        if part.strip()
    }
    return len(found) != words.count("import") or not modules <= _TAME
