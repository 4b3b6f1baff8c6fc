"""True steps, or steps with other values, written as the model itself would have written them.

So a model can be put before any place of any trace: to go on from there, to be asked what if, and
to be asked for each next step of a recorded trace. What a trace does not tell, the steps inside the
stand-ins for `print` and `input`, is taken from what the model wrote there, if it wrote any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cwm_lab.errors import ModelError
from cwm_lab.trace import MODULE, Step, parse_source
from cwm_lab.trace.cwm_text import SEPARATORS, Control, Piece, StepWriter, step_pieces
from cwm_lab.worldmodel.cwm.asked import Asked, bound_names
from cwm_lab.worldmodel.cwm.writing import Written

_RETURN = Control(SEPARATORS["return"])
_LISTING = (Control(SEPARATORS["call"]), Control(SEPARATORS["line"]))


class TruthWriter:
    """Writes the steps of a trace, one by one, for the program as it is shown."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._writer = StepWriter(asked.layout)
        self._hidden: frozenset[str] = frozenset()
        if asked.shown.context:
            try:
                self._hidden = frozenset(bound_names(parse_source(asked.shown.context)))
            except SyntaxError:
                self._hidden = frozenset()

    def entry(self) -> Written:
        """The call of `main`, with which each answer begins."""
        return Written(tuple(step_pieces("call", {}, self._asked.layout.entry, None)))

    def part(self, step: Step) -> Written:
        """The next step. Raises ModelError if the model is not shown its line."""
        line = self._asked.shown_line(step.line)
        if line is None:
            raise ModelError(
                f"line {step.line} of the program was cut to fit into the model's context; "
                "choose a model with a longer one."
            )
        told = step.locals
        if step.function == MODULE:  # names of earlier cells are the module's, not `main`'s
            hidden = self._hidden | self._asked.shared
            told = {name: text for name, text in told.items() if name not in hidden}
        return Written(tuple(self._writer.pieces(replace(step, line=line, locals=told))))


def true_parts(asked: Asked, steps: Sequence[Step]) -> Iterator[Written]:
    """The parts of an answer that tells these steps."""
    writer = TruthWriter(asked)
    yield writer.entry()
    for step in steps:
        yield writer.part(step)


def changed_part(part: Written, values: Mapping[str, str]) -> Written:
    """A step in which names have other values. Raises ValueError for one that lists no names."""
    pieces = part.pieces
    if not pieces or pieces[0] not in _LISTING:
        raise ValueError(
            "names can be changed where a line is about to run or a call begins, not where a "
            "function returns or raises"
        )
    end = pieces.index(Control("action_sep"))
    names = json.loads("".join(piece for piece in pieces[1:end] if isinstance(piece, str)))
    changed: list[Piece] = [pieces[0], json.dumps({**names, **values}), *pieces[end:]]
    return Written(tuple(changed))


def with_true_output(parts: Sequence[Written], output: str) -> Sequence[Written]:
    """The steps inside one call of `print`, returning what was really printed; of several calls or
    of none nothing is certain, and they stand as they were written."""
    returns = [k for k, part in enumerate(parts) if part.pieces[:1] == (_RETURN,)]
    if not output or len(returns) != 1:
        return parts
    at = returns[0]
    pieces = parts[at].pieces
    if Control("arg_sep") not in pieces:
        return parts
    told = pieces[: pieces.index(Control("arg_sep")) + 1]
    true = Written((*told, json.dumps(repr(output)), Control("frame_sep")))
    return [*parts[:at], true, *parts[at + 1 :]]
