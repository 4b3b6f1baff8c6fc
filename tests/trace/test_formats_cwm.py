"""CWM's text format: what it can hold comes back, and no text at all makes the reader fail."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab import record
from cwm_lab.trace import (
    Outcome,
    Program,
    Step,
    Trace,
    compare,
    from_cwm_text,
    header_comments,
    to_cwm_text,
)
from cwm_lab.trace.cwm_reading import from_cwm_pieces
from cwm_lab.trace.cwm_text import (
    CONTROL_NAMES,
    Control,
    pieces_to_text,
    text_to_pieces,
    to_cwm_pieces,
)
from cwm_lab.trace.valuetext import exception_parts
from cwm_lab.training.generator import generate_program

SAMPLES = sorted((Path(__file__).parents[1] / "golden").glob("*.py"))
NOT_TOLD_APART = {"lambdas_nested"}  # `lambda: lambda: 1`: equal lines, equal locals
LIMITS = {"step-limit", "time-limit", "memory-limit", "output-limit"}


def held(trace: Trace) -> list[Step]:
    """What the format can hold: event, line, frame, detail, the locals of calls and lines, values.

    It is written down here a second time, from what docs/formats.md says.
    """
    steps: list[Step] = []
    seen: list[dict[str, str]] = []
    for step, state in zip(trace.steps, trace.states(), strict=True):
        del seen[step.depth + (step.event != "call") :]
        while len(seen) <= step.depth:
            seen.append({})
        names: dict[str, str] = {}
        gone: tuple[str, ...] = ()
        if step.event in ("call", "line"):
            before = seen[step.depth]
            names = {name: text for name, text in state.items() if before.get(name) != text}
            gone = tuple(sorted(name for name in before if name not in state))
            seen[step.depth] = state
        value = step.value if step.event in ("return", "exception") else None
        place = (step.event, step.line, step.function, step.depth)
        untold = () if step.event in ("call", "line") else ("*",)
        steps.append(Step(*place, names, gone, value, detail=step.detail, untold=untold))
    return steps


def comes_back(trace: Trace) -> None:
    back = from_cwm_text(to_cwm_text(trace), trace.program)
    assert [replace(s, removed=tuple(sorted(s.removed))) for s in back.steps] == held(trace)
    silent = trace.with_steps([replace(step, stdout="") for step in trace.steps])
    scores = compare(back, silent).scores
    assert (scores["step_accuracy"], scores["name_value_f1"]) == (1, 1)
    if trace.outcome.kind in LIMITS:
        assert back.outcome.kind == "truncated"
    elif trace.outcome.kind == "raised":
        # What a class of its own, or one with several arguments, makes of them is not held.
        name, message = exception_parts(trace.steps[-1].value or "")
        assert back.outcome == replace(trace.outcome, type=name, message=message)
    else:
        assert back.outcome == trace.outcome


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    program = Program(source, path.name, stdin=header_comments(source)[1])
    trace = record(program, sandbox=False, max_steps=400)
    if path.stem in NOT_TOLD_APART:
        trace = trace.with_steps([replace(step, function="?") for step in trace.steps])
        back = from_cwm_text(to_cwm_text(trace), program)
        assert [replace(step, function="?") for step in back.steps] == held(trace)
    else:
        comes_back(trace)


@given(st.integers(0, 10**6))
def test_generated_programs_come_back(seed: int) -> None:
    made = generate_program(random.Random(33_000_000 + seed))
    comes_back(record(Program(made.source, stdin=made.stdin), sandbox=False, max_steps=200))


def test_a_generator_is_of_the_function_defined_last() -> None:
    define = "def gen(n):\n    while n:\n        yield n\n        n -= 1\n"
    comes_back(record(f"{define}print(sum(gen(2)))\n{define}print(sum(gen(3)))\n", sandbox=False))


def test_the_context_is_at_the_top() -> None:
    program = Program("x = f(2)\nx\n", context="k = 1\ndef f(n):\n    return n + k\n", entry="f(x)")
    trace = record(program, sandbox=False)
    comes_back(trace)
    text = to_cwm_text(trace)
    assert "<|trace_context_start|>k = 1\ndef f(n):\n    return n + k\ndef main():  # <<" in text
    assert '<|call_sep|>{"n": "2"}<|action_sep|>def f(n):\n<|frame_sep|>' in text


def test_it_is_written_as_cwm_writes() -> None:
    source = (
        "def f(a,b):\n    y = a\n    for i in range(b):\n        y += y * i\n    return y\nf(1,1)\n"
    )
    text = to_cwm_text(record(source, sandbox=False))
    steps = text.split("<|frame_sep|>")
    assert steps[0] == (
        "<|begin_of_text|><|trace_context_start|>def main():  # << START_OF_TRACE\n"
        "    def f(a,b):\n        y = a\n        for i in range(b):\n            y += y * i\n"
        "        return y\n    f(1,1)\n"
    )
    same = '"a": "..", "b": "..", "y": ".."'
    assert steps[1:] == [
        "<|call_sep|>{}<|action_sep|>def main():  # << START_OF_TRACE\n",
        "<|line_sep|>{}<|action_sep|>    def f(a,b):\n",
        '<|line_sep|>{"f": "<function f>"}<|action_sep|>    f(1,1)\n',
        '<|call_sep|>{"a": "1", "b": "1"}<|action_sep|>    def f(a,b):\n',
        '<|line_sep|>{"a": "..", "b": ".."}<|action_sep|>        y = a\n',
        '<|line_sep|>{"a": "..", "b": "..", "y": "1"}<|action_sep|>        for i in range(b):\n',
        f'<|line_sep|>{{{same}, "i": "0"}}<|action_sep|>            y += y * i\n',
        f'<|line_sep|>{{{same}, "i": ".."}}<|action_sep|>        for i in range(b):\n',
        '<|line_sep|>{"a": "..", "b": "..", "y": "..", "i": ".."}<|action_sep|>        return y\n',
        '<|return_sep|><|action_sep|>        return y\n<|arg_sep|>"1"',
        '<|return_sep|><|action_sep|>    f(1,1)\n<|arg_sep|>"None"',
        "<|end_of_text|>",
    ]


EQUAL_LINES = """\
def step(x):
    if x > 1:
        x += 1
        y = "big"
    else:
        x += 1
        y = "small"
    x += 1
    return x, y
def twice(x):
    x += 1
    return x
class A:
    def show(self):
        return 1
class B:
    def show(self):
        return 1
for n in (0, 5):
    print(step(n), twice(n))
for n in (0, 5):
    print(B().show(), A().show())
"""


def test_equal_lines_are_told_apart_by_control_flow() -> None:
    comes_back(record(EQUAL_LINES, sandbox=False))


def test_lines_inside_strings_are_not_moved_and_strange_line_ends_are_kept() -> None:
    source = 's = """a\nb"""\nt = "x\x0cy\u2028z"\ndef f():\n\treturn s\nprint(f(), t)\n'
    trace = record(source, sandbox=False)
    comes_back(trace)
    assert '    s = """a\nb"""\n    t = ' in to_cwm_text(trace)


def test_special_tokens_in_a_program_are_ordinary_text() -> None:
    source = "".join(f'# <|{name}|>\nx = "<|{name}|>" # <\\|{name}|>\n' for name in CONTROL_NAMES)
    trace = record(source, sandbox=False)
    pieces = to_cwm_pieces(trace)
    controls = [piece for piece in pieces if isinstance(piece, Control)]
    plain = to_cwm_pieces(record("x = 1\n" * len(CONTROL_NAMES), sandbox=False))
    assert controls == [piece for piece in plain if isinstance(piece, Control)]
    assert text_to_pieces(pieces_to_text(pieces)) == pieces
    comes_back(trace)


CONTROLS = st.sampled_from(sorted(CONTROL_NAMES)).map(Control)
PARTS = st.text(max_size=4) | st.sampled_from(
    ["<|frame_sep|>", "<\\|pad|>", "<\\\\|pad|>", "<|x|>"]
)


@given(st.lists(st.tuples(CONTROLS, PARTS)))
def test_pieces_are_their_text(pairs: list[tuple[Control, str]]) -> None:
    pieces = [piece for control, text in pairs for piece in (control, text) if piece != ""]
    assert text_to_pieces(pieces_to_text(pieces)) == pieces


LOOP = """\
def f(n):
    total = 0
    for i in range(n):
        total += i
    return total
x = f(3)
"""
TRACE = record(LOOP, sandbox=False)
TEXT = to_cwm_text(TRACE)
STEPS = TEXT.split("<|frame_sep|>", 1)[1]


def test_the_prompt_may_be_missing() -> None:
    assert from_cwm_text(STEPS, TRACE.program) == from_cwm_text(TEXT, TRACE.program)


@pytest.mark.parametrize("chatter", ["\nDone.", "<|eot_id|>bye<|frame_sep|>", "<|line_sep|>{}"])
def test_what_comes_after_the_end_does_not_count(chatter: str) -> None:
    assert from_cwm_text(TEXT + chatter, TRACE.program) == from_cwm_text(TEXT, TRACE.program)


def test_without_the_end_token_the_entry_was_still_left() -> None:
    cut = TEXT.removesuffix("<|end_of_text|>")
    assert from_cwm_text(cut, TRACE.program).outcome == Outcome()


@given(st.integers(0, len(TEXT)))
def test_a_cut_text_gives_the_whole_steps_before_the_cut(size: int) -> None:
    whole = from_cwm_text(TEXT, TRACE.program)
    part = from_cwm_text(TEXT[:size], TRACE.program)
    assert part.steps == whole.steps[: len(part)]
    assert part.outcome.kind in ("truncated", "finished")
    assert (part.outcome.kind == "finished") == (len(part) == len(whole))


def test_a_server_that_skips_special_tokens_costs_nothing_here() -> None:
    bare = "".join(p for p in text_to_pieces(STEPS) if isinstance(p, str))
    assert "<|" not in bare
    assert from_cwm_text(bare, TRACE.program) == from_cwm_text(TEXT, TRACE.program)


def test_lines_repeated_without_end_are_steps_until_the_text_ends() -> None:
    source = "while True:\n    pass\n"
    again = "<|line_sep|>{}<|action_sep|>    while True:\n<|frame_sep|>"
    trace = from_cwm_text(again * 50, Program(source))
    assert [step.line for step in trace.steps] == [1] * 50
    assert trace.outcome.kind == "truncated"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('{"n": ".."}', '{"m": ".."}', "m is said to be unchanged"),
        ('{"n": ".."}', '{"n": ..}', "not JSON"),
        ('{"n": ".."}', "[]", "no JSON object"),
        ('{"n": ".."}', '{"n": 3}', "no JSON object"),
        ("        total = 0", "        total = 9", "no line of the program"),
        ("<|action_sep|>        total = 0", "        total = 0", "no <|action_sep|>"),
        ("<|action_sep|>        total = 0", "<|pad|>", "<|pad|> is out of place"),
        ('<|call_sep|>{"n"', 'I think<|call_sep|>{"n"', "stands between two steps"),
        ("}<|action_sep|>    def f(n):", "}<|action_sep|>        total = 0", "begins"),
    ],
)
def test_each_oddity_ends_in_an_outcome_that_names_it(old: str, new: str, message: str) -> None:
    head, _, steps = TEXT.partition("<|frame_sep|>")
    at = steps.rindex(old) if "def f" in old else steps.index(old)
    odd = head + "<|frame_sep|>" + steps[:at] + new + steps[at + len(old) :]
    trace = from_cwm_text(odd, TRACE.program)
    assert trace.outcome.kind == "unparsable"
    assert trace.outcome.message is not None
    assert message in trace.outcome.message
    assert trace.steps == from_cwm_text(TEXT, TRACE.program).steps[: len(trace)]


def test_a_program_that_does_not_compile_has_no_steps() -> None:
    trace = from_cwm_text(TEXT, Program("x = ("))
    assert (trace.outcome.kind, len(trace)) == ("syntax-error", 0)
    comes_back(record("x = (", sandbox=False))


JUNK = st.sampled_from(
    [
        *(f"<|{name}|>" for name in sorted(CONTROL_NAMES)),
        "{}",
        '{"n": ".."}',
        '"3"',
        "\n",
        "[" * 2000,
    ]
    + [f"    {line}\n" for line in LOOP.splitlines()]
)


@given(st.lists(JUNK | st.text(max_size=3), max_size=14))
def test_no_text_makes_the_reader_fail(parts: list[str]) -> None:
    trace = from_cwm_text("".join(parts), TRACE.program)
    assert Trace.from_json(trace.to_json()) == trace


@given(st.data())
def test_no_edit_makes_the_reader_fail(data: st.DataObject) -> None:
    program = Program(EQUAL_LINES)
    pieces = list(to_cwm_pieces(record(program, sandbox=False, max_steps=60)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        other = data.draw(st.integers(0, len(pieces) - 1))
        pieces[at] = pieces[other]
    trace = from_cwm_pieces(pieces, program)
    assert all(step.line in range(1, 23) for step in trace.steps)
