"""What a step does, in plain words: read from real traces."""

from __future__ import annotations

from pathlib import Path

import pytest

from cwm_lab.notebook.explain import Sentence
from cwm_lab.notebook.slices import State, Track
from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace


def said(source: str, max_steps: int = 500) -> list[str]:
    trace = record(Program(source), sandbox=False, max_steps=max_steps)
    return sentences(trace)


def sentences(trace: Trace) -> list[str]:
    track = Track(trace.program, trace.steps, done=True)
    return [text(one) for number in range(track.chunks) for one in track.chunk(number)["said"]]


def text(sentence: Sentence) -> str:
    return "".join(part if isinstance(part, str) else f"`{part[0]}`" for part in sentence)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("n = 2\nn = n + 1", "`n` goes from `2` to `3`"),
        ("n = 2\nn = n", "`n` stays `2`"),
        ("a = [1]\nb = a", "`b` is now `[1]`, the same object as `a`"),
        ("for c in 'ab':\n    pass", "the loop takes its 2nd item: `c` is `'b'`"),
        ("for c in 'ab':\n    pass", "the loop has no more items: it is done after 2 rounds"),
        ("for c in '':\n    pass", "the loop has no items: its body does not run"),
        (
            "n = 4\nif n % 2 == 0:\n    n = 5",
            "the condition `n % 2 == 0` is `True` (`n % 2` is `0`), so line 3 is next",
        ),
        ("i = 0\nwhile i < 1:\n    i += 1", "the condition `i < 1` is `False` (`i` is `1`)"),
        ("def f(x):\n    return x * 2\ny = f(3)", "`f` is called with `x = 3`"),
        ("def f(x):\n    return x * 2\ny = f(3)", "the function returns `6`"),
        ("def f(x):\n    return x * 2\ny = f(3)", "`f` returns `6` to line 3"),
        ("def f(x):\n    return x * 2\ny = f(3)", "after `f` has returned `6`, `y` is now `6`"),
        ("print('a', 1 + 1)", "prints `'a 2\\n'` (`1 + 1` is `2`)"),
        (
            "x = 1 / (2 - 2)",
            "here `ZeroDivisionError('division by zero')` is raised (`2 - 2` is `0`)",
        ),
        ("def f():\n    [][1]\nf()", "is raised and leaves `f`, back to line 3"),
        (
            "try:\n    [][1]\nexcept IndexError:\n    pass",
            "the exception is caught by `IndexError`",
        ),
        ("xs = list(range(40))\nxs[3] = 9", "`xs[3]` goes from `3` to `9`"),
        ("xs = list(range(40))\nxs.append(7)", "`xs` gets at its end `7`"),
        ("d = dict.fromkeys(range(20))\nd['k'] = 1", "`d['k']` is new: `1`"),
        ("del_ = 1\ndel del_", "`del_` is gone"),
        ("x = 1", "the program has finished"),
    ],
)
def test_sentences(source: str, expected: str) -> None:
    found = said(source)
    assert any(expected in sentence for sentence in found), found


def test_nothing_is_said_of_what_the_trace_does_not_show() -> None:
    trace = record(Program("i = 0\nwhile True:\n    i += 1"), sandbox=False, max_steps=10)
    assert sentences(trace)[-1].endswith("the trace ends before it is done")


def test_every_human_program_can_be_told(human_programs: list[Path]) -> None:
    for file in human_programs[::4]:
        trace = record(Program(file.read_text("utf-8")), sandbox=False, max_steps=300)
        for step, sentence in zip(trace.steps, sentences(trace), strict=True):
            assert sentence.strip(), (file.name, step)
            assert len(sentence) < 600, (file.name, sentence)


def test_chunks_hold_the_states_of_the_trace(human_programs: list[Path]) -> None:
    for file in human_programs[::10]:
        trace = record(Program(file.read_text("utf-8")), sandbox=False, max_steps=900)
        track = Track(trace.program, trace.steps, done=True)
        for index in range(0, len(trace), 61):
            state = track.state_at(index)
            stack = [
                (frame.function, {name: at.value for name, at in frame.names.items()})
                for frame in state.frames
            ]
            assert stack == trace.stack_at(index), (file.name, index)
            assert State.of(state.snapshot()).snapshot() == state.snapshot()
            objects = {int(n): thing for n, thing in state.snapshot()["objects"].items()}
            assert objects == {n: o.to_json() for n, o in trace.objects_at(index).items()}
