"""Asks an engine for answers: many prompts at once, each prompt only once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cwm_lab.worldmodel.engine import Engine, Ints
from cwm_lab.worldmodel.vocabulary import EOS_ID, PAD_ID, decode, encode

MAX_ANSWER = 400
MAX_REMEMBERED = 20_000


@dataclass(frozen=True)
class Completion:
    """An answer's token texts, the last of which is `<eos>` unless it was cut off, and the
    probability that the network gave to it."""

    tokens: tuple[str, ...]
    probability: float


class Decoder:
    """Greedy completion with a memory: equal transitions are computed once."""

    def __init__(self, engine: Engine, max_answer: int = MAX_ANSWER) -> None:
        self.engine, self.max_answer = engine, max_answer
        self._memory: OrderedDict[tuple[str, ...], Completion] = OrderedDict()
        self.generated = 0

    def complete(self, prompts: Sequence[Sequence[str]]) -> list[Completion]:
        """The greedy completion of each prompt. Prompts may differ in length."""
        keys = [tuple(prompt) for prompt in prompts]
        fresh = [key for key in dict.fromkeys(keys) if key not in self._memory]
        if fresh:
            for key, completion in zip(fresh, self._decode(fresh), strict=True):
                self._memory[key] = completion
        answers = [self._memory[key] for key in keys]
        while len(self._memory) > MAX_REMEMBERED:
            self._memory.popitem(last=False)
        return answers

    def _decode(self, prompts: Sequence[tuple[str, ...]]) -> list[Completion]:
        encoded = [encode(prompt) for prompt in prompts]
        counts: Ints = np.array([len(ids) for ids in encoded], np.int64)
        room = self.engine.max_length - int(counts.max())
        if room < 2:
            return [Completion((), 0.0)] * len(prompts)
        limit = min(self.max_answer, room)
        ids = np.full((len(encoded), int(counts.max())), PAD_ID, np.int64)
        for row, one in zip(ids, encoded, strict=True):
            row[: len(one)] = one
        cache = self.engine.cache(len(encoded), int(counts.max()) + limit)
        answers: list[list[int]] = [[] for _ in encoded]
        certainty = np.zeros(len(encoded))
        chosen: Ints
        alive: Ints = np.arange(len(encoded), dtype=np.int64)
        for _ in range(limit):
            logits = self.engine.forward(ids, counts, cache)
            chosen = np.asarray(logits.argmax(-1), np.int64)
            top = logits.max(-1)
            certainty[alive] -= np.log(np.exp(logits - top[:, None]).sum(-1))
            for row, token in zip(alive, chosen, strict=True):
                answers[row].append(int(token))
            self.generated += len(alive)
            going = chosen != EOS_ID
            if not going.all():
                kept: Ints = np.flatnonzero(going).astype(np.int64)
                if not len(kept):
                    break
                cache.keep(kept)
                alive, chosen = alive[kept], chosen[kept]
            ids, counts = chosen[:, None], np.ones(len(alive), np.int64)
        return [
            Completion(tuple(decode(answer)), float(np.exp(score)))
            for answer, score in zip(answers, certainty, strict=True)
        ]
