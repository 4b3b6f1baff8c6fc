"""The network that is trained is the one that peft saves and that others load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import PeftModel
from torch.nn.functional import cross_entropy
from transformers import CwmForCausalLM

from cwm_lab.training.corpus import Example, held_out
from cwm_lab.training.finetune.mixture import Mixture, rows
from cwm_lab.training.finetune.networks import Packed, read_adapter, weakened, write_adapter
from cwm_lab.training.finetune.packed import adapted, untouched
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.worldmodel.builtin import SHIPPED


@pytest.fixture(scope="module")
def network() -> Packed:
    made = Packed(SHIPPED, Settings(rank=4), "cpu")
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in made.model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0, 0.02)
    return made


def asked(count: int) -> list[Example]:
    """Held-out examples of which something must be predicted."""
    return [one for one in held_out(2 * count) if one.counted][:count]


def test_only_the_adapter_learns(network: Packed) -> None:
    learning = {n for n, p in network.model.named_parameters() if p.requires_grad}
    assert learning
    assert all("lora_" in name for name in learning)
    out = network.model(**network.inputs(asked(8)))
    out["loss"].backward()
    assert all(p.grad is not None for p in network.model.parameters() if p.requires_grad)
    network.model.zero_grad()


def test_what_is_saved_gives_the_same_loss_in_transformers_and_peft(
    network: Packed, tmp_path: Path
) -> None:
    write_adapter(network.model, tmp_path, "builtin")
    plain = PeftModel.from_pretrained(
        CwmForCausalLM.from_pretrained(SHIPPED, dtype=torch.float32), str(tmp_path)
    )
    for example in asked(4):
        asked_at = example.answer + np.flatnonzero(example.asked or [True] * example.counted)
        bits = np.frombuffer(b"".join(example.allowed), np.uint8).reshape(len(asked_at), -1)
        with torch.inference_mode():
            told = plain(input_ids=torch.tensor([example.ids])).logits[0, asked_at - 1]
            told[~torch.from_numpy(np.unpackbits(bits, axis=1)[:, : told.shape[1]] > 0)] = -1e9
            theirs = float(cross_entropy(told, torch.tensor(example.ids)[asked_at]))
            ours = float(network.model(**network.inputs([example]))["loss"])
        # Ours multiplies in bf16 where the processor has it.
        assert ours == pytest.approx(theirs, abs=0.03)
    other = Packed(SHIPPED, Settings(rank=4), "cpu")
    read_adapter(other.model, tmp_path)
    for (_, one), (_, two) in zip(
        network.model.named_parameters(), other.model.named_parameters(), strict=True
    ):
        assert torch.equal(one, two)
    read_adapter(other.model, tmp_path, 0.5)
    module = next(m for m in other.model.modules() if hasattr(m, "lora_A"))
    original = next(m for m in network.model.modules() if hasattr(m, "lora_A"))
    added, half = adapted(original) - untouched(original), adapted(module) - untouched(module)
    assert torch.allclose(half, added / 2, atol=1e-6)
    with weakened(network.model, 0.5):
        assert torch.allclose(adapted(original) - untouched(original), added / 2, atol=1e-6)
    assert torch.equal(adapted(original) - untouched(original), added)


def test_an_anchor_weighs_nothing_until_the_adapter_changes_an_answer(network: Packed) -> None:
    fresh = Packed(SHIPPED, Settings(rank=4), "cpu")
    course, general = asked(48)[:24], asked(48)[24:]
    for one, drift in ((fresh, False), (network, True)):
        with torch.inference_mode():
            alone = float(one.model(**one.inputs(course))["loss"])
            held = float(one.model(**one.inputs(course, general))["loss"])
        assert (held > alone + 1e-5) == drift
        assert held >= alone - 1e-5


def test_right_answers_are_told_one_by_one(network: Packed) -> None:
    examples = asked(120)
    assert any(0 < one.counted < len(one.ids) - one.answer for one in examples)
    right, likelihoods = network.answered(examples)
    alone = [network.answered([one]) for one in examples]
    assert right.tolist() == [bool(one[0]) for one, _ in alone]
    assert likelihoods == pytest.approx([float(other[0]) for _, other in alone], abs=0.05)
    assert any(right)
    assert not all(right)


def test_the_likelihood_of_an_answer_is_that_of_all_its_tokens(network: Packed) -> None:
    for example in asked(6):
        given = network.inputs([example])
        with torch.inference_mode():
            mean = float(network.model(**given)["loss"])
        _, likelihoods = network.answered([example])
        assert likelihoods[0] == pytest.approx(-mean * example.counted, abs=0.05)


def test_rows_hold_each_example_once() -> None:
    examples = [one for one in held_out(80) if len(one.ids) <= 1024]
    parts = rows(examples)
    tokens = sum(int((part.examples > 0).sum()) for part in parts)
    assert tokens == sum(len(one.ids) for one in examples)
    counted = sum(int(part.counted.sum()) for part in parts)
    assert counted == sum(one.counted for one in examples)
    assert tokens / sum(part.ids.size for part in parts) > 0.8


def test_an_example_that_fits_no_row_is_refused_and_not_waited_for_for_ever() -> None:
    long = Example(tuple(range(1025)), 1000, "<exec>")
    with pytest.raises(ValueError, match="1025"):
        rows([long, *held_out(2)])


def test_batches_follow_from_their_number_and_hold_their_share() -> None:
    examples = held_out(120)
    course, general = examples[:60], examples[60:]

    def mixture(mix: float) -> Mixture:
        return Mixture(
            course, iter(general * 50), lambda some: [one.kind == "<exec>" for one in some],
            tokens=2000, mix=mix, seed=1,
        )  # fmt: skip

    one, other = mixture(0.4), mixture(0.4)
    assert one[5] == other[5]
    assert one[5] != one[6]
    ours = set(course)
    taken = [example for k in range(40) for part in one[k] for example in part]
    share = sum(len(e.ids) for e in taken if e not in ours) / sum(len(e.ids) for e in taken)
    assert share == pytest.approx(0.4, abs=0.06)
    drawn = [example for k in range(40) for example in mixture(0)[k][0]]
    known, taken_known = (
        np.mean([example.kind == "<exec>" for example in some]) for some in (course, drawn)
    )
    assert taken_known / (1 - taken_known) < 0.5 * known / (1 - known)


def test_an_adapter_begins_where_general_programs_use_little() -> None:
    general, others = asked(60)[:30], asked(60)[30:]
    made = Packed(SHIPPED, Settings(rank=4), "cpu")

    def coming_in() -> dict[str, float]:
        """How much comes through each A from general programs that it was not chosen by."""
        found: dict[str, float] = {}

        def hook(name: str) -> Any:
            def add(_: Any, __: Any, given: torch.Tensor) -> None:
                found[name] = found.get(name, 0.0) + float(given.square().sum())

            return add

        modules = [(n, m.lora_A["default"]) for n, m in made.model.named_modules() if adapts(m)]
        hooks = [module.register_forward_hook(hook(name)) for name, module in modules]
        for example in others:
            with torch.no_grad():
                CwmForCausalLM.forward(
                    made.model.base_model.model, input_ids=torch.tensor([example.ids])
                )
        for one in hooks:
            one.remove()
        return found

    def adapts(module: Any) -> bool:
        return hasattr(module, "lora_A")

    def norms() -> list[float]:
        return [
            float(m.lora_A["default"].weight.detach().norm())
            for m in made.model.modules()
            if adapts(m)
        ]

    before = coming_in()
    sizes = norms()
    made.spare(general)
    after = coming_in()
    assert norms() == pytest.approx(sizes)
    assert sum(after[name] < before[name] for name in before) > 0.9 * len(before)
    assert sum(after.values()) < 0.7 * sum(before.values())
    made.spare([])
    assert coming_in() == after
