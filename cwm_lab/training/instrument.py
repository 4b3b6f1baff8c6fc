"""Rewrites a program so that, while Python runs it, a `Teacher` hears every value and every step.

Only for making training data: the rewritten program computes what the original does, and calls the
teacher's hooks (names that start with `_cwm_hook_`) before and after each statement and expression.
"""

from __future__ import annotations

import ast
from typing import Any

from cwm_lab.worldmodel.desugar import LAZY, is_literal
from cwm_lab.worldmodel.scopes import Scope

HOOK = "_cwm_hook_"
_BLOCKS = ("body", "orelse", "finalbody")


class Instrumenter:
    """Builds the instrumented tree; `nodes` and `scopes` are what the teacher's indices mean."""

    def __init__(self, scopes: dict[ast.AST, Scope]) -> None:
        self.scopes = scopes
        self.nodes: list[ast.AST] = []
        self.scope_of: list[Scope] = []
        self._scope: Scope | None = None
        self._temporaries = 0

    def module(self, tree: ast.Module) -> ast.Module:
        self._scope = self.scopes[tree]
        body = [_statement(_hook("enter", self._index(tree))), self._guarded(tree.body)]
        return ast.fix_missing_locations(ast.Module(body, []))

    def _index(self, node: ast.AST) -> ast.Constant:
        assert self._scope is not None
        self.nodes.append(node)
        self.scope_of.append(self._scope)
        return ast.Constant(len(self.nodes) - 1)

    def _guarded(self, body: list[ast.stmt]) -> ast.stmt:
        return ast.Try(
            body=self._block(body) or [ast.Pass()],
            handlers=[
                ast.ExceptHandler(
                    ast.Name("BaseException", ast.Load()),
                    None,
                    [_statement(_hook("failed")), ast.Raise()],
                )
            ],
            orelse=[],
            finalbody=[_statement(_hook("leave"))],
        )

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [out for statement in body for out in self._statement(statement)]

    # --- statements ---------------------------------------------------------------------------

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        handler = getattr(self, f"_stmt_{type(node).__name__}", None)
        if handler is not None:
            result: list[ast.stmt] = handler(node)
            return result
        raise NotImplementedError(type(node).__name__)

    def _simple(
        self, node: ast.stmt, rewritten: list[ast.stmt], index: ast.Constant
    ) -> list[ast.stmt]:
        return [
            _statement(_hook("begin", index)),
            *rewritten,
            _statement(_hook("end", index)),
        ]

    def _copy(self, node: Any, **fields: Any) -> Any:
        values = {name: getattr(node, name, None) for name in node._fields} | fields
        return ast.copy_location(type(node)(**values), node)

    def _stmt_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        if isinstance(node.value, ast.Yield):
            value: ast.expr = self._yield(node.value)
            return [self._copy(node, value=value)]
        index = self._index(node)
        targets = [self._target(target) for target in node.targets]
        return self._simple(
            node, [self._copy(node, targets=targets, value=self._expr(node.value))], index
        )

    def _stmt_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        if node.value is None:
            return [node]
        index = self._index(node)
        assign = ast.copy_location(
            ast.Assign([self._target(node.target)], self._expr(node.value)), node
        )
        return self._simple(node, [assign], index)

    def _stmt_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        index = self._index(node)
        before: list[ast.stmt] = []
        target = node.target

        def keep(expr: ast.expr) -> ast.expr:
            self._temporaries += 1
            name = f"{HOOK}t{self._temporaries}"
            before.append(ast.Assign([ast.Name(name, ast.Store())], self._expr(expr)))
            return ast.Name(name, ast.Load())

        if isinstance(target, ast.Attribute):
            owner = keep(target.value)
            load: ast.expr = ast.Attribute(owner, target.attr, ast.Load())
            store: ast.expr = ast.Attribute(owner, target.attr, ast.Store())
        elif isinstance(target, ast.Subscript):
            owner, key = keep(target.value), keep(target.slice)
            load = _hook("read", index, owner, key)
            store = ast.Subscript(owner, key, ast.Store())
        else:
            load, store = ast.Name(target.id, ast.Load()), target
        value = _hook(
            "augment", index, ast.Constant(type(node.op).__name__), load, self._expr(node.value)
        )
        return self._simple(node, [*before, ast.Assign([store], value)], index)

    def _stmt_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        if isinstance(node.value, ast.Yield):
            return [self._copy(node, value=self._yield(node.value))]
        if isinstance(node.value, ast.Constant):
            return [node]
        index = self._index(node)
        return self._simple(node, [self._copy(node, value=self._expr(node.value))], index)

    def _stmt_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        index = self._index(node)
        message = self._expr(node.msg) if node.msg else None
        return self._simple(
            node, [self._copy(node, test=self._test(node.test), msg=message)], index
        )

    def _stmt_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        index = self._index(node)
        targets = [self._target(target) for target in node.targets]
        return self._simple(node, [self._copy(node, targets=targets)], index)

    def _stmt_Raise(self, node: ast.Raise) -> list[ast.stmt]:
        if node.exc is None:
            return [node]
        index = self._index(node)
        cause = self._expr(node.cause) if node.cause else None
        return self._simple(node, [self._copy(node, exc=self._expr(node.exc), cause=cause)], index)

    def _stmt_Return(self, node: ast.Return) -> list[ast.stmt]:
        if node.value is None:
            return [node]
        index = self._index(node)
        return [self._copy(node, value=self._asked("returned", index, node.value))]

    def _asked(self, hook: str, index: ast.Constant, value: ast.expr) -> ast.expr:
        return _hook(hook, index, _hook("begin", index), self._expr(value))

    def _yield(self, node: ast.Yield) -> ast.expr:
        if node.value is None:
            inner: ast.expr = ast.Constant(None)
        else:
            inner = self._asked("evaluated", self._index(node.value), node.value)
        return _hook("resumed", ast.Yield(_hook("yielded", inner)))

    def _keep(self, node: ast.stmt) -> list[ast.stmt]:
        return [node]

    _stmt_Pass = _stmt_Break = _stmt_Continue = _stmt_Global = _stmt_Nonlocal = _keep
    _stmt_Import = _stmt_ImportFrom = _keep

    def _stmt_If(self, node: ast.If | ast.While) -> list[ast.stmt]:
        test = node.test
        if not isinstance(test, ast.Constant):
            test = self._asked("condition", self._index(node), node.test)
        return [
            self._copy(
                node, test=test, body=self._block(node.body), orelse=self._block(node.orelse)
            )
        ]

    def _stmt_While(self, node: ast.While) -> list[ast.stmt]:
        return self._stmt_If(node)

    def _stmt_For(self, node: ast.For) -> list[ast.stmt]:
        index = self._index(node)
        iterable = self._asked("iterated", index, node.iter)
        body = [_statement(_hook("bound", index)), *self._block(node.body)]
        alone = isinstance(node.target, ast.Subscript | ast.Attribute)
        target = self._target(node.target) if alone else node.target
        orelse = self._block(node.orelse)
        return [self._copy(node, target=target, iter=iterable, body=body, orelse=orelse)]

    def _stmt_Try(self, node: ast.Try) -> list[ast.stmt]:
        handlers = []
        for handler in node.handlers:
            kind = handler.type
            if kind is None:
                kind = _hook("caught", ast.Name("BaseException", ast.Load()))
            else:
                index = self._index(handler)
                kind = _hook("matched", index, _hook("handling", index), self._expr(kind))
            handlers.append(self._copy(handler, type=kind, body=self._block(handler.body)))
        final = self._block(node.finalbody)
        if final:
            final = [_statement(_hook("finally")), *final]
        return [
            self._copy(
                node,
                body=self._block(node.body),
                handlers=handlers,
                orelse=self._block(node.orelse),
                finalbody=final,
            )
        ]

    def _stmt_With(self, node: ast.With) -> list[ast.stmt]:
        items = [
            self._copy(
                item,
                context_expr=self._asked(
                    "evaluated", self._index(item.context_expr), item.context_expr
                ),
            )
            for item in node.items
        ]
        told = ast.ExceptHandler(
            ast.Name("BaseException", ast.Load()), None, [_statement(_hook("unwound")), ast.Raise()]
        )
        body: list[ast.stmt] = [ast.Try(self._block(node.body), [told], [], [])]
        return [self._copy(node, items=items, body=body)]

    def _stmt_FunctionDef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        arguments = node.args

        def default(expr: ast.expr | None) -> Any:
            if expr is None or is_literal(expr):
                return expr
            return self._asked("evaluated", self._index(expr), expr)

        new_arguments = self._copy(
            arguments,
            defaults=[default(d) for d in arguments.defaults],
            kw_defaults=[default(d) for d in arguments.kw_defaults],
        )
        outer, self._scope = self._scope, self.scopes[node]
        declared = [s for s in node.body if isinstance(s, ast.Global | ast.Nonlocal)]
        rest = [s for s in node.body if not isinstance(s, ast.Global | ast.Nonlocal)]
        body = [*declared, _statement(_hook("enter", self._index(node))), self._guarded(rest)]
        self._scope = outer
        hidden = ast.Name(node.name, ast.Load())
        named = [_statement(_hook("named", hidden))] if node.name in LAZY else []
        return [self._copy(node, args=new_arguments, body=body, returns=None), *named]

    def _stmt_ClassDef(self, node: ast.ClassDef) -> list[ast.stmt]:
        outer, self._scope = self._scope, self.scopes[node]
        body = [_statement(_hook("enter", self._index(node))), self._guarded(node.body)]
        self._scope = outer
        return [self._copy(node, body=body)]

    # --- expressions --------------------------------------------------------------------------

    def _target(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Attribute):
            return self._copy(node, value=self._expr(node.value))  # type: ignore[no-any-return]
        if isinstance(node, ast.Subscript):
            return self._copy(  # type: ignore[no-any-return]
                node, value=self._expr(node.value), slice=self._slice(node.slice)
            )
        if isinstance(node, ast.Tuple | ast.List):
            return self._copy(node, elts=[self._target(e) for e in node.elts])  # type: ignore[no-any-return]
        if isinstance(node, ast.Starred):
            return self._copy(node, value=self._target(node.value))  # type: ignore[no-any-return]
        return node

    def _slice(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Slice):
            parts = {
                name: self._expr(part) if part is not None else None
                for name, part in (
                    ("lower", node.lower),
                    ("upper", node.upper),
                    ("step", node.step),
                )
            }
            return self._copy(node, **parts)  # type: ignore[no-any-return]
        return self._expr(node)

    def _expr(self, node: ast.expr) -> ast.expr:
        if is_literal(node):
            return node  # also -1: a display of literals stays one, and its set keeps its order
        if isinstance(node, ast.Starred):
            value = _hook("opened", self._expr(node.value))
            return self._copy(node, value=value)  # type: ignore[no-any-return]
        if isinstance(node, ast.BinOp):
            left, right = self._expr(node.left), self._expr(node.right)
            return _hook("binary", self._index(node), left, right)
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            owner, key = self._expr(node.value), self._expr(node.slice)
            return _hook("subscript", self._index(node), owner, key)
        return _hook("value", self._index(node), self._inner(node))

    def _test(self, node: ast.expr) -> ast.expr:
        """An expression of which only the truth counts."""
        value = self._expr(node)
        return _hook("tested", value) if isinstance(node, ast.BoolOp) else value

    def _inner(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Lambda):
            outer, self._scope = self._scope, self.scopes[node]
            index = self._index(node)
            body = _hook(
                "lambda_left",
                _hook("enter", index),
                self._asked("returned", self._index(node), node.body),
            )
            self._scope = outer
            return self._copy(node, body=body)  # type: ignore[no-any-return]
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.JoinedStr):
            return self._copy(node, values=[self._fstring_part(v) for v in node.values])  # type: ignore[no-any-return]
        if isinstance(node, ast.Subscript):
            return self._copy(  # type: ignore[no-any-return]
                node, value=self._expr(node.value), slice=self._slice(node.slice)
            )
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            elt = self._expr(node.elt)
            if elt is node.elt:  # a constant: how often it is given must be heard
                elt = _hook("value", self._index(elt), elt)
            return self._copy(  # type: ignore[no-any-return]
                node, generators=self._generators(node.generators), elt=elt
            )
        if isinstance(node, ast.DictComp):
            return self._copy(  # type: ignore[no-any-return]
                node,
                generators=self._generators(node.generators),
                key=self._expr(node.key),
                value=self._expr(node.value),
            )
        if isinstance(node, ast.Yield | ast.YieldFrom | ast.Await):
            raise NotImplementedError("yield inside an expression")
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            first, *others = map(self._expr, node.comparators)
            searched = [_hook("searched", first), *others]
            return self._copy(node, left=self._expr(node.left), comparators=searched)  # type: ignore[no-any-return]
        fields: dict[str, Any] = {}
        for name, part in ast.iter_fields(node):
            if isinstance(part, ast.expr):
                tested = isinstance(node, ast.IfExp) and part is node.test
                inner = self._test(part) if tested else self._expr(part)
                fields[name] = part if name == "target" else inner
            elif isinstance(part, list):
                fields[name] = [self._expr(p) if isinstance(p, ast.expr) else p for p in part]
        return self._copy(node, **fields)  # type: ignore[no-any-return]

    def _generators(self, generators: list[ast.comprehension]) -> list[ast.comprehension]:
        out = []
        for generator in generators:
            index = self._index(generator)
            names = [n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)]
            bound = _hook(
                "comprehended",
                index,
                ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load()),
            )
            out.append(
                self._copy(
                    generator,
                    iter=_hook("opened", self._expr(generator.iter)),
                    ifs=[bound, *(self._test(test) for test in generator.ifs)],
                )
            )
        return out

    def _call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            return node
        args = [self._expr(arg) for arg in node.args]
        keywords = [ast.keyword(k.arg, self._expr(k.value)) for k in node.keywords]
        function = node.func
        if isinstance(function, ast.Attribute):
            function = self._copy(function, value=self._expr(function.value))
        elif not isinstance(function, ast.Name):
            function = self._expr(function)
        return ast.Call(
            ast.Name(f"{HOOK}call", ast.Load()), [self._index(node), function, *args], keywords
        )

    def _fstring_part(self, part: ast.expr) -> ast.expr:
        if not isinstance(part, ast.FormattedValue):
            return part
        value = self._expr(part.value)
        if part.format_spec is None and part.conversion == -1:
            return self._copy(part, value=value)  # type: ignore[no-any-return]
        spec = part.format_spec or ast.Constant("")
        if isinstance(spec, ast.JoinedStr):
            spec = self._copy(spec, values=[self._fstring_part(v) for v in spec.values])
        formatted = _hook(
            "formatted", self._index(part), value, ast.Constant(part.conversion), spec
        )
        return self._copy(part, value=formatted, conversion=-1, format_spec=None)  # type: ignore[no-any-return]


def _hook(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(f"{HOOK}{name}", ast.Load()), list(args), [])


def _statement(call: ast.Call) -> ast.stmt:
    return ast.Expr(call)
