"""Which call of a statement opened a frame, told as the dialect tells calls."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterable
from typing import Any

from cwm_lab.training.questions import Question
from cwm_lab.training.snapshot import Snapshotter
from cwm_lab.worldmodel.dialect import Call
from cwm_lab.worldmodel.values import Atom


def asked_call(
    question: Question | None,
    frame: types.FrameType,
    generators: Iterable[Any],
    lazy: Iterable[Any],
) -> Any:
    """(callee, method, args, keywords) in real values, of the call that opened a frame; None if it
    is not known. lazy: what the iterators made so far, such as map, may call."""
    code = frame.f_code
    if question is None:
        return None
    if code.co_flags & 0x20:
        generator = next(
            (g for g in generators if g.gi_frame is frame),
            None,
        )
        return (next, None, (generator,), {}) if generator is not None else None
    made = _made(question, code)
    if made is not None:
        return made
    count = code.co_argcount
    values = tuple(frame.f_locals.get(name) for name in code.co_varnames[:count])
    if code.co_flags & inspect.CO_VARARGS:
        values += frame.f_locals[code.co_varnames[count + code.co_kwonlyargcount]]
    candidates = [
        *(arg for call in reversed(question.calls) for arg in (*call[2], *call[3].values())),
        *question.vals.values(),
        *lazy,
    ]
    owner = type(values[0]) if values else None
    if owner is not None and code.co_name == "__init__" and any(c is owner for c in candidates):
        return (owner, None, _plainly(values, owner)[1:], {})
    if owner is not None and code.co_qualname.count(".") and hasattr(owner, code.co_name):
        given = _plainly(values, owner, code.co_name)[1:]
        known = inspect.getattr_static(owner, code.co_name)
        inherited = isinstance(known, property) and not any(
            getattr(part, "__code__", None) is code for part in (known.fget, known.fset)
        )
        return ("super" if inherited else values[0], code.co_name, given, {})
    for candidate in candidates:
        if isinstance(candidate, types.FunctionType) and candidate.__code__ is code:
            return (candidate, None, _plainly(values, candidate), {})
    return None


def _plainly(values: tuple[Any, ...], owner: Any, name: str = "__init__") -> tuple[Any, ...]:
    """What Python gave to a function or method that it calls itself: not what is left out at the
    end, so that it has its default."""
    function = inspect.getattr_static(owner, name, None) if isinstance(owner, type) else owner
    defaults = [*(getattr(function, "__defaults__", None) or ())]
    while defaults and values and values[-1] is defaults.pop():
        values = values[:-1]
    return values


def _made(question: Question, code: types.CodeType) -> Any:
    """The innermost call under way, if it is one of this code."""
    if not question.calls:
        return None
    node, function, args, keywords = question.calls[-1]
    if isinstance(function, types.FunctionType) and function.__code__ is code:
        if isinstance(node.func, ast.Attribute):
            owner = question.vals.get(id(node.func.value))
            static = inspect.getattr_static(type(owner), node.func.attr, None)
            if isinstance(owner, type) or isinstance(static, staticmethod):
                return (owner, node.func.attr, args, keywords)
        return (function, None, args, keywords)
    if isinstance(function, types.MethodType) and function.__func__.__code__ is code:
        owner = function.__self__
        if isinstance(node.func, ast.Attribute) and _is_super(node.func.value):
            return ("super", function.__name__, args, keywords)
        return (owner, _name_of(function, node.func), args, keywords)
    initial = getattr(function, "__init__", None) if isinstance(function, type) else None
    if isinstance(initial, types.FunctionType) and initial.__code__ is code:
        return (function, None, args, keywords)
    called = inspect.getattr_static(type(function), "__call__", None)
    if isinstance(called, types.FunctionType) and called.__code__ is code:
        return (function, "__call__", args, keywords)
    return None


def _name_of(method: types.MethodType, node: ast.expr) -> str:
    """By which name an object's method is called: a decorated one has another name of its own."""
    if isinstance(node, ast.Attribute):
        found = inspect.getattr_static(type(method.__self__), node.attr, None)
        if found is method.__func__:
            return node.attr
    return method.__name__


def misfit_call(question: Question, program: str) -> Any:
    """The innermost call under way, if its arguments do not fit a function of the program's own;
    else None."""
    _, function, args, keywords = question.calls[-1]
    called, given = function, args
    if isinstance(function, type):
        called, given = getattr(function, "__init__", None), (None, *args)
    elif isinstance(function, types.MethodType):
        called, given = function.__func__, (function.__self__, *args)
    code = getattr(called, "__code__", None)
    if code is None or code.co_filename != program:
        return None
    try:
        inspect.signature(called).bind(*given, **keywords)
    except TypeError:
        return _made(question, code)
    return None


def as_call(call: Any, snapshot: Snapshotter) -> Call:
    callee, method, args, keywords = call
    return Call(
        Atom("super") if isinstance(callee, str) else snapshot.value(callee),
        method,
        tuple(snapshot.value(arg) for arg in args),
        tuple((name, snapshot.value(value)) for name, value in keywords.items()),
    )


def _is_super(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )
