"""Asks an engine for answers: many prompts at once, each prompt only once, each answer readable.

The grammar says which tokens may come next; where only one may, the network is not asked for it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cwm_lab.worldmodel.checkpoint import Floats
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.engine import Engine, Ints
from cwm_lab.worldmodel.outcomes import Cursor
from cwm_lab.worldmodel.threads import one_thread
from cwm_lab.worldmodel.vocabulary import PAD_ID, TOKENS, encode

MAX_ANSWER = 480
"""Tokens after which an answer is brought to its end."""
MAX_TOGETHER = 64
"""Rows in one batch; with their keys and values they stay below 100 MB."""
MAX_REMEMBERED = 20_000
_CLOSING = 128
_SHORTEST = 16
_CROWDED = 0.75
"""While more of a batch's rows are under way, those that are done stay: taking a row out copies the
keys and values of all others."""


@dataclass(frozen=True)
class Completion:
    """An answer's token texts and the logarithm of the probability of each, 0 for one that the
    grammar forced, minus infinity for one that an answer's end at its greatest length forced.

    No tokens at all: the prompt is too long for the network.
    """

    tokens: tuple[str, ...]
    logs: tuple[float, ...]

    @property
    def probability(self) -> float:
        """Of the whole answer."""
        return math.exp(sum(self.logs)) if self.tokens else 0.0


class _Row:
    """One answer under way."""

    def __init__(self, prompt: Prompt, limit: int) -> None:
        self.cursor = Cursor(prompt)
        self.limit = limit
        self.tokens: list[str] = []
        self.logs: list[float] = []

    def take(self, token: str, log: float) -> None:
        self.tokens.append(token)
        self.logs.append(log)
        self.cursor.push(token)

    def choose(self, logits: Floats, log_total: float) -> list[int]:
        """Take the likeliest token that may come, and all that it forces. Returns their ids, none
        if the answer is complete."""
        choice = self.cursor.choice
        assert choice is not None
        start = len(self.tokens)
        scores = logits[choice.ids]
        best = int(scores.argmax())
        self.take(TOKENS[choice.ids[best]], float(scores[best]) - log_total)
        self._forced()
        if len(self.tokens) >= self.limit:
            while (choice := self.cursor.choice) is not None:
                self.take(choice.closer, 0.0 if choice.only else -math.inf)
        return [] if self.cursor.choice is None else encode(self.tokens[start:])

    def _forced(self) -> None:
        while self.cursor.choice is not None and self.cursor.choice.only is not None:
            self.take(self.cursor.choice.only, 0.0)

    @property
    def completion(self) -> Completion:
        return Completion(tuple(self.tokens), tuple(self.logs))


class Decoder:
    """Greedy completion with a memory: equal transitions are computed once.

    generated: how many tokens the network was asked for.
    """

    def __init__(self, engine: Engine, max_answer: int = MAX_ANSWER) -> None:
        self.engine, self.max_answer = engine, max_answer
        self._memory: OrderedDict[tuple[str, ...], Completion] = OrderedDict()
        self.generated = 0

    def complete(self, prompts: Sequence[Prompt]) -> list[Completion]:
        """The greedy completion of each prompt. Prompts may differ in length."""
        keys = [tuple(prompt.tokens) for prompt in prompts]
        fresh = {
            key: prompt
            for key, prompt in zip(keys, prompts, strict=True)
            if key not in self._memory
        }
        waiting = sorted(fresh, key=len)
        for start in range(0, len(waiting), MAX_TOGETHER):
            together = waiting[start : start + MAX_TOGETHER]
            with one_thread():
                answers = self._decode([fresh[key] for key in together])
            self._memory.update(zip(together, answers, strict=True))
        found = [self._memory[key] for key in keys]
        while len(self._memory) > MAX_REMEMBERED:
            self._memory.popitem(last=False)
        return found

    def forget(self) -> None:
        """Drop what is remembered."""
        self._memory.clear()

    def _decode(self, prompts: Sequence[Prompt]) -> list[Completion]:
        longest = self.engine.max_length - _CLOSING - _SHORTEST
        answers = [Completion((), ())] * len(prompts)
        places = [k for k, prompt in enumerate(prompts) if len(prompt.tokens) <= longest]
        if not places:
            return answers
        rows: list[_Row] = []
        new: list[list[int]] = []
        for place in places:
            ids = encode(prompts[place].tokens)
            room = self.engine.max_length - len(ids) - _CLOSING
            rows.append(_Row(prompts[place], min(self.max_answer, room)))
            new.append(ids)
        cache = self.engine.cache(len(rows), max(map(len, new)) + _SHORTEST)
        while rows:  # those without new tokens are done
            logits = self.engine.forward(*_padded(new), cache)
            top = logits.max(-1)
            totals = top + np.log(np.exp(logits - top[:, None]).sum(-1))
            going = [k for k, ids in enumerate(new) if ids]
            for k in going:
                new[k] = rows[k].choose(logits[k], float(totals[k]))
                if not new[k]:
                    answers[places[k]] = rows[k].completion
            self.generated += len(going)
            going = [k for k in going if new[k]]
            if len(going) < _CROWDED * len(rows):
                places, rows = [places[k] for k in going], [rows[k] for k in going]
                new = [new[k] for k in going]
                cache.keep(np.array(going, np.int64))
        return answers


def _padded(rows: list[list[int]]) -> tuple[Ints, Ints]:
    """(ids, how many of each row count)."""
    counts = np.array([len(row) for row in rows], np.int64)
    ids = np.full((len(rows), int(counts.max())), PAD_ID, np.int64)
    for padded, row in zip(ids, rows, strict=True):
        padded[: len(row)] = row
    return ids, counts
