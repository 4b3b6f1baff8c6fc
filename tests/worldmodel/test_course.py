"""What is carried is told, what an operation gives is asked: the course of a statement."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cwm_lab.trace import Program
from cwm_lab.training.generator import FAMILIES, HELD_OUT_FAMILIES, generate_program
from cwm_lab.training.teacher import Transition, transitions
from cwm_lab.training.true_trace import Question, true_trace
from cwm_lab.worldmodel.checkpoint import Floats
from cwm_lab.worldmodel.decoding import Decoder
from cwm_lab.worldmodel.engine import Cache, Engine, Ints


def test_input_is_read_and_echoed() -> None:
    found = transitions("n = int(input('n? ')) + 1\n", ["4"])
    assert shown(found[-1]) == (
        "input ( <str> n ?   </str> ) = <str> 4 </str> ; int ( <str> 4 </str> ) = 4 ; "
        "4 + 1 = « 5 ; » <outcome> <stdin> <out> <str> n ?   4 \\n </str> ; N0 = 5 ; <ok> <eos>"
    )
    ended = transitions("n = input('n? ')\n")[-1]
    assert shown(ended).startswith("<outcome> <out> <str> n ?   </str> ; <raise> EOFError (")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "raise ValueError('bad')",
            (
                "ValueError ( <str> b a d </str> ) = ValueError ( i0 <str> b a d </str> ) ; "
                "<outcome> <raise> ValueError ( i0 <str> b a d </str> ) <eos>"
            ),
        ),
        ("a = 1\nassert a > 0, 'no'", "1 > 0 = « True » ; <outcome> <ok> <eos>"),
        (
            "assert not True, 'no'",
            "not True = False ; <outcome> <raise> AssertionError ( i0 <str> n o </str> ) <eos>",
        ),
        ("a = 1\ndel a", "<outcome> <ok> <eos>"),
    ],
)
def test_raise_assert_and_del(source: str, told: str) -> None:
    assert shown(transitions(source)[-1]) == told


def last(source: str) -> Transition:
    return transitions(source)[-1]


def shown(transition: Transition) -> str:
    """The answer, with what the network is asked between angle quotes."""
    assert len(transition.asked) == len(transition.answer), "the course forbids a true answer"
    out: list[str] = []
    before = False
    for token, asked in zip(transition.answer, transition.asked, strict=True):
        if asked != before:
            out.append("«" if asked else "»")
        out.append(token.replace("\n", "\\n"))
        before = asked
    return " ".join([*out, "»"] if before else out)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 5", "<outcome> N0 = 5 ; <ok> <eos>"),
        ("a = 2\nx = a", "<outcome> N0 = 2 ; <ok> <eos>"),
        ("a = 2\nx = a + 3", "2 + 3 = « 5 ; » <outcome> N0 = 5 ; <ok> <eos>"),
        (
            "a = 2\nx = a * 3 < 7",
            "2 * 3 = « 6 ; » 6 < 7 = « True » ; <outcome> N0 = True ; <ok> <eos>",
        ),
        ("a = 2\nif not a:\n    pass", "not 2 = False ; <outcome> False <eos>"),
        ("a = 0\nx = a and a / 0", "and = 0 ; <outcome> N0 = 0 ; <ok> <eos>"),
        ("a = 1\nx = 7 if a > 0 else 8", "1 > 0 = « True » ; <outcome> N0 = 7 ; <ok> <eos>"),
        (
            "a = 17\nx = a % 5",
            (
                "1 7 % 5 <hint> 1 7 // 5 = « 3 , » 3 * 5 = « 1 5 , » "
                "7 - 5 = « 2 , » 1 - 1 = « 0 , » = 2 ; "
                "<outcome> N0 = 2 ; <ok> <eos>"
            ),
        ),
        ("x = [1, [2]]", "<outcome> N0 = @0 [ i0 1 i1 @1 [ i0 2 ] ] ; <ok> <eos>"),
        (
            "class C:\n    def f(self): ...\nx = C()",
            "<outcome> N0 = @0 <obj> #0 { } ; <ok> <eos>",
        ),
        ("x = y = []", "<outcome> N0 = @0 [ ] ; N1 = @0 ; <ok> <eos>"),
        (
            "a = 'no'\nprint(a, 1, None, sep='-')",
            "<outcome> <out> <str> n o - 1 - N o n e \\n </str> ; <ok> <eos>",
        ),
        ("a = 3\nprint(f'{a}!')", "<outcome> <out> <str> 3 ! \\n </str> ; <ok> <eos>"),
        ("def f(a, b): ...\nf(1, b='x')", None),
    ],
)
def test_what_is_asked(source: str, told: str | None) -> None:
    found = transitions(source)
    if told is None:
        call = next(t for t in found if "<call>" in t.answer)
        assert shown(call).endswith("( 1 , N1 = <str> x </str> ) <eos>")
        assert shown(call).startswith("<outcome> <call> #0")
    else:
        assert shown(found[-1]) == told


def test_attributes_are_read_and_set() -> None:
    source = "class P:\n    def __init__(self, x):\n        self.x = x\np = P(4)\np.x = p.x + 1\n"
    found = transitions(source)
    told = [shown(t) for t in found]
    assert any(one == "<outcome> #0 . N1 = 4 ; <ok> <eos>" for one in told)
    assert told[-1] == "#0 . N1 = 4 ; 4 + 1 = « 5 ; » <outcome> #0 . N1 = 5 ; <ok> <eos>"


def test_only_a_text_that_the_statement_prints_alone_is_told() -> None:
    assert "« ;" not in shown(last("a = [3]\nprint(a[0])")).split("<outcome>")[1]
    changed = shown(last("a = [3]\nprint(a.pop())"))
    assert "#0 = [ ]" in changed.replace("« ", "").replace("» ", "")


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_true_answers_keep_to_the_course(family: str) -> None:
    """Whoever trains on a true answer that the course forbids learns what is never asked."""
    asked = known = 0
    for seed in range(300, 304):
        made = generate_program(random.Random(seed), family)
        for transition in transitions(made.source, made.stdin):
            asked += 1
            known += len(transition.asked) == len(transition.answer)
    if family not in HELD_OUT_FAMILIES:
        assert known >= 0.99 * asked


class Contrary:
    """An engine that prefers noise, whatever it reads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.max_length = engine.max_length
        self.rng = np.random.default_rng(4)

    def cache(self, rows: int, room: int) -> Cache:
        return self.engine.cache(rows, room)

    def forward(self, ids: Ints, counts: Ints, cache: Cache, first: int = 0) -> Floats:
        shape = self.engine.forward(ids, counts, cache, first).shape
        noise: Floats = self.rng.normal(size=shape).astype(np.float32)
        return noise


def test_noise_gives_wrong_results_of_the_right_operations() -> None:
    from cwm_lab.worldmodel.builtin import BuiltinModel

    program = Program("a, b = 12, 30\nc = a - b\nd = c + 100\nprint(a)\n")
    questions: list[Question] = true_trace(program)[1]
    decoder = Decoder(Contrary(BuiltinModel().decoder.engine))  # type: ignore[arg-type]
    answers = decoder.complete([q.prompt for q in questions])
    minus, printed = " ".join(answers[1].tokens), " ".join(answers[3].tokens)
    assert minus.startswith("1 2 - 3 0 <hint> 1 2 > 3 0 = ")
    assert printed == "<outcome> <out> <str> 1 2 \n </str> ; <ok> <eos>"
    assert answers[3].probability == 1.0
