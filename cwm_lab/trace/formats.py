"""One trace, many documents: what the formats are called, writing each, and reading what comes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Literal, get_args

from cwm_lab.errors import BadTraceError
from cwm_lab.trace.model import Trace

Format = Literal["json", "pythontutor", "cwm", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)


def dumps(trace: Trace, kind: Format) -> str:
    """`trace` as the text of a document, without a line end after it where the format has none."""
    return _WRITERS[kind](trace)


def loads(text: str | bytes) -> Trace:
    """The trace in a document: `cwm-lab/trace@1` or Python Tutor's JSON.

    (CWM's text does not hold its program: `from_cwm_text` takes it beside the text.) Raises
    BadTraceError for anything else.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTraceError(f"not a stored trace: it is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise BadTraceError("not a stored trace: it is JSON, but no object")
    if "trace" in document and "schema" not in document:
        from cwm_lab.trace.pythontutor_reading import from_pythontutor

        return from_pythontutor(document)
    return Trace.from_json(document)


def _json(trace: Trace) -> str:
    return json.dumps(trace.to_json())


def _pythontutor(trace: Trace) -> str:
    from cwm_lab.trace.pythontutor import to_pythontutor

    return json.dumps(to_pythontutor(trace))


def _cwm(trace: Trace) -> str:
    from cwm_lab.trace.cwm_text import to_cwm_text

    return to_cwm_text(trace)


def _csv(trace: Trace) -> str:
    """The columns of `Trace.to_frame`; locals and removed are JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        "step event line function depth locals removed value stdout detail confidence".split()
    )
    for number, step in enumerate(trace.steps):
        names, removed = json.dumps(dict(step.locals)), json.dumps(list(step.removed))
        place = (number, step.event, step.line, step.function, step.depth)
        rest = (step.value, step.stdout, step.detail, step.confidence)
        writer.writerow((*place, names, removed, *rest))
    return out.getvalue()


_WRITERS: dict[Format, Callable[[Trace], str]] = {
    "json": _json,
    "pythontutor": _pythontutor,
    "cwm": _cwm,
    "csv": _csv,
}
