"""Every name's text at every step against the truth: `display`, asked afresh of every value.

The recorder keeps texts and finds out which of them changed; here nothing is kept. At each step,
while the program stands there, all visible names of its frame are displayed anew, and the trace's
full state at that step must be these texts.

CWM_LAB_TEXTS_PROGRAMS: how many programs of the generator and about object graphs, 60 by default.
"""

from __future__ import annotations

import builtins
import os
import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cwm_lab.recorder import record, record_here
from cwm_lab.recorder.display import display
from cwm_lab.trace import Program, Step, Trace, header_comments
from tests.recorder.graphs import graph, moves
from tests.recorder.test_golden import samples
from tests.recorder.test_objects import SAMPLES

COUNT = int(os.environ.get("CWM_LAB_TEXTS_PROGRAMS", "60"))
CHUNKS = 10
PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
FILE = "<texts>"
SLEEPERS = 0x20 | 0x80 | 0x200
LEFT_OUT = {"object_ends": "that the truth is looked at has objects end later"}
if sys.version_info >= (3, 12):
    LEFT_OUT["comprehension_error"] = "a comprehension's own name hides the function's meanwhile"
if sys.version_info >= (3, 12):
    LEFT_OUT["comprehension_error"] = "its own `n` is in the frame's place while the error passes"

WIDE = {
    "a long list of lists": (
        "a=[[] for i in range(90)]\nb=[a]\na[55].append(1)\na[88].append(2)\nx=1\n"
    ),
    "many attributes": (
        "class A: pass\na=A()\nfor i in range(70): setattr(a,f'x{i}',[])\na.x60.append(1)\ny=1\n"
    ),
    "a large dict of lists": ("a={i:[] for i in range(70)}\na[60].append(1)\ny=1\n"),
    "a list linked beyond what is kept in sight": (
        "class N:\n"
        "    def __init__(s,v,n): s.v=v; s.n=n\n"
        "h=None\n"
        "for i in range(400): h=N(i,h)\n"
        "l=h\n"
        "for i in range(395): l=l.n\n"
        "l.v=77\n"
        "l.n.v=88\n"
        "y=1\n"
    ),
    "a grid of objects": (
        "class C:\n"
        "    def __init__(s): s.on=0\n"
        "g=[[C() for i in range(20)] for j in range(20)]\n"
        "h=[g,1]\n"
        "g[0][5].on=1\n"
        "g[7][5].on=1\n"
        "g[10][1].on=1\n"
        "r=g[15]\n"
        "g[15][3].on=4\n"
        "r=1\n"
    ),
    "many names": "".join(f"a{i} = [[{i}], [{i}]]\n" for i in range(150))
    + "a120[0].append(1)\na149[1].append(1)\ny = 1\n",
    "defaultdict": (
        "from collections import defaultdict\n"
        "a=defaultdict(int)\n"
        "a[1]=2\n"
        "a.default_factory=None\n"
        "y=1\n"
    ),
    "deque": (
        "from collections import deque\n"
        "x=[1]\n"
        "a=deque([x,2],maxlen=3)\n"
        "b=[a]\n"
        "x.append(a)\n"
        "y=1\n"
        "a.append(3)\n"
        "y=2\n"
    ),
    "exceptions": (
        "x=[1]\n"
        "try:\n"
        "    raise ValueError(x)\n"
        "except ValueError as e:\n"
        "    f=[e]\n"
        "    x.append(2)\n"
        "    y=1\n"
        "y=2\n"
    ),
    "frozen sets": (
        "class A: pass\na=A()\na.v=1\nf=frozenset([a])\ng=[f]\na.v=2\nd={f:1}\na.v=3\ny=1\n"
    ),
    "namespaces": (
        "from types import SimpleNamespace as N\n"
        "a=N(x=[1])\n"
        "b=[a]\n"
        "a.x.append(2)\n"
        "a.y=1\n"
        "del a.x\n"
        "y=1\n"
    ),
    "dict views": ("d={'a':[1]}\nk=d.values()\nb=[k]\nd['a'].append(2)\nd['b']=1\ny=1\n"),
    "chainmap": (
        "from collections import ChainMap,UserList\nd=[1]\nc=UserList(d)\ne=[c]\nc.append(1)\ny=1\n"
    ),
    "partial": (
        "from functools import partial\nd=[1]\nc=partial(print,d)\ne=[c]\nd.append(1)\ny=1\n"
    ),
    "dataclass": (
        "from dataclasses import dataclass, field\n"
        "@dataclass(slots=True)\n"
        "class A:\n"
        "    x: list = field(default_factory=list)\n"
        "a=A()\n"
        "b=A([a])\n"
        "c=(b,)\n"
        "a.x.append(1)\n"
        "y=1\n"
    ),
    "slices": ("d=[1]\ns=slice(d,2)\nt=[s]\nd.append(2)\ny=1\n"),
    "long text": (
        "a=['x'*250 for i in range(20)]\n"
        "b=[[1] for i in range(20)]\n"
        "c=[a,b]\n"
        "b[15].append(1)\n"
        "a.clear()\n"
        "y=1\n"
    ),
    "objects that end loudly": (
        "class L:\n"
        "    def __del__(s): print('bye')\n"
        "l=L()\n"
        "l.x=[1]\n"
        "b=[l]\n"
        "c=[b]\n"
        "l.x.append(2)\n"
        "l.x.append(3)\n"
        "y=1\n"
    ),
}
"""Graphs that are large, or of what is not plain."""


class Truth:
    """Is told each step as it is recorded."""

    def __init__(self) -> None:
        self.states: list[dict[str, str] | None] = []

    def look(self, step: Step) -> None:
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_code.co_filename != FILE:
            frame = frame.f_back
        assert frame is not None
        code = frame.f_code
        if step.event == "call" and code.co_flags & SLEEPERS:
            # Told a moment later, when it may stand elsewhere. The next step shows all again.
            self.states.append(None)
            return
        names = dict(frame.f_globals if code.co_name == "<module>" else frame.f_locals)
        in_class = not code.co_flags & 2 and code.co_name != "<module>"
        # The recorder's stand-in looks as Python's own.
        hidden = {id(builtins.input): "<built-in function input>"}
        shown = {
            name: display(value, hidden=hidden)
            for name, value in names.items()
            if visible(name, in_class)
        }
        self.states.append(shown)


def visible(name: str, in_class: bool) -> bool:
    if name.startswith(".") or (name.startswith("__") and name.endswith("__")):
        return False
    return not (in_class and len(name) > 2 and name.startswith("_") and name.endswith("_"))


def differences(source: str, stdin: tuple[str, ...] = ()) -> list[str]:
    truth = Truth()
    program = Program(source, FILE, stdin=stdin)
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    trace = record_here(
        program,
        names,
        max_steps=5000,
        max_seconds=600,
        on_step=truth.look,
        go_on=False,
        own_namespace=len(source) % 4 != 0,  # mostly the quicker way, now and then the other
    ).trace
    assert len(truth.states) == len(trace)
    return compared(trace, truth)


def compared(trace: Trace, truth: Truth) -> list[str]:
    found = []
    for number, (step, state) in enumerate(zip(trace.steps, trace.states(), strict=True)):
        true = truth.states[number]
        if true is None:
            continue
        if step.event != "line" and sys.version_info >= (3, 12):
            # A comprehension's own names may be among the frame's while an exception passes.
            true = {name: text for name, text in true.items() if name in state}
        where = f"step {number}, line {step.line} of {step.function}"
        if state.keys() != true.keys():
            found.append(f"{where}: names {sorted(state)}, in truth {sorted(true)}")
        found += [
            f"{where}: {name} = {state[name]}, in truth {true[name]}"
            for name in state.keys() & true.keys()
            if state[name] != true[name]
        ]
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in (*samples(), *PROGRAMS) if path.stem not in LEFT_OUT],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_samples_and_programs(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = differences(source, header_comments(source)[1])
    assert not found, "\n".join(found[:5])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_generated_programs(chunk: int) -> None:
    generator = pytest.importorskip("cwm_lab.training.generator")
    for number in range(chunk, COUNT, CHUNKS):
        program = generator.generate_program(random.Random(8_000_000 + number))
        found = differences(program.source, program.stdin)
        assert not found, f"program {number}:\n{program.source}\n" + "\n".join(found[:5])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_object_graphs(chunk: int) -> None:
    for number in range(chunk, COUNT, CHUNKS):
        for source in (graph(number), moves(number)):
            found = differences(source)
            assert not found, f"program {number}:\n{source}\n" + "\n".join(found[:5])


@pytest.mark.parametrize("name", SAMPLES)
def test_small_graphs(name: str) -> None:
    assert differences(SAMPLES[name]) == []


@pytest.mark.parametrize("name", WIDE)
def test_wide_and_odd_graphs(name: str) -> None:
    assert differences(WIDE[name]) == []


def test_a_change_two_levels_down_reaches_every_name() -> None:
    source = (
        "class Box:\n    def __init__(self, inside):\n        self.inside = inside\n"
        "ann = Box(1)\nbob = Box([ann])\ncat = [{'k': (bob,)}]\nperson = ann\nperson.inside += 1\n"
        "done = 1\n"
    )
    assert differences(source) == []
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
    last = record_here(Program(source), names).trace.steps[-2]
    assert set(last.locals) == {"ann", "bob", "cat", "person"}


def test_a_difference_would_be_found() -> None:
    truth, names = Truth(), {"__name__": "__main__", "__builtins__": builtins}
    program = Program("a = [1]\nb = [a]\na.append(2)\nb = a\nb.clear()\n", FILE)
    trace = record_here(program, names, on_step=truth.look).trace
    assert compared(trace, truth) == []
    for number, step in enumerate(trace.steps):
        if step.locals:
            without = Step(step.event, step.line)
            steps = [without if i == number else s for i, s in enumerate(trace.steps)]
            assert compared(trace.with_steps(steps), truth), number


def test_a_type_whose_name_looks_like_a_format() -> None:
    source = (
        "A = type('A{0}', (), {})\na = A()\na.x = 1\nB = type('{B}', (list,), {})\nb = [a, B()]\n"
    )
    for sandbox in (False, True):
        steps = record(source, sandbox=sandbox).steps
        assert steps[-1].locals == {"b": "[A{0}(x=1), {B}([])]"}


@pytest.mark.parametrize("sandbox", [False, True])
def test_a_returned_object_is_what_it_was_then(sandbox: bool) -> None:
    source = (
        "class A:\n    def __init__(self):\n        self.xs = [0] * 99\n"
        "    def add(self, n):\n        self.xs.append(n)\n        self.n = n\n"
        "        return self\n"
        "def both(a, b=[]):\n    b.append(a.n)\n    return b\n"
        "a = A()\nfor n in range(3):\n    a.add(n).add(n + 1)\n    both(a)\na.xs.clear()\n"
    )
    values = [s.value for s in record(source, sandbox=sandbox).steps if s.event == "return"]
    zeros, lists = ", ".join(["0"] * 99), ["[1]", "[1, 2]", "[1, 2, 3]"]
    assert [value for value in values if value and value.startswith("[")] == lists
    more = ["", ", ...(1 more)", ", ...(2 more)", ", ...(3 more)", ", ...(4 more)", ", ...(5 more)"]
    numbers = [0, 1, 1, 2, 2, 3]
    expected = [f"A(xs=[{zeros}, 0{rest}], n={n})" for n, rest in zip(numbers, more, strict=True)]
    assert [value for value in values if value and value.startswith("A(")] == expected
