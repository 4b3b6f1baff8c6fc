"""The grammar of answers: every true trace keeps to it, and whatever keeps to it can be read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cwm_lab import record
from cwm_lab.trace import Program, header_comments
from cwm_lab.trace.cwm_reading import from_cwm_pieces
from cwm_lab.trace.cwm_text import SEPARATORS, Control, Piece, text_to_pieces
from cwm_lab.worldmodel.cwm.asked import as_cwm_writes, ask_about
from cwm_lab.worldmodel.cwm.constraint import CwmConstraint, Symbol, symbols

SOURCE = """\
def f(n):
    total = n
    try:
        total = 6 // n
    except ZeroDivisionError:
        return 0
    return total
größe = f(0)
print(f(2), größe)
"""
ASKED = ask_about(Program(SOURCE))
CONTROLS = ("end_of_text", "frame_sep", "action_sep", "arg_sep", *SEPARATORS.values())


def test_true_traces_keep_to_the_grammar(human_programs: Sequence[Path]) -> None:
    golden = sorted((Path(__file__).parents[2] / "golden").glob("*.py"))
    for path in [*human_programs[::6], *golden[::12], *golden[5::40]]:
        source = path.read_text(encoding="utf-8")
        asked = ask_about(Program(source, path.name, stdin=header_comments(source)[1]))
        pieces = as_cwm_writes(record(asked.shown, sandbox=False, max_steps=300))[4:]
        grammar = CwmConstraint(asked.layout)
        assert grammar.after(grammar.start(), symbols(pieces)) is not None, path.name


def pieces_of(walked: Sequence[Symbol]) -> list[Piece]:
    pieces: list[Piece] = []
    text = b""
    for symbol in walked:
        if isinstance(symbol, int):
            text += bytes([symbol])
            continue
        pieces += [text.decode(errors="replace")] if text else []
        pieces.append(Control(symbol))
        text = b""
    return [*pieces, text.decode(errors="replace")] if text else pieces


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_keeps_to_the_grammar_can_be_read(seed: int) -> None:
    """A network that knows nothing: any symbol that may come comes, strings end soon."""
    rng = random.Random(seed)
    grammar, state = ASKED.grammar, ASKED.grammar.start()
    walked: list[Symbol] = []
    while len(walked) < 900 and not state.ended:
        tried: list[Symbol] = [*CONTROLS, *b'"}\n', *rng.sample(range(32, 256), 224)]
        if rng.random() < 0.5:
            rng.shuffle(tried)
        after = next((one for one in tried if grammar.advance(state, one) is not None), None)
        assert after is not None, "a dead end"
        state = grammar.advance(state, after) or state
        walked.append(after)
    outcome = from_cwm_pieces(pieces_of(walked), ASKED.shown).outcome
    assert outcome.kind in ("finished", "raised", "truncated"), outcome


@pytest.mark.parametrize(
    "text",
    [
        "chatter",
        "<|line_sep|>",
        '<|call_sep|>{"n": "1"}',
        "<|call_sep|>{}<|action_sep|>def f(n):",
        "{start}<|line_sep|>{'n': 1}",
        '{start}<|line_sep|>{"nobody": "1"',
        '{start}<|line_sep|>{"n": ".."',
        '{start}<|line_sep|>{"n": "1", "n": "',
        "{start}<|line_sep|>{}<|action_sep|>    print(1)",
        "{start}<|call_sep|>{}<|action_sep|>    print(f(2), größe)\n",
        "{start}<|return_sep|>{}",
        "{start}<|end_of_text|>",
        "{start}<|return_sep|><|action_sep|>    print(f(2), größe)\n<|arg_sep|>None",
    ],
)
def test_what_is_no_trace_may_not_come(text: str) -> None:
    start = "<|call_sep|>{}<|action_sep|>def main():  # << START_OF_TRACE\n<|frame_sep|>"
    grammar = ASKED.grammar
    pieces = text_to_pieces(text.replace("{start}", start))
    assert grammar.after(grammar.start(), symbols(text_to_pieces(start))) is not None
    assert grammar.after(grammar.start(), symbols(pieces)) is None
