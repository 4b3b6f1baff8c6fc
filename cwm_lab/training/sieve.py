"""Leaves most of what the network already answers rightly and surely out of its training.

Reading an example costs a third of learning from it, and of the examples of a network that is half
trained most teach it nothing more. Source of the idea: Jiang et al. 2019, "Accelerating Deep
Learning by Focusing on the Biggest Losers".
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

import numpy as np

from cwm_lab.training.corpus import Batch, Example
from cwm_lab.worldmodel.checkpoint import Floats

SURE = 0.8
"""An example is known when each token of its answer has at least this probability."""
Losses = Callable[[Sequence[Batch]], Floats]
"""Minus the logarithms of the probabilities of the tokens that count, in their order: (tokens,)."""


@dataclass
class Sieve:
    """Examples of packed batches, of those that are known only a share.

    losses: what the network makes of a batch. keep: the share of known examples that stay.
    known, seen: how many examples were.
    """

    losses: Losses
    keep: float
    seed: int
    known: int = 0
    seen: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def through(self, batches: Iterable[Sequence[Batch]]) -> Iterator[Example]:
        """The examples that stay."""
        limit = -math.log(SURE)
        for batch in batches:
            losses, at = self.losses(batch), 0
            for example in examples_of(batch):
                end = at + sum(example.asked)
                known = float(losses[at:end].max()) <= limit
                at = end
                self.seen += 1
                self.known += known
                if not known or self._random.random() < self.keep:
                    yield example


def examples_of(batch: Sequence[Batch]) -> Iterator[Example]:
    """The examples that a batch was packed from, in the order of its tokens. Their kind is lost."""
    for part in batch:
        allowed = map(bytes, part.allowed)
        for ids, numbers, counted in zip(part.ids, part.examples, part.counted, strict=True):
            starts = np.flatnonzero(np.diff(numbers, prepend=0) > 0)
            for start, end in pairwise([*starts, int((numbers > 0).sum())]):
                answer = start + int(counted[start:end].argmax())
                asked = tuple(counted[answer:end].tolist())
                within = tuple(islice(allowed, sum(asked)))
                yield Example(tuple(ids[start:end].tolist()), answer - start, "", asked, within)
