"""Several texts at once from one local checkpoint, by transformers' continuous batching.

Its manager puts the next token of every text under way into one pass, lets new texts join and
finished ones leave, and keeps their keys and values in pages. What a network may write next is
decided row by row, as `LocalWriter` does, so that a text does not depend on its neighbours.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cwm_lab.errors import ModelError
from cwm_lab.trace.cwm_text import Piece
from cwm_lab.worldmodel.cwm.constraint import CwmConstraint, State
from cwm_lab.worldmodel.cwm.writing import Cancel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.specs import ModelSpec

logger = logging.getLogger("cwm_lab.server")
PAGE = 256
"""Tokens whose keys and values lie together."""
BATCH_TOKENS = 1024
"""Most tokens of one pass on a processor: long prompts are read in parts, beside the others."""
SHARE_OF_MEMORY = 0.5
"""Of what is free on a processor, at most, for keys and values."""
POLL_SECONDS = 0.05
STOP_SECONDS = 5.0


class NoBatchingError(ModelError):
    """transformers cannot batch this network, on this machine."""


class ContinuousWriter(LocalWriter):
    """A checkpoint that writes `places` texts at once, each asked for from a thread of its own.

    Raises ModelError as `LocalWriter` does; NoBatchingError where transformers cannot batch it.
    """

    def __init__(self, spec: ModelSpec, places: int) -> None:
        super().__init__(spec)
        self.places = places
        self._lock = threading.Lock()
        self._boxes: dict[str, queue.SimpleQueue[Any]] = {}
        self._numbers = count(1)
        self._rules = _Rules(self)
        try:
            self._manager = self._managed()
            self._manager.start()
        except (ImportError, AttributeError, ValueError, TypeError, RuntimeError) as error:
            raise NoBatchingError(f"transformers cannot batch {self.name}: {error}.") from error
        threading.Thread(target=self._hand_out, daemon=True).start()

    def __repr__(self) -> str:
        return f"<ContinuousWriter {self.name} on {self.loaded.device}, {self.places} places>"

    def encode(self, pieces: Sequence[Piece]) -> list[int]:
        """See `LocalWriter`. One at a time: a fast tokenizer cannot be shared by threads."""
        with self._lock:
            return super().encode(pieces)

    def tokens(
        self,
        ids: list[int],
        max_tokens: int,
        cancel: Cancel,
        grammar: CwmConstraint | None = None,
        state: State | None = None,
    ) -> Iterator[tuple[int, float]]:
        """The same as `LocalWriter.tokens`, in passes that other texts share."""
        number = next(self._numbers)
        name = f"text-{number}"
        box = self._boxes[name] = queue.SimpleQueue()
        told = self._rules.begin(number, grammar, state)
        room = min(max_tokens, self.context - len(ids))
        finished = room < 1
        try:
            if not finished and not cancel():
                with self._lock:
                    self.read += len(ids)
                self._manager.add_request(
                    ids,
                    request_id=name,
                    max_new_tokens=room,
                    streaming=True,
                    eos_token_id=sorted(self.ends),
                    text=number,
                )
            given = 0
            while not finished and not cancel():
                output = self._next(box)
                if output is None:
                    continue
                if output.error is not None:
                    raise ModelError(f"{self.name} failed on this text: {output.error}")
                finished = output.is_finished()
                for token in output.generated_tokens[given:room]:
                    yield token, told.logs[given]
                    given += 1
                    if token in self.ends:
                        return
        finally:
            if not finished:
                self._manager.cancel_request(name)
            self._rules.end(number)
            self._boxes.pop(name, None)

    @property
    def broken(self) -> bool:
        """Whether nothing can be written any more: the checkpoint must be loaded anew."""
        return not self._manager.is_running()

    def close(self) -> None:
        """Stop the thread that makes the passes."""
        self._manager.stop(block=True, timeout=STOP_SECONDS, hard_stop=True)

    def ids(self, text: str, *, special: bool) -> list[int]:
        """See `LocalWriter`."""
        with self._lock:
            return super().ids(text, special=special)

    def decode(self, ids: Sequence[int], *, special: bool) -> str:
        """See `LocalWriter`."""
        with self._lock:
            return super().decode(ids, special=special)

    def _next(self, box: queue.SimpleQueue[Any]) -> Any:
        with suppress(queue.Empty):
            return box.get(timeout=POLL_SECONDS)
        if self.broken:
            raise ModelError(f"{self.name} has stopped writing, and is loaded anew; ask again.")
        return None

    def _hand_out(self) -> None:
        for output in self._manager:
            box = self._boxes.get(output.request_id)
            if box is not None:
                box.put(output)

    def _managed(self) -> Any:
        from transformers import GenerationConfig, LogitsProcessorList
        from transformers.generation.configuration_utils import ContinuousBatchingConfig
        from transformers.generation.continuous_batching.cb_logits_processors import (
            ContinuousBatchingLogitsProcessor,
            ContinuousBatchingLogitsProcessorList,
        )

        cpu = self.loaded.device == "cpu"
        config = ContinuousBatchingConfig(
            page_size=PAGE,
            num_blocks=self._pages() if cpu else None,
            max_batch_tokens=max(BATCH_TOKENS, self.places) if cpu else None,
            max_requests_per_batch=self.places,
            # The choice of a token is made in Python, which no graph of the GPU can hold, and must
            # be known before the next pass.
            use_cuda_graph=False,
            use_async_batching=False,
            auto_switch_to_flash=not cpu,
        )
        manager = self.loaded.model.init_continuous_batching(
            generation_config=GenerationConfig(
                do_sample=False,
                max_new_tokens=self.context,
                eos_token_id=sorted(self.ends),
                pad_token_id=min(self.ends),
            ),
            continuous_batching_config=config,
        )
        ContinuousBatchingLogitsProcessor.register(_Rules)
        rules = ContinuousBatchingLogitsProcessorList(LogitsProcessorList([self._rules]))
        rules.tensors_required = 1
        manager.logit_processor = rules
        return manager

    def _pages(self) -> int:
        """For every place a full context, or as many as there is memory for; at least one."""
        import psutil

        each = -(-self.context // PAGE)
        bytes_each = max(1, self.loaded.need.full_cache)
        free = psutil.virtual_memory().available * SHARE_OF_MEMORY
        return each * max(1, min(self.places, int(free / bytes_each)))


@dataclass
class _Told:
    """grammar, state: what may come next. logs: log probabilities of the tokens chosen so far."""

    grammar: CwmConstraint | None
    state: State | None
    logs: list[float] = field(default_factory=list)


class _Rules:
    """Chooses the next token of each text; in the form of transformers'
    `ContinuousBatchingLogitsProcessor`, which it is registered as: the scores that it returns leave
    only the token that was chosen."""

    supported_kwargs: dict[str, type] = {"text": int}  # noqa: RUF012 - the form asks for it
    ignored_kwargs: tuple[str, ...] = ()

    def __init__(self, writer: ContinuousWriter) -> None:
        self._writer = writer
        self._texts: dict[int, _Told] = {}

    def begin(self, number: int, grammar: CwmConstraint | None, state: State | None) -> _Told:
        """A text that will be asked for."""
        told = self._texts[number] = _Told(grammar, state)
        return told

    def end(self, number: int) -> None:
        """It is done with."""
        self._texts.pop(number, None)

    def fill_defaults(self, int32_tensor: Any) -> None:
        """Rows that belong to no text."""
        int32_tensor.zero_()

    def prepare_tensor_args(self, requests_with_new_token: Sequence[Any]) -> Any:
        """Which text each row belongs to."""
        import torch

        numbers = [
            int(request.state.logit_processor_kwargs.get("text", 0))
            for request in requests_with_new_token
        ]
        return torch.tensor(numbers, dtype=torch.int32)

    def __call__(self, scores: Any, tensor_arg: Any) -> Any:
        """scores: (rows, vocabulary). tensor_arg: the number of each row's text."""
        numbers = tensor_arg[: len(scores)].tolist()
        chosen = scores.clone()
        for row, number in enumerate(numbers):
            told = self._texts.get(number)
            if told is None:
                continue
            token, logprob, told.state = self._writer._choose(scores[row], told.grammar, told.state)
            told.logs.append(logprob)
            chosen[row] = float("-inf")
            chosen[row, token] = 0.0
        return chosen
