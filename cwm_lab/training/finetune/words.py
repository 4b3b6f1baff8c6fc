"""A fine-tuning's report as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from cwm_lab.training.finetune.outcome import FinetuneReport
from cwm_lab.training.finetune.verdict import Change

MOST_LEFT_OUT = 12


def text_report(report: FinetuneReport) -> str:
    """The verdict, the scores, what was used and what not."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: FinetuneReport) -> Iterator[str]:
    yield f"{report.name}: {report.verdict.text}"
    yield ""
    yield f"{'':40} programs  before   after  change  95 % interval"
    yield _row("course, held out, with variations", report.course_change)
    yield _row("  the programs alone", report.originals_change)
    yield _row("  share of steps right", report.steps_change["course"])
    yield _row("general set", report.general_change)
    yield _row("  share of steps right", report.steps_change["general"])
    yield ""
    for what, judged in (("course", report.course), ("general", report.general)):
        gained, lost = sum(one.gained for one in judged), sum(one.lost for one in judged)
        yield f"steps of the {what}: {gained} gained, {lost} lost"
    yield ""
    yield from _used(report)
    if report.left_out:
        yield ""
        yield "left out:"
        yield from (f"  {one.place}: {one.reason}" for one in report.left_out[:MOST_LEFT_OUT])
        if (more := len(report.left_out) - MOST_LEFT_OUT) > 0:
            yield f"  and {more} more (all are in the report's page)"
    yield ""
    yield from closing(report)


def _row(what: str, change: Change) -> str:
    return (
        f"{what:<40} {change.programs:>8}  {change.before:>6.1%}  {change.after:>6.1%}"
        f"  {change.points:>+6.1f}  {change.low:+.1f} to {change.high:+.1f}"
    )


def _used(report: FinetuneReport) -> Iterator[str]:
    counts = report.counts
    took = minutes(report.seconds.get("train", 0.0))
    yield (
        f"learned from {counts['programs_to_learn_from']} programs and "
        f"{counts['variations_to_learn_from']} variations of them "
        f"({counts['different_examples']:,} different examples), {report.steps:,} steps in {took}"
        + (", stopped early" if report.stopped else "")
    )
    if report.crashing:
        yield f"{len(report.crashing)} of the programs end with an exception of their own"


def closing(report: FinetuneReport) -> Iterator[str]:
    """What to do with it."""
    if report.helps:
        yield f"Use it: --model '{report.spec}', or %cwm model {report.spec}"
        if report.default:
            yield "It is the default model now; `cwm-lab adapters default` changes that."
    else:
        yield f"It was saved as {report.name}, but is not the default: it does not help."
        yield "More programs, more variations or more minutes may; so may a lower rate."


def minutes(seconds: float) -> str:
    """A time for people."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
