"""Training goes on where it was stopped, and writes what the engine reads; networks grow."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from cwm_lab.errors import ModelError
from cwm_lab.trace import Program
from cwm_lab.training.blending import Blend, judge
from cwm_lab.training.blending import main as blending
from cwm_lab.training.corpus import as_batch, held_out, pack, shapes, stream
from cwm_lab.training.growing import tell_apart
from cwm_lab.training.sieve import Sieve, examples_of
from cwm_lab.training.train import Settings, Trainer, export, new_model, torch_tensor
from cwm_lab.worldmodel.builtin import SHIPPED, BuiltinModel
from cwm_lab.worldmodel.checkpoint import read_config, read_safetensors
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.vocabulary import ANSWER, ID_OF

TINY = Settings(
    hidden=32, layers=2, heads=2, inner=48, batch=700, minutes=9, rate=0.05, adam_rate=0.05
)


def test_batches_hold_whole_examples_once() -> None:
    parts = shapes(4608)
    assert sum(rows * length for rows, length in parts) == pytest.approx(4608, abs=64)
    for batches in islice(pack(stream(3), parts), 3):
        filled = sum(int((batch.examples > 0).sum()) for batch in batches)
        assert filled / sum(batch.ids.size for batch in batches) > 0.9
        for (rows, length), batch in zip(parts, batches, strict=True):
            assert batch.ids.shape == (rows, length)
            assert batch.counted.any()
            assert not batch.counted[batch.examples == 0].any()
            starts = (batch.positions == 0) & (batch.examples > 0)
            assert starts.sum() == sum(int(row.max()) for row in batch.examples)


def test_the_sieve_leaves_out_what_is_known() -> None:
    import numpy as np

    parts = shapes(2304)
    batches = list(islice(pack(stream(3), parts), 2))
    examples = [example for batch in batches for example in examples_of(batch)]
    assert {example.ids for example in examples} <= {e.ids for e in islice(stream(3), 2000)}
    assert all(ID_OF[ANSWER] in example.ids[: example.answer] for example in examples)
    assert all(example.asked[0] for example in examples)

    sizes = [sum(example.asked) for example in examples]
    doubtful = {3, len(examples) - 1}
    losses = [np.full(size, 0.5 if k in doubtful else 0.01) for k, size in enumerate(sizes)]
    told = iter(losses)
    counts = [sum(1 for _ in examples_of(batch)) for batch in batches]
    sieve = Sieve(lambda _: np.concatenate([*islice(told, counts.pop(0))]), keep=0.0, seed=1)
    assert list(sieve.through(batches)) == [examples[k] for k in sorted(doubtful)]
    assert (sieve.seen, sieve.known) == (len(examples), len(examples) - 2)


def test_the_same_seed_gives_the_same_examples() -> None:
    first = [e.ids for e in islice(stream(5), 200)]
    assert first == [e.ids for e in islice(stream(5), 200)]
    assert first != [e.ids for e in islice(stream(6), 200)]


def test_training_learns_resumes_and_exports(tmp_path: Path) -> None:
    import torch

    torch.set_num_threads(1)  # for a network this small, more of them only wait for each other
    batches = list(islice(pack(stream(4), shapes(TINY.batch)), 6))
    trainer = Trainer(TINY, tmp_path, "cpu")
    losses = [trainer.train_on(batches[0]) for _ in range(40)]
    assert losses[-1] < losses[0] - 1
    trainer.save()

    again = Trainer(TINY, tmp_path, "cpu")
    assert again.load()
    assert (again.step, again.tokens) == (trainer.step, trainer.tokens)
    assert again.train_on(batches[1]) == pytest.approx(trainer.train_on(batches[1]), rel=1e-4)

    assert 0 <= again.exact(held_out(8)) <= 1
    model = BuiltinModel(tmp_path / "checkpoint")
    model.decoder.max_answer = 20
    assert model.predict(Program("x = 1\n")).steps[0].line == 1


def test_held_out_examples_are_the_same_each_time() -> None:
    assert held_out(6) == held_out(6)
    assert held_out(3, families=True) != held_out(3)


def _grown(folder: Path, **sizes: int) -> Trainer:
    trainer = Trainer(replace(Settings(), **sizes), folder, "cpu")
    trainer.start_from(SHIPPED)
    return trainer


def test_a_grown_network_says_what_the_smaller_one_said(tmp_path: Path) -> None:
    """And what training computes is what the numpy engine computes, example by example."""
    import numpy as np
    import torch

    engine = Engine(SHIPPED)
    config = read_config(SHIPPED)
    grown = _grown(
        tmp_path,
        layers=config["num_hidden_layers"] + 2,
        inner=config["intermediate_size"] + 64,
    )
    weights, _ = read_safetensors(SHIPPED / "model.safetensors")
    table = "model.embed_tokens.weight"
    moves = grown.model.get_parameter(table) - torch_tensor(weights[table]).float()
    alike = moves.abs().amax(1).detach().numpy() < 1e-6  # what `tell_apart` has left
    assert alike.mean() > 0.9
    examples = held_out(6)
    with torch.no_grad():
        grown.judging.low = torch.float32
        batches = [as_batch([examples[:2], examples[2:4]], 800), as_batch([examples[4:]], 800)]
        logits = grown.judging(grown.judging.layout(batches, "cpu")).numpy()
    at = 0
    for example in examples:
        first = example.answer + example.asked.index(True)
        ids = np.array([example.ids[:first]])
        own = engine.forward(ids, np.array([first]), engine.cache(1, ids.shape[1]))
        assert np.abs(own[0] - logits[at])[alike].max() < 1e-3
        at += sum(example.asked)
    assert at == len(logits)

    export(grown.model, tmp_path / "larger", {})
    assert len(BuiltinModel(tmp_path / "larger").predict(Program("x = 1\n")).steps) == 2


def test_tokens_that_are_as_good_as_one_are_told_apart() -> None:
    import torch

    model = new_model(replace(Settings(), layers=1))
    table = model.get_parameter("model.embed_tokens.weight")
    with torch.no_grad():
        table.normal_(std=0.3)
        table[40:60] = table[40] + 0.01 * torch.randn(20, table.shape[1])
    before = table.detach().clone()
    assert tell_apart(model) == 20
    assert torch.cdist(table[40:60], table[40:60]).fill_diagonal_(torch.inf).min() > 1
    assert (table[:40] == before[:40]).all()
    assert (table[60:] == before[60:]).all()
    assert tell_apart(model) == 0


def test_a_checkpoint_that_does_not_fit_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not fit"):
        _grown(tmp_path, hidden=64)
    with pytest.raises(ModelError, match=r"does not fit|no place"):
        _grown(tmp_path, layers=1)


def test_a_blend_lies_between_what_was_and_what_is(tmp_path: Path) -> None:
    import torch

    old = Trainer(TINY, tmp_path, "cpu")
    export(old.model, tmp_path / "old", {})
    new = Trainer(replace(TINY, layers=3, inner=64), tmp_path, "cpu")
    new.start_from(tmp_path / "old")
    batch = next(pack(stream(4), shapes(TINY.batch)))
    for _ in range(25):
        new.train_on(batch)
    export(new.model, tmp_path / "new", {"tokens": 1})
    examples = held_out(12)
    line = Blend(tmp_path / "old", tmp_path / "new")
    ends = [judge(line.at(share), examples)[0] for share in (0.0, 1.0)]
    assert ends[0] == pytest.approx(judge(old.model, examples)[0], rel=0.02)
    assert ends[1] == pytest.approx(judge(new.model, examples)[0], rel=0.02)
    assert ends[0] != pytest.approx(ends[1], rel=0.02)

    with torch.no_grad():
        arguments = [str(tmp_path / name) for name in ("old", "new")]
        assert blending([*arguments, "--shares=0,1", "--examples=12", f"--out={tmp_path}/b"]) == 0
    facts = json.loads((tmp_path / "b" / "training.json").read_text())
    assert facts["tokens"] == 1
    assert facts["blended"]["share"] == (0.0 if ends[0] < ends[1] else 1.0)
