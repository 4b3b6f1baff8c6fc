"""Training goes on where it was stopped, and writes what the engine reads."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from cwm_lab.trace import Program
from cwm_lab.training.corpus import held_out, pack, stream
from cwm_lab.training.train import Settings, Trainer
from cwm_lab.worldmodel.builtin import BuiltinModel

TINY = Settings(
    hidden=32, layers=2, heads=2, inner=48, rows=2, length=128, minutes=9, rate=0.05, adam_rate=0.05
)


def test_batches_hold_whole_examples_once() -> None:
    batch = next(pack(stream(3), 4, 128))
    assert batch.ids.shape == (4, 128)
    assert (batch.examples > 0).mean() > 0.8
    assert batch.counted.any()
    assert not batch.counted[batch.examples == 0].any()
    starts = (batch.positions == 0) & (batch.examples > 0)
    assert starts.sum() == sum(int(row.max()) for row in batch.examples)


def test_the_same_seed_gives_the_same_examples() -> None:
    first = [e.ids for e in islice(stream(5), 200)]
    assert first == [e.ids for e in islice(stream(5), 200)]
    assert first != [e.ids for e in islice(stream(6), 200)]


def test_training_learns_resumes_and_exports(tmp_path: Path) -> None:
    import torch

    torch.set_num_threads(1)  # for a network this small, more of them only wait for each other
    batches = list(islice(pack(stream(4), TINY.rows, TINY.length), 6))
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
