"""Shows a fine-tuning's progress in a terminal: a bar a stage, and the curves while it trains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from cwm_lab.training.finetune.progress import OnProgress, Progress, Stage
from cwm_lab.training.finetune.words import minutes

_NAMES: dict[Stage, str] = {
    "collect": "collecting programs",
    "run": "running them",
    "vary": "varying them",
    "split": "splitting them",
    "general": "general programs",
    "before": "judging before",
    "train": "training",
    "after": "judging after",
    "save": "saving",
    "report": "report",
}
_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 12


@contextmanager
def shown(stream: TextIO | None) -> Iterator[OnProgress]:
    """Hears progress and shows it: bars in a terminal, a line a stage elsewhere, nothing without a
    stream."""
    if stream is None:
        yield lambda _: None
    elif stream.isatty():
        with _bars(stream) as tell:
            yield tell
    else:
        yield _Lines(stream)


class _Lines:
    """One line when a stage begins, and one for each point of the curves."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._last: tuple[object, ...] = ()

    def __call__(self, progress: Progress) -> None:
        key = (progress.stage, progress.held_out, progress.general, progress.note)
        if key != self._last:
            self._last = key
            more = _numbers(progress) or progress.note
            self.stream.write(f"{_NAMES[progress.stage]}{': ' if more else ''}{more}\n")
            self.stream.flush()


@contextmanager
def _bars(stream: TextIO) -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}"),
        BarColumn(_WIDTH),
        MofNCompleteColumn(),
        TextColumn("{task.fields[more]}"),
        console=Console(file=stream),
    )
    tasks: dict[Stage, object] = {}
    curve: list[float] = []

    def tell(progress: Progress) -> None:
        stage = progress.stage
        if stage not in tasks:
            tasks[stage] = bars.add_task(_NAMES[stage], total=progress.total, more="")
        if progress.held_out is not None and curve[-1:] != [progress.held_out]:
            curve.append(progress.held_out)
        more = progress.note
        if stage == "train":
            more = f"{_numbers(progress).replace(': ', ' ')} {spark(curve)}"
        if progress.seconds_left is not None and progress.done < progress.total:
            more += f"  {minutes(progress.seconds_left)} left"
        bars.update(
            tasks[stage],  # type: ignore[arg-type]
            completed=round(progress.done),
            total=round(progress.total),
            more=more,
        )

    with bars:
        yield tell


def _numbers(progress: Progress) -> str:
    parts = []
    if progress.loss is not None:
        parts.append(f"loss {progress.loss:.3f}")
    if progress.held_out is not None and progress.general is not None:
        parts.append(f"right: course {progress.held_out:.0%}, general {progress.general:.0%}")
    return ", ".join(parts)


def spark(values: list[float]) -> str:
    """A curve of a few characters, from its least to its greatest value."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    return "".join(_BARS[round((v - low) / span * (len(_BARS) - 1))] for v in values[-_WIDTH:])
