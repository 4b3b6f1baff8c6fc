"""What a model is shown: golden prompts, the way back from it, and what is cut of long programs.

Each program in programs/*.py has its prompt beside it (*.txt): controls as text, look-alikes of
them with a backslash. CWM_LAB_REWRITE_GOLDENS=1 writes them anew. In a program, a line
`# context ends` parts the context from the cell.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from cwm_lab import compare, record
from cwm_lab.errors import BadProgramError, ModelError
from cwm_lab.trace import Program, Trace, header_comments
from cwm_lab.trace.cwm_reading import from_cwm_pieces
from cwm_lab.trace.cwm_text import CONTROL_NAMES, Control, Piece, pieces_to_text
from cwm_lab.worldmodel.cwm.asked import Asked, as_cwm_writes, ask_about
from cwm_lab.worldmodel.cwm.folding import fold, fold_outcome
from cwm_lab.worldmodel.cwm.values import our_text
from cwm_lab.worldmodel.local import LocalWriter

PROMPTS = sorted((Path(__file__).parent / "programs").glob("*.py"))
PARTED = "# context ends\n"


def read(path: Path) -> Program:
    text = path.read_text(encoding="utf-8")
    context, _, source = text.rpartition(PARTED)
    return Program(source, path.name, context, stdin=header_comments(source)[1])


@pytest.mark.parametrize("path", PROMPTS, ids=lambda path: path.stem)
def test_prompts_are_the_golden_ones(path: Path) -> None:
    prompt = pieces_to_text(ask_about(read(path)).prompt)
    golden = path.with_suffix(".txt")
    if os.environ.get("CWM_LAB_REWRITE_GOLDENS"):
        golden.write_text(prompt, encoding="utf-8")
    assert prompt == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PROMPTS, ids=lambda path: path.stem)
def test_a_prompt_has_four_pieces_whatever_the_program_holds(
    path: Path, writer: LocalWriter
) -> None:
    prompt = ask_about(read(path)).prompt
    controls = [piece.name for piece in prompt if isinstance(piece, Control)]
    assert controls == ["begin_of_text", "trace_context_start", "frame_sep"]
    ids = writer.encode(prompt)
    assert [number for number in ids if number in writer.controls.values()] == [
        writer.controls[name] for name in controls
    ]


def test_every_reserved_token_is_ordinary_text(writer: LocalWriter) -> None:
    source = "".join(f'x = "<|{name}|>"  # <|{name}|>\n' for name in sorted(CONTROL_NAMES))
    ids = writer.encode([source])
    assert not set(ids) & set(writer.controls.values())
    assert writer.tokenizer.decode(ids) == source


def perfect(asked: Asked) -> Trace:
    """What the reader makes of a perfect answer: the recorded trace of what the model is shown."""
    real = record(asked.shown, sandbox=False)
    told = from_cwm_pieces(as_cwm_writes(real), asked.shown)
    outcome = fold_outcome(asked, told.outcome, told.steps)
    return Trace(asked.program, tuple(fold(asked, told.steps)), outcome, "model")


def is_perfect(program: Program, asked: Asked) -> None:
    comparison = compare(perfect(asked), record(program, sandbox=False))
    assert comparison.first_divergence is None
    assert comparison.scores["trace_exact"] == 1


BETWEEN = {"point_str"}  # prints, within one print, between the calls that it makes


def test_a_perfect_answer_is_the_recorded_trace(human_programs: Sequence[Path]) -> None:
    chosen = random.Random(5).sample(human_programs, 40)
    for path in chosen:
        if path.stem not in BETWEEN:
            source = path.read_text(encoding="utf-8")
            program = Program(source, path.name, stdin=header_comments(source)[1])
            is_perfect(program, ask_about(program))


CONTEXT = """\
def far(n):
    return n + 1
def near(n):
    return far(n) * 2
def unused(n):
    return "never asked for, but long enough to count for something" * n
limit = 3
names = ["a"]
"""


def test_lines_of_the_context_are_mapped_back() -> None:
    program = Program("x = near(limit)\nprint(x, input('? '))\n", context=CONTEXT, stdin=("k",))
    is_perfect(program, ask_about(program))
    first = perfect(ask_about(program)).steps[0]
    assert first.locals["limit"] == "3"
    assert first.locals["near"] == "<function near>"
    assert "print" not in first.locals
    changed = ask_about(Program("x = 1", context=CONTEXT + "names.append('b')\n"))
    assert "names" not in changed.earlier


def tokens_of(pieces: Sequence[Piece]) -> int:
    return sum(1 if isinstance(piece, Control) else len(piece) for piece in pieces)


def test_what_the_cell_reaches_is_kept_longest() -> None:
    program = Program("x = near(limit)\nprint(x)\n", context=CONTEXT)
    whole = tokens_of(ask_about(program).prompt)
    seen = []
    for room in range(whole, 0, -1):
        try:
            asked = ask_about(program, tokens_of, room)
        except ModelError:
            break
        assert tokens_of(asked.prompt) <= room
        kept = tuple(w for w in ("unused", "far(n):", "near(n):") if w in asked.shown.context)
        if kept not in seen:
            seen.append(kept)
            if "far(n):" in kept:
                is_perfect(Program(program.source, context=CONTEXT), asked)
    assert seen[0] == ("unused", "far(n):", "near(n):")
    assert seen[1] == ("far(n):", "near(n):")
    assert seen[-1] == ()


def test_bodies_that_nothing_reaches_are_left_out_of_a_long_cell() -> None:
    unused = "def unused(a):\n    '''long'''\n" + "    a += 1\n" * 40 + "    return a\n"
    program = Program(f"{unused}def used(a):\n    return a\nprint(used(1))\n")
    asked = ask_about(program, tokens_of, 400)
    assert "def unused(a):\n    ...\ndef used" in asked.shown.source
    is_perfect(program, asked)


def test_what_cannot_be_cut_is_told() -> None:
    with pytest.raises(ModelError, match=r"the program alone takes .* room for 100"):
        ask_about(Program("x = 1\n" * 100), tokens_of, 100)
    with pytest.raises(BadProgramError):
        ask_about(Program("x = '\0'"))


@pytest.mark.parametrize(
    ("value", "ours"),
    [
        ("<function f at 0x7f3a>", "<function f>"),
        ("[<function main.<locals>.f at 0x7f3a2b>]", "[<function f>]"),
        ("<class '__main__.Dog'>", "<class Dog>"),
        ("<class 'int'>", "<class int>"),
        ("<module 'math' (built-in)>", "<module math>"),
        ("<__main__.main.<locals>.Dog object at 0x7f00>", "<Dog>"),
        ("<generator object main.<locals>.count at 0x7f00>", "<generator count>"),
        ("'0x10 < 3'", "'0x10 < 3'"),
        ("{'a': 1}", "{'a': 1}"),
    ],
)
def test_values_are_brought_to_our_rules(value: str, ours: str) -> None:
    assert our_text(value) == ours
