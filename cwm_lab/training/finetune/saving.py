"""Puts what a fine-tuning made into the store of adapters."""

from __future__ import annotations

import shutil
from dataclasses import replace

from cwm_lab.training.finetune.bases import Trainable
from cwm_lab.training.finetune.outcome import FinetuneReport
from cwm_lab.training.finetune.progress import Reporter
from cwm_lab.worldmodel.adapters import adapter_names, save_adapter, set_default

_NAME_LENGTH = 64
_TOLD = ("rank", "scale", "rate", "batch", "mix", "variations", "seed")
"""Settings that the adapter's card names."""


def saved(
    report: FinetuneReport,
    base: Trainable,
    reporter: Reporter,
    *,
    processes: int,
    replaces: bool,
    make_default: bool,
) -> FinetuneReport:
    """The report once its adapter, the best state in its run's folder, is in the store; then that
    folder is gone.

    An adapter of the same name is replaced only if `replaces` says that it may be and the new one
    helps; else the new one is called NAME-2. make_default: whether one that helps predicts where no
    model is named. Raises ModelError if it cannot be written.
    """
    reporter.tell("save", 0, 1)
    taken = adapter_names()
    name = report.name
    if name in taken and not (replaces and report.helps):
        name = next(
            free for k in range(2, 10_000)
            if (free := f"{report.name[:_NAME_LENGTH - 5]}-{k}") not in taken
        )  # fmt: skip
    settings = report.settings.to_json()
    adapter = save_adapter(
        name,
        report.saved / "best",
        base=base.base,
        data=report.counts,
        scores=report.scores_json(),
        verdict=report.verdict.text,
        helps=report.helps,
        training={
            "steps": report.steps,
            "seconds": round(report.seconds.get("train", 0.0)),
            "processes": processes,
            "strength": report.strength,
            **{key: settings[key] for key in _TOLD},
        },
    )
    spec = base.spec_with(name)
    default = make_default and report.helps
    if default:
        set_default(spec)
    shutil.rmtree(report.saved, ignore_errors=True)
    reporter.tell("save", 1, 1, name)
    return replace(report, name=name, spec=spec, saved=adapter.folder, default=default)
