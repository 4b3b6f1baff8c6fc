"""The object graph of a trace against the truth: which object is which, as `id` says."""

from __future__ import annotations

import ast
import builtins
import json
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cwm_lab.recorder import record
from cwm_lab.recorder.display import attributes_of, display, has_identity
from cwm_lab.trace import Object, Trace
from cwm_lab.trace.lines import read_source
from tests.recorder.graphs import moves

PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
FILE = "<truth>"
SAMPLES = {
    "aliasing": "a = [1]\nb = a\nc = [a, b]\nb.append(2)\nb = [1, 2]\nc = 0\n",
    "rows shared": "grid = [[0] * 3] * 3\ngrid[0][1] = 5\ngrid[1] = grid[1][:]\ngrid[1][2] = 7\n",
    "cycle": "a = [1]\na.append(a)\nb = {'a': a}\na.append(b)\nb['b'] = b\ndel a\nb.clear()\n",
    "linked list": (
        "class Node:\n    def __init__(self, value, next=None):\n"
        "        self.value = value\n        self.next = next\n"
        "head = None\nfor i in range(5):\n    head = Node(i, head)\n"
        "last = head\nwhile last.next:\n    last = last.next\nlast.next = head\nhead = 0\n"
        "last = 0\n"
    ),
    "instances": (
        "class Owner:\n    def __init__(self):\n        self.pets = []\n"
        "class Pet:\n    def __init__(self, owner):\n        self.owner = owner\n"
        "        owner.pets.append(self)\no = Owner()\np = Pet(o)\nq = Pet(o)\n"
        "o.pets.remove(p)\np.owner = q\nq.__dict__ = p.__dict__\nq.name = 'x'\n"
    ),
    "slots": (
        "class P:\n    __slots__ = ('x', 'y')\np = P()\np.x = []\np.y = p.x\np.x.append(1)\n"
        "p.x = 3\np.y.append(p)\n"
    ),
    "dict of lists": (
        "d = {}\nfor word in ['ab', 'cd', 'ae']:\n    d.setdefault(word[0], []).append(word)\n"
        "e = dict(d)\ne['a'] += [1]\nd['c'] = d['a']\n"
    ),
    "tuples": "a = [1]\nt = (a, 2)\nu = (t, t)\na.append(t)\nv = (1, (2, 3))\nt = 0\n",
    "sets": "class A: pass\na = A()\ns = {a}\nt = s\nt.add(1)\ns = frozenset(t)\nb = [t, t]\n",
    "closure": (
        "def counter():\n    log = []\n    def add(x):\n        log.append(x)\n        return log\n"
        "    return add\nadd = counter()\na = add(1)\nb = add(a)\na = b = 0\nadd(2)\n"
    ),
    "generator asleep": (
        "def collect(into):\n    seen = [into]\n    while True:\n        got = yield seen\n"
        "        into.append(got)\n        seen = [seen]\na = []\ng = collect(a)\nb = next(g)\n"
        "c = g.send(1)\nc = g.send(2)\na = [a]\ng.close()\n"
    ),
    "global list": (
        "log = []\ndef f(n):\n    here = [n]\n    log.append(here)\n    if n:\n        f(n - 1)\n"
        "    here.append(log)\n    return here\nx = f(3)\nlog = [log]\n"
    ),
    "middle frame": (
        "def outer():\n    mine = [[1], [2]]\n    def inner():\n        mine.pop().append(3)\n"
        "    middle(inner)\n    return mine\ndef middle(f):\n    other = {'f': 1}\n    f()\n"
        "    f()\n    other['f'] = other\nouter()\n"
    ),
    "default argument": (
        "def f(x, into=[]):\n    into.append(x)\n    return into\na = f(1)\nb = f(a)\n"
    ),
    "class changed": (
        "class A: pass\nclass B: pass\na = A()\na.b = A()\nb = [a]\na.__class__ = B\na.b.c = a\n"
        "a.b.__class__ = B\n"
    ),
    "changed while out of sight": (
        "class A: pass\nclass B: pass\ndef give(a=A()):\n    return a\ngive()\n"
        "give().__class__ = B\ngive()\ngive().__dict__ = {'n': 1}\nx = give()\n"
    ),
    "part gone while out of sight": (
        "box = [[1]]\ndef give(a=[box[0]]):\n    return a\ndef f():\n    box.pop()\n    n = [2]\n"
        "    n.append(3)\n    n.pop()\n    b = give()\n    b[0].append(n)\n    return b\n"
        "x = (give(), f())\n"
    ),
    "grows beyond what is shown": (
        "class A:\n    def __init__(self):\n        self.log = [0] * 98\n    def add(self, n):\n"
        "        self.log.append(n)\na = A()\nfor i in range(6):\n    a.add([i])\na.log[99] = a\n"
        "b = a.log.pop(50)\na.add(7)\na.log.append(8)\n"
        "del a.log[3:]\na.add(9)\n"
    ),
    "passed on": (
        "def f(x):\n    x = x + [x]\n    x[0] = x\n    return x\na = [[1], [2]]\na = f(a)\n"
        "b = sorted(a, key=len)\na.reverse()\na += a\ndel a[1:]\n"
    ),
}


class Truth:
    """At each step of `trace`: the graph of what the names of live frames lead to, by `id`."""

    def __init__(self, source: str, trace: Trace) -> None:
        self.trace = trace
        self.at = 0
        self.stack: list[FrameType] = []
        self.kept: list[Any] = []
        self.lines = read_source(ast.parse(source)).shown
        code = compile(source, FILE, "exec")
        names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        before = sys.gettrace()
        sys.settrace(self.watch)
        try:
            with suppress(Exception):  # as the trace says
                exec(code, names)
        finally:
            sys.settrace(before)

    def watch(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename != FILE:
            return None
        steps = self.trace.steps
        if event == "call" and frame.f_code.co_name not in ("<listcomp>", "<genexpr>"):
            self.stack.append(frame)
        if self.at < len(steps) and self.stack and self.stack[-1] is frame:
            step = steps[self.at]
            same = (step.event, step.line) == (event, self.lines.get(frame.f_lineno))
            header = step.event == event == "call" and step.detail is None
            if (same or header) and step.depth == len(self.stack) - 1:
                self.check()
                self.at += 1
        if event == "return" and self.stack and self.stack[-1] is frame:
            self.stack.pop()
        return self.watch

    def check(self) -> None:
        known = self.trace.objects_at(self.at)
        numbers: dict[int, int] = {}
        for frame, names in zip(self.stack, ids_by_frame(self.trace, self.at), strict=True):
            module = frame.f_code.co_name == "<module>"
            values = frame.f_globals if module else frame.f_locals
            for name, number in names.items():
                if frame is self.stack[-1] or name in values:
                    self.same(values[name], number, known, numbers)
        assert set(known) <= set(numbers.values()), "an object that no name leads to"

    def same(
        self, value: Any, number: int, known: dict[int, Object], numbers: dict[int, int]
    ) -> None:
        if id(value) in numbers:
            assert numbers[id(value)] == number, f"step {self.at}: one object, two numbers"
            return
        assert number not in numbers.values(), f"step {self.at}: two objects, one number"
        numbers[id(value)] = number
        found = known[number]
        assert found.type == type(value).__name__
        parts: list[Any]
        if isinstance(value, dict):
            assert found.kind == "dict"
            parts = [part for pair in value.items() for part in pair]
            told = [part for pair in found.items for part in pair]  # type: ignore[union-attr]
        elif isinstance(value, list | tuple):
            assert found.kind == ("list" if isinstance(value, list) else "tuple")
            parts, told = list(value), list(found.items)
        elif isinstance(value, set):
            assert found.kind == "set"
            self.same_set(value, found, known, numbers)
            return
        elif found.kind == "instance":
            attributes = attributes_of(value)
            assert [name for name, _ in found.items] == list(attributes)  # type: ignore[misc]
            parts, told = list(attributes.values()), [p for _, p in found.items]  # type: ignore[misc]
        else:
            return
        assert found.size == (len(parts) // 2 if isinstance(value, dict) else len(parts))
        assert len(told) == len(parts) or len(told) >= 50
        for part, part_told in zip(parts, told, strict=False):
            self.same_part(part, part_told, known, numbers)

    def same_set(
        self, value: set[Any], found: Object, known: dict[int, Object], numbers: dict[int, int]
    ) -> None:
        mutable = [part for part in value if has_identity(part)]
        assert len([part for part in found.items if isinstance(part, int)]) == len(mutable)
        if len(mutable) == 1:
            (number,) = (part for part in found.items if isinstance(part, int))
            self.same(mutable[0], number, known, numbers)

    def same_part(
        self, part: Any, told: Any, known: dict[int, Object], numbers: dict[int, int]
    ) -> None:
        if isinstance(told, int):
            assert has_identity(part) or isinstance(part, tuple)
            self.same(part, told, known, numbers)
        else:
            assert not has_identity(part), f"step {self.at}: {told} has no number"


def ids_by_frame(trace: Trace, index: int) -> list[dict[str, int]]:
    """Names that hold an object, of each live frame at a step."""
    stack: list[dict[str, int]] = []
    for step in trace.steps[: index + 1]:
        del stack[step.depth + (step.event != "call") :]
        while len(stack) <= step.depth:
            stack.append({})
        for name in (*step.removed, *step.locals):
            stack[step.depth].pop(name, None)
        stack[step.depth].update(step.ids)
    return stack


@pytest.mark.parametrize("number", range(40))
def test_objects_that_are_moved_are_what_ids_say(number: int) -> None:
    source = moves(number)
    trace = record(source, sandbox=False, max_steps=5000)
    assert trace.outcome.kind == "finished", f"{trace.outcome}\n{source}"
    assert Truth(source, trace).at == len(trace)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_graph_is_what_ids_say(name: str) -> None:
    source = SAMPLES[name]
    trace = record(source, sandbox=False)
    assert trace.outcome.kind == "finished", trace.outcome
    truth = Truth(source, trace)
    assert truth.at == len(trace)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_graph_of_programs(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if "input(" in source or "# stdin:" in source:
        pytest.skip("reads input")
    trace = record(source, sandbox=False)
    truth = Truth(source, trace)
    assert truth.at > len(trace) * 0.8


def test_parts_and_sizes_are_bounded_and_what_lies_beyond_is_counted() -> None:
    trace = record("a = list(range(1000))\nb = [[i] for i in range(900)]\n", sandbox=False)
    last = len(trace) - 1
    long, wide = (trace.objects_at(last)[trace.steps[i].ids[n]] for i, n in ((1, "a"), (last, "b")))
    assert (long.size, long.items) == (1000, tuple(map(str, range(50))))
    assert wide.size == 900
    assert len(wide.items) == 50


def test_only_differences_are_told() -> None:
    trace = record("a = [[1], [2]]\nx = 1\na[0].append(3)\na.append(4)\ny = 2\n", sandbox=False)
    sizes = [len(step.objects) for step in trace.steps]
    assert sizes == [0, 3, 0, 1, 1, 0]


def test_graph_goes_through_the_sandbox_and_the_document() -> None:
    for source in SAMPLES.values():
        here = record(source, sandbox=False)
        assert record(source).to_json() == here.to_json()
        assert Trace.from_json(here.to_json()).to_json() == here.to_json()
        last = len(here) - 1
        assert Trace.from_json(here.to_json()).objects_at(last) == here.objects_at(last)


def test_a_part_that_gets_a_name_gets_its_number_in_the_graph_too() -> None:
    trace = record("a = [[1]]\nb = a[0]\nb.append(2)\n", sandbox=False)
    first, last = trace.objects_at(1), trace.objects_at(len(trace) - 1)
    assert first[1].items == (-1,)
    assert last[1].items == (trace.steps[2].ids["b"],)
    assert last[trace.steps[2].ids["b"]].items == ("1", "2")


def test_objects_that_end_loudly_end_on_time() -> None:
    source = (
        "class Loud:\n    def __init__(self, name):\n        self.name = name\n"
        "    def __del__(self):\n        print('end of', self.name)\n"
        "class Owner:\n    pass\n"
        "a = Loud('a')\nb = Owner()\nb.part = Loud('b')\na = 1\nb = 1; print('after b')\n"
    )
    trace = record(source, sandbox=False)
    assert trace.output == "end of a\nend of b\nafter b\n"
    functions = [step.function for step in trace.steps if step.event == "call"]
    assert functions == ["Loud", "Owner", "Loud.__init__", "Loud.__init__", *["Loud.__del__"] * 2]


def test_weak_references_end_with_their_objects() -> None:
    source = (
        "import weakref\nclass A:\n    pass\na = A()\nr = weakref.ref(a)\n"
        "a = None; gone = r() is None\n"
    )
    states = record(source, sandbox=False)
    assert states.state_at(len(states) - 1)["gone"] == "True"


@pytest.mark.parametrize(
    "value",
    [
        "list(range(99))",
        "list(range(100))",
        "list(range(101))",
        "[10**20] * 90",
        "[10**21] * 100",
        "['a' * 299]",
        "['a' * 301]",
        "['ab'] * 100 + []",
        "[0.5, 1, True, None, 'x']",
        "[10**400]",
        "['x at 0x7f00deadbeef']",
        "[[1] * 60, [2] * 60]",
        "[[1] * 60] * 9 + [[3] * 99]",
        "{'a': [1] * 60, 'b': {'c': (1, [2])}}",
        "[[[[[[[[[[1]]]]]]]]]]",
        "([1],)",
        "[set(), {1}, [], {}, ()]",
    ],
)
def test_texts_put_together_from_parts_are_what_display_writes(value: str) -> None:
    trace = record(f"a = [7]\na[0] = {value}\na = a[0]\na = [a, {{'k': a}}]\n", sandbox=False)
    shown = eval(value)
    states = [trace.state_at(i)["a"] for i in range(2, 5)]
    assert states == [display(v) for v in ([shown], shown, [shown, {"k": shown}])]


def test_the_text_of_a_trace_is_the_same_wherever_its_objects_lay() -> None:
    source = "def f(a):\n    b, c = a[0], a[1:]\n    return a\nx = [[1]]\nf(x + [[], x])\n"
    lay: list[object] = []
    texts: set[str] = set()
    for count in range(30):
        lay.append([object() for _ in range(7 * count % 50)])
        texts.add(json.dumps(record(source, sandbox=False).to_json()))
    assert len(texts) == 1


@pytest.mark.parametrize("made", ["memoryview(b)", "Box(memoryview(b))"])
def test_what_a_program_has_lost_ends_before_its_next_line(made: str) -> None:
    """Bytes do not grow while somebody views them."""
    source = (
        "class Box:\n    def __init__(self, inside):\n        self.inside = inside\n"
        "b = bytearray(b'x')\ndef make():\n"
        f"    made = {made}\n    return made\nmake()\nb.append(1)\n"
    )
    assert record(source, sandbox=False).outcome.kind == "finished"


def test_a_program_that_asks_sees_the_end_of_an_object() -> None:
    source = (
        "import weakref\nclass A:\n    def __init__(self):\n        self.x = 1\n"
        "def make():\n    a = A()\n    return a\nprint(weakref.ref(make())())\n"
    )
    assert record(source).output == "None\n"


@pytest.mark.parametrize("last", ["give()", "box.inside = give()\nbox.inside = 0\ngive()"])
def test_a_change_of_what_no_name_leads_to_any_more_is_not_told(last: str) -> None:
    source = (
        "class Box:\n    def __init__(self):\n        self.inside = []\nbox = Box()\n"
        f"def give(into=[]):\n    into.append(1)\n    return into\n{last}.append(2)\nx = 1\ny = 2\n"
    )
    told = [step.objects for step in record(source, sandbox=False).steps]
    assert told[-3:] == [{}, {}, {}]
    assert any(told[-5].values())
