"""Asks an engine for answers: many prompts at once, each prompt only once, each answer readable.

The grammar says which tokens may come next; where only one may, the network is not asked for it.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from cwm_lab.worldmodel.batches import Batch, Prefixes, Row
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.engines import Engine
from cwm_lab.worldmodel.threads import one_thread

MAX_ANSWER = 960
"""Tokens after which an answer is brought to its end."""
MAX_REMEMBERED = 20_000
_CLOSING = 128
_SHORTEST = 16


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


R = TypeVar("R")
Client = Generator[Sequence[Prompt], Sequence[Completion], R]
"""Yields questions, is sent their answers, and so on; returns what it makes of them."""


def side_by_side(clients: Sequence[Client[R]]) -> Client[list[R]]:
    """Several clients as one, which asks all their questions together."""
    results: dict[int, R] = {}
    asking: dict[int, Sequence[Prompt]] = {}
    answers: dict[int, Sequence[Completion]] = {}
    while len(results) < len(clients):
        for index, client in enumerate(clients):
            if index in results:
                continue
            try:
                told = answers.get(index)
                asking[index] = next(client) if told is None else client.send(told)
            except StopIteration as stop:
                results[index] = stop.value
                asking.pop(index, None)
        if asking:
            found = iter((yield [prompt for prompts in asking.values() for prompt in prompts]))
            answers = {k: [next(found) for _ in prompts] for k, prompts in asking.items()}
    return [results[index] for index in range(len(clients))]


class Decoder:
    """Greedy completion with a memory: equal transitions are computed once, also those of another
    program or of the same cell before it was edited.

    scratchpad: whether answers begin with the values of sub-expressions, as the network was taught.
    generated: how many tokens the network was asked for.
    """

    def __init__(
        self, engine: Engine, max_answer: int = MAX_ANSWER, *, scratchpad: bool = True
    ) -> None:
        self.engine, self.max_answer, self.scratchpad = engine, max_answer, scratchpad
        self._memory: OrderedDict[tuple[str, ...], Completion] = OrderedDict()
        self._prefixes = Prefixes()
        self.generated = 0

    def complete(self, prompts: Sequence[Prompt]) -> list[Completion]:
        """The greedy completion of each prompt. Prompts may differ in length."""

        def ask() -> Client[list[Completion]]:
            return [*(yield prompts)]

        return self.serve([ask()])[0]

    def serve(self, clients: Sequence[Client[R]], spent: list[float] | None = None) -> list[R]:
        """Answer the questions of all clients side by side, until each has returned.

        spent: a number for each client, which is kept up to date with the seconds that were its
        own: its share of the network's time, and the time between its questions.
        """
        return _Service(self, clients, spent).run()

    def forget(self) -> None:
        """Drop what is remembered."""
        self._memory.clear()
        self._prefixes.clear()

    def known(self, prompt: Prompt) -> Completion | None:
        """The completion of a prompt, if no network is needed for it."""
        if len(prompt.tokens) > self.engine.max_length - _CLOSING - _SHORTEST:
            return Completion((), ())
        return self._memory.get(prompt.key)

    def row(self, prompt: Prompt) -> Row:
        """A fresh answer to a prompt."""
        room = self.engine.max_length - len(prompt.tokens) - _CLOSING
        return Row(prompt, min(self.max_answer, room), scratchpad=self.scratchpad)

    def remember(self, row: Row) -> Completion:
        """Keep an answer that is done."""
        found = Completion(tuple(row.tokens), tuple(row.logs))
        self._memory[row.prompt.key] = found
        while len(self._memory) > MAX_REMEMBERED:
            self._memory.popitem(last=False)
        return found

    def batch(self, at_once: int) -> Batch:
        """A batch without rows."""
        return Batch(self.engine, self._prefixes, at_once)


@dataclass
class _Request:
    """What one client waits for. missing: how many of the answers are not there yet."""

    index: int
    answers: list[Completion]
    missing: int


class _Service(Generic[R]):
    """One `Decoder.serve`. asked: by prompt, the requests that wait for its answer, and where.
    fresh: answers that are to be begun, by prompt."""

    def __init__(
        self, decoder: Decoder, clients: Sequence[Client[R]], spent: list[float] | None
    ) -> None:
        self.decoder, self.clients = decoder, clients
        self.spent = [0.0] * len(clients) if spent is None else spent
        self.results: dict[int, R] = {}
        self.asked: dict[tuple[str, ...], list[tuple[_Request, int]]] = {}
        self.fresh: dict[tuple[str, ...], Row] = {}
        self.batch: Batch | None = None

    def run(self) -> list[R]:
        for index in range(len(self.clients)):
            self._go_on(index, None)
        while self.fresh or (self.batch is not None and self.batch.busy):
            for row in self._advance():
                completion = self.decoder.remember(row)
                waiting = self.asked.pop(row.prompt.key)
                for request, place in waiting:
                    self.spent[request.index] += row.spent / len(waiting)
                    request.answers[place] = completion
                    request.missing -= 1
                    if not request.missing:
                        self._go_on(request.index, request.answers)
        return [self.results[index] for index in range(len(self.clients))]

    def _advance(self) -> list[Row]:
        """Let the network go on, with what was asked since the last time."""
        together = max(len(self.clients), len(self.fresh))
        if self.batch is None or (not self.batch.busy and together > self.batch.at_once):
            self.batch = self.decoder.batch(together)
        for row in self.fresh.values():
            self.batch.add(row)
        self.fresh.clear()
        before = self.batch.generated
        with one_thread():
            done = self.batch.advance()
        self.decoder.generated += self.batch.generated - before
        return done

    def _go_on(self, index: int, answers: Sequence[Completion] | None) -> None:
        """Tell a client its answers, and so on until it asks what the network must answer."""
        began, before = time.monotonic(), self.spent[index]
        client = self.clients[index]
        try:
            while True:
                prompts = next(client) if answers is None else client.send(answers)
                self.spent[index] = before + time.monotonic() - began
                known = [self._known(prompt) for prompt in prompts]
                answers = [found for found in known if found is not None]
                if len(answers) < len(known):
                    break
        except StopIteration as stop:
            self.results[index] = stop.value
            return
        nothing = Completion((), ())
        request = _Request(index, [found or nothing for found in known], known.count(None))
        for place, (prompt, found) in enumerate(zip(prompts, known, strict=True)):
            if found is None:
                self.asked.setdefault(prompt.key, []).append((request, place))

    def _known(self, prompt: Prompt) -> Completion | None:
        """The completion of a prompt for which the network need not be asked; else it will be."""
        found, key = self.decoder.known(prompt), prompt.key
        if found is not None or key in self.asked or key in self.fresh:
            return found
        row = self.decoder.row(prompt)
        if row.done:
            return self.decoder.remember(row)
        self.fresh[key] = row
        return None
