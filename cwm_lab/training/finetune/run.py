"""Fine-tunes a world model on a course's own programs: `finetune` does it all.

collect -> run -> vary -> split -> score -> train -> score -> save -> report. Nothing of an older
adapter is touched before the new one is whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from cwm_lab.errors import FinetuneError
from cwm_lab.trace import Program
from cwm_lab.training.finetune.bases import Trainable, trainable
from cwm_lab.training.finetune.collecting import Collected
from cwm_lab.training.finetune.outcome import FinetuneReport, Judged
from cwm_lab.training.finetune.preparing import (
    Group,
    Prepared,
    collected,
    prepared,
    workers_of,
)
from cwm_lab.training.finetune.progress import Clock, OnProgress, Reporter, Stage
from cwm_lab.training.finetune.saving import saved
from cwm_lab.training.finetune.scoring import Score, score
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.tasks import Task
from cwm_lab.training.finetune.teams import Team
from cwm_lab.training.finetune.work import (
    BEFORE,
    explained,
    opened,
    programs_key,
    read_json,
    trained_seconds,
    write_json,
)
from cwm_lab.worldmodel.adapters import adapter_names, check_name, weights_sha256

_LEAST_TRAINING = 10.0
"""Seconds below which training is not worth beginning."""
_END = 20.0
"""Seconds that choosing, saving and the report take, at most."""
_SPARED = 600
"""General examples by which an adapter begins; fewer before a few steps."""
_GUARDS = 4, 400
"""General programs that the best state is chosen by: for each of the general set, and at most."""


def finetune(
    programs: Iterable[str | Path | Program],
    *,
    name: str,
    model: str = "builtin",
    minutes: float = 15.0,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
    cancel: Event | None = None,
    replace: bool = False,
    make_default: bool = True,
) -> FinetuneReport:
    """Make a model better at some programs, and say whether it became so.

    Args:
        programs: folders, ``.py`` files, notebooks, Markdown lessons, the word ``history`` (the
            `%%predict` cells that IPython remembers), or `Program` objects.
        name: what the adapter will be called: letters, digits, ``-`` and ``_``.
        model: what to train: ``builtin``, or ``local:FOLDER?quantize=4bit``.
        minutes: for everything together; training takes what the rest leaves.
        settings: how; the defaults suit the model.
        on_progress: hears a `Progress` often, from the calling thread.
        cancel: set it (from another thread) to stop. Once training has begun the best state so far
            is judged and saved; before that nothing is.
        replace: whether an adapter of that name may be replaced; it is only by one that helps.
        make_default: whether an adapter that helps becomes the model that predicts by default.

    Raises FinetuneError for what the programs, the name, the time or the disk do not allow,
    ModelError for a model that cannot be had, InterruptedError if it was cancelled before there was
    something to save. In all of these what was there before is as it was, and the same call again
    goes on from where a killed run was.
    """
    settings = settings or Settings()
    if not minutes > 0:
        raise FinetuneError("the time must be more than 0 minutes.")
    check_name(name)
    if name in adapter_names() and not replace:
        raise FinetuneError(
            f"there is an adapter {name} already; choose another name, or say that it may be "
            "replaced (--replace)."
        )
    clock = Clock(60 * minutes)
    base = trainable(model)
    team = Team()
    reporter = Reporter(clock, on_progress if team.first else None, cancel)
    if not team.first:
        return _helped(team, base, settings, reporter)
    try:
        found = collected(programs, reporter)
        key = {
            "programs": programs_key([(p.program.text, p.program.stdin) for p in found.programs]),
            "base": base.base.to_json(),
            "settings": settings.to_json(),
            "minutes": minutes,
        }
        with opened(name, key) as (work, resumed), explained(work):
            run = _Run(name, base, settings, reporter, work, team, replace=replace)
            if resumed:
                reporter.tell("collect", 1, 1, "going on with the run that was cut off")
            return run.all(found, make_default=make_default)
    except BaseException as error:
        team.shared(("error", str(error)))
        raise


def _helped(team: Team, base: Trainable, settings: Settings, reporter: Reporter) -> FinetuneReport:
    """What the other processes of `accelerate launch` do: train with the first one's examples."""
    kind, said = team.shared()
    if kind == "train":
        _train(base, settings, reporter, **said)
        kind, said = team.shared()
    if kind == "error":
        raise FinetuneError(f"the first process stopped: {said}")
    report: FinetuneReport = said
    return report


def _train(
    base: Trainable,
    settings: Settings,
    reporter: Reporter,
    *,
    work: Path,
    seconds: float,
    learn: Sequence[Any],
    watch: Sequence[Any],
) -> Any:
    """Train; (fit, settings with rank and rate decided)."""
    from cwm_lab.training.finetune.choosing import HeldOut
    from cwm_lab.training.finetune.fitting import fit
    from cwm_lab.training.finetune.mixture import Mixture

    began = time.monotonic()
    network = base.network(settings)
    suited = settings.suited(network.parameters)
    task = base.task(1)
    try:
        mixture = Mixture(
            learn,
            task.general(1000 + settings.seed),
            network.known,
            tokens=settings.batch,
            mix=suited.mix or 0.0,
            seed=settings.seed,
        )
        spared = _SPARED if settings.steps is None else min(_SPARED, 32 * settings.steps)
        network.spare(mixture.first_general(spared))
        each, most = _GUARDS
        held = HeldOut(watch, task.general_held_out(min(each * settings.general, most)))
        seconds -= time.monotonic() - began
        found = fit(network, mixture, held, suited, seconds=seconds, work=work, reporter=reporter)
    finally:
        task.close()
    return found, suited


class _Run:
    """One run, in its folder."""

    def __init__(
        self,
        name: str,
        base: Trainable,
        settings: Settings,
        reporter: Reporter,
        work: Path,
        team: Team,
        *,
        replace: bool,
    ) -> None:
        self.name, self.base, self.settings, self.reporter = name, base, settings, reporter
        self.work, self.team, self.replace = work, team, replace
        self.seconds: dict[str, float] = {}

    @contextmanager
    def _timed(self, stage: Stage) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - began

    def all(self, found: Collected, *, make_default: bool) -> FinetuneReport:
        """Everything after collecting."""
        with ExitStack() as stack, self._timed("run"):
            task: Task = self.base.task(workers_of(self.settings))
            stack.callback(task.close)
            ready = prepared(found, task, self.settings, self.reporter)
        before = self._before(ready)
        seconds = self._time_to_train(before)
        self.reporter.clock.count(trained_seconds(self.work))
        said: dict[str, Any] = {
            "work": self.work,
            "seconds": seconds,
            "learn": ready.learn,
            "watch": ready.watch,
        }
        self.team.shared(("train", said))
        with self._timed("train"):
            fit, suited = _train(self.base, self.settings, self.reporter, **said)
        if weights_sha256(self.base.folder) != self.base.base.sha256:
            raise FinetuneError(
                f"the base model {self.base.base.model} was changed while its adapter was trained; "
                "start again."
            )
        with self._timed("after"):
            model = self.base.model(self.work / "best")
            after = self._scored("after", model, (*ready.judge, *ready.general))
        report = self._report(ready, before["scores"], after, fit, suited)
        report = saved(
            report,
            self.base,
            self.reporter,
            processes=self.team.size,
            replaces=self.replace,
            make_default=make_default,
        )
        self.team.shared(("report", report))
        return report

    def _before(self, ready: Prepared) -> dict[str, Any]:
        """The base's scores, of this run or of the one that it resumes."""
        groups = (*ready.judge, *ready.general)
        known = read_json(self.work / BEFORE)
        if isinstance(known, dict) and len(known["scores"]) == len(groups):
            known["scores"] = [[Score.from_json(s) for s in one] for one in known["scores"]]
            self.seconds |= known["seconds"]
            self.reporter.clock.count(known["took"])
            return known
        began = time.monotonic()
        with self._timed("before"):
            scores = self._scored("before", self.base.model(), groups)
        found = {
            "scores": [[one.to_json() for one in group] for group in scores],
            "took": time.monotonic() - began,
            "seconds": self.seconds,
        }
        write_json(self.work / BEFORE, found)
        return found | {"scores": scores}

    def _time_to_train(self, before: dict[str, Any]) -> float:
        # Importing torch and peft takes seconds, which are no training.
        from cwm_lab.training.finetune import fitting, networks  # noqa: F401

        budget = self.reporter.clock.budget
        left: float = budget - self.reporter.clock.spent - 1.15 * before["took"] - _END
        if self.settings.steps is not None:
            return max(left, 3600.0)
        if left < _LEAST_TRAINING:
            needed = (budget - left + 120) / 60
            raise FinetuneError(
                f"{budget / 60:g} minutes are too few: running and judging the programs take most "
                f"of them; give {needed:.0f} or more, or judge by fewer general programs."
            )
        return left

    def _scored(self, stage: Stage, model: Any, groups: Sequence[Group]) -> list[tuple[Score, ...]]:
        traces = [trace for group in groups for trace in group.traces]
        self.reporter.tell(stage, 0, len(traces))
        scores = iter(
            score(
                model,
                traces,
                lambda done: self.reporter.tell(stage, done, len(traces)),
                # Once there is something to save, it is judged and saved.
                lambda: stage == "before" and self.reporter.cancelled,
            )
        )
        return [tuple(next(scores) for _ in group.traces) for group in groups]

    def _report(
        self,
        ready: Prepared,
        before: Sequence[tuple[Score, ...]],
        after: Sequence[tuple[Score, ...]],
        fit: Any,
        suited: Settings,
    ) -> FinetuneReport:
        judged = [
            Judged(group.place, tuple(one), tuple(other))
            for group, one, other in zip((*ready.judge, *ready.general), before, after, strict=True)
        ]
        count = len(ready.judge)
        return FinetuneReport(
            name=self.name,
            model=str(self.base.spec),
            spec=self.base.spec_with(self.name),
            saved=self.work,
            default=False,
            course=tuple(judged[:count]),
            general=tuple(judged[count:]),
            counts=ready.counts,
            left_out=ready.left_out,
            crashing=ready.crashing,
            curve=tuple(fit.points),
            settings=suited,
            steps=fit.steps,
            strength=fit.share,
            stopped=fit.stopped,
            seconds=dict(self.seconds),
            programs={group.place: group.traces[0].program.text for group in ready.judge},
        )
