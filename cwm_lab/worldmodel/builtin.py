"""The built-in world model: the scheduler asks, the numpy engine answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import partial
from pathlib import Path

from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.adapters import Adapter
from cwm_lab.worldmodel.calibration import RAW, read_calibration
from cwm_lab.worldmodel.decoding import Completion, Decoder
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.engines import Engine as AnyEngine
from cwm_lab.worldmodel.following import CannotFollowError, Recorded, same_steps
from cwm_lab.worldmodel.resyncing import Resync, Resynced
from cwm_lab.worldmodel.scheduler import Cancel, Lead, Scheduler
from cwm_lab.worldmodel.session import Session
from cwm_lab.worldmodel.vocabulary import TOKENS, VOCABULARY_VERSION

DIALECT = f"transition@{VOCABULARY_VERSION}"
SHIPPED = Path(__file__).parent / "weights"


class BuiltinModel:
    """A `transition` checkpoint. Raises ModelError if the folder is missing, damaged or speaks
    another dialect.

    calibrated: whether confidences pass through the checkpoint's calibration, if it has one.
    engine: what runs it, if not numpy. adapter: what is added to its weights; if it has a
    calibration of its own, that is the one. An engine that is given has it already.
    """

    def __init__(
        self,
        folder: Path = SHIPPED,
        name: str = "builtin",
        *,
        calibrated: bool = True,
        engine: AnyEngine | None = None,
        adapter: Adapter | None = None,
    ) -> None:
        engine = engine or Engine(folder, adapter)
        spoken = engine.metadata.get("dialect")
        if engine.vocabulary != len(TOKENS) and spoken == DIALECT:
            raise ModelError(
                f"the checkpoint at {folder} has a vocabulary of {engine.vocabulary} tokens, "
                f"{DIALECT} has {len(TOKENS)}; train it again with `cwm-lab train`."
            )
        if spoken != DIALECT:
            raise ModelError(
                f"the checkpoint at {folder} speaks {spoken or 'no known dialect'}, "
                f"this version needs {DIALECT}; train it again with `cwm-lab train`."
            )
        self.name, self.decoder = name, Decoder(engine)
        own = RAW if adapter is None else read_calibration(adapter.folder)
        self.calibration = (
            (own if own is not RAW else read_calibration(folder)) if calibrated else RAW
        )

    def without_scratchpad(self) -> BuiltinModel:
        """The same network, which has to answer at once: to see what the scratchpad is worth."""
        other = copy(self)
        other.decoder = Decoder(self.decoder.engine, scratchpad=False)
        return other

    def predict(
        self,
        program: Program,
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
        on_step: Callable[[Step], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Trace:
        """One program's predicted trace; see `WorldModel`."""
        scheduler = Scheduler(
            program,
            model=self.name,
            max_steps=max_steps,
            max_seconds=max_seconds,
            on_step=on_step,
            calibration=self.calibration,
        )
        return self.decoder.serve([scheduler.client(cancel)])[0]

    def predict_many(
        self,
        programs: Sequence[Program],
        *,
        max_steps: int = 1000,
        max_seconds: float | None = None,
    ) -> list[Trace]:
        """Several programs side by side: their questions share the engine's batches."""
        spent = [0.0] * len(programs)
        schedulers = [
            Scheduler(
                program,
                model=self.name,
                max_steps=max_steps,
                max_seconds=max_seconds,
                clock=partial(spent.__getitem__, index),
                calibration=self.calibration,
            )
            for index, program in enumerate(programs)
        ]
        return self.decoder.serve([scheduler.client() for scheduler in schedulers], spent)

    def session(
        self, start: Program | Trace, index: int | None = None, *, max_steps: int = 1000
    ) -> Session:
        """Step by step; see `WorldModel`."""
        if isinstance(start, Program):
            return self._session(start, index, max_steps, None)
        place = len(start) - 1 if index is None else index
        lead = Recorded(start, place).lead if start.origin != "model" else None
        session = self._session(start.program, place, max(max_steps, place + 1), lead)
        if not same_steps(session.steps, start.steps[: place + 1]):
            raise CannotFollowError(
                "this trace does not follow from its program alone; "
                "go on from the session that made it."
            )
        return session

    def resync(self, trace: Trace) -> list[Resynced]:
        """Each step from the true state before it, their questions in one batch; see `WorldModel`.

        The first step needs no model. Where a trace cannot be followed further, the rest is None.
        """
        return self.resync_many([trace])[0]

    def resync_many(self, traces: Sequence[Trace]) -> list[list[Resynced]]:
        """The same for several traces side by side."""
        make = partial(Scheduler, model=self.name, calibration=self.calibration)
        resyncs = [Resync(trace, partial(make, trace.program)) for trace in traces]
        return self.decoder.serve([resync.client() for resync in resyncs])

    def _session(
        self, program: Program, index: int | None, max_steps: int, lead: Lead | None
    ) -> Session:
        return Session(
            program,
            self._complete,
            model=self.name,
            calibration=self.calibration,
            max_steps=max_steps,
            lead=lead,
            index=index,
        )

    def _complete(self, prompt: Prompt) -> Completion:
        return self.decoder.complete([prompt])[0]
