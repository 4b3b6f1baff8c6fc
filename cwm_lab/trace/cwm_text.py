r"""CWM's text format, writing: pieces (control tokens and ordinary text) and their one text form.

    <|begin_of_text|><|trace_context_start|>SOURCE<|frame_sep|>
    <|call_sep|>LOCALS<|action_sep|>LINE\n<|frame_sep|>        (and <|line_sep|> in the same way)
    <|return_sep|><|action_sep|>LINE\n<|arg_sep|>VALUE<|frame_sep|>     (and <|exception_sep|>)
    <|end_of_text|>

without the line breaks between the rows above. What turns pieces into token ids encodes ordinary
text with special tokens off; in the text form, text that looks like a control token carries a
backslash (``<\|frame_sep|>``), so that a student's ``<|frame_sep|>`` is never one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cwm_lab.trace.cwm_layout import CwmLayout, cwm_layout
from cwm_lab.trace.model import Event, Step, Trace

UNCHANGED = ".."
SEPARATORS: dict[Event, str] = {
    "call": "call_sep",
    "line": "line_sep",
    "return": "return_sep",
    "exception": "exception_sep",
}
CONTROL_NAMES = frozenset(
    {
        "begin_of_text",
        "end_of_text",
        "pad",
        "start_header_id",
        "end_header_id",
        "eot_id",
        "frame_sep",
        "action_sep",
        "arg_sep",
        "trace_context_start",
        *SEPARATORS.values(),
    }
)
_NAMES = "|".join(sorted(CONTROL_NAMES))
_CONTROL = re.compile(rf"<\|({_NAMES})\|>")
_LOOKS_LIKE_CONTROL = re.compile(rf"<(\\*)\|({_NAMES})\|>")
_ESCAPED = re.compile(rf"<\\(\\*)\|({_NAMES})\|>")


@dataclass(frozen=True)
class Control:
    """One of CWM's special tokens, by its name without ``<|`` and ``|>``."""

    name: str


Piece = Control | str


def to_cwm_text(trace: Trace) -> str:
    """`trace` as CWM would be prompted for it and would write it, in one text."""
    return pieces_to_text(to_cwm_pieces(trace))


def to_cwm_pieces(trace: Trace) -> list[Piece]:
    """Prompt and steps. The end token is there only if the program's end was reached."""
    layout = cwm_layout(trace.program)
    pieces = prompt_pieces(layout)
    if trace.steps:
        pieces += step_pieces("call", {}, layout.entry, None)
    writer = StepWriter(layout)
    for step in trace.steps:
        pieces += writer.pieces(step)
    if _ends(trace):
        pieces.append(Control("end_of_text"))
    return pieces


def prompt_pieces(layout: CwmLayout) -> list[Piece]:
    """What comes before the first step."""
    return [
        Control("begin_of_text"),
        Control("trace_context_start"),
        layout.source,
        Control("frame_sep"),
    ]


def pieces_to_text(pieces: Iterable[Piece]) -> str:
    """One text; `text_to_pieces` is its reverse."""
    return "".join(
        f"<|{piece.name}|>" if isinstance(piece, Control) else _escape(piece) for piece in pieces
    )


def text_to_pieces(text: str) -> list[Piece]:
    """Control tokens and the ordinary text between them; no two texts stand side by side."""
    pieces: list[Piece] = []
    at = 0
    for match in _CONTROL.finditer(text):
        if match.start() > at:
            pieces.append(_unescape(text[at : match.start()]))
        pieces.append(Control(match[1]))
        at = match.end()
    if at < len(text):
        pieces.append(_unescape(text[at:]))
    return pieces


def _escape(text: str) -> str:
    return _LOOKS_LIKE_CONTROL.sub(r"<\\\1|\2|>", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"<\1|\2|>", text)


def _ends(trace: Trace) -> bool:
    if trace.outcome.kind in ("finished", "raised", "input-exhausted") and trace.steps:
        last = trace.steps[-1]
        return last.depth == 0 and last.event in ("return", "exception")
    return False


def step_pieces(
    event: Event, names: Mapping[str, str], line: str, value: str | None
) -> list[Piece]:
    """One step as CWM writes it. names: of calls and lines; value: of returns and exceptions."""
    head: list[Piece] = [Control(SEPARATORS[event])]
    if event in ("call", "line"):
        return [
            *head,
            json.dumps(dict(names)),
            Control("action_sep"),
            f"{line}\n",
            Control("frame_sep"),
        ]
    return [
        *head,
        Control("action_sep"),
        f"{line}\n",
        Control("arg_sep"),
        json.dumps(value),
        Control("frame_sep"),
    ]


class StepWriter:
    """Keeps each frame's names, and which of their values its own steps have told."""

    def __init__(self, layout: CwmLayout) -> None:
        self._layout = layout
        self._stack: list[tuple[dict[str, str], dict[str, str]]] = []

    def pieces(self, step: Step) -> Iterator[Piece]:
        """The next step's pieces."""
        del self._stack[step.depth + (step.event != "call") :]
        while len(self._stack) <= step.depth:
            self._stack.append(({}, {}))
        names, told = self._stack[-1]
        for name in step.removed:
            names.pop(name, None)
        names.update(step.locals)
        shown = {
            name: UNCHANGED if told.get(name) == text else text for name, text in names.items()
        }
        if step.event in ("call", "line"):
            told.clear()
            told.update(names)
        line = self._layout.lines.get(step.line, "")
        return iter(step_pieces(step.event, shown, line, step.value))
