"""`%cwm finetune`: a form where somebody can fill it in; with everything said, a run at once."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal
import threading
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.display import display

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.config import CWMLab
from cwm_lab.notebook.shell import someone_answers, tell

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from cwm_lab.notebook.finetuning.running import Run
    from cwm_lab.training.finetune import FinetuneReport

_WRITE = "write %cwm finetune PROGRAMS --name NAME [--minutes M]."
_POLL = 0.2
_SOON = 0.3
"""Seconds after which a kernel has put its own interrupt handler back."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CWMLabError(f"{message}; {_WRITE}")


def finetune_magic(shell: InteractiveShell, config: CWMLab, line: str) -> FinetuneReport | None:
    """Show the form; or, where programs and a name are given, fine-tune and return the report.

    Raises CWMLabError for what cannot be, KeyboardInterrupt for a second interrupt: the first one
    keeps the best so far.
    """
    from cwm_lab.notebook.finetuning.running import Asked

    given = _given(line)
    asked = Asked(
        tuple(given.programs), given.name or "", given.minutes,
        given.model or _without_adapter(config.model), given.replace,
        {name: value for name in _settings() if (value := getattr(given, name)) is not None},
    )  # fmt: skip

    def choose(spec: str) -> None:
        from cwm_lab.worldmodel.adapters import set_default

        set_default(spec)
        config.model = spec

    browser = getattr(shell, "kernel", None) is not None and someone_answers(shell)
    if asked.programs and asked.name:
        return _run(shell, asked, choose, browser=browser)
    if not browser:
        raise CWMLabError(f"nobody can fill in a form here; {_WRITE}")
    from cwm_lab.notebook.finetuning.form import FinetuneForm

    form = FinetuneForm(asked, choose, lambda run: stop_by_interrupt(shell, run))
    form.handle = display(form, display_id=True)
    return None


def _given(line: str) -> argparse.Namespace:
    parser = _Parser(prog="%cwm finetune", add_help=False)
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--name")
    parser.add_argument("--model")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--replace", action="store_true")
    for name, kind in _settings().items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind)
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CWMLabError(f"{error}; put a path with blanks into quotes.") from None
    return parser.parse_args(words)


def _settings() -> dict[str, type]:
    """The numbers of `Settings`, which have no field in the form."""
    from cwm_lab.training.finetune import Settings

    usual = {one.name: one.default for one in fields(Settings)}
    kinds = {name: type(value) for name, value in usual.items() if type(value) in (int, float)}
    return {**kinds, "mix": float, "steps": int}


def _without_adapter(model: str) -> str:
    """What a reader would train: the model that predicts, as it was before."""
    from cwm_lab.worldmodel.specs import ModelSpec, parse_spec

    try:
        spec = parse_spec(model)
    except CWMLabError:
        return "builtin"
    if spec.kind not in ("builtin", "local"):
        return "builtin"
    options = {name: value for name, value in spec.options.items() if name != "adapter"}
    return str(ModelSpec(spec.kind, spec.place, spec.model, options))


def _run(shell: InteractiveShell, asked: Any, choose: Any, *, browser: bool) -> FinetuneReport:
    from cwm_lab.notebook.finetuning.running import Run, begin
    from cwm_lab.notebook.finetuning.view import RunView
    from cwm_lab.worldmodel.adapters import check_name

    check_name(asked.name)
    run = Run(asked)
    begin(run)
    view = RunView(run, choose, cancels=False, interactive=browser)
    if browser:
        view.handle = display(view, display_id=True)
    terminal = getattr(shell, "kernel", None) is None
    _wait(run, say=terminal and someone_answers(shell))
    if run.report is None:
        raise run.fault if isinstance(run.fault, CWMLabError) else CWMLabError(run.problem)
    if not browser:
        display(view)
    return run.report


def _wait(run: Run, *, say: bool) -> None:
    """Until it has ended; an interrupt has it end soon, a second one leaves it alone."""
    said: object = None
    while True:
        try:
            if run.wait(_POLL):
                return
            if say and run.progress is not None and run.progress.stage != said:
                said = run.progress.stage
                tell(run.told())
        except KeyboardInterrupt:
            if run.stopping:
                raise
            run.cancel()


def stop_by_interrupt(shell: InteractiveShell, run: Run) -> None:
    """While the run goes on and no cell does, the kernel's interrupt cancels it."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    if threading.current_thread() is not threading.main_thread():
        return
    before: list[Any] = []

    def heard(number: int, frame: Any) -> None:
        run.cancel()

    def install() -> None:
        if run.running:
            before.append(signal.signal(signal.SIGINT, heard))
            run.listeners.append(ended)

    def ended() -> None:
        if run.done and before:
            with suppress(RuntimeError):  # the kernel is ending
                loop.call_soon_threadsafe(restore)

    def restore() -> None:
        if before and signal.getsignal(signal.SIGINT) is heard:
            signal.signal(signal.SIGINT, before.pop())

    loop.call_later(_SOON, install)
