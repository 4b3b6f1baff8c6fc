"""Examples for models that are asked one transition at a time: the built-in one and its kind."""

from __future__ import annotations

from collections.abc import Iterator

from cwm_lab.errors import CWMLabError
from cwm_lab.trace import compare
from cwm_lab.training.corpus import HELD_OUT_SEED, Example, as_example, program_transitions, stream
from cwm_lab.training.finetune.listening import Heard, Listeners
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.tasks import Material
from cwm_lab.training.finetune.truth import Known
from cwm_lab.training.generator.variations import variations
from cwm_lab.training.true_trace import UnknownQuestionError, follow
from cwm_lab.worldmodel.values import OutsideEnvelopeError

_LONGEST = 1000
"""Tokens of a question and its answer; the network reads 1,024."""
_GUARD_FROM = HELD_OUT_SEED + 700_000
_GUARD_ASKED = 60
"""Questions about a general program that is watched, at most: more take longer than they tell."""
_OUTSIDE = "does what the built-in model has no words for"


class Transitions:
    """The task of the `transition` dialect. workers: processes in which programs are heard."""

    def __init__(self, workers: int = 1) -> None:
        self._listeners = Listeners(workers)

    def material(self, known: Known, settings: Settings) -> Material | str:
        """See `Task`. A program is used if its transitions, put together by the scheduler, give the
        trace that was recorded."""
        program = known.program
        others = list(variations(program, settings.variations, settings.seed))
        heard = self._listeners.hear(
            [(one.text, one.stdin) for one in (program, *others)], seconds=settings.max_seconds
        )
        own = heard[0]
        if own.refused:
            return own.refused
        if not _gives_the_trace(known, own):
            return _OUTSIDE
        kept = [
            (one, found)
            for one, found in zip(others, heard[1:], strict=True)
            if keeps_the_idea(own, found)
        ]
        return Material(
            (program, *(one for one, _ in kept)),
            tuple(_examples(found) for found in (own, *(found for _, found in kept))),
            len(others) - len(kept),
        )

    def general(self, seed: int) -> Iterator[Example]:
        """See `Task`."""
        return (one for one in stream(seed) if len(one.ids) <= _LONGEST)

    def general_held_out(self, count: int) -> list[tuple[Example, ...]]:
        """See `Task`."""
        found: list[tuple[Example, ...]] = []
        number = _GUARD_FROM
        while len(found) < count:
            number += 1
            heard = Heard(transitions=tuple(program_transitions(number)))
            asked = tuple(dict.fromkeys(_examples(heard)))
            if 0 < len(asked) <= _GUARD_ASKED:
                found.append(asked)
        return found

    def close(self) -> None:
        """End the listeners."""
        self._listeners.close()


def keeps_the_idea(original: Heard, variation: Heard) -> bool:
    """Whether a variation ends as its program does, and is of its size."""
    size = len(original.transitions)
    return (
        not variation.refused
        and variation.raised == original.raised
        and size / 3 - 2 <= len(variation.transitions) <= 3 * size + 20
    )


def _examples(heard: Heard) -> tuple[Example, ...]:
    """Those that the network can be asked; of some answers all is known."""
    made = map(as_example, heard.transitions)
    return tuple(one for one in made if one.counted and len(one.ids) <= _LONGEST)


def _gives_the_trace(known: Known, heard: Heard) -> bool:
    try:
        made, _asked = follow(known.program, heard.transitions, len(known.trace) + 50)
        return compare(made, known.trace).scores["trace_exact"] == 1
    except (
        CWMLabError, UnknownQuestionError, NotImplementedError, OutsideEnvelopeError,
    ):  # fmt: skip
        return False
