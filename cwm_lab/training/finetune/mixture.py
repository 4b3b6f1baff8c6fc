"""Training batches: the course's examples, and general ones mixed in against forgetting.

Batch number i follows from (seed, i) alone, so that several processes can share the batches and a
resumed run goes on with others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from cwm_lab.training.corpus import Batch, Example, as_batch

_LENGTHS = (64, 128, 384, 1024)
_SAMPLE = 300
_KNOWN = 0.1
"""How often what is known already is drawn, to what is not: so that it stays known."""
BATCHES = 10_000_000
"""As good as endless."""


class Mixture:
    """A dataset of batches, each a list of examples.

    course: its examples; one that occurs n times is drawn as often as n ** 0.5 others. known: says
    which of them the model answers rightly already: those are drawn a tenth as often.
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
        weights *= np.where(known(self.course), _KNOWN, 1.0)
        self._steps = np.cumsum(weights) / weights.sum()
        self._general, self._known = general, list[Example]()
        self.tokens, self.mix, self.seed = tokens, mix, seed
        self._each = 0
        if mix:
            some = [len(self._other(k).ids) for k in range(_SAMPLE)]
            self._each = max(1, round(tokens * mix / (sum(some) / len(some))))

    def __len__(self) -> int:
        return BATCHES

    def __getitem__(self, number: int) -> list[Example]:
        rng = np.random.default_rng([self.seed, number])
        chosen: list[Example] = []
        room = self.tokens * (1 - self.mix)
        while room > 0:
            at = int(np.searchsorted(self._steps, rng.random(), side="right"))
            chosen.append(self.course[min(at, len(self.course) - 1)])
            room -= len(chosen[-1].ids)
        first = number * self._each
        return chosen + [self._other(k) for k in range(first, first + self._each)]

    def _other(self, number: int) -> Example:
        while len(self._known) <= number:
            self._known.append(next(self._general))
        return self._known[number]


def rows(examples: Sequence[Example]) -> list[Batch]:
    """Examples packed into rows of a few lengths, the longest first, each row filled by the first
    of the others that fits."""
    parts: list[Batch] = []
    waiting = sorted(examples, key=lambda one: -len(one.ids))
    longest = len(waiting[0].ids) if waiting else 0
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
    if longest > _LENGTHS[-1]:
        raise ValueError(f"an example of {longest} tokens")
    return parts
