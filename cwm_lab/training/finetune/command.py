"""`cwm-lab finetune`: the steps on standard error, the report on standard output.

    cwm-lab finetune week3/ extra.ipynb --name week3

Several processes or machines:
    accelerate launch --multi_gpu --num_processes 2 $(which cwm-lab) finetune week3/ --name week3
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

from cwm_lab.errors import CWMLabError, FinetuneError
from cwm_lab.training.finetune.outcome import FinetuneReport
from cwm_lab.training.finetune.page import html_page
from cwm_lab.training.finetune.progress import Progress
from cwm_lab.training.finetune.run import finetune
from cwm_lab.training.finetune.settings import TARGETS, Settings
from cwm_lab.training.finetune.show import shown
from cwm_lab.training.finetune.words import text_report

_MINUTES = 15.0


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status. Raises CWMLabError."""
    options = _parser().parse_args(arguments)
    settings = Settings(
        **{
            key: value
            for key in Settings.__dataclass_fields__
            if (value := getattr(options, key, None)) is not None
        }
    )
    if options.report is not None and not options.report.parent.is_dir():
        raise FinetuneError(f"{options.report} cannot be written: no such folder.")
    first = os.environ.get("RANK", "0") == "0"
    hush()
    try:
        with _interruptible() as cancel, shown(sys.stderr if first else None) as tell:
            report = finetune(
                options.programs,
                name=options.name,
                model=options.model,
                minutes=options.minutes,
                settings=settings,
                on_progress=tell,
                cancel=cancel,
                replace=options.replace,
                make_default=not options.no_default,
            )
            if first:
                page = _write(report, options.report)
                tell(Progress("report", 1, 1, note=str(page)))
    except InterruptedError:
        raise FinetuneError("stopped before there was anything to save.") from None
    if first:
        _say(report, page, as_json=options.json)
    return 0


def _write(report: FinetuneReport, path: Path | None) -> Path:
    """The page, by default beside the adapters."""
    from cwm_lab.worldmodel.adapters import adapters_folder

    place = path or adapters_folder() / ".reports" / f"{report.name}.html"
    try:
        place.parent.mkdir(exist_ok=True)
        place.write_text(html_page(report), encoding="utf-8")
    except OSError as error:
        raise FinetuneError(
            f"the adapter {report.name} was saved, but its report cannot be written to {place}: "
            f"{error.strerror}."
        ) from error
    return place


def _say(report: FinetuneReport, page: Path, *, as_json: bool) -> None:
    if as_json:
        json.dump(report.to_json() | {"report": str(page)}, sys.stdout)
        sys.stdout.write("\n")
        return
    sys.stdout.write(text_report(report))
    sys.stdout.write(f"The whole report: {page}\n")


def hush() -> None:
    """What libraries say to their developers is not said to instructors, in this process."""
    import logging
    import warnings

    warnings.filterwarnings("ignore", module="transformers")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


@contextmanager
def _interruptible() -> Iterator[Event]:
    """Ctrl-C asks for an end with the best so far; a second one ends at once."""
    cancel = Event()

    def stop(*_: Any) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        sys.stderr.write("\nstopping with the best so far (once more: at once)\n")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise CWMLabError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cwm-lab finetune",
        description="Make the world model good at a course's own programs (LoRA), and tell whether "
        "it became so.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "programs",
        nargs="+",
        metavar="PROGRAMS",
        help="folders, .py files, notebooks, Markdown lessons, or the word history for the "
        "%%predict cells that IPython remembers",
    )
    parser.add_argument("--name", required=True, help="what to call the adapter, such as week3")
    parser.add_argument(
        "--model",
        default="builtin",
        metavar="SPEC",
        help="what to train: builtin (default) or local:FOLDER?quantize=4bit",
    )
    parser.add_argument(
        "--minutes", type=float, default=_MINUTES, metavar="M", help="for everything (default 15)"
    )
    parser.add_argument(
        "--replace", action="store_true", help="let it replace an adapter of that name, if it helps"
    )
    parser.add_argument(
        "--no-default",
        action="store_true",
        help="do not make it the model that predicts by default",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--report", type=Path, metavar="OUT.html", help="where to draw the report")
    defaults = Settings()
    for name, kind, about in (
        ("rank", int, "of the adapter's matrices (default: by the model's size)"),
        ("rate", float, "learning rate (default: by the model's size)"),
        ("mix", float, "share of general programs mixed in (default: by the model's size)"),
        ("hold", float, f"how strongly to hold to the base elsewhere (default {defaults.hold:g})"),
        ("variations", int, f"of each program (default {defaults.variations})"),
        ("batch", int, f"tokens of a training step (default {defaults.batch})"),
        ("held-out", float, f"share of programs to judge by (default {defaults.held_out:g})"),
        ("general", int, f"programs of the general set (default {defaults.general})"),
        ("steps", int, "training steps at most (default: by the time)"),
        ("workers", int, "processes in which programs run (default: one a core)"),
        ("context", int, "tokens of a training text of a larger model"),
        ("seed", int, "another one splits and varies otherwise"),
    ):
        parser.add_argument(f"--{name}", type=kind, metavar="N", help=about)
    parser.add_argument(
        "--targets",
        type=lambda text: tuple(text.split(",")),
        metavar="A,B",
        help=f"matrices that get an adapter (default {','.join(TARGETS)})",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
