"""The built-in world model: the scheduler asks, the numpy engine answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.decoding import Decoder
from cwm_lab.worldmodel.dialect import Answer, Prompt, read_answer
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.scheduler import Asking, Scheduler
from cwm_lab.worldmodel.values import OutsideEnvelopeError
from cwm_lab.worldmodel.vocabulary import TOKENS, VOCABULARY_VERSION

DIALECT = f"transition@{VOCABULARY_VERSION}"
SHIPPED = Path(__file__).parent / "weights"
CHECKPOINT_VARIABLE = "CWM_LAB_BUILTIN"
"""Environment variable: another checkpoint folder for the built-in engine, for those who train."""


class BuiltinModel:
    """A `transition` checkpoint. Raises ModelError if the folder is missing, damaged or speaks
    another dialect."""

    def __init__(self, folder: Path = SHIPPED, name: str = "builtin") -> None:
        engine = Engine(folder)
        spoken = engine.metadata.get("dialect")
        if spoken != DIALECT or engine.vocabulary != len(TOKENS):
            raise ModelError(
                f"the checkpoint at {folder} speaks {spoken or 'no known dialect'}, "
                f"this version needs {DIALECT}; train it again with `cwm-lab train`."
            )
        self.name, self.decoder = name, Decoder(engine)

    def predict(
        self,
        program: Program,
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
        on_step: Callable[[Step], None] | None = None,
    ) -> Trace:
        """One program's predicted trace; `on_step` is called with each step as it is made."""
        scheduler = Scheduler(
            program,
            model=self.name,
            max_steps=max_steps,
            max_seconds=max_seconds,
            on_step=on_step,
        )
        return next(iter(self._together([scheduler])))

    def predict_many(self, programs: Sequence[Program], *, max_steps: int = 1000) -> list[Trace]:
        """Several programs side by side: their questions share the engine's batches."""
        schedulers = [Scheduler(p, model=self.name, max_steps=max_steps) for p in programs]
        return list(self._together(schedulers))

    def _together(self, schedulers: Sequence[Scheduler]) -> Iterator[Trace]:
        runs: list[Asking] = [scheduler.run() for scheduler in schedulers]
        traces: dict[int, Trace] = {}
        waiting: dict[int, Prompt] = {}

        def go_on(index: int, answer: Answer | None) -> None:
            try:
                waiting[index] = next(runs[index]) if answer is None else runs[index].send(answer)
            except StopIteration as stop:
                traces[index] = stop.value

        for index in range(len(runs)):
            go_on(index, None)
        while waiting:
            asked, waiting_now = list(waiting), list(waiting.values())
            waiting.clear()
            answers = self.decoder.complete(waiting_now)
            for index, prompt, completion in zip(asked, waiting_now, answers, strict=True):
                if completion.tokens:
                    answer = read_answer(completion.tokens, prompt)
                    answer.confidence = completion.probability
                    go_on(index, answer)
                    continue
                size = len(prompt.tokens)
                error = OutsideEnvelopeError(f"its values make a question of {size} tokens")
                try:
                    runs[index].throw(error)
                except StopIteration as stop:
                    traces[index] = stop.value
        yield from (traces[index] for index in range(len(runs)))


@cache
def _loaded(folder: Path, name: str) -> BuiltinModel:
    return BuiltinModel(folder, name)


def load_model(spec: str = "builtin") -> BuiltinModel:
    """The model that a specification names: ``builtin``. Loaded once in a process.

    Raises ModelError for a specification that is not known.
    """
    if spec != "builtin":
        raise ModelError(f"there is no model {spec!r}; this version knows only 'builtin'.")
    return _loaded(Path(os.environ.get(CHECKPOINT_VARIABLE) or SHIPPED), spec)


def predict(
    source: str | Program,
    *,
    model: str = "builtin",
    stdin: Sequence[str] = (),
    entry: str | None = None,
    max_steps: int = 1000,
    max_seconds: float | None = None,
    on_step: Callable[[Step], None] | None = None,
) -> Trace:
    """Imagine a program's trace: nothing of it is run.

    source: the program's text, or a `Program` (then stdin and entry, if given, replace its own).
    model: which world model; see `load_model`. max_steps: the most steps to predict.
    max_seconds: the longest time to predict, then the trace ends with the outcome time-limit.
    on_step: called with each `Step` as soon as it is predicted.
    Returns a `Trace` of origin "model"; a program that is not Python gives one without steps and
    the outcome syntax-error. Raises ModelError if the model cannot be had, BadProgramError for text
    that is no program at all, ValueError for a negative max_steps.
    """
    if max_steps < 0:
        raise ValueError("max_steps must not be negative")
    if isinstance(source, Program):
        program = Program(
            source.source,
            source.filename,
            source.context,
            tuple(stdin) or source.stdin,
            entry if entry is not None else source.entry,
        )
    else:
        program = Program(source, stdin=tuple(stdin), entry=entry)
    return load_model(model).predict(
        program, max_steps=max_steps, max_seconds=max_seconds, on_step=on_step
    )
