"""Between two checkpoints of a training: ``python -m cwm_lab.training.blending OLD NEW --out DIR``.

A short run that begins at a high rate from weights that were decayed to nothing has, at its end,
not only learned but also forgotten. Weights between the two are often better than both; which
share of the new ones is best is judged on held-out transitions. Method: Wortsman et al. 2022,
"Robust fine-tuning of zero-shot models". OLD may be smaller: NEW has grown from it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.training.corpus import Example, as_batch, held_out
from cwm_lab.training.forward import Forward
from cwm_lab.training.growing import grow_into
from cwm_lab.training.optimizer import products
from cwm_lab.training.train import export, torch_tensor
from cwm_lab.worldmodel.checkpoint import read_safetensors

if TYPE_CHECKING:
    import torch
    from transformers import CwmForCausalLM

_ROWS = 32


class Blend:
    """The line between two checkpoints; `at` puts the model on it. Raises ModelError if the new one
    cannot have grown from the old one."""

    def __init__(self, old: Path, new: Path) -> None:
        import torch
        from transformers import CwmForCausalLM

        model: CwmForCausalLM = CwmForCausalLM.from_pretrained(new, dtype=torch.float32)
        self.model = model
        self._new = self._copy()
        weights, _ = read_safetensors(old / "model.safetensors")
        # New units keep the new inputs and get outputs of nothing: that is what OLD computes.
        grow_into(model, {name: torch_tensor(values) for name, values in weights.items()})
        self._old = self._copy()

    def _copy(self) -> list[torch.Tensor]:
        return [p.detach().clone() for p in self.model.parameters()]

    def at(self, share: float) -> CwmForCausalLM:
        """The model, with this share of the new weights: 0 is the old one, 1 the new one."""
        import torch

        with torch.no_grad():
            for mine, old, new in zip(self.model.parameters(), self._old, self._new, strict=True):
                mine.copy_(old.lerp(new, share))
        return self.model


def judge(model: CwmForCausalLM, examples: Sequence[Example]) -> tuple[float, float]:
    """(mean loss of a token that is asked for, share of examples whose every such token is the most
    probable of those that may come)."""
    import numpy as np
    import torch
    from torch.nn.functional import cross_entropy

    forward = Forward(model, products("cpu"), compiled=False)
    ordered = sorted(examples, key=lambda e: len(e.ids))
    loss, tokens, right = 0.0, 0, 0
    with torch.no_grad():
        for start in range(0, len(ordered), _ROWS):
            part = ordered[start : start + _ROWS]
            layout = forward.layout([as_batch([[e] for e in part], len(part[-1].ids))], "cpu")
            logits = layout.within(forward(layout))
            loss += float(cross_entropy(logits, layout.targets, reduction="sum"))
            tokens += len(layout.targets)
            hit = (logits.argmax(-1) == layout.targets).numpy()
            ends = np.cumsum([e.counted for e in part])
            right += sum(bool(piece.all()) for piece in np.split(hit, ends[:-1]))
    return loss / tokens, right / len(ordered)


def main(argv: list[str] | None = None) -> int:
    """Judge some shares, and write the one with the smallest loss."""
    parser = argparse.ArgumentParser(
        prog="python -m cwm_lab.training.blending", description=__doc__
    )
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--shares", default="0.4,0.6,0.8,1", help="of the new weights")
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(argv)
    blend, examples = Blend(options.old, options.new), held_out(options.examples)
    rows: list[dict[str, Any]] = []
    for share in (float(part) for part in options.shares.split(",")):
        loss, exact = judge(blend.at(share), examples)
        rows.append({"share": share, "loss": round(loss, 5), "held_out_exact": round(exact, 4)})
        sys.stderr.write(json.dumps(rows[-1]) + "\n")
    best = min(rows, key=lambda row: row["loss"])
    facts = json.loads((options.new / "training.json").read_text(encoding="utf-8"))
    export(blend.at(best["share"]), options.out, {**facts, "blended": {"tried": rows, **best}})
    return 0


if __name__ == "__main__":
    sys.exit(main())
