"""What if: names of one step get other values, and Python and the model both go on from there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.explain import EXPRESSION_ERRORS
from cwm_lab.notebook.expressions import evaluate
from cwm_lab.notebook.value_texts import NotKnownError
from cwm_lab.recorder import record_what_if
from cwm_lab.trace import Comparison, Step, Trace, compare

MAX_VALUE = 2_000
"""Most characters of a value that is given."""
_CHANCE = (
    "Python did not come to this step again: the program depends on chance, on time, or on "
    "something of the notebook that is not described to the sandbox."
)
_MISSING = "This branch is run in the sandbox, where there is no {}."
_NOT_LED = (
    "The model cannot go on from here: what Python did up to this step cannot all be described to "
    "it ({})."
)


class WhatIfError(CWMLabError):
    """A question that cannot be answered; its message says what to ask instead."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one continuation: steps of each trace, seconds of Python and of the model."""

    max_steps: int = 1000
    max_seconds: float = 10.0
    predict_seconds: float = 60.0


@dataclass(frozen=True)
class Branch:
    """Two traces that went another way from one step on. Both are whole: up to that step they are
    what Python did before.

    index: of the step. values: name -> text of the value that it was given there. predicted,
    actual: None where a side could not go on; notes say why, in sentences.
    """

    index: int
    values: Mapping[str, str]
    predicted: Trace | None
    actual: Trace | None
    notes: tuple[str, ...] = ()

    @property
    def comparison(self) -> Comparison | None:
        """Both sides compared, where both are there."""
        if self.predicted is None or self.actual is None:
            return None
        return compare(self.predicted, self.actual)


def given_values(actual: Trace, index: int, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as texts of literals: expressions are worked out from the step's values.

    Raises WhatIfError for a step before no line, a name that the step does not know, and a text
    that is no value.
    """
    if not 0 <= index < len(actual):
        raise WhatIfError("Python has no such step; choose one that Python took.")
    if actual.steps[index].event != "line":
        raise WhatIfError("Values can be changed before a line runs; go to such a step.")
    names = actual.state_at(index)
    values = {}
    for name, text in typed.items():
        if name not in names:
            raise WhatIfError(f"There is no {name} in this frame at this step.")
        values[name] = _literal(text, names)
    if not values:
        raise WhatIfError("Say which name is to have which value.")
    return values


def _literal(text: str, names: Mapping[str, str]) -> str:
    try:
        found = repr(evaluate(text, names))
    except SyntaxError:
        raise WhatIfError(
            f"{text[:40]!r} is no value. Write it as Python does, such as 3, 'abc' or [1, 2]."
        ) from None
    except NotKnownError as error:
        raise WhatIfError(f"{text[:40]!r} cannot be worked out here: {error}.") from None
    except EXPRESSION_ERRORS as error:
        raise WhatIfError(f"{text[:40]!r} gives {type(error).__name__}: {error}.") from None
    if len(found) > MAX_VALUE:
        raise WhatIfError(
            f"A value may have {MAX_VALUE:,} characters, this one has {len(found):,}."
        )
    return found


def branch_off(
    actual: Trace,
    index: int,
    values: Mapping[str, str],
    *,
    model: str,
    limits: Limits,
    missing: Sequence[str] = (),
    on_step: Callable[[int], None] | None = None,
) -> Branch:
    """Go on from step `index` of a recorded trace with other values (see `given_values`).

    Python runs the program again in the sandbox, up to that step, and on. The model starts from the
    true state there. missing: names of the notebook that neither has. on_step: told how many steps
    the model has made since. An interrupt ends the model's part where it is.
    """
    notes = [_MISSING.format(", ".join(missing))] if missing else []
    again = _python(actual, index, values, limits, notes)
    predicted = _model(actual, index, values, model, limits, on_step, notes)
    return Branch(index, values, predicted, again, tuple(notes))


def _python(
    actual: Trace, index: int, values: Mapping[str, str], limits: Limits, notes: list[str]
) -> Trace | None:
    try:
        again = record_what_if(
            actual.program,
            index,
            values,
            max_steps=max(limits.max_steps, index + 1),
            max_seconds=limits.max_seconds,
        )
    except (CWMLabError, ValueError) as error:
        notes.append(f"Python cannot go on from here: {error}")
        return None
    if _told(again.steps[: index + 1], values) != _told(actual.steps[: index + 1], values):
        notes.append(_CHANCE)
        return None
    return again


def _told(steps: Sequence[Step], changed: Mapping[str, str]) -> list[tuple[object, ...]]:
    """What steps say, the last one without the names that were changed there."""
    told = [
        (s.event, s.line, s.function, s.depth, dict(s.locals), {*s.removed}, s.value, s.stdout)
        for s in steps
    ]
    for name in changed:
        told[-1][4].pop(name, None)
    return list(told)


def _model(
    actual: Trace,
    index: int,
    values: Mapping[str, str],
    model: str,
    limits: Limits,
    on_step: Callable[[int], None] | None,
    notes: list[str],
) -> Trace | None:
    # Here, so that the model's code is loaded only when it is asked.
    from cwm_lab.worldmodel import CannotFollowError, load_model

    end = time.monotonic() + limits.predict_seconds
    try:
        session = load_model(model).session(
            actual, index, max_steps=max(limits.max_steps, index + 1)
        )
        session.change(values)
        made = 0
        try:
            while time.monotonic() < end and session.step() is not None:
                made += 1
                if on_step is not None:
                    on_step(made)
        except KeyboardInterrupt:
            notes.append("The model was stopped by you.")
        return session.trace
    except CannotFollowError as error:
        notes.append(_NOT_LED.format(str(error).rstrip(".")))
        return None
    except (CWMLabError, ValueError) as error:
        notes.append(f"The model cannot go on from here: {error}")
        return None
