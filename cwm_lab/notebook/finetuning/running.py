"""One fine-tuning in a thread of this kernel, what it has told so far, and how it is stopped.

It goes on when the notebook's page is closed. When the kernel ends, what was asked for is kept, and
the next form offers to go on with it.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import CWMLabError
from cwm_lab.training.finetune.curves import Curves

if TYPE_CHECKING:
    from cwm_lab.training.finetune import FinetuneReport, Progress

logger = logging.getLogger("cwm_lab.notebook")
_ASKED = ".asked.json"
_STAGES = {
    "collect": "Collecting programs",
    "run": "Running each program for its true trace",
    "vary": "Making variations, and running them",
    "split": "Splitting by program",
    "general": "Making general programs",
    "before": "Scoring the model as it is",
    "train": "Training",
    "after": "Scoring the model after it",
    "save": "Saving the adapter",
}


@dataclass(frozen=True)
class Asked:
    """What a reader asked for. programs: paths, as `finetune` takes them. settings: those of
    `Settings` that are not to be as usual."""

    programs: tuple[str, ...]
    name: str
    minutes: float = 15.0
    model: str = "builtin"
    replace: bool = False
    settings: Mapping[str, int | float] = field(default_factory=dict)

    def keep(self) -> None:
        """Write it down, so that a kernel that ends does not lose it."""
        path = _place(self.name)
        with suppress(OSError):  # it only spares typing
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f"{path.name}.{os.getpid()}")
            # Whoever goes on may do so from another folder.
            whole = [
                p if p == "history" else str(Path(p).expanduser().absolute()) for p in self.programs
            ]
            told = json.dumps({**asdict(self), "programs": whole})
            beside.write_text(told, encoding="utf-8")
            beside.replace(path)

    def forget(self) -> None:
        """It is done, or given up."""
        with suppress(OSError):
            _place(self.name).unlink()


def interrupted() -> Asked | None:
    """The newest run that was begun, did not come to an end and is not going on elsewhere."""
    from cwm_lab.training.finetune.work import goes_on
    from cwm_lab.worldmodel.adapters import check_name

    folder = _place("x").parent
    try:
        files = sorted(folder.glob(f"*{_ASKED}"), key=lambda path: path.stat().st_mtime)
    except OSError:
        return None
    for path in reversed(files):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            programs = tuple(map(str, data["programs"]))
            name, minutes, model = check_name(data["name"]), float(data["minutes"]), data["model"]
            settings = {str(k): v for k, v in data["settings"].items()}
            if goes_on(name):
                continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError, CWMLabError):
            continue
        replace = data.get("replace") is True
        return Asked(programs, name, minutes, str(model), replace, settings)
    return None


def _place(name: str) -> Path:
    from cwm_lab.worldmodel.adapters import adapters_folder

    return adapters_folder() / ".runs" / f"{name}{_ASKED}"


@dataclass
class Run:
    """A fine-tuning and its story.

    asked: what for. listeners: called from the run's thread whenever there is something new.
    report: once it is saved. problem: why there is none, for people; empty while it goes on.
    """

    asked: Asked
    progress: Progress | None = None
    report: FinetuneReport | None = None
    problem: str = ""
    fault: BaseException | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _loss: list[tuple[float, float]] = field(default_factory=list)
    _course: list[tuple[float, float]] = field(default_factory=list)
    _general: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cancel = threading.Event()
        self._begun, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="cwm-finetune", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self.asked.keep()
        self._begun.set()
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon; once training has begun, the best so far is judged and saved."""
        self._cancel.set()
        self._tell()

    @property
    def stopping(self) -> bool:
        return self._cancel.is_set() and self.running

    @property
    def running(self) -> bool:
        return self._begun.is_set() and not self._over.is_set()

    @property
    def done(self) -> bool:
        return self.report is not None or bool(self.problem)

    def wait(self, seconds: float) -> bool:
        """Wait so long for its end; whether it has come."""
        # An interrupted `join` would make Python 3.11 believe that the thread had ended.
        return self._over.wait(seconds)

    @property
    def curves(self) -> Curves:
        """What is known of the training; of a run that is saved, all of its points."""
        if self.report is not None and self.report.curve:
            known = Curves.of(self.report.curve)
            return replace(known, loss=self._loss or known.loss)
        return Curves(list(self._loss), list(self._course), list(self._general))

    @property
    def share(self) -> float:
        """How much of the time is over, from 0 to 1."""
        if self.done:
            return 1.0
        left = None if self.progress is None else self.progress.seconds_left
        whole = 60 * self.asked.minutes
        return 0.0 if left is None else min(0.99, max(0.0, 1 - left / whole))

    def told(self) -> str:
        """What it is doing, in a sentence."""
        if self.problem:
            return self.problem
        if self.report is not None:
            return f"{self.report.name} is saved: {self.report.verdict.text}."
        now = self.progress
        parts = ["Beginning"] if now is None else self._stage(now)
        if self.stopping:
            parts.append("stopping: the best so far is kept")
        return ", ".join(parts) + "."

    def _stage(self, now: Progress) -> list[str]:
        parts = [_STAGES.get(now.stage, now.stage)]
        if now.stage == "train":
            known = now.total <= 60 * self.asked.minutes  # else it goes by steps
            parts.append(_time(now.done) + (f" of {_time(now.total)}" if known else ""))
        elif now.total > 1:
            parts.append(f"{now.done:g} of {now.total:g}")
        if now.seconds_left is not None:
            parts.append(f"about {_time(now.seconds_left)} left in all")
        return parts

    def _work(self) -> None:
        from cwm_lab.training.finetune import Settings, finetune
        from cwm_lab.training.finetune.command import hush

        asked = self.asked
        hush()
        try:
            settings: Any = dict(asked.settings)
            self.report = finetune(
                list(asked.programs),
                name=asked.name,
                model=asked.model,
                minutes=asked.minutes,
                settings=Settings(**settings),
                on_progress=self._hear,
                cancel=self._cancel,
                replace=asked.replace,
                make_default=False,
            )
        except InterruptedError:
            self.problem = "Stopped before training began; nothing was saved."
        except CWMLabError as error:
            self.problem, self.fault = str(error), error
        except Exception as error:  # noqa: BLE001 - nobody else hears what a thread raises
            self.problem = f"Failure of CWM Lab itself: {type(error).__name__}: {error}"
            self.fault = error
        finally:
            if self.done:
                asked.forget()
            self._over.set()
            self._tell()

    def _hear(self, progress: Progress) -> None:
        self.progress = progress
        if progress.stage == "train":
            at = float(progress.done)
            if progress.loss is not None:
                self._loss.append((at, progress.loss))
            for points, value in (
                (self._course, progress.held_out),
                (self._general, progress.general),
            ):
                if value is not None and (not points or points[-1][1] != value):
                    points.append((at, value))
        self._tell()

    def _tell(self) -> None:
        for listener in list(self.listeners):
            try:
                listener()
            except Exception:  # a page that cannot be told must not end hours of training
                logger.exception("a view of the fine-tuning failed")


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


_CURRENT: dict[str, Any] = {}


def current() -> Run | None:
    """The run that goes on in this process, if there is one."""
    run = _CURRENT.get("run")
    return run if isinstance(run, Run) and run.running else None


def begin(run: Run) -> None:
    """Start a run. Raises CWMLabError if one goes on here already."""
    if (other := current()) is not None:
        raise CWMLabError(
            f"{other.asked.name} is being fine-tuned in this notebook already; wait for it, or "
            "cancel it."
        )
    _CURRENT["run"] = run
    run.start()
