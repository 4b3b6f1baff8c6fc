"""Streams training examples: programs from the generator, run under the teacher, balanced, packed.

Everything follows from (seed, worker, workers), so that a run can be repeated. Exact duplicates are
thinned out, and so are statements that come again and again, so that rare constructs count.
"""

from __future__ import annotations

import logging
import random
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cwm_lab.training.generator import (
    DENSE_WEIGHTS,
    FORM_WEIGHTS,
    HELD_OUT_FAMILIES,
    generate_program,
)
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.teacher import Transition, transitions
from cwm_lab.worldmodel.places import encode, packed
from cwm_lab.worldmodel.vocabulary import PAD_ID, READS, TOKENS

HELD_OUT_SEED = 10**9
"""Programs from this seed on are never trained on."""
_MIXTURE = (
    (DENSE_WEIGHTS, 0.25),  # ask much of one collection, or of a few numbers or texts
    (FORM_WEIGHTS, 0.2),  # single forms, beside those that are drawn with all other families
    ((("written", 1.0),), 0.25),  # vary one that was written by hand
)
"""Families that are drawn for training alone, by weight, and the share of programs of each kind."""
_PLENTY = 200
_MAX_SEEN = 3_000_000
_ALL = packed(np.arange(len(TOKENS)).tobytes())


@dataclass(frozen=True)
class Example:
    """Token ids of one transition; the answer starts at index `answer`. asked: which of its tokens
    must be predicted; empty: all of them. allowed: of which tokens each of those is one, a bit for
    each (`places.packed`); empty: of all."""

    ids: tuple[int, ...]
    answer: int
    kind: str
    asked: tuple[bool, ...] = ()
    allowed: tuple[bytes, ...] = ()

    @property
    def counted(self) -> int:
        """How many tokens must be predicted."""
        return sum(self.asked) if self.asked else len(self.ids) - self.answer


@dataclass(frozen=True)
class Batch:
    """Packed rows. ids, positions and examples (which example a token belongs to, 0 for padding)
    are int64 arrays of shape (rows, length); `counted` marks the tokens that must be predicted.
    allowed: for each of these in turn, row by row, a bit for each token that it may be: uint8 of
    shape (counted, vocabulary / 8)."""

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    examples: NDArray[np.int64]
    counted: NDArray[np.bool_]
    allowed: NDArray[np.uint8]


def program_transitions(seed: int, *, held_out_families: bool = False) -> list[Transition]:
    """The transitions of the generated program number `seed`; none if the teacher cannot follow."""
    rng = random.Random(seed)
    if held_out_families:
        program = generate_program(rng, rng.choice(sorted(HELD_OUT_FAMILIES)))
    else:
        family = None if seed >= HELD_OUT_SEED else _family(Draw(rng))
        program = generate_program(rng, family)
        if program.family in HELD_OUT_FAMILIES:
            return []
    try:
        return transitions(program.source, program.stdin)
    except NotImplementedError:
        return []


def _family(draw: Draw) -> str | None:
    """The family of a training program; None: any, by the weights of the generator."""
    at = draw.rng.random()
    for weights, share in _MIXTURE:
        if at < share:
            return draw.weighted(weights)
        at -= share
    return None


def _followed(seed: int) -> list[tuple[Transition, Example]]:
    """`program_transitions`, but a program that generator or teacher stumble over is left out: one
    of millions must not end a run of hours. The tests, not the training, are where it shows."""
    try:
        return [(transition, as_example(transition)) for transition in program_transitions(seed)]
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        logging.getLogger(__name__).warning("program %d left out: %r", seed, error)
        return []


def as_example(transition: Transition) -> Example:
    prompt = encode(transition.prompt)
    ids = (*prompt, *encode(transition.answer))
    return Example(ids, len(prompt), transition.kind, transition.asked, transition.allowed)


def program_number(seed: int, number: int, worker: int, workers: int) -> int:
    """The generator's seed of the number-th program of a worker."""
    return (seed * 50_000_000 + number * workers + worker) % HELD_OUT_SEED


def stream(seed: int, worker: int = 0, workers: int = 1, start: int = 0) -> Iterator[Example]:
    """Endless examples of one worker, balanced by statement and by question.

    The n-th example of a question is taken with probability n ** -1/2: counting up by one is what
    programs do most, and it must be seen more than once, but not as often as programs do it.
    """
    rng = random.Random(seed * 1009 + worker)
    seen: Counter[int] = Counter()
    heads: Counter[int] = Counter()
    number = start
    while True:
        number += 1
        for transition, example in _followed(program_number(seed, number, worker, workers)):
            if not example.counted:
                continue  # the grammar knows it all
            key = hash(transition.prompt)
            if key in seen or len(seen) < _MAX_SEEN:
                seen[key] += 1
                if rng.random() > seen[key] ** -0.5:
                    continue
            head = hash(transition.prompt[: transition.prompt.index(READS)])
            heads[head] += 1
            if rng.random() > (_PLENTY / heads[head]) ** 0.5:
                continue
            yield example


def shapes(tokens: int) -> tuple[tuple[int, int], ...]:
    """(rows, length) of the parts of a batch of about that many tokens, longest rows first: the
    shares leave each length of example some more room than it needs; shorter ones fill up."""
    longest, long = max(1, round(tokens * 0.2 / 640)), max(1, round(tokens * 0.15 / 384))
    middle = max(1, round(tokens * 0.36 / 128))
    short = max(1, (tokens - longest * 640 - long * 384 - middle * 128) // 64)
    return (longest, 640), (long, 384), (middle, 128), (short, 64)


def pack(
    examples: Iterator[Example], parts: Sequence[tuple[int, int]], pool: int = 800
) -> Iterator[tuple[Batch, ...]]:
    """Fill rows with whole examples, always the longest that fits of `pool` waiting ones. Examples
    longer than the longest row are left out."""
    longest = max(length for _, length in parts)
    waiting: list[Example] = []  # by length
    while True:
        batch = []
        for rows, length in parts:
            filled: list[list[Example]] = []
            for _ in range(rows):
                row: list[Example] = []
                room = length
                while len(waiting) < pool:
                    example = next(examples)
                    if len(example.ids) <= longest:
                        insort(waiting, example, key=_size)
                while (at := bisect_right(waiting, room, key=_size)) > 0:
                    row.append(waiting.pop(at - 1))
                    room -= _size(row[-1])
                filled.append(row)
            batch.append(as_batch(filled, length))
        yield tuple(batch)


def _size(example: Example) -> int:
    return len(example.ids)


def as_batch(rows: Sequence[Sequence[Example]], length: int) -> Batch:
    """Rows of examples as arrays."""
    shape = (len(rows), length)
    ids = np.full(shape, PAD_ID, np.int64)
    positions, examples = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    counted = np.zeros(shape, np.bool_)
    allowed: list[bytes] = []
    for r, row in enumerate(rows):
        at = 0
        for k, example in enumerate(row):
            size = len(example.ids)
            ids[r, at : at + size] = example.ids
            positions[r, at : at + size] = np.arange(size)
            examples[r, at : at + size] = k + 1
            counted[r, at + example.answer : at + size] = example.asked or True
            allowed += example.allowed or [_ALL] * example.counted
            at += size
    bits = np.frombuffer(b"".join(allowed), np.uint8).reshape(len(allowed), len(_ALL))
    return Batch(ids, positions, examples, counted, bits)


def held_out(count: int, *, families: bool = False) -> list[Example]:
    """Examples from programs that training never sees and about which something is asked, the same
    at every call."""
    out: list[Example] = []
    number = 0
    rng = random.Random(7)
    while len(out) < count:
        number += 1
        found = program_transitions(HELD_OUT_SEED + number, held_out_families=families)
        if asked := [made for t in found if (made := as_example(t)).counted]:
            out += rng.sample(asked, min(3, len(asked)))
    return out[:count]
