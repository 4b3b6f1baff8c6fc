"""What a piece of source speaks of, by Python's scoping rules: where each reference stands, and
which module-level name of which module it means."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cwm_lab.errors import BadProgramError
from cwm_lab.worldmodel.repository.modules import Defined, Inside, Module, Modules, Outside, Target

_COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Reference:
    """node: what is to be put in place of; written: whether it is assigned to. target: what it
    means."""

    node: ast.expr
    target: Defined | Outside
    written: bool = False


@dataclass
class Spoken:
    """references: in the order of the source. annotations: those with the references
    in them, None where they cannot be told.
    globals_: `global` statements. imports: imports inside functions that flattening makes idle.
    own: names that are local to some function. odd: what cannot be flattened, in words."""

    references: list[Reference] = field(default_factory=list)
    annotations: list[tuple[ast.expr, list[Reference] | None]] = field(default_factory=list)
    globals_: list[ast.Global] = field(default_factory=list)
    imports: list[ast.stmt] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)


@dataclass
class _Scope:
    """names: of the scope -> what an import inside it says they are, or None. klass: a class body,
    which functions inside it do not see."""

    names: dict[str, Target | None]
    shared: frozenset[str] = frozenset()
    klass: bool = False


def spoken(modules: Modules, module: Module, nodes: Iterable[ast.AST]) -> Spoken:
    """All that statements or expressions at a module's top level speak of."""
    walk = _Walk(modules, module)
    for node in nodes:
        walk.visit(node)
    return walk.found


class _Walk(ast.NodeVisitor):
    def __init__(self, modules: Modules, module: Module) -> None:
        self.modules, self.module = modules, module
        self.found = Spoken()
        self._scopes: list[_Scope] = []

    # --- names --------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        self._refer(node, self._meaning(node.id), stored=not isinstance(node.ctx, ast.Load))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain: list[ast.Attribute] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            chain.append(base)
            base = base.value
        target = self._meaning(base.id) if isinstance(base, ast.Name) else None
        if not isinstance(target, Inside):
            self.generic_visit(node)
            return
        at: ast.expr = base
        while isinstance(target, Inside) and chain:
            step = chain.pop()
            at, target = step, self.modules.meaning(target.module, step.attr)
        stored = at is node and not isinstance(node.ctx, ast.Load)
        if stored:
            self._odd(node, "assigns to a name of another module")
        self._refer(at, target, stored=False)

    def _refer(self, node: ast.expr, target: Target | None, *, stored: bool) -> None:
        if isinstance(target, Inside):
            self._odd(node, f"uses the module {target.module} as a value")
        elif isinstance(target, Outside) or (
            isinstance(target, Defined) and self.modules.is_bound(target)
        ):
            self.found.references.append(Reference(node, target, stored))

    def _odd(self, node: ast.AST, what: str) -> None:
        line = getattr(node, "lineno", 0)
        self.found.odd.append(f"line {line} of {self.module.path} {what}")

    def _meaning(self, name: str) -> Target | None:
        """What a name means here; None if it is local."""
        for number, scope in enumerate(reversed(self._scopes)):
            if scope.klass and number:
                continue
            if name in scope.shared:
                break
            if name in scope.names:
                return scope.names[name]
        return self.modules.meaning(self.module.name, name)

    # --- scopes -------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        for argument in _arguments(node.args):
            self._annotation(argument.annotation)
        self._annotation(node.returns)
        self._inside(_parameters(node.args), node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in (*node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        self._inside(_parameters(node.args), [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._inside(set(), node.body, klass=True)

    def _inside(self, given: set[str], body: Sequence[ast.AST], *, klass: bool = False) -> None:
        bound = _Bound()
        for part in body:
            bound.visit(part)
        names: dict[str, Target | None] = dict.fromkeys(given | (bound.names - bound.shared))
        for node in bound.imports:
            for name, target in self.modules.imported(self.module, node):
                if not isinstance(target, Outside):
                    inner: Target = target
                    if isinstance(target, Defined):
                        inner = self.modules.meaning(target.module, target.name)
                    names[name] = inner
                    if node not in self.found.imports:
                        self.found.imports.append(node)
        if not klass:
            self.found.own |= {name for name, target in names.items() if target is None}
        self._scopes.append(_Scope(names, frozenset(bound.shared), klass))
        for part in body:
            self.visit(part)
        self._scopes.pop()

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def _comprehension(self, node: _COMPREHENSION) -> None:
        self.visit(node.generators[0].iter)
        targets = {
            part.id
            for made in node.generators
            for part in ast.walk(made.target)
            if isinstance(part, ast.Name)
        }
        self.found.own |= targets
        self._scopes.append(_Scope(dict.fromkeys(targets)))
        for number, made in enumerate(node.generators):
            parts = [made.target, *made.ifs] if number == 0 else [made.target, made.iter, *made.ifs]
            for part in parts:
                self.visit(part)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for value in values:
            self.visit(value)
        self._scopes.pop()

    # --- statements ---------------------------------------------------------------------------

    def visit_Global(self, node: ast.Global) -> None:
        self.found.globals_.append(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Nothing to refer to."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Nothing to refer to."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.target)
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)

    def _annotation(self, node: ast.expr | None) -> None:
        if node is None:
            return
        outer, self.found.references = self.found.references, []
        try:
            self.visit(node)
            self.found.annotations.append((node, self.found.references))
        except BadProgramError:  # in a file that nothing else may need
            self.found.annotations.append((node, None))
        finally:
            self.found.references = outer


class _Bound(ast.NodeVisitor):
    """Names that a function's or a class's body binds itself, its `global` ones, its imports."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.shared: set[str] = set()
        self.imports: list[ast.Import | ast.ImportFrom] = []

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.add(node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.names.add(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.add(node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Its names are its own."""

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """So are a comprehension's."""
        self.visit(node.iter)

    def visit_Global(self, node: ast.Global) -> None:
        self.shared.update(node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.names.add(node.name)

    def visit_Import(self, node: ast.Import) -> None:
        self.imports.append(node)
        self.names.update(a.asname or a.name.partition(".")[0] for a in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.imports.append(node)
        self.names.update(a.asname or a.name for a in node.names)


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    for rest in (args.vararg, args.kwarg):
        if rest is not None:
            yield rest


def _parameters(args: ast.arguments) -> set[str]:
    return {argument.arg for argument in _arguments(args)}
