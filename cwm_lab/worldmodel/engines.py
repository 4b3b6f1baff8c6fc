"""What the decoder needs of an engine, be it numpy's or torch's: token ids in, logits out."""

from __future__ import annotations

from typing import Protocol

from cwm_lab.worldmodel.checkpoint import Floats
from cwm_lab.worldmodel.engine import Cache, Ints


class Engine(Protocol):
    """See `engine.Engine` for what each does."""

    layers: int
    kv_heads: int
    head_size: int
    max_length: int
    vocabulary: int
    metadata: dict[str, str]

    def cache(self, rows: int, capacity: int) -> Cache:
        """Room for keys and values."""
        ...

    def forward(self, ids: Ints, counts: Ints, cache: Cache, first: int = 0) -> Floats:
        """Logits (rows, vocabulary) after each row's last new token."""
        ...
