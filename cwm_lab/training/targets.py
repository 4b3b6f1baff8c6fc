"""The places that subscripts which are targets stand for, and how they are found."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from cwm_lab.training import placing
from cwm_lab.training.questions import Question
from cwm_lab.training.scratchpad import FAILED, Part, at, item_of, worked_out
from cwm_lab.training.texts import value_of
from cwm_lab.worldmodel.course.arithmetic import counted_from_end
from cwm_lab.worldmodel.course.ranges import is_small
from cwm_lab.worldmodel.course.slicing import Edges, as_edges, empty_place, sliced
from cwm_lab.worldmodel.course.working import truly
from cwm_lab.worldmodel.desugar import is_literal
from cwm_lab.worldmodel.values import MAX_ITEMS


def targets_of(node: ast.Assign | ast.Delete) -> list[ast.Subscript]:
    """The subscripts whose places a statement notes once it has stored to them or deleted them:
    slices only where they are its only target."""
    parts = node.targets
    if isinstance(node, ast.Delete) and len(parts) > 1:
        return []
    if len(parts) == 1 and isinstance(parts[0], ast.Tuple | ast.List):
        parts = parts[0].elts
    subscripts = [part for part in parts if isinstance(part, ast.Subscript)]
    alone = subscripts == node.targets
    return [part for part in subscripts if alone or not isinstance(part.slice, ast.Slice)]


def stored(
    question: Question, targets: Sequence[ast.expr], *, deleted: bool = False
) -> list[list[Part]]:
    """The notes of the places that a statement has stored to or deleted."""
    notes: list[list[Part]] = []
    for target in targets:
        if not isinstance(target, ast.Subscript):
            continue
        owner, key = _parts(target, question.vals)
        was = question.keys.get(id(owner))
        places = _of_target(owner, key, was, deleted=deleted)
        if places is not None:
            found = owner if was is None else was
            steps = from_end(found, key, put=not deleted) if type(owner) is list else []
            notes.append(_target(target, question.vals, *steps, *at(places)))
    return notes


def missed(node: ast.AST, vals: Mapping[int, Any]) -> list[list[Part]]:
    """The notes of targets up to one that a statement has not found, if that is why it raised: all
    that it evaluates up to there has its value."""
    if not isinstance(node, ast.Assign | ast.Delete):
        return []
    if isinstance(node, ast.Assign) and not _has_value(node.value, vals):
        return []
    notes: list[list[Part]] = []
    for target in targets_of(node):
        owner, key = _parts(target, vals)
        if isinstance(node, ast.Assign) and type(key) is slice:
            return _misfitting(target, owner, key, value_of(node.value, vals), vals)
        known = _has_value(target.value, vals) and _has_value(target.slice, vals)
        if not known or type(owner) not in (list, dict) or not placing.has_place(owner, key):
            return []
        takes = type(owner) is dict and isinstance(node, ast.Assign)
        places = _of_target(owner, key, None) if takes or _has(owner, key) else None
        steps = from_end(owner, key) if type(owner) is list else []
        found = ["->", FAILED] if places is None else at(places)
        notes.append(_target(target, vals, *steps, *found))
        if places is None:
            return notes
    return []


def from_end(owner: Any, key: Any, *, put: bool = False) -> list[Part]:
    """The working steps of an index that is counted from the end, and of a slice. put: whether
    something is put there."""
    if type(owner) is range and type(key) is slice and is_small(owner):
        edges = as_edges(key)
        return [] if edges is None else worked_out(sliced(len(owner), edges))
    if type(owner) not in (list, tuple, str) or len(owner) > MAX_ITEMS:
        return []
    if type(key) is slice:
        edges = as_edges(key)
        return [] if edges is None else worked_out(_cut(owner, edges, put=put))
    return worked_out(counted_from_end(len(owner), key)) if type(key) is int and key < -1 else []


def _target(target: ast.Subscript, vals: Mapping[int, Any], *ending: Part) -> list[Part]:
    """The note of the place that a target stands for, or that there is none."""
    parts = item_of(target, FAILED, vals)
    assert parts is not None
    return [*parts[:-2], *ending]


def _parts(target: ast.Subscript, vals: Mapping[int, Any]) -> tuple[Any, Any]:
    """What a subscript is of, and by what it says its place."""
    return value_of(target.value, vals), placing.key_of(target.slice, vals)


def _has_value(node: ast.expr, vals: Mapping[int, Any]) -> bool:
    return is_literal(node) or id(node) in vals


def _has(owner: Any, key: Any) -> bool:
    """Whether a list has this index, or a dict this key."""
    return key in owner if type(owner) is dict else -len(owner) <= key < len(owner)


def _of_target(owner: Any, key: Any, was: Any, *, deleted: bool = False) -> list[int] | None:
    """The places that were stored to or deleted. was: the list, or the keys of the dict, before;
    None if that was not heard."""
    if type(key) is slice:
        edges = as_edges(key)
        if type(owner) is not list or was is None or edges is None or len(was) > MAX_ITEMS:
            return None
        places = truly(_cut(was, edges, put=not deleted))[1]
        return [*places] or ([] if deleted else empty_place(places))
    if type(owner) is list and type(key) is int and len(owner) + deleted <= MAX_ITEMS:
        return [range(len(owner) + deleted)[key]]
    keys = was if deleted else placing.items_of(owner)
    if type(owner) is not dict or keys is None or not placing.all_plain([key, *keys]):
        return None
    return [keys.index(key)] if key in keys else [len(keys)]


def _cut(owner: Any, edges: Edges, *, put: bool) -> Any:
    return sliced(len(owner), edges, put=put and edges[2] == 1)


def _misfitting(
    target: ast.Subscript, owner: Any, key: slice, value: Any, vals: Mapping[int, Any]
) -> list[list[Part]]:
    """The note of a part of a list that takes as many items as it has, if it was given others."""
    edges, takes = as_edges(key), type(value) in (list, tuple, str)
    if type(owner) is not list or edges is None or edges[2] == 1 or not takes:
        return []
    if len(owner) > MAX_ITEMS:
        return []
    places = truly(_cut(owner, edges, put=False))[1]
    return [_target(target, vals, *from_end(owner, key), *at([*places]))]
