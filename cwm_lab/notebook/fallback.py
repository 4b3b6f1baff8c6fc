"""A comparison without JavaScript: static HTML and plain text for saved and exported notebooks.

Every string from a program or a trace is escaped here, and nowhere else in the HTML.
"""

from __future__ import annotations

from html import escape

from cwm_lab.trace import Comparison, Program, Step, StepPair, Trace
from cwm_lab.trace.program import source_lines

MAX_ROWS = 200
"""Most steps listed in the static table."""
MAX_TEXT = 2_000
"""Most characters of output shown."""
MAX_CELL = 200
"""Most characters of one table cell."""

GLYPHS = {"match": "✓", "value": "≠", "path": "↷", "missing": "−", "extra": "+"}
_MEANING = {
    "match": "as predicted",
    "value": "a value differs",
    "path": "the model is at another line",
    "missing": "the model does not go here",
    "extra": "only the model goes here",
}
_KNOWN = (
    "Known from the source: the text of each line and which lines may follow it. "
    "Predicted by the network: what every operation gives, every branch, exception and change; "
    "values once predicted are carried on."
)
SCORE_LABELS = {
    "step_accuracy": "steps right",
    "prefix_accuracy": "right before the first divergence",
}


def plain_text(
    predicted: Trace | None, actual: Trace | None, comparison: Comparison | None, message: str
) -> str:
    """A summary of a few lines."""
    lines = []
    if predicted is not None:
        name = predicted.model or "model"
        lines.append(f"Predicted ({name}): {len(predicted)} steps, {predicted.outcome}")
    if actual is not None:
        lines.append(f"Python: {len(actual)} steps, {actual.outcome}")
    if comparison is not None:
        lines.append(comparison.summary())
        lines.append(scores_text(comparison))
        marks = "".join(GLYPHS[pair.verdict] for pair in comparison.steps[:MAX_ROWS])
        lines.append(marks + ("…" if len(comparison.steps) > MAX_ROWS else ""))
    if message:
        lines.append(message)
    return "\n".join(lines) or "%%predict: nothing predicted yet"


def scores_text(comparison: Comparison) -> str:
    """The scores that a reader wants first, in one line."""
    scores = comparison.scores
    parts = [f"{scores[key]:.0%} {label}" for key, label in SCORE_LABELS.items()]
    parts.append(f"output {'as predicted' if scores['output_exact'] else 'differs'}")
    parts.append(f"end {'as predicted' if scores['outcome_exact'] else 'differs'}")
    return ", ".join(parts)


def static_html(
    program: Program,
    predicted: Trace | None,
    actual: Trace | None,
    comparison: Comparison | None,
    message: str,
) -> str:
    """A heading, the scores, a table of steps with verdicts, both outputs; all text escaped.

    Only plain elements: viewers of saved notebooks take styles and scripts away.
    """
    parts = ["<div>"]
    if message:
        parts.append(f"<p><b>{escape(message)}</b></p>")
    if comparison is not None:
        parts.append(f"<p><b>{_text(comparison.summary(), 400)}</b><br>")
        parts.append(f"{escape(scores_text(comparison))}</p>")
        parts.append(_table(program, comparison))
    for title, trace in (("Predicted", predicted), ("Python", actual)):
        if trace is not None:
            parts.append(f"<p>{title}: {len(trace)} steps, {_text(str(trace.outcome), 400)}</p>")
            parts.append(_output(title, trace.output))
    parts.append(f"<p><small>{escape(_KNOWN)}</small></p></div>")
    return "\n".join(part for part in parts if part)


def _table(program: Program, comparison: Comparison) -> str:
    heads = ["", "step", "line", "source", "predicted", "Python"]
    rows = ["<table>", "<thead><tr>", *(f"<th>{head}</th>" for head in heads), "</tr></thead>"]
    rows.append("<tbody>")
    for number, pair in enumerate(comparison.steps[:MAX_ROWS], start=1):
        rows.append(_row(program, comparison, number, pair))
    if len(comparison.steps) > MAX_ROWS:
        more = len(comparison.steps) - MAX_ROWS
        rows.append(f'<tr><td colspan="6">… and {more:,} more steps</td></tr>')
    rows.append("</tbody></table>")
    return "\n".join(rows)


def _row(program: Program, comparison: Comparison, number: int, pair: StepPair) -> str:
    left = None if pair.predicted is None else comparison.predicted.steps[pair.predicted]
    right = None if pair.actual is None else comparison.actual.steps[pair.actual]
    here = right or left
    assert here is not None
    place = str(here.line)
    if left is not None and right is not None and left.line != right.line:
        place = f"{left.line} / {right.line}"
    cells = [
        f'<td title="{_MEANING[pair.verdict]}">{GLYPHS[pair.verdict]}</td>',
        f"<td>{number}</td>",
        f"<td>{place}</td>",
        f"<td><code>{_text(source_line(program, here.line).strip())}</code></td>",
        f"<td>{_text(step_text(left))}</td>",
        f"<td>{_text(step_text(right))}</td>",
    ]
    return "<tr>" + "".join(cells) + "</tr>"


def _output(title: str, text: str) -> str:
    if not text:
        return ""
    return f"<p>Output ({title.lower()}):</p><pre>{_text(text, MAX_TEXT)}</pre>"


def source_line(program: Program, line: int) -> str:
    """The text of a step's line; negative numbers are lines of the context."""
    lines = program.lines if line > 0 else source_lines(program.context)
    index = abs(line) - 1
    return lines[index] if 0 <= index < len(lines) else ""


def step_text(step: Step | None) -> str:
    """What one step says, in words: its names, value and output."""
    if step is None:
        return ""
    words = [f"{name} = {value}" for name, value in step.locals.items()]
    words += [f"{name} is gone" for name in step.removed]
    if step.event == "call":
        words.insert(0, f"{'resume' if step.detail == 'resume' else 'call'} {step.function}")
    elif step.event == "return" and step.depth:
        words.append(f"{'yields' if step.detail == 'yield' else 'returns'} {step.value}")
    elif step.event == "exception":
        words.append(f"raises {step.value}")
    if step.stdout:
        words.append(f"prints {step.stdout!r}")
    return "; ".join(words)


def _text(text: str, limit: int = MAX_CELL) -> str:
    """Escaped and bounded; `bdi` keeps right-to-left text from turning its surroundings."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"<bdi>{escape(text)}</bdi>" if text else ""
