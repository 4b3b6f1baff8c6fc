"""Larger networks from smaller ones that say the same: nothing learned is lost when one grows.

New layers and new hidden units start with output weights of nothing, so that the larger network
computes at first what the smaller one did. Method: Net2Net (Chen et al. 2015) in its simplest form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.vocabulary import ID_OF, PLACED

if TYPE_CHECKING:
    import torch
    from transformers import CwmForCausalLM

_EMBEDDING = "model.embed_tokens.weight"
_ALIKE = 0.4
"""The distance below which two tokens' rows are as good as one."""
_APART = 1.5
_LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)")


def grow_into(model: CwmForCausalLM, small: Mapping[str, torch.Tensor]) -> None:
    """Give `model` the function of the weights `small`, which may have fewer layers, narrower MLPs
    and the vocabulary of before there were placed digits. New layers go into the middle. Raises
    ModelError for weights of another kind."""
    import torch

    count = 1 + max((int(m[1]) for name in small if (m := _LAYER.fullmatch(name))), default=-1)
    layers = model.config.num_hidden_layers
    new = layers - count
    middle = (count + 1) // 2
    seen = set()
    with torch.no_grad():
        for name, mine in model.state_dict().items():
            if name == "lm_head.weight":
                continue
            source, found = name, _LAYER.fullmatch(name)
            if found is not None:
                number = int(found[1])
                if middle <= number < middle + new:
                    if found[2] in {"self_attn.o_proj.weight", "mlp.down_proj.weight"}:
                        mine.zero_()
                    continue
                source = f"model.layers.{number - new * (number >= middle)}.{found[2]}"
            theirs = small.get(source)
            if name == _EMBEDDING and theirs is not None and len(theirs) < len(mine):
                theirs = _with_places(theirs, len(mine))
            if theirs is None or theirs.ndim != mine.ndim or not _fits(name, theirs, mine):
                raise ModelError(
                    f"the checkpoint's {source} does not fit into the network's {name}; "
                    "give its sizes, or larger ones, as options."
                )
            seen.add(source)
            if name.endswith("down_proj.weight"):
                mine.zero_()
            mine[tuple(slice(size) for size in theirs.shape)] = theirs.to(mine.dtype)
    if unknown := set(small) - seen:
        raise ModelError(f"the network has no place for the checkpoint's {min(unknown)}.")


def tell_apart(model: CwmForCausalLM) -> int:
    """Move the rows of tokens that no network could tell from another one's, each a little into a
    direction of its own; how many there were.

    A token that training never shows has no more than its row's first random numbers, small ones,
    to differ by, while what all such rows learn in common, not to be the answer, grows. So the
    network can neither read nor write one of them, nor can an adapter that must learn it.
    """
    import torch

    with torch.no_grad():
        table = model.get_parameter(_EMBEDDING)
        apart = torch.cdist(table.float(), table.float()).fill_diagonal_(torch.inf)
        alike = apart.min(1).values < _ALIKE
        random = torch.randn(table.shape, generator=torch.Generator().manual_seed(0))
        moves = random.to(table) * (_APART / random.norm(dim=1, keepdim=True).to(table))
        table[alike] += moves[alike]
    return int(alike.sum())


def _with_places(table: torch.Tensor, size: int) -> torch.Tensor:
    """Rows for placed digits: the digit's own, moved a little by what is common to its place."""
    import torch

    out = torch.cat([table, table.mean(0).expand(size - len(table), -1)])
    generator = torch.Generator().manual_seed(0)
    step = 0.3 * table[[ID_OF[digit] for digit in "0123456789"]].std()
    moves: dict[int, torch.Tensor] = {}
    for (digit, place), token in PLACED.items():
        if place not in moves:
            moves[place] = step * torch.randn(table.shape[1], generator=generator)
        out[ID_OF[token]] = table[ID_OF[digit]] + moves[place]
    return out


def _fits(name: str, theirs: torch.Tensor, mine: torch.Tensor) -> bool:
    """Only the hidden size of an MLP may grow."""
    if theirs.shape == mine.shape:
        return True
    wider = {"gate_proj": 0, "up_proj": 0, "down_proj": 1}
    axis = next((axis for part, axis in wider.items() if f".{part}." in name), None)
    if axis is None:
        return False
    other = 1 - axis
    return theirs.shape[axis] <= mine.shape[axis] and theirs.shape[other] == mine.shape[other]
