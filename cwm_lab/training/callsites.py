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
    if values and code.co_qualname.count(".") and hasattr(type(values[0]), code.co_name):
        return (values[0], code.co_name, values[1:], {})
    for _, _, args, keywords in reversed(question.calls):
        for candidate in (*args, *keywords.values()):
            if isinstance(candidate, types.FunctionType) and candidate.__code__ is code:
                return (candidate, None, values, {})
    for candidate in (*question.vals.values(), *lazy):
        if isinstance(candidate, types.FunctionType) and candidate.__code__ is code:
            return (candidate, None, values, {})
    return None


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
        return (owner, function.__name__, args, keywords)
    if isinstance(function, type) and code.co_name == "__init__":
        return (function, None, args, keywords)
    called = inspect.getattr_static(type(function), "__call__", None)
    if isinstance(called, types.FunctionType) and called.__code__ is code:
        return (function, "__call__", args, keywords)
    return None


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
