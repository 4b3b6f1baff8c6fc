"""Re-sync: each step of a recorded trace predicted from the true state before it.

The recorded trace leads the scheduler twice. First to hear every question, which are then answered
in one batch; then to see, for each answer, the step that it makes of the true state, after which
the state is put right. An answer that leads elsewhere (another branch, another call) is let go on
in a run of its own until its step is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from cwm_lab.trace import Step, Trace
from cwm_lab.worldmodel.calibration import Calibration
from cwm_lab.worldmodel.decoding import Client, Completion, side_by_side
from cwm_lab.worldmodel.dialect import Answer, Call, Prompt, read_answer
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.following import CannotFollowError, Follower, Recorded
from cwm_lab.worldmodel.journal import Watch
from cwm_lab.worldmodel.machine import Ask, Frame, exception_type
from cwm_lab.worldmodel.scheduler import Guide, Lead, Scheduler
from cwm_lab.worldmodel.statements import Walker
from cwm_lab.worldmodel.values import Value

_NOTHING: Final = (None, Completion((), ()))


@dataclass(frozen=True)
class Resynced:
    """One step predicted from the true state before it.

    index: of the step in the recorded trace. step: the prediction, without confidence where the
    source alone decides; None where none can be made. why: then, what stands in the way.
    """

    index: int
    step: Step | None
    why: str | None = None


@dataclass(frozen=True)
class _Asked:
    """A question on the way along the trace, and the index of the step that its answer leads to."""

    prompt: Prompt
    step: int


class Resync:
    """Predicts the steps of one trace. make: a scheduler for its program, to be led."""

    def __init__(self, trace: Trace, make: Callable[..., Scheduler]) -> None:
        self.trace, self.make = trace, make
        self.recorded = Recorded(trace, len(trace) - 1)
        self.asked: list[_Asked] = []
        self.seen: dict[int, Step] = {}
        self.astray: set[int] = set()
        self.stopped: str | None = None

    def client(self) -> Client[list[Resynced]]:
        """Asks the decoder; returns all steps."""
        if not len(self.trace):
            return []
        yield from self._lead(self._listen)
        answers = yield [asked.prompt for asked in self.asked]
        self._answers = zip(self.asked, answers, strict=True)
        yield from self._lead(self._judge)
        astray = sorted(self.astray)
        found = yield from side_by_side([self._elsewhere(index) for index in astray])
        elsewhere = {item.index: item for item in found}
        out = []
        for index in range(len(self.trace)):
            item = elsewhere.get(index, Resynced(index, self.seen.get(index)))
            if item.step is None:
                item = replace(item, why=item.why or self.stopped or "the prediction ends here")
            out.append(item)
        return out

    def _elsewhere(self, index: int) -> Client[Resynced]:
        """A step that is predicted freely from the true step before it."""
        lead = Recorded(self.trace, index - 1).lead
        steps: list[Step] = []
        run = self.make(max_steps=index + 1, on_step=steps.append, lead=_undrawn(lead))
        try:
            yield from run.client(lambda: len(steps) > index)
        except CannotFollowError as error:
            return Resynced(index, None, str(error))
        return Resynced(index, steps[index] if len(steps) > index else None)

    def _lead(self, lead: Lead) -> Client[None]:
        try:
            run = self.make(max_steps=len(self.trace), lead=_undrawn(lead))
            self.stopped = str((yield from run.client()).outcome)
        except CannotFollowError as error:
            self.stopped = str(error)

    def _listen(self, walker: Walker) -> tuple[Guide, Watch]:
        follower = Follower(self.trace.steps, walker)

        def guide(ask: Ask) -> Answer | None:
            if walker.journal.recording:
                self.asked.append(_Asked(ask.prompt, len(walker.journal.steps)))
            return follower.guide(ask)

        return guide, follower.watch

    def _judge(self, walker: Walker) -> tuple[Guide, Watch]:
        journal = walker.journal
        follower = Follower(self.trace.steps, walker)
        undo: list[Callable[[], None]] = []
        value: list[str] = []
        thrown: set[int] = set()

        def guide(ask: Ask) -> Answer | None:
            at = len(journal.steps)
            thaw = follower.heap.frozen(
                self.trace.steps[at].objects if at < len(self.trace) else ()
            )
            true = follower.guide(ask)
            thaw()  # so that a change that our answer misses is missing in the preview
            if not journal.recording:
                return true
            asked, completion = next(self._answers, _NOTHING)
            # An answer of ours may have led to other questions than those that were listened to.
            if asked is None or asked.prompt.tokens != ask.prompt.tokens or not completion.tokens:
                self.astray.add(at)
                return true
            ours = read_answer(completion.tokens, ask.prompt, completion.logs)
            if true is None:
                return ours
            if at in self.astray or at in thrown:
                return true
            if not _same_way(ours, true):
                if ours.ending == "raise" and not ours.changes and not ours.attributes:
                    self.seen[at] = _thrown(ask.frame, ours, journal.calibration)
                    thrown.add(at)
                else:
                    self.astray.add(at)
                return true
            if true.value is not None and ours.value is not None:
                value[:] = [display(ours.value)]
            undo.append(_undoing(ask.frame, ours, true, follower))
            return replace(
                true,
                bindings=[*true.bindings, *ours.bindings],
                changes=ours.changes,
                attributes=ours.attributes,
                printed=ours.printed,
                call=ours.call if true.call is not None else None,
                confidence=ours.confidence,
                certain=ours.certain,
                changed=ours.changed,
            )

        def preview(step: Step) -> None:
            if len(journal.steps) in thrown:
                return
            if step.value is not None and value and step.event in ("return", "exception"):
                step = replace(step, value=value[0])
            self.seen[len(journal.steps)] = step

        def watch(index: int, frame: Frame) -> None:
            for put_back in undo:
                put_back()
            undo.clear()
            value.clear()
            follower.watch(index, frame)

        journal.preview = preview
        return guide, watch


def _undrawn(lead: Lead) -> Lead:
    """The same, of a run whose objects nobody will draw."""

    def begin(walker: Walker) -> tuple[Guide, Watch]:
        walker.journal.boxes = None
        return lead(walker)

    return begin


def _thrown(frame: Frame, ours: Answer, calibration: Calibration) -> Step:
    """The step of an exception that our answer raises where the program goes on."""
    assert ours.value is not None
    return Step(
        "exception",
        frame.line,
        frame.function,
        frame.depth,
        value=display(ours.value),
        stdout=ours.printed,
        confidence=None if ours.confidence is None else calibration.step(ours.confidence),
    )


def _undoing(frame: Frame, ours: Answer, true: Answer, follower: Follower) -> Callable[[], None]:
    """What takes an answer's effects back, so that the trace can put the true ones in place."""
    told: dict[str, Value] = dict(true.bindings)
    before = {name: frame.lookup(name) for name, _ in ours.bindings}
    cells = [(cell, cell.items, cell.pairs) for cell, _ in ours.changes]
    attributes = [(cell, dict(cell.attrs)) for cell, _, _ in ours.attributes]

    def undo() -> None:
        for name, value in before.items():
            if name in told:
                frame.bind(name, told[name])
            elif isinstance(value, str):
                frame.unbind(name)
            else:
                frame.bind(name, value)
        for cell, items, pairs in cells:
            cell.items, cell.pairs = items, pairs
            follower.heap.restore(cell)
        for cell, attrs in attributes:
            cell.attrs = attrs
            follower.heap.restore(cell)

    return undo


def _same_way(ours: Answer, true: Answer) -> bool:
    """Whether two answers lead to the same line of the same frame."""
    if ours.ending != true.ending:
        return False
    if ours.call is not None and true.call is not None:
        mine, its = ours.call, true.call
        return mine.callee == its.callee and _shape(mine) == _shape(its)
    if ours.ending == "raise" and ours.value is not None and true.value is not None:
        return exception_type(ours.value) == exception_type(true.value)
    return True


def _shape(call: Call) -> tuple[object, ...]:
    return (call.method, len(call.args), tuple(name for name, _ in call.keywords))
