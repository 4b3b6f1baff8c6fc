"""Which scope a name belongs to: what Python's compiler knows from the source alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

ScopeNode = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Scope:
    """The names that one module, class, function or lambda binds.

    bound: names in order of first binding. globals, nonlocals: declared so. node: its syntax.
    """

    node: ScopeNode
    parent: Scope | None
    bound: dict[str, None] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    is_generator: bool = False

    def resolve(self, name: str) -> tuple[Literal["local", "free", "global"], Scope | None]:
        """Where a name that this scope mentions lives, and in which scope."""
        if name in self.globals:
            return "global", self.module
        if name in self.bound and name not in self.nonlocals:
            return ("global" if isinstance(self.node, ast.Module) else "local"), self
        outer = self.parent
        while outer is not None and not isinstance(outer.node, ast.Module):
            if isinstance(outer.node, _FUNCTIONS) and name in outer.bound:
                if name in outer.nonlocals:
                    outer = outer.parent
                    continue
                if name in outer.globals:
                    return "global", self.module
                return "free", outer
            outer = outer.parent
        return "global", self.module

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def qualified(self) -> str:
        """The name of a function or class with what it is defined in, as Python has it."""
        name = getattr(self.node, "title", getattr(self.node, "name", ""))
        name = "<lambda>" if isinstance(self.node, ast.Lambda) else name
        outer = self.parent
        if outer is None or isinstance(outer.node, ast.Module) or name in outer.globals:
            return str(name)
        inside = "." if isinstance(outer.node, ast.ClassDef) else ".<locals>."
        return f"{outer.qualified}{inside}{name}"

    def is_users(self, name: str) -> bool:
        """Whether the name is bound by the program itself (so that it does not mean a builtin)."""
        kind, _ = self.resolve(name)
        return kind != "global" or name in self.module.bound


def analyse(tree: ast.Module) -> dict[ast.AST, Scope]:
    """The scope of every module, class, function and lambda in the tree, by node."""
    scopes: dict[ast.AST, Scope] = {}
    _Binder(Scope(tree, None), scopes).run(tree)
    for scope in scopes.values():
        for name in scope.globals:
            scope.module.bound.setdefault(name)
    return scopes


def parameter_names(arguments: ast.arguments) -> list[str]:
    """All parameters' names in the order in which a frame lists them."""
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return names


class _Binder(ast.NodeVisitor):
    def __init__(self, scope: Scope, scopes: dict[ast.AST, Scope]) -> None:
        self.scope, self.scopes = scope, scopes
        self.hidden: list[set[str]] = []
        scopes[scope.node] = scope

    def run(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def _bind(self, name: str) -> None:
        if name not in self.scope.globals:
            self.scope.bound.setdefault(name)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            self.visit(default)
        inner = Scope(node, self.scope)
        for name in parameter_names(arguments):
            inner.bound.setdefault(name)
        binder = _Binder(inner, self.scopes)
        for child in node.body if isinstance(node.body, list) else [node.body]:
            binder.visit(child)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._bind(node.name)
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._bind(node.name)
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        for child in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(child)
        binder = _Binder(Scope(node, self.scope), self.scopes)
        for statement in node.body:
            binder.visit(statement)

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            self.scope.globals.add(name)
            self.scope.bound.pop(name, None)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.nonlocals.update(node.names)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load) and not any(node.id in h for h in self.hidden):
            self._bind(node.id)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self._bind((alias.asname or alias.name).split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.visit_Import(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        self.scope.is_generator = True
        self.generic_visit(node)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> None:
        self.visit_Yield(node)

    def _comprehension(self, node: ast.AST) -> None:
        targets = {
            name.id
            for generator in getattr(node, "generators", ())
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        self.hidden.append(targets)
        self.generic_visit(node)
        self.hidden.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target.id)
        self.visit(node.value)
