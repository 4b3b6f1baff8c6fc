"""Streams training examples: programs from the generator, run under the teacher, balanced, packed.

Everything follows from (seed, worker, workers), so that a run can be repeated. Exact duplicates are
thinned out, and so are statements that come again and again, so that rare constructs count.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cwm_lab.training.generator import HELD_OUT_FAMILIES, generate_program
from cwm_lab.training.teacher import Transition, transitions
from cwm_lab.worldmodel.vocabulary import PAD_ID, READS, encode

HELD_OUT_SEED = 10**9
"""Programs from this seed on are never trained on."""
_PLENTY = 200
_MAX_SEEN = 3_000_000


@dataclass(frozen=True)
class Example:
    """Token ids of one transition; the answer starts at index `answer`."""

    ids: tuple[int, ...]
    answer: int
    kind: str


@dataclass(frozen=True)
class Batch:
    """Packed rows. ids, positions and examples (which example a token belongs to, 0 for padding)
    are int64 arrays of shape (rows, length); `counted` marks the tokens that must be predicted."""

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    examples: NDArray[np.int64]
    counted: NDArray[np.bool_]


def program_transitions(seed: int, *, held_out_families: bool = False) -> list[Transition]:
    """The transitions of the generated program number `seed`; none if the teacher cannot follow."""
    rng = random.Random(seed)
    if held_out_families:
        program = generate_program(rng, rng.choice(sorted(HELD_OUT_FAMILIES)))
    else:
        program = generate_program(rng)
        if program.family in HELD_OUT_FAMILIES:
            return []
    try:
        return transitions(program.source, program.stdin)
    except NotImplementedError:
        return []


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
    return Example((*prompt, *encode(transition.answer)), len(prompt), transition.kind)


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


def pack(examples: Iterator[Example], rows: int, length: int, pool: int = 64) -> Iterator[Batch]:
    """Fill rows of `length` tokens with whole examples; longer examples are left out."""
    waiting: list[Example] = []
    while True:
        filled: list[list[Example]] = []
        while len(filled) < rows:
            row: list[Example] = []
            room = length
            while True:
                while len(waiting) < pool:
                    example = next(examples)
                    if len(example.ids) <= length:
                        waiting.append(example)
                fits = next((k for k, e in enumerate(waiting) if len(e.ids) <= room), None)
                if fits is None:
                    break
                row.append(waiting.pop(fits))
                room -= len(row[-1].ids)
            filled.append(row)
        yield as_batch(filled, length)


def as_batch(rows: Sequence[Sequence[Example]], length: int) -> Batch:
    """Rows of examples as arrays."""
    shape = (len(rows), length)
    ids = np.full(shape, PAD_ID, np.int64)
    positions, examples = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    counted = np.zeros(shape, np.bool_)
    for r, row in enumerate(rows):
        at = 0
        for k, example in enumerate(row):
            size = len(example.ids)
            ids[r, at : at + size] = example.ids
            positions[r, at : at + size] = np.arange(size)
            examples[r, at : at + size] = k + 1
            counted[r, at + example.answer : at + size] = True
            at += size
    return Batch(ids, positions, examples, counted)


def held_out(count: int, *, families: bool = False) -> list[Example]:
    """Examples from programs that training never sees, the same at every call."""
    out: list[Example] = []
    number = 0
    rng = random.Random(7)
    while len(out) < count:
        number += 1
        found = program_transitions(HELD_OUT_SEED + number, held_out_families=families)
        if found:
            out += [as_example(t) for t in rng.sample(found, min(3, len(found)))]
    return out[:count]
