"""The model card of an adapter: what its `adapter.json` says, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def model_card(about: Mapping[str, Any]) -> str:
    """README.md of an adapter, in Markdown, from the content of its `adapter.json`."""
    base = about["base"]
    front = ["---", "library_name: peft", "tags: [cwm-lab, lora]", "---", ""]
    return "\n".join([*front, f"# Adapter: {about['name']}", "", *_lines(about, base), ""])


def _lines(about: Mapping[str, Any], base: Mapping[str, str]) -> Iterator[str]:
    if about.get("verdict"):
        yield from (str(about["verdict"]), "")
    yield f"- **Base**: {base['model']}, weights with SHA-256 `{base['sha256']}`"
    yield f"- **Licence of the base**: {base['licence']}"
    yield f"- **Made**: {about['created']} with CWM Lab {about['cwm_lab']}"
    yield f"- **Weights**: SHA-256 `{about['weights_sha256']}`; LoRA of rank {about.get('rank')}"
    yield f"- **Use**: `{base['model']}?adapter={about['name']}`; no other base will do"
    for title, part in (("Data", about.get("data")), ("Training", about.get("training"))):
        if part:
            yield from ("", f"## {title}", *(f"- {_words(k)}: {_told(v)}" for k, v in part.items()))
    if scores := about.get("scores"):
        yield from ("", "## Scores before and after", *score_table(scores))


def score_rows(scores: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str, str]]:
    """(programs, score, before, after, change, 95 % interval) as texts.

    scores: for each set of programs the number of `programs`, and for each score its `before`,
    `after`, `change` and the `interval` (of 95 %) of the change, all as shares from 0 to 1.
    """
    for what, found in scores.items():
        if not isinstance(found, Mapping):
            continue
        count = found.get("programs")
        where = f"{_words(what)} ({count})" if count is not None else _words(what)
        for score, row in found.items():
            if isinstance(row, Mapping) and "before" in row and "after" in row:
                low, high = row.get("interval") or (None, None)
                yield (
                    where,
                    _words(score),
                    _percent(row["before"]),
                    _percent(row["after"]),
                    _points(row.get("change")),
                    f"{_points(low)} to {_points(high)}",
                )


HEADINGS = ("programs", "score", "before", "after", "change", "95 % interval")


def score_table(scores: Mapping[str, Any]) -> Iterator[str]:
    """The scores as a Markdown table."""
    for row in (HEADINGS, ("---",) * len(HEADINGS), *score_rows(scores)):
        yield f"| {' | '.join(row)} |"


def score_lines(scores: Mapping[str, Any]) -> Iterator[str]:
    """The scores as lines of a terminal; none if there are no scores."""
    rows = list(score_rows(scores))
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    for row in (HEADINGS, *rows) if rows else ():
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _percent(share: Any) -> str:
    return f"{100 * share:.1f} %" if isinstance(share, int | float) else "-"


def _points(share: Any) -> str:
    # No minus sign before what is rounded to zero.
    return f"{round(100 * share, 1) + 0.0:+.1f}" if isinstance(share, int | float) else "-"


def _words(name: Any) -> str:
    return str(name).replace("_", " ")


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(k)} {_told(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(_told, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
