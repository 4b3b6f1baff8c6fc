"""Answers under way, side by side in one cache of keys and values.

A row that is done makes room for the next prompt at once. What prompts have in common at their
beginning (the statement, often its first values) is computed once and kept.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from cwm_lab.worldmodel.checkpoint import Floats
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.engine import Cache, Ints
from cwm_lab.worldmodel.engines import Engine
from cwm_lab.worldmodel.outcomes import Cursor
from cwm_lab.worldmodel.places import Writer, decode, encode
from cwm_lab.worldmodel.vocabulary import PAD_ID

MAX_TOGETHER = 32
"""Rows in one batch: with more, the keys and values come from memory instead of the cache."""
_CACHED = 48 * 2**20
"""Bytes of keys and values in one batch: 9,830 tokens of a network of 5 layers of 128."""
_KEPT = _CACHED // 4
"""Bytes of keys and values of what prompts begin with."""
_ROOM = 160
"""Tokens for which each row has room at least, before it counts as long."""
_PREFILL = 512
"""Tokens of prompts in one product."""
_BLOCK = 8
_HURRY = 4


class Row:
    """One answer under way. ids: what the network has not read yet. spent: seconds, its share."""

    def __init__(self, prompt: Prompt, limit: int, *, scratchpad: bool = True) -> None:
        self.prompt, self.limit = prompt, limit
        self.cursor = Cursor(prompt, scratchpad=scratchpad)
        self.tokens: list[str] = []
        self.logs: list[float] = []
        self._question, self._writer = encode(prompt.tokens), Writer()
        self._take_forced()
        self.ids = self.whole()
        self.waited = False
        self.spent = 0.0

    @property
    def done(self) -> bool:
        """Whether the answer is complete."""
        return self.cursor.choice is None

    def whole(self) -> list[int]:
        """Question and answer so far."""
        return [*self._question, *self._writer.ids]

    def choose(self, logits: Floats, log_total: float) -> None:
        """Take the likeliest token that may come, and all that it forces."""
        choice = self.cursor.choice
        assert choice is not None
        start = len(self.tokens)
        allowed = self._writer.allowed(choice)
        scores = logits[allowed]
        best = int(scores.argmax())
        number = int(allowed[best])
        self._take(decode([number])[0], float(scores[best]) - log_total, number)
        self._take_forced()
        if len(self.tokens) >= self.limit:
            while (choice := self.cursor.choice) is not None:
                self._take(choice.closer, 0.0 if choice.only else -math.inf)
        self.ids = self._writer.ids[start:]

    def _take_forced(self) -> None:
        while (choice := self.cursor.choice) is not None:
            token = self._writer.forced(choice)
            if token is None:
                break
            self._take(token, 0.0, choice.number)

    def _take(self, token: str, log: float, number: int | None = None) -> None:
        self._writer.push(token, number)
        self.tokens.append(token)
        self.logs.append(log)
        self.cursor.push(token)


class Prefixes:
    """Keys and values of prompts' beginnings, in blocks of `_BLOCK` tokens; the oldest go first."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[bytes, Floats] = OrderedDict()

    def clear(self) -> None:
        self._blocks.clear()

    def read(self, ids: Sequence[int], cache: Cache, row: int) -> int:
        """Put what is known of a prompt into a row. Returns how many tokens that is, never all."""
        raw, size, end = _raw(ids), 0, 0
        while (end := size + _BLOCK) < len(ids):
            block = self._blocks.get(raw[: 4 * end])
            if block is None:
                break
            cache.values[:, :, row, :, size:end] = block
            size = end
        cache.lengths[row] = size
        return size

    def next_block(self, ids: Sequence[int]) -> bytes | None:
        """The name of the first block of a prompt that is not known; None if all are."""
        raw = _raw(ids)
        names = (raw[: 4 * end] for end in range(_BLOCK, len(ids), _BLOCK))
        return next((name for name in names if name not in self._blocks), None)

    def keep(self, ids: Sequence[int], cache: Cache, row: int, since: int) -> None:
        """Remember a prompt that a row holds, from its token `since` on."""
        raw = _raw(ids)
        for start in range(since, len(ids) - _BLOCK, _BLOCK):
            end = start + _BLOCK
            self._blocks[raw[: 4 * end]] = cache.values[:, :, row, :, start:end].copy()
        while len(self._blocks) * cache.token_size * _BLOCK > _KEPT:
            try:
                self._blocks.popitem(last=False)
            except KeyError:  # another thread was faster
                break


class Batch:
    """The rows of one cache. at_once: how many there will be at most; then each has the more room.

    generated: how many tokens the network was asked for.
    """

    def __init__(self, engine: Engine, prefixes: Prefixes, at_once: int) -> None:
        self.engine, self.prefixes = engine, prefixes
        self.at_once = at_once
        self._places = max(1, _CACHED // engine.cache(1, 1).token_size)
        self._have_room(_ROOM)
        self.waiting: list[Row] = []
        self.rows: list[Row] = []
        self.long: list[Row] = []
        self.generated = 0

    def add(self, row: Row) -> None:
        """Have an answer made."""
        (self.waiting if self._fits(row) else self.long).append(row)

    @property
    def busy(self) -> bool:
        return bool(self.waiting or self.rows or self.long)

    def advance(self) -> list[Row]:
        """Go on by a token or more in every row. Returns the rows that are done now."""
        began = time.monotonic()
        if not self.waiting and not self.rows:  # only long ones are left
            self._have_room(self.engine.max_length)
            self.waiting, self.long = self.long, []
        elif not self.rows and self.room == self.engine.max_length:
            self._have_room(_ROOM)
            self.long = [row for row in self.waiting if not self._fits(row)]
            self.waiting = [row for row in self.waiting if self._fits(row)]
        everyone = [*self.waiting, *self.rows, *self.long]
        done: list[Row] = []
        free = self.slots - len(self.rows)
        if free and self.waiting and len(self.waiting) >= min(_HURRY, len(self.rows) / _HURRY):
            done += self._begin(free)
        done += self._go_on()
        share = (time.monotonic() - began) / len(everyone)
        for row in everyone:
            row.spent += share
        return done

    def _have_room(self, tokens: int) -> None:
        """Begin with an empty cache that has room for so many tokens a row, or more."""
        self.slots = max(1, min(MAX_TOGETHER, self.at_once, self._places // tokens))
        self.room = min(self.engine.max_length, self._places // self.slots)
        self._cache = self.engine.cache(self.slots, self.room)

    def _fits(self, row: Row) -> bool:
        return len(row.ids) + _HURRY * _BLOCK < self.room

    def _begin(self, free: int) -> list[Row]:
        """Read prompts into free rows. A prompt whose next block another one reads just now waits
        for it once."""
        self.waiting.sort(key=lambda row: len(row.ids))
        chosen: list[Row] = []
        later: list[Row] = []
        reading: set[bytes] = set()
        tokens = 0
        for at, row in enumerate(self.waiting):
            if len(chosen) >= free or tokens >= _PREFILL:
                later += self.waiting[at:]
                break
            block = self.prefixes.next_block(row.ids)
            if block is not None and block in reading and not row.waited:
                row.waited = True
                later.append(row)
            else:
                chosen.append(row)
                tokens += len(row.ids)
                if block is not None:
                    reading.add(block)
        self.waiting = later
        first = len(self.rows)
        known = []
        for at, row in enumerate(chosen, first):
            known.append(self.prefixes.read(row.ids, self._cache, at))
        prompts = [row.ids for row in chosen]
        for row, size in zip(chosen, known, strict=True):
            row.ids = row.ids[size:]
        self.rows += chosen
        self._forward(first)
        for at, (ids, size) in enumerate(zip(prompts, known, strict=True), first):
            self.prefixes.keep(ids, self._cache, at, size)
        return self._leave(first)

    def _go_on(self) -> list[Row]:
        short = self.room < self.engine.max_length
        for at in range(len(self.rows) - 1, -1, -1) if short else ():
            row = self.rows[at]
            if self._cache.lengths[at] + len(row.ids) > self.room:
                row.ids = row.whole()
                self.long.append(row)
                self._drop(at)
        if not self.rows:
            return []
        self._forward(0)
        return self._leave(0)

    def _forward(self, first: int) -> None:
        """Read the new tokens of the rows from `first` on, and choose what follows in each."""
        rows = self.rows[first:]
        logits = self.engine.forward(*_padded([row.ids for row in rows]), self._cache, first)
        top = logits.max(-1)
        totals = top + np.log(np.exp(logits - top[:, None]).sum(-1))
        for row, scores, total in zip(rows, logits, totals.tolist(), strict=True):
            row.choose(scores, total)
        self.generated += len(rows)

    def _leave(self, first: int) -> list[Row]:
        """Take the rows out that are done."""
        done = [at for at in range(first, len(self.rows)) if self.rows[at].done]
        found = [self.rows[at] for at in done]
        for at in reversed(done):
            self._drop(at)
        return found

    def _drop(self, at: int) -> None:
        last = self.rows.pop()
        if at < len(self.rows):
            self._cache.move(len(self.rows), at)
            self.rows[at] = last


def _raw(ids: Sequence[int]) -> bytes:
    return np.array(ids, np.int32).tobytes()


def _padded(rows: list[list[int]]) -> tuple[Ints, Ints]:
    """(ids, how many of each row count)."""
    counts = np.array([len(row) for row in rows], np.int64)
    width = int(counts.max())
    if width == 1:
        return np.array(rows, np.int64), counts
    ids = np.full((len(rows), width), PAD_ID, np.int64)
    for padded, row in zip(ids, rows, strict=True):
        padded[: len(row)] = row
    return ids, counts
