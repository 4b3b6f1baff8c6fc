"""What a fine-tuning came to, for a notebook: the verdict, scores before and after, what was left
out. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from cwm_lab.worldmodel.adapters.card import HEADINGS, score_rows

if TYPE_CHECKING:
    from cwm_lab.training.finetune import FinetuneReport

MAX_LISTED = 50
"""Most programs listed of those that were left out."""


def said(text: str, *, alert: bool = False) -> str:
    """A sentence below a form, read aloud by screen readers; an alert in the colour of errors."""
    role, colour = (
        ("alert", "; color: var(--jp-error-color1, #c62828)") if alert else ("status", "")
    )
    return f'<div role="{role}" style="line-height: 1.4{colour}">{escape(text)}</div>'


def report_text(report: FinetuneReport) -> str:
    """The report in lines of text."""
    from cwm_lab.training.finetune.words import text_report

    return text_report(report).rstrip()


def report_html(report: FinetuneReport) -> str:
    """The report as HTML of plain elements."""
    scores = report.scores_json()
    head = "".join(_cells("th", HEADINGS))
    rows = "".join(f"<tr>{''.join(_cells('td', row))}</tr>" for row in score_rows(scores))
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in _facts(report))
    return (
        f'<div style="line-height: 1.4"><p><b>{escape(_verdict(report))}</b></p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<ul>{facts}</ul>{_left_out(report)}</div>"
    )


def _cells(tag: str, texts: Sequence[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        side = "left" if number < 2 else "right"
        yield f'<{tag} style="padding: 2px 10px; text-align: {side}">{escape(text)}</{tag}>'


def _verdict(report: FinetuneReport) -> str:
    text = report.verdict.text
    return text[:1].upper() + text[1:] + "."


def _facts(report: FinetuneReport) -> Iterator[str]:
    scores = report.scores_json()
    for what, words in (("course", "held-out programs of your course"), ("general", "others")):
        found = scores.get(what, {})
        if "steps_gained" in found:
            gained, lost = found["steps_gained"], found["steps_lost"]
            yield f"Steps of {words}: {gained:,} right now that were not, {lost:,} lost."
    counts = ", ".join(
        f"{count:,} {what.replace('_', ' ')}" for what, count in report.counts.items()
    )
    if counts:
        yield f"Used: {counts}."
    if report.stopped:
        yield "It was stopped early; this is the best state until then."
    yield f"Saved in {report.saved}; predict with --model {report.spec}"


def _left_out(report: FinetuneReport) -> str:
    if not report.left_out:
        return ""
    rows = "".join(
        f"<li>{escape(one.place)}: {escape(one.reason)}</li>"
        for one in report.left_out[:MAX_LISTED]
    )
    more = len(report.left_out) - MAX_LISTED
    rest = f"<li>and {more} more</li>" if more > 0 else ""
    count = len(report.left_out)
    return f"<details><summary>{count} left out</summary><ul>{rows}{rest}</ul></details>"
