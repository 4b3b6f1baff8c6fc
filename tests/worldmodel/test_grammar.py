"""Answers are well-formed by construction: whatever the network prefers, an answer can be read, and
no true answer is forbidden."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cwm_lab.trace import Program, header_comments
from cwm_lab.training.generator import FAMILIES, generate_program
from cwm_lab.training.true_trace import Question, true_trace
from cwm_lab.worldmodel.checkpoint import Floats
from cwm_lab.worldmodel.decoding import Decoder
from cwm_lab.worldmodel.dialect import read_answer
from cwm_lab.worldmodel.engine import Cache, Engine, Ints
from cwm_lab.worldmodel.outcomes import Cursor, accepts
from cwm_lab.worldmodel.vocabulary import OUTCOME, TOKENS

HUMAN = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
LONGEST_CLOSING = 2000
"""What noise has written as a value may be told three times more."""


def human(path: Path) -> Program:
    source = path.read_text()
    return Program(source, stdin=header_comments(source)[1])


@cache
def questions() -> tuple[Question, ...]:
    """Different questions of all human-style programs and some generated ones."""
    programs = [human(path) for path in HUMAN if path.stem != "match_commands"]
    for family in sorted(FAMILIES):
        made = generate_program(random.Random(77), family)
        programs.append(Program(made.source, stdin=made.stdin))
    found: dict[tuple[str, ...], Question] = {}
    for program in programs:
        for question in true_trace(program)[1]:
            found.setdefault(question.transition.prompt, question)
    return tuple(found.values())


def told(question: Question, answer: list[str]) -> str:
    return f"{' '.join(question.transition.prompt)}\n{' '.join(answer)}"


def test_no_true_answer_of_the_human_programs_is_forbidden() -> None:
    asked = 0
    for question in questions():
        answer = list(question.transition.answer)
        asked += 1
        assert accepts(question.prompt, answer) is None, told(question, answer)
    assert asked > 2000


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_no_true_answer_of_generated_programs_is_forbidden(family: str) -> None:
    for seed in range(100, 108):
        made = generate_program(random.Random(seed), family)
        for question in true_trace(Program(made.source, stdin=made.stdin))[1]:
            answer = list(question.transition.answer)
            assert accepts(question.prompt, answer) is None, told(question, answer)


def imagined(question: Question, rng: random.Random, hurry: float, limit: int) -> list[str]:
    """A random answer that the grammar allows, brought to its end after `limit` tokens."""
    cursor, out = Cursor(question.prompt), []
    while (choice := cursor.choice) is not None:
        if OUTCOME in choice and rng.random() < hurry:
            token = OUTCOME
        else:
            token = TOKENS[rng.choice(choice.ids)]
        out.append(choice.closer if len(out) >= limit else token)
        assert len(out) < limit + LONGEST_CLOSING, told(question, out)
        cursor.push(out[-1])
    return out


@pytest.mark.parametrize("seed", range(3))
def test_every_random_answer_can_be_read_and_ends(seed: int) -> None:
    rng = random.Random(seed)
    for question in questions():
        answer = imagined(question, rng, rng.choice([0.05, 0.9]), rng.choice([3, 40, 200]))
        read_answer(answer, question.prompt)


def test_what_cannot_be_true_is_forbidden() -> None:
    program = Program("xs = [1, 2]\ny = xs.index(2, 0)\nif y > 0:\n    print('a')\n")
    first, second, third, fourth = true_trace(program)[1]
    assert accepts(second.prompt, "<outcome> N0 = 1 ; <ok> <eos>".split()) is None
    for text in (
        "<outcome> <ok> <eos>",  # its name is not bound
        "<outcome> N1 = 1 ; <ok> <eos>",  # not a name that it binds
        "<outcome> N0 = #1 ; <ok> <eos>",  # no such label
        "<outcome> N0 = 1 ; True <eos>",  # no condition
        "<outcome> N0 = 1 ; <raise> IndexError ( ) <eos>",  # bound and raised
        "<outcome> N0 = 01 ; <ok> <eos>",
        "<outcome> N0 = @1 [ ] ; <ok> <eos>",  # not the next label
        "<outcome> N0 = 1 ; N0 = 2 ; <ok> <eos>",
        "<outcome> #0 = { } ; <raise> IndexError ( ) <eos>",  # a list stays one
        "<outcome> <call> #0 ( ) <eos>",
    ):
        answer = [part for word in text.split() for part in ([*word] if word == "01" else [word])]
        assert accepts(second.prompt, answer) is not None, text
    assert accepts(third.prompt, "<outcome> <ok> <eos>".split()) == 0  # a comparison is noted
    assert accepts(third.prompt, "1 > 0 = True ; <outcome> False <eos>".split()) == 7
    assert accepts(fourth.prompt, "<outcome> <out> <str> b".split()) == 3  # it is told
    assert accepts(first.prompt, ["<outcome>", "<eos>"]) == 1


def test_no_key_or_item_comes_twice_and_none_is_a_list() -> None:
    source = "xs = [1]\nd = dict(**{'ab': 1})\ns = {'ab', 10, (1, 2)}\n"
    _, made, chosen = (question.prompt for question in true_trace(Program(source))[1])

    def spelled(text: str) -> list[str]:
        return [part for word in text.split() for part in ([*word] if word.isdigit() else [word])]

    string, number, pair = "<str> a b </str>", "10", "( i0 1 i1 2 )"
    for text, key, longer in (
        (f"{string} : 1 i1 {string}", "</str>", "<str> a b c </str> : 2"),
        (f"{number} : 1 i1 {number} :", ":", "101 : 2"),
        (f"{pair} : 1 i1 {pair}", ")", "( i0 1 i1 2 i2 3 ) : 2"),
        ("True : 1 i1 True", "True", "False : 2"),
    ):
        start = ["<outcome>", "N0", "=", "@0", "{", "i0"]
        tokens = [*start, *spelled(text)]
        assert accepts(made, tokens) == len(tokens) - 1, text
        assert tokens[-1] == key
        first = text.partition(" : ")[0]
        whole = [*start, *spelled(f"{first} : 1 i1 {longer} }} ; <ok> <eos>")]
        assert accepts(made, whole) is None, longer
    for item in (string, number, pair):
        start = ["<outcome>", "N0", "=", "@0", "<set>", "{", "i0"]
        tokens = [*start, *spelled(f"{item} i1 {item} }} ; <ok> <eos>")]
        assert accepts(chosen, tokens) is not None, item
        once = [*start, *spelled(f"{item} }} ; <ok> <eos>")]
        assert accepts(chosen, once) is None, item
    for key in ("@1 [ ]", "( i0 @1 { } )"):
        tokens = spelled(f"<outcome> N0 = @0 {{ i0 {key} : 1 }} ; <ok> <eos>")
        assert accepts(made, tokens) is not None, key


class NoiseEngine(Engine):
    """An engine whose logits are noise: the worst network that there can be."""

    def forward(self, ids: Ints, counts: Ints, cache: Cache, first: int = 0) -> Floats:
        cache.lengths[first : first + len(ids)] += counts
        rng = np.random.default_rng(int(ids.sum()))
        return rng.normal(size=(len(ids), self.vocabulary)).astype(np.float32)


def test_the_decoder_makes_readable_answers_of_noise() -> None:
    from cwm_lab.worldmodel.builtin import SHIPPED

    decoder = Decoder(NoiseEngine(SHIPPED), max_answer=60)
    asked = [question.prompt for question in questions()[::4]]
    for prompt, completion in zip(asked, decoder.complete(asked), strict=True):
        assert len(completion.tokens) == len(completion.logs)
        assert len(completion.tokens) < 60 + LONGEST_CLOSING
        assert accepts(prompt, completion.tokens) is None
        read_answer(completion.tokens, prompt)
