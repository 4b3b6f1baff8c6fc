"""Examples and networks for larger models: whole traces as text, in CWM's dialect.

What such a model learns is what it would be shown: the program as `ask_about` shows it (with
stand-ins for `print` and `input`), and the trace of that program, recorded in the sandbox.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import CWMLabError
from cwm_lab.recorder import record
from cwm_lab.trace import Program, Trace
from cwm_lab.trace.cwm_text import Control, Piece
from cwm_lab.training.corpus import HELD_OUT_SEED, Example, program_number
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.tasks import Material
from cwm_lab.training.finetune.truth import Known
from cwm_lab.training.generator import HELD_OUT_FAMILIES, generate_program
from cwm_lab.training.generator.variations import variations
from cwm_lab.worldmodel.cwm.asked import as_cwm_writes, ask_about
from cwm_lab.worldmodel.loading import load_checkpoint
from cwm_lab.worldmodel.specs import ModelSpec

if TYPE_CHECKING:
    from cwm_lab.training.finetune.networks import Network

_EXTRA_STEPS = 200
"""The stand-ins for `print` and `input` make steps of their own."""


class Texts:
    """The task of CWM's dialect. folder: where the tokenizer is. context: tokens at most."""

    def __init__(self, folder: Path, context: int) -> None:
        from transformers import AutoTokenizer

        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self._context = context

    def material(self, known: Known, settings: Settings) -> Material | str:
        """See `Task`."""
        own = self._example(known.program, settings)
        if isinstance(own, str):
            return own
        example, trace = own
        kept: list[tuple[Program, Example]] = []
        others = list(variations(known.program, settings.variations, settings.seed))
        for one in others:
            made = self._example(one, settings)
            if isinstance(made, str):
                continue
            outcome, true = made[1].outcome, trace.outcome
            same = (outcome.kind, outcome.type) == (true.kind, true.type)
            if same and len(trace) / 3 - 2 <= len(made[1]) <= 3 * len(trace) + 20:
                kept.append((one, made[0]))
        return Material(
            (known.program, *(one for one, _ in kept)),
            ((example,), *((made,) for _, made in kept)),
            len(others) - len(kept),
        )

    def _example(self, program: Program, settings: Settings) -> tuple[Example, Trace] | str:
        """Prompt and answer, and the trace of the program as it is shown; or why there is none."""
        try:
            shown = ask_about(program).shown
            steps = settings.max_steps + _EXTRA_STEPS
            trace = record(shown, max_steps=steps, max_seconds=settings.max_seconds)
            if trace.outcome.kind not in ("finished", "raised") or not trace.steps:
                return f"ends with {trace.outcome} where print and input are shown"
            example = self._encoded(as_cwm_writes(trace))
        except CWMLabError as error:
            return str(error)
        if len(example.ids) > self._context:
            return f"takes {len(example.ids):,} tokens, more than {self._context:,}"
        return example, trace

    def _encoded(self, pieces: Sequence[Piece]) -> Example:
        """Token ids; what is to be learned begins after the program."""
        ids: list[int] = []
        start = 0
        for piece in pieces:
            if isinstance(piece, Control):
                ids.append(self._tokenizer.convert_tokens_to_ids(f"<|{piece.name}|>"))
                if piece.name == "frame_sep" and not start:
                    start = len(ids)
            else:
                ids += self._tokenizer(
                    piece, add_special_tokens=False, split_special_tokens=True, verbose=False
                ).input_ids
        return Example(tuple(ids), start, "text")

    def general(self, seed: int) -> Iterator[Example]:
        """See `Task`."""
        number = 0
        while True:
            number += 1
            example = self._generated(program_number(seed, number, 0, 1))
            if example is not None:
                yield example

    def general_held_out(self, count: int) -> list[tuple[Example, ...]]:
        """See `Task`. A third as many: a program is one long text."""
        found: list[tuple[Example, ...]] = []
        number = HELD_OUT_SEED
        while len(found) < -(-count // 3):
            number += 1
            example = self._generated(number)
            if example is not None:
                found.append((example,))
        return found

    def _generated(self, seed: int) -> Example | None:
        program = generate_program(random.Random(seed))
        if program.family in HELD_OUT_FAMILIES:
            return None
        settings = replace(Settings(), max_steps=150)
        made = self._example(Program(program.source, stdin=program.stdin), settings)
        return None if isinstance(made, str) else made[0]

    def close(self) -> None:
        """Nothing was started."""


def padded(folder: Path, spec: ModelSpec) -> Callable[[Settings], Network]:
    """Loads a checkpoint, quantised as its specification says, with a new adapter on it."""

    def load(settings: Settings) -> Network:
        from cwm_lab.training.finetune.networks import Padded

        return Padded(load_checkpoint(spec, folder), settings)

    return load
