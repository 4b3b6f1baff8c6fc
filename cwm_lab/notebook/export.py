"""A comparison or a trace as one self-contained page: the same player, no server, no network."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.fallback import static_html
from cwm_lab.notebook.pack import counts_data, divergences_data, pack_data, program_data
from cwm_lab.notebook.slices import Track
from cwm_lab.trace import Comparison, Trace

_STATIC = Path(__file__).parent / "static"
MAX_PAGE_STEPS = 20_000
"""Most steps of each trace in a page."""
MAX_PAGE_CHARS = 60_000_000
"""About the most characters of steps in a page."""
_PAGE_STYLE = """
body { margin: 0; background: #f2f3f5; }
main { max-width: 1200px; margin: 24px auto; padding: 0 12px; }
@media (prefers-color-scheme: dark) { body { background: #0f1012; } }
@media print { body { background: #fff; } main { margin: 0; max-width: none; } }
"""
_START = """
globalThis.cwmLabPage = (mount) => {
  const player = document.getElementById("player");
  const saved = JSON.parse(document.getElementById("saved").textContent);
  player.replaceChildren();
  mount(player, saved);
};
"""


def save_html(shown: Comparison | Trace, path: str | os.PathLike[str]) -> Path:
    """Write `page_html(shown)` to `path` (UTF-8), which is given back.

    Raises CWMLabError if that fails.
    """
    target = Path(path)
    try:
        target.write_text(page_html(shown), encoding="utf-8")
    except OSError as error:
        raise CWMLabError(f"cannot write {target}: {error.strerror or error}") from error
    return target


def page_html(shown: Comparison | Trace) -> str:
    """The page: data, player and style in one document, which may load nothing from elsewhere.

    Its Content-Security-Policy names the hashes of the two scripts and the styles inside; whatever
    a program's texts contain, nothing else in the page can run. Without scripts, or until they
    run, it shows the table of the static form.
    """
    comparison = shown if isinstance(shown, Comparison) else None
    predicted, actual = _traces(shown)
    data = saved_data(shown)
    style = (_STATIC / "player.css").read_text("utf-8") + _PAGE_STYLE
    player = (_STATIC / "player.js").read_text("utf-8")
    program = (actual or predicted or _no_trace()).program
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(_START)} {_hash(player)}",
            f"style-src {_hash(style)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    title = escape(data["summary"] or "A trace of CWM Lab")
    static = static_html(program, predicted, actual, comparison, data["message"])
    # In a script element only "<" could end the text.
    saved = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{style}</style></head>",
            f'<body><main id="player">{static}</main>',
            f'<script type="application/json" id="saved">{saved}</script>',
            f"<script>{_START}</script>",
            f'<script type="module">{player}</script>',
            "</body></html>",
            "",
        ]
    )


def saved_data(shown: Comparison | Trace) -> dict[str, Any]:
    """The traits of a player that shows this, with as many steps as a page may hold."""
    comparison = shown if isinstance(shown, Comparison) else None
    predicted, actual = _traces(shown)
    trace = actual or predicted or _no_trace()
    tracks = {
        "predicted": Track(trace.program, predicted.steps if predicted else (), done=True),
        "actual": Track(trace.program, actual.steps if actual else (), done=True),
    }
    outcomes = {"predicted": predicted, "actual": actual}
    longest = max(len(track) for track in tracks.values())
    message = ""
    if longest > MAX_PAGE_STEPS:
        message = f"This page holds the first {MAX_PAGE_STEPS:,} of {longest:,} steps in full."
    return {
        "program": program_data(trace.program),
        "counts": counts_data(tracks, comparison),
        "pack": pack_data(
            tracks,
            comparison,
            max_steps=MAX_PAGE_STEPS,
            max_pairs=2_000_000,
            max_chars=MAX_PAGE_CHARS,
        ),
        "scores": {} if comparison is None else dict(comparison.scores),
        "summary": "" if comparison is None else comparison.summary(),
        "divergences": [] if comparison is None else divergences_data(comparison),
        "model": (predicted.model or "") if predicted else "",
        "outcomes": {side: str(t.outcome) for side, t in outcomes.items() if t is not None},
        "status": "done",
        "message": message,
        "notes": [],
        "position": 0,
        "quiz": None,
        "you": None,
        "resynced": None,
        "branches": [],
        "can": [],
    }


def _traces(shown: Comparison | Trace) -> tuple[Trace | None, Trace | None]:
    """(predicted, actual), None where there is none."""
    if isinstance(shown, Comparison):
        return shown.predicted, shown.actual
    return (shown, None) if shown.origin == "model" else (None, shown)


def _no_trace() -> Trace:
    raise CWMLabError("there is no trace to show")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
