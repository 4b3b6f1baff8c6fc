"""An evaluation as one HTML page: no network, no script, all numbers as pictures and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import PurePath

from cwm_lab.training.calibration import reliability
from cwm_lab.training.scores import RESYNCED, Evaluation, Group

_SHOWN = {
    "trace_exact": "trace exact",
    "output_exact": "output exact",
    "step_accuracy": "steps right",
    "prefix_accuracy": "right from the start",
    RESYNCED: "re-synced",
}
_STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --faint: #667085; --line: #d5dae3;
  --fill: #2f6fde; --other: #c2410c; --paper: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --faint: #9aa4b5; --line: #39414f;
  --fill: #7aa7ff; --other: #ff9d66; --paper: #14181f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
p.note { color: var(--faint); max-width: 46rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .7rem; text-align: right;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th:first-child, td:first-child, td.text { text-align: left; } td.text { max-width: 26rem; }
th { font-weight: 600; color: var(--faint); } code { font-size: .9em; overflow-wrap: anywhere; }
div.wide { overflow-x: auto; }
svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--faint); font-size: 12px; }
.bar { fill: var(--fill); } .other { fill: var(--other); } .axis { stroke: var(--line); }
.ideal { stroke: var(--faint); stroke-dasharray: 4 4; }
.line { stroke: var(--fill); fill: none; stroke-width: 2; }
"""


def html_report(evaluation: Evaluation, title: str) -> str:
    """The page as text. title: what was evaluated, such as the folder's name."""
    rows = len(evaluation.rows)
    speed = (
        f"{evaluation.steps_per_second:.0f} predicted steps a second in one process; "
        f"{evaluation.programs_per_second:.2f} programs a second in all."
    )
    parts = [
        f"<h1>{escape(title)}: {rows} programs, model {escape(evaluation.model)}</h1>",
        _table("scores", _all(evaluation)),
        f'<p class="note">{speed}</p>',
        "<h2>By length of the trace</h2>",
        _bars(
            {f"{name} steps": group["step_accuracy"] for name, group in by_length.items()},
            {f"{name} steps": group["trace_exact"] for name, group in by_length.items()},
            "steps right",
            "trace exact",
        )
        if (by_length := evaluation.by_length)
        else "",
        _table("steps", by_length),
        "<h2>Confidence</h2>",
        _reliability(evaluation),
        "<h2>First mistakes</h2>",
        _counts("programs", evaluation.causes),
        "<h2>Verdicts over all steps</h2>",
        _counts("steps", evaluation.verdicts),
        '<p class="note">What Python does at a step (rows), and what the model says there.</p>',
        _crossed("Python", evaluation.confusion),
        '<p class="note">How the runs end (rows), and how the model says that they do.</p>',
        _crossed("Python", evaluation.outcomes),
        "<h2>The most telling failures</h2>",
        '<p class="note">Those of which the model was surest, each kind once before any twice.</p>',
        _failures(evaluation),
        "<h2>By tag</h2>",
        _table("tag", evaluation.by_tag),
        "<h2>By construct</h2>",
        _table("construct", evaluation.by_construct),
        "<h2>Values by type</h2>",
        _types(evaluation),
        "<h2>All programs, worst first</h2>",
        _programs(evaluation),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def _all(evaluation: Evaluation) -> dict[str, Group]:
    """The scores of all programs, with and, if that was measured, without scratchpad."""
    programs = len(evaluation.rows)
    bare = evaluation.without_scratchpad
    return {
        "all programs": {"programs": programs, **evaluation.scores},
        **({"the same without scratchpad": {"programs": programs, **bare}} if bare else {}),
    }


def _crossed(first: str, table: Mapping[str, Mapping[str, int]]) -> str:
    """Counts by what is and what is said to be; what is right is marked."""
    names = sorted({name for row in table.values() for name in row})
    names.sort(key=lambda name: name not in table)
    head = _cells([escape(first), *map(escape, names)], "th")
    body = []
    for key, row in table.items():
        cells = [f"<td>{escape(key)}</td>"]
        for name in names:
            count = f"{row[name]:,}" if name in row else ""
            cells.append(f"<td><b>{count}</b></td>" if name == key else f"<td>{count}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide"><table>{head}{"".join(body)}</table></div>'


def _cells(values: Iterable[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{value}</{tag}>" for value in values) + "</tr>"


def _table(first: str, groups: Mapping[str, Group]) -> str:
    names = [n for n in _SHOWN if any(n in group for group in groups.values())]
    head = _cells([escape(first), "programs", *(_SHOWN[n] for n in names)], "th")
    body = (
        _cells(
            [
                escape(key),
                f"{group['programs']:.0f}",
                *(f"{group[n]:.1%}" if n in group else "–" for n in names),
            ]
        )
        for key, group in groups.items()
    )
    return f"<table>{head}{''.join(body)}</table>"


def _counts(what: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return '<p class="note">None.</p>'
    total = sum(counts.values())
    shares = {f"{name} ({count:,} {what})": count / total for name, count in counts.items()}
    return _bars(shares)


def _bars(
    bars: Mapping[str, float],
    others: Mapping[str, float] | None = None,
    name: str = "",
    other: str = "",
) -> str:
    """Horizontal bars of shares, in pairs if there are `others`, with a legend then."""
    height, label, width = (36 if others else 24), 230, 700
    span = width - label - 60
    out = []
    for k, (key, share) in enumerate(bars.items()):
        y = k * height + 4
        out.append(f'<text x="{label - 10}" y="{y + 13}" text-anchor="end">{escape(key)}</text>')
        pair = [("bar", share)] + ([("other", others[key])] if others else [])
        for j, (style, value) in enumerate(pair):
            top = y + j * 14
            out.append(
                f'<rect class="{style}" x="{label}" y="{top + 2}" width="{span * value:.1f}" '
                f'height="11" rx="2"/><text x="{label + span * value + 6:.1f}" y="{top + 12}">'
                f"{value:.0%}</text>"
            )
    legend = f'<p class="note">Upper bar: {name}; lower bar: {other}.</p>' if others else ""
    size = len(bars) * height + 8
    return f'<svg viewBox="0 0 {width} {size}" role="img">{"".join(out)}</svg>{legend}'


def _reliability(evaluation: Evaluation) -> str:
    judged = evaluation.judged
    if not judged:
        return '<p class="note">The model gives no confidence.</p>'
    side, left = 260, 40
    bins = reliability(judged)

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * side, 10 + (1 - y) * side

    line = " ".join("{:.1f},{:.1f}".format(*at(b.confidence, b.right)) for b in bins)
    most = max(b.steps for b in bins)
    dots = []
    for b in bins:
        x, y = at(b.confidence, b.right)
        dots.append(
            f'<circle class="bar" cx="{x:.1f}" cy="{y:.1f}" r="{2 + 5 * b.steps / most:.1f}">'
            f"<title>{b.steps} steps: confidence {b.confidence:.2f}, right {b.right:.2f}</title>"
            "</circle>"
        )
    axis = (
        f'<path class="axis" fill="none" d="M{left} 10V{10 + side}H{left + side}"/>'
        f'<path class="ideal" d="M{left} {10 + side}L{left + side} 10"/>'
        f'<text x="{left + side / 2}" y="{side + 40}" text-anchor="middle">confidence</text>'
        f'<text x="14" y="{10 + side / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {10 + side / 2})">share right</text>'
    )
    return (
        f'<svg viewBox="0 0 {left + side + 20} {side + 50}" width="{left + side + 20}" role="img">'
        f'{axis}<polyline class="line" points="{line}"/>{"".join(dots)}</svg>'
        f'<p class="note">Expected calibration error {evaluation.calibration_error:.3f} over '
        f"{len(judged):,} steps that were predicted from a true state. Points on the dashed line "
        f"mean what they say. {_of_values(evaluation)}</p>"
    )


def _of_values(evaluation: Evaluation) -> str:
    error = evaluation.value_calibration_error
    return "" if error is None else f"Expected calibration error of single values: {error:.3f}."


def _failures(evaluation: Evaluation) -> str:
    head = _cells(
        ["program", "step", "cause", "after", "what", "likely reason", "confidence"], "th"
    )
    body = []
    for row in evaluation.failures():
        failure = row.failure
        assert failure is not None
        sure = "–" if failure.confidence is None else f"{failure.confidence:.2f}"
        body.append(
            f"<tr><td>{escape(PurePath(row.file).name)}</td><td>{failure.step + 1}</td>"
            f"<td>{failure.cause}</td>"
            f'<td class="text"><code>{escape(failure.text)}</code></td>'
            f'<td class="text">{escape(failure.message)}</td>'
            f'<td class="text">{escape(failure.reason)}</td><td>{sure}</td></tr>'
        )
    return f"<table>{head}{''.join(body)}</table>"


def _types(evaluation: Evaluation) -> str:
    head = _cells(["type", "values", "right", "re-synced: values", "right"], "th")
    columns = [
        (f"{prefix}{name}", form)
        for prefix in ("", "resynced_")
        for name, form in (("values", ",.0f"), ("right", ".1%"))
    ]
    body = (
        _cells([escape(name), *(f"{g[key]:{form}}" if key in g else "–" for key, form in columns)])
        for name, g in evaluation.by_value_type.items()
    )
    return f"<table>{head}{''.join(body)}</table>"


def _programs(evaluation: Evaluation) -> str:
    rows: Sequence[tuple[str, ...]] = [
        (
            escape(PurePath(row.file).name),
            str(row.steps),
            f"{row.scores['prefix_accuracy']:.0%}",
            f"{row.scores['step_accuracy']:.0%}",
            f"{row.scores[RESYNCED]:.0%}" if RESYNCED in row.scores else "–",
        )
        for row in sorted(
            evaluation.rows, key=lambda r: (r.scores["step_accuracy"], r.scores["prefix_accuracy"])
        )
    ]
    head = _cells(["program", "steps", "right from the start", "steps right", "re-synced"], "th")
    return f"<table>{head}{''.join(map(_cells, rows))}</table>"
