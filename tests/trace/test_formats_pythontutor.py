"""Python Tutor's JSON: what goes there comes back, and what comes from there is read right."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab import record
from cwm_lab.errors import BadTraceError
from cwm_lab.trace import (
    Outcome,
    Program,
    Step,
    Trace,
    from_pythontutor,
    header_comments,
    to_pythontutor,
)
from cwm_lab.trace.valuetext import exception_parts, exception_text, parse, render
from cwm_lab.training.generator import generate_program

TESTS = Path(__file__).parents[1]
SAMPLES = sorted((TESTS / "golden").glob("*.py"))
METACLASSES = {"ABCMeta", "EnumType", "EnumMeta", "Registry"}


def there_and_back(trace: Trace) -> Trace:
    return from_pythontutor(json.dumps(to_pythontutor(trace)))


def without_objects(trace: Trace) -> Trace:
    return trace.with_steps([replace(step, objects={}) for step in trace.steps])


def held(trace: Trace) -> Trace:
    """What the format can hold: of a class it does not tell the metaclass, of a function not
    whether it was replaced by the recorder's own."""
    steps = []
    for step in without_objects(trace).steps:
        types = {
            name: "type" if kind in METACLASSES or step.locals[name].startswith("<class ") else kind
            for name, kind in step.types.items()
        }
        for name, text in step.locals.items():
            if text.startswith("<built-in function ") and name in types:
                types[name] = "builtin_function_or_method"
        steps.append(replace(step, types=types))
    return trace.with_steps(steps)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_as_they_went(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    program = Program(source, path.name, stdin=header_comments(source)[1])
    trace = record(program, sandbox=False, max_steps=400)
    plain = without_objects(trace)
    assert without_objects(there_and_back(plain)) == held(plain)
    back = there_and_back(trace)
    assert [(s.event, s.line, s.depth) for s in back.steps] == [
        (s.event, s.line, s.depth) for s in trace.steps
    ]
    assert back.outcome == trace.outcome
    assert back.output == trace.output


def test_generated_programs_come_back_as_they_went() -> None:
    for number in range(20):
        made = generate_program(random.Random(32_000_000 + number))
        program = Program(made.source, stdin=made.stdin)
        trace = without_objects(record(program, sandbox=False, max_steps=200))
        assert without_objects(there_and_back(trace)) == held(trace), made.source


NAMES = st.sampled_from(["a", "b", "self", "_"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.binary(max_size=4)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=8,
)
ODD = st.sampled_from(
    [
        "<function f>",
        "<function a b>",
        "<function f(x)>",
        "<class A>",
        "<<class A>",
        "<class >",
        "<module m>",
        "<built-in function len>",
        "<built-in method pop>",
        "<bound method A.f>",
        "Dog(name='Rex', friends=[Dog(name='Al'), Dog(...)], ...(2 more))",
        "[1, [...], ...(98 more)]",
        "{...}",
        "{1: 2, ...(3 more)}",
        "{(1, 2): [1], None: {}}",
        "{1, 2, 'a', ...(7 more)}",
        "'abc'...(400 chars)",
        "<int of 5000 bits>",
        "(1+2j)",
        "range(0, 3)",
        "deque([1, 2], maxlen=2)",
        "<Color.RED: 1>",
        "",
        "[1,2]",
        "imported x",
        "-0.0",
        "1e+300",
    ]
)
TEXTS = VALUES.map(repr) | ODD | st.text(max_size=8)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Traces as steps are made: frames come by calls, locals tell what changed."""
    stack: list[dict[str, str]] = [{}]
    steps: list[Step] = []
    for _ in range(draw(st.integers(0, 8))):
        event = draw(st.sampled_from(["line", "call", "return", "exception"]))
        if event == "call":
            stack.append({})
        names = stack[-1]
        removed = tuple(n for n in names if draw(st.booleans()) and draw(st.booleans()))
        for name in removed:
            del names[name]
        said = draw(st.dictionaries(NAMES, TEXTS, max_size=2))
        changed = {n: t for n, t in said.items() if n not in removed and names.get(n) != t}
        names.update(changed)
        value = draw(TEXTS) if event in ("return", "exception") else None
        depth = len(stack) - 1
        steps.append(
            Step(
                event,  # type: ignore[arg-type]
                draw(st.integers(-2, 9).filter(bool)),
                "f" if depth else "<module>",
                depth,
                changed,
                removed,
                value or ("None" if event == "return" else "E()" if event == "exception" else None),
                draw(st.text(max_size=3)),
                draw(st.sampled_from([None, "resume", "yield"])),
            )
        )
        if event in ("return", "exception") and depth:
            stack.pop()
    program = Program(
        "x = 1\n" * 9, "t.py", "y = 1\nz = 2\n", stdin=tuple(draw(st.lists(st.text(max_size=2))))
    )
    outcome = draw(
        st.sampled_from([Outcome(), Outcome("raised", "E", "m", 3), Outcome("step-limit")])
    )
    return Trace(program, tuple(steps), outcome, "model", draw(st.none() | st.text(max_size=3)))


@given(traces())
def test_any_trace_comes_back_as_it_went(trace: Trace) -> None:
    back = there_and_back(trace)
    assert back.with_steps([replace(s, types={}, objects={}) for s in back.steps]) == trace


def test_form_feeds_end_no_line() -> None:
    program = Program("\x0cy = x\n", context="x = '\u2028'\n\x0cz = 1\n")
    back = there_and_back(record(program, sandbox=False))
    assert (back.program.source, back.program.context) == (program.source, program.context)


def test_a_name_that_went_and_came_back_is_the_last_one() -> None:
    changes = ({"a": "1"}, ()), ({"b": "2"}, ()), ({}, ("a",)), ({"a": "3"}, ()), ({}, ("b", "a"))
    steps = tuple(Step("line", 1, "<module>", 0, told, gone) for told, gone in changes)
    trace = Trace(Program("x = 1\n"), steps)
    assert there_and_back(trace).steps[-1].removed == ("b", "a")


@given(TEXTS)
def test_a_value_is_its_text(text: str) -> None:
    assert render(parse(text)) == text


@given(st.sampled_from(["ValueError", "KeyError", "Own"]), st.text(max_size=8))
def test_exceptions_with_one_message_are_held(name: str, message: str) -> None:
    text = f"{name}({message!r})" if message else f"{name}()"
    if name != "KeyError" or message:
        assert exception_text(*exception_parts(text)) == text


def point(**changes: Any) -> dict[str, Any]:
    plain = {
        "line": 1,
        "event": "step_line",
        "func_name": "<module>",
        "globals": {},
        "ordered_globals": [],
        "stack_to_render": [],
        "heap": {},
        "stdout": "",
    }
    return {**plain, **changes}


def last_point(source: str) -> dict[str, Any]:
    points: list[dict[str, Any]] = to_pythontutor(record(source, sandbox=False))["trace"]
    return points[-1]


def test_boxes_and_arrows_are_as_python_tutor_draws_them() -> None:
    last = last_point(
        "a = [1, 2.0, None]\nb = a\nc = (1, a)\nd = {'k': a, 2: {3}}\ne = float('inf')\n"
    )
    boxes, heap = last["globals"], last["heap"]
    assert last["ordered_globals"] == ["a", "b", "c", "d", "e"]
    assert boxes["a"] == boxes["b"] == ["REF", boxes["a"][1]]
    assert heap[str(boxes["a"][1])] == ["LIST", 1, ["SPECIAL_FLOAT", "2.0"], None]
    assert heap[str(boxes["c"][1])] == ["TUPLE", 1, boxes["a"]]
    tag, first, second = heap[str(boxes["d"][1])]
    assert (tag, first, second[0]) == ("DICT", ["k", boxes["a"]], 2)
    assert heap[str(second[1][1])] == ["SET", 3]
    assert boxes["e"] == ["SPECIAL_FLOAT", "Infinity"]


def test_shared_rows_cycles_and_instances_point_to_one_object() -> None:
    last = last_point(
        "class Node:\n    pass\ngrid = [[0]] * 2\n"
        "loop = []\nloop.append(loop)\nn = Node()\nn.me = n\n"
    )
    heap, boxes = last["heap"], last["globals"]
    rows = heap[str(boxes["grid"][1])]
    assert rows[1] == rows[2]
    assert heap[str(boxes["loop"][1])] == ["LIST", boxes["loop"]]
    assert heap[str(boxes["n"][1])] == ["INSTANCE", "Node", ["me", boxes["n"]]]
    assert heap[str(boxes["Node"][1])] == ["CLASS", "Node", []]


def test_frames_exceptions_and_output_are_as_python_tutor_tells_them() -> None:
    source = "def f(n):\n    print(n)\n    return f(n - 1) if n else 1 // n\nf(1)\n"
    points = to_pythontutor(record(source, sandbox=False))["trace"]
    deep = [p for p in points if len(p["stack_to_render"]) == 2][-1]
    outer, inner = deep["stack_to_render"]
    assert (outer["func_name"], outer["frame_id"], inner["frame_id"]) == ("f", 1, 2)
    assert (outer["is_highlighted"], inner["is_highlighted"]) == (False, True)
    assert (outer["encoded_locals"], inner["encoded_locals"]) == ({"n": 1}, {"n": 0})
    assert inner["unique_hash"] == "f_f2"
    assert deep["stdout"] == "1\n0\n"
    assert points[-1]["event"] == "exception"
    assert points[-1]["exception_msg"].startswith("ZeroDivisionError: ")
    assert points[1]["heap"]["1"] == ["FUNCTION", "f(n)", None]
    returned = to_pythontutor(record("def g():\n    return [1]\ng()\n", sandbox=False))["trace"]
    frame = returned[-2]["stack_to_render"][0]
    assert frame["ordered_varnames"] == ["__return__"]
    assert returned[-2]["heap"][str(frame["encoded_locals"]["__return__"][1])] == ["LIST", 1]


def test_the_context_comes_first_in_the_code() -> None:
    program = Program("x = f()\n", context="def f():\n    return 1\n", entry="x + 1")
    trace = record(program, sandbox=False)
    document = to_pythontutor(trace)
    assert document["code"] == "def f():\n    return 1\nx = f()\nx + 1\n"
    assert [p["line"] for p in document["trace"]] == [3, 1, 2, 2, 4, 4]
    back = from_pythontutor(document)
    assert [s.line for s in back.steps] == [s.line for s in trace.steps]
    assert back.program == replace(program, source="x = f()\nx + 1\n", entry=None)


# As Python Tutor writes them: zombie frames, INSTANCE_PPRINT with what __str__ makes of an object,
# lines of lambdas, addresses.
FOREIGN = {
    "code": "class Dog:\n    def bark(self):\n        return 1.5\n\nd = Dog()\nd.bark()\n1 / 0\n",
    "trace": [
        point(),
        point(line=5, globals={"Dog": ["REF", 1]}, heap={"1": ["CLASS", "Dog", [], ["bark", 3]]}),
        point(
            line=6,
            globals={"d": ["REF", 4], "Dog": ["REF", 1]},
            ordered_globals=["Dog", "d"],
            heap={
                "1": ["CLASS", "Dog", []],
                "4": [
                    "INSTANCE_PPRINT",
                    "Dog",
                    "<__main__.Dog object at 0x7f01>",
                    ["n", ["REF", 5]],
                ],
                "5": ["LIST", "x", ["SPECIAL_FLOAT", "NaN"]],
            },
        ),
        point(
            line=2,
            event="call",
            func_name="bark",
            globals={"d": ["REF", 4]},
            heap={
                "4": ["INSTANCE_PPRINT", "Dog", "a dog"],
                "9": ["FUNCTION", "<lambda>() <line 5>", 1],
            },
            stdout="hello\n",
            stack_to_render=[
                {
                    "func_name": "gone",
                    "frame_id": 1,
                    "encoded_locals": {"z": 1},
                    "ordered_varnames": ["z"],
                    "is_zombie": True,
                },
                {
                    "func_name": "bark",
                    "frame_id": 2,
                    "encoded_locals": {"self": ["REF", 4], "f": ["REF", 9]},
                    "ordered_varnames": ["self", "f"],
                    "is_zombie": False,
                },
            ],
        ),
        point(
            line=3,
            event="return",
            func_name="bark",
            globals={"d": ["REF", 4]},
            heap={
                "4": ["INSTANCE_PPRINT", "Dog", "a dog"],
                "9": ["FUNCTION", "<lambda>() <line 5>", 1],
            },
            stdout="hello\n",
            stack_to_render=[
                {
                    "func_name": "bark",
                    "frame_id": 2,
                    "encoded_locals": {"self": ["REF", 4], "__return__": 1.5},
                    "ordered_varnames": ["self", "__return__"],
                }
            ],
        ),
        point(
            line=7,
            event="exception",
            exception_msg="ZeroDivisionError: division by zero",
            stdout="hello\n",
        ),
    ],
}


def test_a_document_of_python_tutors_own_is_read() -> None:
    trace = from_pythontutor(FOREIGN)
    assert trace.origin == "python"
    assert trace.outcome == Outcome("raised", "ZeroDivisionError", "division by zero", 7)
    assert trace.output == "hello\n"
    _, made, both, call, returned, end = trace.steps
    assert made.locals == {"Dog": "<class Dog>"}
    assert both.locals == {"d": "Dog(n=['x', nan])"}
    assert (both.ids, both.types) == ({"d": 4}, {"d": "Dog"})
    assert (call.event, call.function, call.depth, call.line) == ("call", "Dog.bark", 1, 2)
    assert call.locals == {"self": "Dog()", "f": "<function <lambda>>"}
    assert call.stdout == "hello\n"
    assert (returned.value, returned.removed) == ("1.5", ("f",))
    assert end.value == "ZeroDivisionError('division by zero')"
    assert trace.objects_at(2)[4].items == (("n", 5),)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ({"event": "instruction_limit_reached", "exception_msg": "Stopped"}, "step-limit"),
        ({"event": "raw_input", "prompt": "name?"}, "input-exhausted"),
        ({"event": "uncaught_exception", "exception_msg": "MemoryError: "}, "raised"),
        (point(event="return"), "finished"),
        (point(), "truncated"),
    ],
)
def test_how_a_document_ends_is_the_outcome(end: dict[str, Any], outcome: str) -> None:
    trace = from_pythontutor({"code": "x", "trace": [point(), end]})
    assert trace.outcome.kind == outcome
    assert json.loads(json.dumps(trace.to_json()))["outcome"]["kind"] == outcome


def test_a_program_that_does_not_compile() -> None:
    message = {"event": "uncaught_exception", "line": 1, "exception_msg": "SyntaxError: bad input"}
    trace = from_pythontutor({"code": "x = (", "trace": [message]})
    assert trace.outcome == Outcome("syntax-error", "SyntaxError", "bad input", 1)
    ours = record("x = (", sandbox=False)
    assert there_and_back(ours) == ours


def test_a_graph_that_would_be_written_out_without_end_is_cut() -> None:
    heap = {str(n): ["LIST", *[["REF", n + 1]] * 60] for n in range(1, 40)} | {"40": ["LIST"]}
    trace = from_pythontutor({"code": "x", "trace": [point(globals={"x": ["REF", 1]}, heap=heap)]})
    assert len(trace.steps[0].locals["x"]) < 20_000


BOX = {"x": ["REF", 1]}


@pytest.mark.parametrize(
    "document",
    [
        "no json",
        "[]",
        "[" * 100_000,
        b"\xff",
        {},
        {"code": "x"},
        {"code": 3, "trace": []},
        {"code": "x", "trace": [3]},
        {"code": "x", "trace": [{"event": "jump"}]},
        {"code": "x", "trace": [{"event": "step_line"}]},
        {"code": "x", "trace": [point(line="1")]},
        {"code": "x", "trace": [point(globals=[])]},
        {"code": "x", "trace": [point(globals=BOX)]},
        {"code": "x", "trace": [point(globals={"x": ["REF"]})]},
        {"code": "x", "trace": [point(globals={"x": ["REF", "1"]})]},
        {"code": "x", "trace": [point(globals={"x": []})]},
        {"code": "x", "trace": [point(globals={"x": {}})]},
        {"code": "x", "trace": [point(globals={"x": ["SPECIAL_FLOAT", "one"]})]},
        {"code": "x", "trace": [point(globals={"x": ["C_DATA", "0x1", "int", "3"]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": []})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["DICT", 3]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["DICT", [3]]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["INSTANCE"]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["INSTANCE", "A", [1, 2]]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["INSTANCE", "A", "ab"]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["JS_FUNCTION", "f", "..."]})]},
        {"code": "x", "trace": [point(globals=BOX, heap={"1": ["FUNCTION"]})]},
        {"code": "x", "trace": [point(stack_to_render=[3])]},
        {"code": "x", "trace": [point(stack_to_render=[{"func_name": "f"}])]},
        {"code": "x", "trace": [point(stdout="ab"), point(stdout="c")]},
        {"code": "x", "trace": [], "cwm_lab": {}},
        {"code": "x", "trace": [], "cwm_lab": {"outcome": {"kind": "finished"}, "last_ids": 3}},
    ],
    ids=str,
)
def test_what_is_no_document_is_one_clear_error(document: Any) -> None:
    with pytest.raises(BadTraceError) as caught:
        from_pythontutor(document)
    assert "\n" not in str(caught.value)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [path, *(p for key in keys for p in _paths(value[key], (*path, key)))]


@given(st.sampled_from(_paths(FOREIGN)[1:]), st.sampled_from([None, 3, "x", [], {}, ["REF", 1]]))
def test_a_broken_document_is_an_error_or_a_trace_but_nothing_else(path: Any, junk: Any) -> None:
    document = json.loads(json.dumps(FOREIGN))
    at = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = junk
    try:
        trace = from_pythontutor(document)
    except BadTraceError:
        return
    assert Trace.from_json(json.dumps(trace.to_json())) == trace
