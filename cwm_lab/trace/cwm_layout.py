"""How a program stands in CWM's text: its lines, and which step lines a source line can mean.

CWM traces one function. So the cell is shown as the body of a `def main():`, below the context's
lines, and the module's frame is that function's.
"""

from __future__ import annotations

import ast
import io
import re
import symtable
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass

from cwm_lab.errors import BadProgramError
from cwm_lab.trace.flow import Scope, scopes_of
from cwm_lab.trace.program import Program, parse_source, source_lines

MARKER = "# << START_OF_TRACE"
INDENT = "    "
_MARKED = re.compile(r"\s*# *<< *START_OF_TRACE\s*$")


@dataclass(frozen=True)
class CwmLayout:
    """A program laid out for CWM.

    source: the text of the prompt. entry: the line that begins the trace (`def main(): # << ...`).
    lines: step line -> the source line as it stands there. scopes: of the program and its context.
    broken: the error, if the program does not compile; there are no scopes then.
    shared: the names that are `global` in `main`.
    """

    source: str
    entry: str
    lines: Mapping[int, str]
    scopes: tuple[Scope, ...]
    broken: SyntaxError | None = None
    shared: frozenset[str] = frozenset()

    def meant(self, line: str) -> frozenset[int]:
        """The step lines that a source line, as the model wrote it, can mean: those that are equal,
        or else equal but for the space around them and the marker."""
        exact = frozenset(n for n, text in self.lines.items() if text == line)
        bare = _MARKED.sub("", line).strip()
        if exact and (bare or len(self.lines) == 1):
            return exact
        if not bare:
            return frozenset()
        return frozenset(n for n, text in self.lines.items() if text.strip() == bare)

    def is_entry(self, line: str) -> bool:
        """Whether this is the entry's `def` line, marked or not."""
        return _MARKED.sub("", line).strip() == _MARKED.sub("", self.entry).strip()


def cwm_layout(program: Program) -> CwmLayout:
    """The layout of a program. Never raises for what is in its text."""
    text = split_lines(program.text) or {1: ""}
    context = split_lines(program.context)
    entry = f"def {_free_name(program)}():  {MARKER}"
    inside = _inside_strings(program.text)
    body = [line if not line.strip() or n in inside else INDENT + line for n, line in text.items()]
    shared = sorted(_declared_global(program.text) | _bound_again(program))
    head = [f"{INDENT}global {', '.join(shared)}"] if shared else []
    lines = dict(zip(text, body, strict=True)) | {-n: line for n, line in context.items()}
    scopes: list[Scope] = []
    broken = None
    try:
        scopes = scopes_of(program.parse())
        scopes += scopes_of(parse_source(program.context), lambda line: -line)[1:]
    except SyntaxError as error:
        broken = error
    except BadProgramError as error:
        broken = SyntaxError(str(error))
    source = "\n".join([*context.values(), entry, *head, *body]).rstrip("\n") + "\n"
    return CwmLayout(source, entry, lines, tuple(scopes), broken, frozenset(shared))


def split_lines(text: str) -> dict[int, str]:
    """Its lines by their numbers."""
    return dict(enumerate(source_lines(text), start=1))


def _free_name(program: Program) -> str:
    name = "main"
    while re.search(rf"\b{name}\b", program.text + program.context):
        name += "_"
    return name


def _inside_strings(text: str) -> set[int]:
    """Lines that begin inside a string, where a space more would be another program."""
    inside: set[int] = set()
    starts: list[int] = []
    fstring = (getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1))
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == fstring[0]:
                starts.append(token.start[0])
            elif token.type == fstring[1]:
                inside.update(range(starts.pop() + 1, token.end[0] + 1))
            elif token.type == tokenize.STRING:
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return inside  # the program does not compile; it has no steps
    return inside


def _declared_global(text: str) -> set[str]:
    """Names that functions of the cell declare `global`: in `main` they must be so, too."""
    try:
        tree = parse_source(text)
    except (SyntaxError, BadProgramError):
        return set()
    names = (node.names for node in ast.walk(tree) if isinstance(node, ast.Global))
    return {name for some in names for name in some}


def _bound_again(program: Program) -> set[str]:
    """Names that the cell binds and that the context binds or its functions read: without `global`
    they would be others in `main`."""
    if not program.context:
        return set()
    try:
        cell = symtable.symtable(program.text, "<cell>", "exec")
        waiting = [symtable.symtable(program.context, "<context>", "exec")]
    except (SyntaxError, ValueError, RecursionError):
        return set()
    spoken: set[str] = set()
    while waiting:
        table = waiting.pop()
        top = table.get_type() == "module"
        spoken |= {s.get_name() for s in table.get_symbols() if top or s.is_global()}
        waiting += table.get_children()
    binds = (s for s in cell.get_symbols() if s.is_assigned() or s.is_imported())
    return spoken & {symbol.get_name() for symbol in binds}
