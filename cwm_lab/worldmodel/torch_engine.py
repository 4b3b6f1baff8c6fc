"""A checkpoint of the `transition` dialect through transformers, in the built-in engine's place.

Same interface as `Engine`, so the scheduler, the grammar and the decoder are shared: what is
fine-tuned or trained larger than numpy would like runs on a GPU, quantised, with an adapter. Keys
and values rest in numpy's cache between the calls, where the decoder moves rows and keeps prefixes.
"""

from __future__ import annotations

import numpy as np

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.checkpoint import Floats, read_metadata
from cwm_lab.worldmodel.engine import Cache, Ints
from cwm_lab.worldmodel.loading import find_folder, load_checkpoint
from cwm_lab.worldmodel.specs import ModelSpec


class TorchEngine:
    """A loaded checkpoint; raises ModelError as `LocalWriter` does."""

    def __init__(self, spec: ModelSpec) -> None:
        folder = find_folder(spec)
        self.metadata = read_metadata(folder / "model.safetensors")
        self.loaded = load_checkpoint(spec, folder)
        config = self.loaded.config
        self.layers, self.kv_heads = config.num_hidden_layers, config.num_key_value_heads
        self.head_size, self.vocabulary = config.head_dim, config.vocab_size
        self.max_length = int(config.max_position_embeddings)

    def cache(self, rows: int, capacity: int) -> Cache:
        """Room for keys and values, in numpy."""
        return Cache(self, rows, capacity)

    def forward(self, ids: Ints, counts: Ints, cache: Cache, first: int = 0) -> Floats:
        """Logits (rows, vocabulary) after each row's last new token; see `Engine.forward`."""
        import torch
        from transformers import DynamicCache

        rows, width = ids.shape
        start = cache.lengths[first : first + rows]
        longest = int((start + counts).max())
        if longest > self.max_length:
            raise ModelError(f"a prompt and answer of more than {self.max_length} tokens")
        cache.reserve(longest)
        device, dtype, span = self.loaded.device, self.loaded.dtype, int(start.max())
        held = cache.values[:, :, first : first + rows, :, :span]
        past = torch.from_numpy(np.ascontiguousarray(held)).to(device, dtype)
        known = DynamicCache()
        for layer in range(self.layers if span else 0):
            known.update(past[layer, 0], past[layer, 1], layer)
        there = np.concatenate(
            [np.arange(span) < start[:, None], np.arange(width) < counts[:, None]], axis=1
        )
        places = start[:, None] + np.arange(width)
        with torch.inference_mode():
            out = self.loaded.forward(
                torch.from_numpy(ids).to(device),
                known,
                attention_mask=torch.from_numpy(there.astype(np.int64)).to(device),
                position_ids=torch.from_numpy(places).to(device),
            )
            new = torch.stack([torch.stack([one.keys, one.values]) for one in known.layers])[
                ..., span:, :
            ]
            fresh = new.float().cpu().numpy()
            last = torch.from_numpy(counts - 1).to(device)
            picked = out.logits[torch.arange(rows, device=device), last].float().cpu().numpy()
        row, column = np.nonzero(np.arange(width) < counts[:, None])
        stored = cache.values[:, :, first : first + rows]
        stored[:, :, row, :, start[row] + column] = fresh[:, :, row, :, column]
        start += counts
        logits: Floats = picked
        return logits
