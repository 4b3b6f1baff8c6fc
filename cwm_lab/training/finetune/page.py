"""A fine-tuning's report as one HTML page: no network, no script."""

from __future__ import annotations

from html import escape

from cwm_lab.training.finetune.curves import DARK, Curves
from cwm_lab.training.finetune.outcome import FinetuneReport
from cwm_lab.training.finetune.verdict import Change
from cwm_lab.training.finetune.words import closing, minutes

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --faint: #667085; --line: #d5dae3;
  --paper: #ffffff; --good: #14713d; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --faint: #9aa4b5; --line: #39414f;
  --paper: #14181f; --good: #6fd49b; --bad: #ff8f85; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
p.verdict { font-size: 1.2rem; border-left: .3rem solid var(--line); padding-left: .8rem; }
p.helps { border-color: var(--good); } p.helps-not { border-color: var(--bad); }
p.note { color: var(--faint); max-width: 46rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin-bottom: 1rem; } div.wide { overflow-x: auto; }
th, td { padding: .2rem .7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { padding-left: 0; }
th:first-child, td:first-child, td.text { text-align: left; }
td:first-child, td.text { min-width: 9rem; white-space: normal; overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--faint); vertical-align: bottom; }
"""
_STYLE += f"@media (prefers-color-scheme: dark) {{ body .cwm-curves {{ {DARK} }} }}\n"
_NOTE_SCORES = (
    '<p class="note">Exact traces, and steps predicted in full, of programs that nothing was '
    "learned from. Each program counts once, with the variations of it that were judged too. "
    "The intervals are paired bootstraps over programs.</p>"
)
_NOTE_CURVES = (
    '<p class="note">Answers that are right to the last token, of watched programs of the '
    "course and of general ones; the state with the most was kept. These are single answers, "
    "not whole traces.</p>"
)


def html_page(report: FinetuneReport) -> str:
    """The page as text."""
    helps = "helps" if report.helps else "helps-not"
    title, verdict = f"Fine-tuning {report.name}", report.verdict.text
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="verdict {helps}">{escape(verdict[:1].upper() + verdict[1:])}.</p>',
        *(f'<p class="note">{escape(line)}</p>' for line in closing(report)),
        "<h2>Before and after</h2>",
        _scores(report),
        _NOTE_SCORES,
        "<h2>While it learned</h2>",
        _curves(report),
        _NOTE_CURVES,
        "<h2>Held-out programs</h2>",
        _programs(report),
        "<h2>What was used</h2>",
        _pairs({name.replace("_", " "): f"{count:,}" for name, count in report.counts.items()}),
        _pairs(
            {
                "base": report.model,
                "rank": str(report.settings.rank),
                "learning rate": f"{report.settings.rate:g}",
                "general examples mixed in": f"{report.settings.mix or 0:.0%} of the tokens",
                "training steps": f"{report.steps:,}",
                "strength kept": f"{report.strength:g}",
                **{f"time: {name}": minutes(spent) for name, spent in report.seconds.items()},
            }
        ),
    ]
    for heading, rows in (("Left out", report.left_out), ("Crashing, and used", report.crashing)):
        if rows:
            parts.append(f"<h2>{heading}</h2>")
            body = "".join(
                f'<tr><td>{escape(one.place)}</td><td class="text">{escape(one.reason)}</td></tr>'
                for one in rows
            )
            parts.append(f'<div class="wide"><table>{body}</table></div>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _curves(report: FinetuneReport) -> str:
    if len(report.curve) < 2:
        return '<p class="note">Too short for a curve.</p>'
    return Curves.of(report.curve).svg()


def _scores(report: FinetuneReport) -> str:
    head = "".join(
        f"<th>{name}</th>"
        for name in (
            "",
            "programs",
            "before",
            "after",
            "change",
            "95 % interval",
            "steps gained",
            "lost",
        )
    )
    course = sum(one.gained for one in report.course), sum(one.lost for one in report.course)
    general = sum(one.gained for one in report.general), sum(one.lost for one in report.general)
    rows = [
        _row("course: exact traces", report.course_change, course),
        _row("course: exact traces, without variations", report.originals_change),
        _row("course: steps right", report.steps_change["course"]),
        _row("general set: exact traces", report.general_change, general),
        _row("general set: steps right", report.steps_change["general"]),
    ]
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


def _row(what: str, change: Change, moved: tuple[int, int] | None = None) -> str:
    cells = [
        what,
        str(change.programs),
        f"{change.before:.1%}",
        f"{change.after:.1%}",
        f"{change.points:+.1f}",
        f"{change.low:+.1f} to {change.high:+.1f}",
        *(("", "") if moved is None else map(str, moved)),
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _programs(report: FinetuneReport) -> str:
    rows = sorted(report.course, key=lambda one: one.exact(after=False) - one.exact(after=True))
    body = "".join(
        f"<tr><td>{escape(one.place)}</td><td>{len(one.before)}</td>"
        f"<td>{one.exact(after=False):.0%}</td><td>{one.exact(after=True):.0%}</td>"
        f"<td>{one.gained}</td><td>{one.lost}</td></tr>"
        for one in rows
    )
    head = "<th>program</th><th>versions</th><th>exact before</th><th>after</th>"
    head += "<th>steps gained</th><th>lost</th>"
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _pairs(pairs: dict[str, str]) -> str:
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in pairs.items()
    )
    return f"<table>{body}</table>"
