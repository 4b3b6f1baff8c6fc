"""A checkpoint of the `transition` dialect through transformers, in the built-in engine's place.

Same interface as `Engine`, so the scheduler, the grammar and the decoder are shared: what is
fine-tuned or trained larger than numpy would like runs on a GPU, quantised, with an adapter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.checkpoint import Floats, read_metadata
from cwm_lab.worldmodel.loading import find_folder, load_checkpoint
from cwm_lab.worldmodel.specs import ModelSpec

if TYPE_CHECKING:
    from cwm_lab.worldmodel.engine import Ints


class TorchCache:
    """Keys and values of some rows. lengths: how many tokens each row has; there: which places of
    the common width hold one."""

    def __init__(self, cache: Any, rows: int) -> None:
        self.cache = cache
        self.lengths: Ints = np.zeros(rows, np.int64)
        self.there = np.zeros((rows, 0), np.int64)

    def keep(self, rows: Ints) -> None:
        """Drop all but some rows."""
        import torch

        if self.there.shape[1]:
            self.cache.batch_select_indices(torch.from_numpy(rows))
        self.lengths, self.there = self.lengths[rows], self.there[rows]


class TorchEngine:
    """A loaded checkpoint; raises ModelError as `LocalWriter` does."""

    def __init__(self, spec: ModelSpec) -> None:
        folder = find_folder(spec)
        self.metadata = read_metadata(folder / "model.safetensors")
        self.loaded = load_checkpoint(spec, folder)
        self.max_length = int(self.loaded.config.max_position_embeddings)
        self.vocabulary = int(self.loaded.config.vocab_size)

    def cache(self, rows: int, capacity: int) -> TorchCache:
        """An empty cache; it grows by itself."""
        return TorchCache(self.loaded.new_cache(), rows)

    def forward(self, ids: Ints, counts: Ints, cache: TorchCache) -> Floats:
        """Logits (rows, vocabulary) after each row's last new token; see `Engine.forward`."""
        import torch

        rows, width = ids.shape
        longest = int((cache.lengths + counts).max())
        if longest > self.max_length:
            raise ModelError(f"a prompt and answer of more than {self.max_length} tokens")
        new = (np.arange(width) < np.maximum(counts, 1)[:, None]).astype(np.int64)
        there = np.concatenate([cache.there, new], axis=1)
        places = cache.lengths[:, None] + np.arange(width)
        device = self.loaded.device
        with torch.inference_mode():
            out = self.loaded.forward(
                torch.from_numpy(ids).to(device),
                cache.cache,
                attention_mask=torch.from_numpy(there).to(device),
                position_ids=torch.from_numpy(places).to(device),
            )
        # A row of which nothing is wanted has its one token unseen.
        there[:, cache.there.shape[1] :] &= (np.arange(width) < counts[:, None]).astype(np.int64)
        cache.there, cache.lengths = there, cache.lengths + counts
        last = torch.from_numpy(np.maximum(counts, 1) - 1).to(device)
        picked = out.logits[torch.arange(rows, device=device), last]
        logits: Floats = picked.float().cpu().numpy()
        return logits
