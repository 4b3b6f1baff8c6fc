"""Training batches: the course's examples, and general ones mixed in against forgetting.

Batch number i follows from (seed, i) alone, so that several processes can share the batches and a
resumed run goes on with others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cwm_lab.training.corpus import Batch, Example, as_batch
from cwm_lab.worldmodel.vocabulary import TOKENS

_LENGTHS = (64, 128, 384, 1024)
_SAMPLE = 300
_KNOWN = 0.1
"""How often what is known already is drawn, to what is not: so that it stays known."""
_ASKED = 3000
"""Examples of which it is found out whether they are known, at most."""
BATCHES = 10_000_000
"""As good as endless."""


class Mixture:
    """A dataset of batches.

    course: its examples; one that occurs n times is drawn as often as n ** 0.5 others. known: says
    which of some examples the model answers rightly already: their like is drawn less often, down
    to a tenth.
    tokens: of a batch, about. mix: the share of general examples' tokens.
    """

    def __init__(
        self,
        course: Sequence[Example],
        general: Iterator[Example],
        known: Callable[[Sequence[Example]], Sequence[bool]],
        *,
        tokens: int,
        mix: float,
        seed: int,
    ) -> None:
        counted = Counter(course)
        self.course = list(counted)
        weights = np.sqrt(np.array([counted[one] for one in self.course], float))
        weights *= 1 - (1 - _KNOWN) * _right_by_pattern(self.course, known, seed)
        self._steps = np.cumsum(weights) / weights.sum()
        self._general, self._known = general, list[Example]()
        self.tokens, self.mix, self.seed = tokens, mix, seed
        self._each = 0
        if mix:
            some = [len(self._other(k).ids) for k in range(_SAMPLE)]
            self._each = max(1, round(tokens * mix / (sum(some) / len(some))))

    def __len__(self) -> int:
        return BATCHES

    def __getitem__(self, number: int) -> tuple[list[Example], list[Example]]:
        """(of the course, general ones)"""
        rng = np.random.default_rng([self.seed, number])
        chosen: list[Example] = []
        room = self.tokens * (1 - self.mix)
        while room > 0:
            at = int(np.searchsorted(self._steps, rng.random(), side="right"))
            chosen.append(self.course[min(at, len(self.course) - 1)])
            room -= len(chosen[-1].ids)
        first = number * self._each
        return chosen, [self._other(k) for k in range(first, first + self._each)]

    def first_general(self, count: int) -> list[Example]:
        """The first general examples; none if none are mixed in."""
        return [self._other(k) for k in range(count)] if self._each else []

    def _other(self, number: int) -> Example:
        while len(self._known) <= number:
            self._known.append(next(self._general))
        return self._known[number]


def _right_by_pattern(
    examples: Sequence[Example],
    known: Callable[[Sequence[Example]], Sequence[bool]],
    seed: int,
) -> NDArray[np.float64]:
    """For each example, the share of those of its pattern that are answered rightly: of some of
    them, if there are many."""
    rng = np.random.default_rng(seed)
    asked = rng.permutation(len(examples))[:_ASKED]
    right, seen = Counter[tuple[int, ...]](), Counter[tuple[int, ...]]()
    for k, hit in zip(asked, known([examples[k] for k in asked]), strict=True):
        pattern = _pattern(examples[k])
        seen[pattern] += 1
        right[pattern] += hit
    mean = sum(right.values()) / max(1, sum(seen.values()))
    # One more, of the mean, so that a pattern that was seen once is not believed too much.
    return np.array(
        [(right[p] + mean) / (seen[p] + 1) for p in map(_pattern, examples)], dtype=float
    )


def _pattern(example: Example) -> tuple[int, ...]:
    """A question without its names, letters and digits."""
    question = example.ids[: example.answer]
    return tuple(token for token in question if token in _TELLING)


_TELLING = frozenset(k for k, token in enumerate(TOKENS) if re.fullmatch(r"<.+>|[a-z_]{2,}", token))


def rows(examples: Sequence[Example]) -> list[Batch]:
    """Examples packed into rows of a few lengths, the longest first, each row filled by the first
    of the others that fits. Raises ValueError for an example that fits in none."""
    parts: list[Batch] = []
    waiting = sorted(examples, key=lambda one: -len(one.ids))
    if waiting and len(waiting[0].ids) > _LENGTHS[-1]:
        raise ValueError(f"an example of {len(waiting[0].ids)} tokens")
    for length in reversed(_LENGTHS):
        shorter = max((other for other in _LENGTHS if other < length), default=0)
        filled: list[tuple[int, list[Example]]] = []
        while waiting and len(waiting[0].ids) > shorter:
            row: list[Example] = []
            room = length
            rest: list[Example] = []
            for one in waiting:
                if len(one.ids) <= room:
                    row.append(one)
                    room -= len(one.ids)
                else:
                    rest.append(one)
            waiting = rest
            filled.append((length - room, row))
        if filled:
            width = max(size for size, _ in filled)
            parts.append(as_batch([row for _, row in filled], width))
    return parts
