"""The program that a repository's entry begins: every definition it can reach, in one text.

Modules become one namespace. A reference such as ``shapes.area`` or an alias of an import is
written as the plain name; a name that two modules have, or that a function uses for itself, gets
its module's name behind it. Lines stay lines, so each can be found again in its file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cwm_lab.errors import BadProgramError
from cwm_lab.trace import Program
from cwm_lab.trace.program import parse_source
from cwm_lab.worldmodel.repository.files import open_files
from cwm_lab.worldmodel.repository.modules import Defined, Module, Modules, Outside
from cwm_lab.worldmodel.repository.references import Reference, Spoken, spoken

MAX_CHARS = 600_000
"""Of the text; what is farthest from the entry is left out beyond that. The longest context, of
131,072 tokens, holds less."""
_ENTRY = re.compile(r"\s*([A-Za-z_][\w.]*)\s*:(.+)", re.DOTALL)
_Place = tuple[str, int]
"""Module, index of a statement."""
_Target = Defined | Outside


@dataclass(frozen=True)
class RepositoryProgram:
    """program: its context holds the definitions, its source is the entry expression. origins: for
    each line of the context, (file, line there) or None. notes: what could not be flattened."""

    program: Program
    origins: Sequence[tuple[str, int] | None]
    notes: Sequence[str] = ()

    def where(self, line: int) -> str | None:
        """The file and line that a step's line stands for."""
        found = self.origins[-line - 1] if 0 < -line <= len(self.origins) else None
        return None if found is None else f"{found[0]}:{found[1]}"


def repository_program(path: Path, entry: str, stdin: Sequence[str] = ()) -> RepositoryProgram:
    """The program that `entry` begins in the folder or zip archive at `path`.

    entry: ``pkg.mod:func(3)``, an expression in a module's namespace. Raises BadProgramError, in
    one sentence, for a path, an entry or a file that cannot be read.
    """
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise BadProgramError(
            f"the entry {entry[:60]!r} is not MODULE:EXPRESSION, as in pkg.mod:f(3)."
        )
    name, text = match[1], match[2].strip()
    modules = Modules(open_files(path), name)
    module = modules.load(name)
    assert module is not None  # or there were no root
    try:
        tree = ast.Expression(ast.parse(text, "<entry>", "eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadProgramError(
            f"the entry's {text[:60]!r} is not an expression of Python."
        ) from None
    _check_names(modules, module, tree)
    gathered = _Gathered(modules, module, tree)
    flat = _Flat(gathered)
    context, origins = flat.context()
    source = flat.rewritten(text, spoken(modules, module, [tree])) + "\n"
    made = Program(source, entry, context, tuple(stdin))
    try:
        made.parse()
        parse_source(context)
    except SyntaxError as error:
        raise BadProgramError(
            f"what {entry} reaches cannot be put into one program: {error.msg}."
        ) from None
    return RepositoryProgram(made, origins, tuple(dict.fromkeys(gathered.odd)))


def _check_names(modules: Modules, module: Module, tree: ast.Expression) -> None:
    """The entry's first name must be there: a slip of the pen is not for the model to predict."""
    import builtins

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found = modules.meaning(module.name, node.func.id)
            known = not isinstance(found, Defined) or modules.is_bound(found)
            if not known and not hasattr(builtins, node.func.id):
                there = ", ".join(sorted(n for n in module.binding if not n.startswith("_"))[:8])
                raise BadProgramError(
                    f"{module.name} has no {node.func.id}; it has: {there or 'no public name'}."
                )


class _Gathered:
    """Breadth first from the entry: the statements that it can reach, the nearest first."""

    def __init__(self, modules: Modules, module: Module, entry: ast.Expression) -> None:
        self.modules = modules
        self.spoken: dict[_Place, Spoken] = {}
        self.targets: dict[_Target, None] = {}
        self.entered: dict[str, Module] = {module.name: module}
        self.odd: list[str] = []
        self.size = 0
        first = spoken(modules, module, [entry])
        self.own = set(first.own)
        waiting = self._met(first.references)
        while waiting:
            found = [place for target in waiting for place in self._places(target)]
            waiting = []
            for place in found:
                if place not in self.spoken and (one := self._read(place)) is not None:
                    self.spoken[place] = one
                    self.own |= one.own
                    self.odd += one.odd
                    waiting += self._met(one.references)

    def _met(self, references: Iterable[Reference]) -> list[Defined]:
        fresh = [one.target for one in references if one.target not in self.targets]
        self.targets |= dict.fromkeys(fresh)
        return [target for target in dict.fromkeys(fresh) if isinstance(target, Defined)]

    def _places(self, target: Defined) -> Iterator[_Place]:
        module = self.modules.load(target.module)
        assert module is not None  # it is bound there
        self.entered[module.name] = module
        for index in module.binding.get(target.name, ()):
            yield module.name, index

    def _read(self, place: _Place) -> Spoken | None:
        module = self.entered[place[0]]
        statement = module.statements[place[1]]
        lines = module.text.encode().splitlines()[statement.first - 1 : statement.last]
        self.size += sum(map(len, lines))
        if self.size > MAX_CHARS:
            return None
        return spoken(self.modules, module, [statement.node])

    def ordered(self) -> list[Module]:
        """The modules, each after those that it imports (as far as there is no circle)."""
        order: dict[str, Module] = {}
        under_way: set[str] = set()

        def add(module: Module) -> None:
            if module.name in under_way:
                return
            under_way.add(module.name)
            for target in module.imports.values():
                member = target.name if isinstance(target, Defined) else ""
                for name in (target.module, f"{target.module}.{member}"):
                    if name in self.entered:
                        add(self.entered[name])
            order[module.name] = module

        for module in list(self.entered.values()):
            add(module)
        return list(order.values())


class _Flat:
    """Names for all that was gathered, and the text with them."""

    def __init__(self, gathered: _Gathered) -> None:
        self.gathered = gathered
        self.names: dict[_Target, str] = {}
        taken: set[str] = set()
        moved = self._moved()
        for target in sorted(gathered.targets, key=lambda one: one in moved):
            name = target.name if isinstance(target, Defined) else target.natural
            if name in taken or (target in moved and name in gathered.own):
                name = _other(name, target.module, taken | gathered.own)
            taken.add(name)
            self.names[target] = name

    def _moved(self) -> set[_Target]:
        """What is somewhere spoken of in another way than by its own plain name."""
        return {
            one.target
            for place in self.gathered.spoken.values()
            for one in _all(place)
            if not (isinstance(one.node, ast.Name) and one.node.id == _plain(one.target))
        }

    def context(self) -> tuple[str, list[tuple[str, int] | None]]:
        """The text, and where each of its lines comes from."""
        lines: list[str] = []
        origins: list[tuple[str, int] | None] = []
        modules = self.gathered.ordered()
        outside = [t for t in self.gathered.targets if isinstance(t, Outside)]
        heads = [target.statement(self.names[target]) for target in outside]
        heads += [
            f"from {star} import *"
            for module in modules
            for star in module.stars
            if not self.gathered.modules.exists(star)
        ]
        for head in dict.fromkeys(heads):
            lines.append(head)
            origins.append(None)
        for module in modules:
            body = self._module(module)
            if body:
                lines += [f"# {module.path}", *body.values()]
                origins += [None, *((module.path, number) for number in body)]
        return "".join(f"{line}\n" for line in lines), origins

    def _module(self, module: Module) -> dict[int, str]:
        """The reached lines of a module, with the names that they have here."""
        kept: dict[int, str] = {}
        raw = module.text.encode().splitlines()
        edits: list[_Edit] = []
        for place, one in self.gathered.spoken.items():
            if place[0] == module.name:
                statement = module.statements[place[1]]
                kept |= dict.fromkeys(range(statement.first, statement.last + 1), "")
                edits += self._edits(raw, one, statement.node)
                edits += self._definition(raw, module, statement.node)
        changed = _apply(raw, edits)
        return {number: changed[number - 1] for number in sorted(kept)}

    def rewritten(self, text: str, one: Spoken) -> str:
        """The entry with the names that are here."""
        raw = text.encode().splitlines()
        return "\n".join(_apply(raw, self._edits(raw, one, None)))

    def _edits(self, raw: Sequence[bytes], one: Spoken, node: ast.stmt | None) -> Iterator[_Edit]:
        for reference in one.references:
            yield from self._renamed(raw, reference)
        for annotation, inside in one.annotations:
            if inside is not None and all(one.target in self.names for one in inside):
                for reference in inside:
                    yield from self._renamed(raw, reference)
            else:  # nothing else needs it: as a text it is never evaluated
                yield _over(annotation, repr(ast.unparse(annotation)))
        for statement in one.imports:
            yield _over(statement, "pass")
        for shared in one.globals_:
            module = self._module_of(node)
            names = [self.names.get(Defined(module, name), name) for name in shared.names]
            if names != shared.names:
                yield _over(shared, f"global {', '.join(names)}")

    def _module_of(self, node: ast.stmt | None) -> str:
        for name, module in self.gathered.entered.items():
            if any(statement.node is node for statement in module.statements):
                return name
        return ""

    def _renamed(self, raw: Sequence[bytes], reference: Reference) -> Iterator[_Edit]:
        name, node = self.names[reference.target], reference.node
        if isinstance(node, ast.Name) and node.id == name:
            return
        edit = _over(node, name)
        written = _text(raw, edit)
        if written is not None and re.sub(r"\s+", "", written) == ast.unparse(node):
            yield edit

    def _definition(self, raw: Sequence[bytes], module: Module, node: ast.stmt) -> Iterator[_Edit]:
        """The name behind a `def` or `class`, if it is another here."""
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        name = self.names.get(Defined(module.name, node.name), node.name)
        if name == node.name:
            return
        line = raw[node.lineno - 1]
        found = re.compile(rb"(?:def|class)\s+([^\s(:\[]+)").search(line, node.col_offset)
        if found is not None:
            yield _Edit(node.lineno, found.start(1), node.lineno, found.end(1), name)


@dataclass(frozen=True, order=True)
class _Edit:
    """From and to (line from 1, offset in bytes), and what stands there instead."""

    line: int
    start: int
    last: int
    end: int
    text: str


def _over(node: ast.expr | ast.stmt, text: str) -> _Edit:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return _Edit(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, text)


def _text(raw: Sequence[bytes], edit: _Edit) -> str | None:
    lines = list(raw[edit.line - 1 : edit.last])
    if not lines:
        return None
    lines[-1] = lines[-1][: edit.end]
    lines[0] = lines[0][edit.start :]
    return b"\n".join(lines).decode(errors="replace")


def _apply(raw: Sequence[bytes], edits: Iterable[_Edit]) -> list[str]:
    """The lines with the edits; their number stays the same."""
    lines = list(raw)
    inner: list[_Edit] = []
    for edit in sorted(set(edits)):
        if not inner or (inner[-1].last, inner[-1].end) <= (edit.line, edit.start):
            inner.append(edit)
    for edit in reversed(inner):
        tail = lines[edit.last - 1][edit.end :]
        lines[edit.line : edit.last] = [b""] * (edit.last - edit.line)
        lines[edit.line - 1] = lines[edit.line - 1][: edit.start] + edit.text.encode() + tail
    return [line.decode(errors="replace") for line in lines]


def _all(one: Spoken) -> Iterator[Reference]:
    yield from one.references
    for _, inside in one.annotations:
        yield from inside or ()


def _plain(target: _Target) -> str:
    return target.name if isinstance(target, Defined) else target.natural


def _other(name: str, module: str, taken: set[str]) -> str:
    tail = f"{name}_{module.rpartition('.')[2]}"
    found, number = tail, 2
    while found in taken:
        found, number = f"{tail}_{number}", number + 1
    return found
