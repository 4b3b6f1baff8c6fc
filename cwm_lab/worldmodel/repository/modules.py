"""Which modules there are, what their names mean, and which statements make them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cwm_lab.errors import BadProgramError
from cwm_lab.trace.program import parse_source
from cwm_lab.worldmodel.cwm.relevance import chunks_of
from cwm_lab.worldmodel.repository.files import Files


@dataclass(frozen=True)
class Defined:
    """A name that a module's statements bind."""

    module: str
    name: str


@dataclass(frozen=True)
class Outside:
    """What is imported from elsewhere. member: of that module; None for the module itself."""

    module: str
    member: str | None = None
    top: bool = False
    """Whether ``import a.b`` is meant, which binds `a`."""

    @property
    def natural(self) -> str:
        """The name that the plain import binds."""
        if self.member is not None:
            return self.member
        return self.module.partition(".")[0] if self.top else self.module.rpartition(".")[2]

    def statement(self, name: str) -> str:
        """The import that binds `name`."""
        if self.member is not None:
            also = "" if name == self.member else f" as {name}"
            return f"from {self.module} import {self.member}{also}"
        if self.top and name == self.natural:
            return f"import {self.module}"
        return f"import {self.module}" + ("" if name == self.module else f" as {name}")


@dataclass(frozen=True)
class Inside:
    """A module of the repository, as an object that a name holds."""

    module: str


Target = Defined | Outside | Inside


@dataclass(frozen=True)
class Statement:
    """A statement of a module's top level. first, last: its lines."""

    node: ast.stmt
    first: int
    last: int


@dataclass
class Module:
    """A parsed file. binding: name -> indices of the statements that make or change it; the lists
    of stars are the modules of ``from ... import *``."""

    name: str
    path: str
    text: str
    package: bool
    statements: list[Statement] = field(default_factory=list)
    binding: Mapping[str, Sequence[int]] = field(default_factory=dict)
    imports: dict[str, Target] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


class Modules:
    """The modules of a repository. root: the folder in it where the entry's module is found."""

    def __init__(self, files: Files, entry: str) -> None:
        self.files = files
        self._root = _root(files, entry)
        self._loaded: dict[str, Module] = {}

    def path(self, name: str) -> str:
        """The file of a module; empty if the repository has none by this name."""
        base = self._root + name.replace(".", "/")
        return next((p for p in (f"{base}/__init__.py", f"{base}.py") if p in self.files.paths), "")

    def exists(self, name: str) -> bool:
        """Whether a module or a folder of modules has this name."""
        if self.path(name):
            return True
        folder = self._root + name.replace(".", "/") + "/"
        return any(path.startswith(folder) for path in self.files.paths)

    def load(self, name: str) -> Module | None:
        """A module; None if it is not in the repository. Raises BadProgramError if it cannot be
        read."""
        if name in self._loaded:
            return self._loaded[name]
        path = self.path(name)
        if not path:
            return None
        text = self.files.text(path)
        try:
            tree = parse_source(text, path)
        except SyntaxError as error:
            raise BadProgramError(
                f"line {error.lineno} of {path} is not Python ({error.msg}); mend it, or choose "
                "an entry that does not need it."
            ) from None
        module = Module(name, path, text, path.endswith("__init__.py"))
        self._loaded[name] = module
        self._survey(module, tree)
        return module

    def meaning(self, module: str, name: str, seen: frozenset[Defined] = frozenset()) -> Target:
        """What a name of a module stands for; a `Defined` of the module itself, if nothing else is
        known (a builtin, then)."""
        here = Defined(module, name)
        found = self.load(module)
        if here in seen:
            return here
        seen |= {here}
        if found is not None:
            if name in found.binding:
                return here
            if name in found.imports:
                return self._followed(found.imports[name], seen)
            for star in found.stars:
                there = self.meaning(star, name, seen)
                if not isinstance(there, Defined) or self.is_bound(there):
                    return there
        if self.exists(f"{module}.{name}"):
            return Inside(f"{module}.{name}")
        return here

    def is_bound(self, target: Defined) -> bool:
        """Whether statements of the repository bind it."""
        module = self.load(target.module)
        return module is not None and target.name in module.binding

    def imported(
        self, module: Module, node: ast.Import | ast.ImportFrom
    ) -> Iterator[tuple[str, Target]]:
        """(name, what it stands for) for each name of an import."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                if self.exists(top):
                    yield alias.asname or top, Inside(alias.name if alias.asname else top)
                else:
                    deep = alias.asname is None and alias.name != top
                    yield alias.asname or top, Outside(alias.name, None, deep)
            return
        source = self._source(module, node)
        for alias in node.names:
            if alias.name == "*":
                continue
            if self.exists(source):
                yield alias.asname or alias.name, Defined(source, alias.name)
            else:
                yield alias.asname or alias.name, Outside(source, alias.name)

    def _source(self, module: Module, node: ast.ImportFrom) -> str:
        """The absolute name of the module that a `from` means."""
        if not node.level:
            return node.module or ""
        parts = module.name.split(".")
        keep = len(parts) - node.level + module.package
        return ".".join([*parts[: max(0, keep)], *([node.module] if node.module else [])])

    def _followed(self, target: Target, seen: frozenset[Defined]) -> Target:
        if isinstance(target, Defined):
            return self.meaning(target.module, target.name, seen)
        return target

    def _survey(self, module: Module, tree: ast.Module) -> None:
        binding: defaultdict[str, list[int]] = defaultdict(list)
        for found in _imports(tree.body):
            module.imports.update(self.imported(module, found))
            if isinstance(found, ast.ImportFrom) and any(a.name == "*" for a in found.names):
                module.stars.append(self._source(module, found))
        for node, chunk in zip(tree.body, chunks_of(tree), strict=True):
            if isinstance(node, ast.Import | ast.ImportFrom) or _is_main_guard(node):
                continue
            for name in chunk.binds - module.imports.keys():
                binding[name].append(len(module.statements))
            module.statements.append(Statement(node, chunk.first, chunk.last))
        module.binding = dict(binding)


def _imports(body: Sequence[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a module's top level, also those within `if` and `try`."""
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.If(body=one, orelse=other):
                yield from _imports([*one, *other])
            case ast.Try(body=one, handlers=handlers, orelse=other, finalbody=last):
                yield from _imports([*one, *(s for h in handlers for s in h.body), *other, *last])
            case _:
                pass


def _is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )


def _root(files: Files, entry: str) -> str:
    """The folder below which the entry's module has its name: the top, `src`, an archive's one
    folder. Raises BadProgramError if there is none, or more than one as near."""
    tail = entry.replace(".", "/")
    ends = (f"{tail}.py", f"{tail}/__init__.py")
    roots = {
        path.removesuffix(end)
        for path in files.paths
        for end in ends
        if path == end or path.endswith(f"/{end}")
    }
    if not roots:
        raise BadProgramError(f"{files.name} has no module {entry}; an entry is MODULE:EXPRESSION.")
    depth = min(root.count("/") for root in roots)
    nearest = sorted(root for root in roots if root.count("/") == depth)
    if len(nearest) > 1:
        raise BadProgramError(
            f"{files.name} has several modules {entry}: in {' and in '.join(nearest[:3])}; "
            "name the folder that is meant."
        )
    return nearest[0]
