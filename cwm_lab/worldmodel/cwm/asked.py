"""What a model is shown of a program, and the way back to the program's own lines."""

from __future__ import annotations

import ast
import symtable
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cwm_lab.errors import BadProgramError, ModelError
from cwm_lab.trace import Program, Trace, parse_source
from cwm_lab.trace.cwm_layout import CwmLayout, cwm_layout
from cwm_lab.trace.cwm_text import Piece, prompt_pieces, to_cwm_pieces
from cwm_lab.worldmodel.cwm.constraint import CwmConstraint
from cwm_lab.worldmodel.cwm.relevance import Lines, all_lines, cut_cell, cut_context
from cwm_lab.worldmodel.cwm.standins import stand_ins

Names = Mapping[str, frozenset[str]]
_NOTHING = ast.Module([], [])
_NO_LINES = Lines("", ())


@dataclass(frozen=True)
class Asked:
    """A program as a model is asked about it.

    program: as it was given. shown: as it is shown, with stand-ins and perhaps cut.
    stand_ins: for each of the first lines of the shown context, whose line it is.
    context_lines, cell_lines: for each line after those, its number in `program`.
    own: function (qualified name) -> the names that are its own; a model that runs the cell as a
    function shows the module's names, too, in the functions that use them.
    earlier: names of the context -> their values, where the text alone tells them.
    """

    program: Program
    shown: Program
    stand_ins: tuple[str, ...]
    context_lines: tuple[int, ...]
    cell_lines: tuple[int, ...]
    own: Names
    earlier: Mapping[str, str]

    @property
    def shared(self) -> frozenset[str]:
        """Names that are `global` in `main`: CWM lists none of them among its locals."""
        return self.layout.shared

    @property
    def prompt(self) -> list[Piece]:
        """Control tokens and ordinary text in front of the first step."""
        return prompt_pieces(self.layout)

    @cached_property
    def layout(self) -> CwmLayout:
        """How the shown program stands in the text."""
        return cwm_layout(self.shown)

    @cached_property
    def grammar(self) -> CwmConstraint:
        """What may come in an answer."""
        return CwmConstraint(self.layout)

    def stand_in(self, line: int) -> str | None:
        """Whose stand-in a line of a shown step belongs to, if any."""
        return self.stand_ins[-line - 1] if 0 < -line <= len(self.stand_ins) else None

    def shown_line(self, line: int) -> int | None:
        """The shown program's line for one of the program's own; None if it was cut away."""
        numbers = self.cell_lines if line > 0 else self.context_lines
        if abs(line) not in numbers:
            return None
        place = numbers.index(abs(line)) + 1
        return place if line > 0 else -place - len(self.stand_ins)

    def line(self, line: int) -> int:
        """The program's own line for one of a shown step."""
        if line > 0:
            return self.cell_lines[line - 1] if line <= len(self.cell_lines) else line
        return -self.context_lines[-line - 1 - len(self.stand_ins)]


def ask_about(
    program: Program, count: Callable[[Sequence[Piece]], int] | None = None, room: int = 0
) -> Asked:
    """How to ask about a program, in at most `room` tokens as `count` counts them (None: no limit).

    Raises BadProgramError for what is no program at all, ModelError if it cannot be cut to fit. A
    program that does not compile is shown as it is.
    """
    try:
        cell = program.parse()
    except SyntaxError:
        cell = _NOTHING
    try:
        context = parse_source(program.context)
    except SyntaxError:
        context = _NOTHING
    helpers = stand_ins(program, (cell, context))
    own, earlier = _own_names(program), _earlier(context)

    def asked(before: Lines, text: Lines | None) -> Asked:
        shown = replace(program, context=helpers.text + before.text, stdin=())
        if text is not None:
            shown = replace(shown, source=text.text, entry=None)
        numbers = (text or all_lines(program.text)).numbers
        return Asked(program, shown, helpers.functions, before.numbers, numbers, own, earlier)

    whole = asked(all_lines(program.context), None)
    if count is None or count(whole.prompt) <= room:
        return whole
    text = None
    if count(asked(_NO_LINES, None).prompt) > room:
        text = cut_cell(program.text, cell)
    alone = asked(_NO_LINES, text)
    taken = count(alone.prompt)
    if taken > room:
        raise ModelError(
            f"the program alone takes {taken:,} tokens, and the model has room for {room:,}; "
            "predict a smaller part of it, or choose a model with a longer context."
        )
    left = room - taken
    while left > 0:
        kept = cut_context(program.context, context, cell, lambda text: count([text]), left)
        cut = asked(kept, text)
        if not kept.numbers or (over := count(cut.prompt) - room) <= 0:
            return cut
        left -= over  # tokens of the parts do not quite add up
    return alone


def as_cwm_writes(trace: Trace) -> list[Piece]:
    """Prompt and answer for a recorded trace of a *shown* program, as CWM itself would write it: in
    `main`, the names of earlier cells are the module's and not listed."""
    first = trace.steps[:1]
    if not first or not trace.program.context:
        return to_cwm_pieces(trace)
    hidden = bound_names(parse_source(trace.program.context))
    kept = {name: text for name, text in first[0].locals.items() if name not in hidden}
    return to_cwm_pieces(trace.with_steps([replace(first[0], locals=kept), *trace.steps[1:]]))


def bound_names(tree: ast.Module) -> set[str]:
    """The names that a module's statements bind."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case _:
                names |= {
                    part.id
                    for part in ast.walk(node)
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
                }
    return names


def _earlier(tree: ast.Module) -> dict[str, str]:
    """Names of the context whose values its text tells: definitions, imports and literals."""
    told: dict[str, str] = {}
    # A list of which the context speaks again may hold something else by then.
    mentions = Counter(part.id for part in ast.walk(tree) if isinstance(part, ast.Name))
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name, decorator_list=[]):
                told[name] = f"<function {name}>"
            case ast.AsyncFunctionDef(name=name, decorator_list=[]):
                told[name] = f"<function {name}>"
            case ast.ClassDef(name=name, decorator_list=[]):
                told[name] = f"<class {name}>"
            case ast.Import(names=[ast.alias(name=name, asname=other)]) if other or "." not in name:
                told[other or name] = f"<module {name}>"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                told.pop(name, None)
                text = _literal(value)
                immutable = not isinstance(value, ast.List | ast.Dict)
                if text is not None and (immutable or mentions[name] == 1):
                    told[name] = text
            case _:
                for name in bound_names(ast.Module([node], [])):
                    told.pop(name, None)
    return told


def _literal(node: ast.expr) -> str | None:
    """The repr of a literal, which is told by the text and not computed; None for anything else."""
    if isinstance(node, ast.Set):
        return None  # its order is not told
    try:
        return repr(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _own_names(program: Program) -> dict[str, frozenset[str]]:
    own: dict[str, frozenset[str]] = {}
    for text in (program.context, program.text):
        try:
            top = symtable.symtable(text, "<cell>", "exec")
        except (SyntaxError, ValueError, RecursionError, BadProgramError):
            continue
        waiting = [(child, _part(child)) for child in top.get_children()]
        while waiting:
            table, name = waiting.pop()
            mine = {
                symbol.get_name()
                for symbol in table.get_symbols()
                if symbol.is_local() or symbol.is_parameter() or symbol.is_free()
            }
            own[name] = own.get(name, frozenset()) | mine
            waiting += [(one, f"{name}.{_part(one)}") for one in table.get_children()]
    return own


def _part(table: symtable.SymbolTable) -> str:
    name = table.get_name()
    return "<lambda>" if name == "lambda" else name
