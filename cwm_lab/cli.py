"""`cwm-lab`: the command line, a thin face over trace, recorder, world model and evaluation.

Standard output carries the answer and nothing else; errors are one line on standard error.
Exit status: 0 done (a traced program that crashed is done), 2 bad usage or unreadable input,
1 our failure, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from cwm_lab.errors import BadProgramError, CWMLabError
from cwm_lab.trace.formats import FORMATS

if TYPE_CHECKING:
    from rich.console import Console

    from cwm_lab.trace import Program, Trace
    from cwm_lab.worldmodel import Notice

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
MIN_PROGRAMS_A_WORKER = 4
"""Starting a worker process costs about as much as evaluating a few programs."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the process's exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A traced program may hold characters that this terminal cannot show.
            stream.reconfigure(errors="backslashreplace")
    try:
        if arguments[:1] == ["train"]:
            return _train(arguments[1:])
        if arguments[:1] == ["corpus"]:
            return _corpus(arguments[1:])
        if arguments[:1] == ["calibrate"]:
            return _calibrate(arguments[1:])
        if arguments[:1] == ["finetune"]:
            return _finetune(arguments[1:])
        if arguments[:1] == ["adapters"]:
            return _adapters(arguments[1:])
        if arguments[:1] == ["serve"]:
            return _serve(arguments[1:])
        options = _parser().parse_args(arguments)
        if getattr(options, "model", "") is None:
            from cwm_lab.worldmodel.registry import usual_model

            options.model, problem = usual_model()
            if problem:
                sys.stderr.write(f"cwm-lab: {problem}\n")
        options.run(options)
        sys.stdout.flush()
    except CWMLabError as error:
        return _complain(str(error), USAGE)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # noqa: BLE001 - the last place where it can become one clear line
        if os.environ.get("CWM_LAB_DEBUG"):
            traceback.print_exc()
        notes = " ".join(getattr(error, "__notes__", ()))
        message = f"failure of cwm-lab itself: {type(error).__name__}: {error} {notes}".rstrip()
        return _complain(message + " (CWM_LAB_DEBUG=1 shows where)", FAILED)
    return DONE


class _Result(Protocol):
    def to_json(self) -> dict[str, object]: ...


R = TypeVar("R", bound=_Result)
Run = Callable[[argparse.Namespace], None]


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cwm-lab",
        description="Trace programs, let a world model predict their traces, and compare.",
    )
    parser.add_argument("--version", action="version", version=f"cwm-lab {version('cwm-lab')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def command(name: str, run: Run, about: str, *, model: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", help="print one JSON document")
        sub.add_argument(
            "--stdin",
            action="append",
            metavar="TEXT",
            help="a line for input(); repeatable; overrides the file's # stdin: [...]",
        )
        sub.add_argument("--max-steps", type=_count, default=1000, metavar="N")
        sub.add_argument("--max-seconds", type=_seconds, metavar="S")
        if model:
            sub.add_argument(
                "--model",
                metavar="SPEC",
                help="builtin, local:PATH_OR_HUB_NAME, openai:URL#MODEL or hosted:URL, each also "
                "with ?adapter=NAME (default: see cwm-lab adapters default)",
            )
        return sub

    trace = command("trace", _trace, "run a program and show its real trace", model=False)
    predict = command("predict", _predict, "show the trace that a model imagines; runs nothing")
    compare = command("compare", _compare, "show predicted and real trace side by side")
    for sub in (trace, predict):
        sub.add_argument("--format", choices=FORMATS, help="print the trace as one document")
    show = commands.add_parser("show", help="show or convert a stored trace", allow_abbrev=False)
    show.set_defaults(run=_stored)
    show.add_argument("--json", action="store_true", help="print one JSON document")
    show.add_argument("--format", choices=FORMATS, help="print the trace as one document")
    show.add_argument(
        "file",
        metavar="TRACE.json",
        help="a trace, also one of Python Tutor; - reads standard input",
    )
    for sub in (trace, predict, compare):
        what = sub.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", metavar="FILE", help="a Python file; - for stdin")
        what.add_argument("--repo", type=Path, metavar="PATH", help="a folder or zip of files")
        sub.add_argument(
            "--entry",
            metavar="MODULE:EXPR",
            help='with --repo: where to begin, as in "pkg.mod:func(3)"',
        )
    evaluate = command("evaluate", _evaluate, "score a model on all *.py files of a folder")
    evaluate.add_argument("dir", metavar="DIR", type=Path)
    evaluate.add_argument("--workers", type=_count, metavar="N", help="processes to use")
    evaluate.add_argument(
        "--resynced",
        action="store_true",
        help="also judge each step alone, predicted from the true state before it",
    )
    evaluate.add_argument(
        "--without-scratchpad",
        action="store_true",
        help="also score answers that are given at once, without working values out first",
    )
    evaluate.add_argument(
        "--report", type=_page, metavar="OUT.html", help="also draw the scores as one HTML page"
    )
    commands.add_parser(
        "serve", help="serve a model to a class, and its tokens (see cwm-lab serve --help)"
    )
    commands.add_parser(
        "adapters",
        help="what fine-tuning made: list, show, default, remove, export, import "
        "(see cwm-lab adapters --help)",
    )
    commands.add_parser(
        "finetune",
        help="make a model good at a course's own programs (see cwm-lab finetune --help)",
    )
    commands.add_parser("train", help="train the built-in model (see cwm-lab train --help)")
    commands.add_parser(
        "calibrate", help="make a model's confidence honest (see cwm-lab calibrate --help)"
    )
    commands.add_parser("corpus", help="make training examples (see cwm-lab corpus --help)")
    return parser


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def _page(text: str) -> Path:
    """A file that can be written, seen before the work of hours that is to go into it."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: no such folder")
    return path


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (0 < number < math.inf):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number


def _trace(options: argparse.Namespace) -> None:
    _check_format(options)
    program, more = _asked(options)
    _show_trace(options, _recorded(options, program), more)


def _predict(options: argparse.Namespace) -> None:
    _check_format(options)
    program, more = _asked(options)
    if notices := _warned(options, program):
        more["envelope"] = [asdict(notice) for notice in notices]
    _show_trace(options, _predicted(options, program), more)


def _stored(options: argparse.Namespace) -> None:
    from cwm_lab.errors import BadTraceError
    from cwm_lab.trace.formats import loads

    _check_format(options)
    try:
        text = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    except OSError as error:
        raise BadTraceError(f"cannot read {options.file}: {error.strerror}") from error
    _show_trace(options, loads(text))


def _check_format(options: argparse.Namespace) -> None:
    if options.json and options.format not in (None, "json"):
        raise CWMLabError(f"--json and --format {options.format} are two documents; choose one")


def _show_trace(
    options: argparse.Namespace, trace: Trace, more: dict[str, Any] | None = None
) -> None:
    from cwm_lab.terminal import print_trace

    if options.format in (None, "json"):
        options.json = options.json or options.format == "json"
        _show(options, trace, print_trace, more)
        return
    from cwm_lab.trace.formats import dumps

    sys.stdout.write(dumps(trace, options.format).removesuffix("\n") + "\n")


def _compare(options: argparse.Namespace) -> None:
    from cwm_lab.terminal import print_comparison
    from cwm_lab.trace import compare

    program, _ = _asked(options)
    _warned(options, program)
    predicted = _predicted(options, program)
    _show(options, compare(predicted, _recorded(options, program)), print_comparison)


def _evaluate(options: argparse.Namespace) -> None:
    from cwm_lab.terminal import console_for, print_evaluation, progress
    from cwm_lab.training.evaluate import evaluate
    from cwm_lab.training.program_files import program_files

    paths = program_files(options.dir)
    if not paths:
        what = "has no *.py files" if options.dir.is_dir() else "is not a folder"
        raise BadProgramError(f"{options.dir} {what}")
    spare = os.cpu_count() or 1
    with progress(console_for(sys.stderr), "evaluating", len(paths)) as advance:
        evaluation = evaluate(
            paths,
            model=options.model,
            stdin=options.stdin,
            max_steps=options.max_steps,
            max_seconds=options.max_seconds,
            workers=options.workers or min(spare, len(paths) // MIN_PROGRAMS_A_WORKER),
            resynced=options.resynced,
            without_scratchpad=options.without_scratchpad,
            on_program=lambda _row: advance(),
        )
    if options.report is not None:
        from cwm_lab.training.report import html_report

        options.report.write_text(
            html_report(evaluation, options.dir.resolve().name), encoding="utf-8"
        )
    _show(options, evaluation, print_evaluation)


def _train(arguments: list[str]) -> int:
    try:
        from cwm_lab.training.train import main as train

        return train(arguments)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("cwm_lab"):
            raise
        raise CWMLabError(
            f"training needs {error.name}, which is not installed: pip install 'cwm-lab[local]'"
        ) from error


def _corpus(arguments: list[str]) -> int:
    from cwm_lab.training.build import main as corpus

    try:
        return corpus(arguments)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("cwm_lab"):
            raise
        raise CWMLabError(
            f"this needs {error.name}, which is not installed: pip install 'cwm-lab[corpus]'"
        ) from error


def _finetune(arguments: list[str]) -> int:
    from cwm_lab.training.finetune.command import main as finetune

    return finetune(arguments)


def _adapters(arguments: list[str]) -> int:
    from cwm_lab.worldmodel.adapters.command import main as adapters

    return adapters(arguments)


def _calibrate(arguments: list[str]) -> int:
    from cwm_lab.training.calibrate import main as calibrate

    return calibrate(arguments)


def _asked(options: argparse.Namespace) -> tuple[Program, dict[str, Any]]:
    """The program that is meant, and what the JSON says of it besides."""
    if options.repo is None:
        if options.entry is not None:
            raise CWMLabError("--entry goes with --repo PATH.")
        return _program(options), {}
    if options.entry is None:
        raise CWMLabError('--repo needs --entry MODULE:EXPRESSION, as in "pkg.mod:func(3)".')
    from cwm_lab.worldmodel.repository import repository_program

    made = repository_program(options.repo, options.entry, options.stdin or ())
    for note in made.notes:
        print(f"cwm-lab: note: {note}", file=sys.stderr)
    return made.program, {"origins": list(made.origins)}


def _serve(arguments: list[str]) -> int:
    try:
        from cwm_lab.server.running import main as serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("cwm_lab"):
            raise
        raise CWMLabError(
            f"serving needs {error.name}, which is not installed: pip install 'cwm-lab[server]'"
        ) from error
    return serve(arguments)


def _program(options: argparse.Namespace) -> Program:
    from cwm_lab.training.program_files import make_program, read_program

    if options.file != "-":
        return read_program(Path(options.file), stdin=options.stdin)
    try:
        source = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadProgramError("standard input is not UTF-8 text") from error
    return make_program(source, "<stdin>", stdin=options.stdin)


def _recorded(options: argparse.Namespace, program: Program) -> Trace:
    from cwm_lab.recorder import record
    from cwm_lab.training.program_files import RECORD_SECONDS

    seconds = options.max_seconds or RECORD_SECONDS
    return record(program, max_steps=options.max_steps, max_seconds=seconds)


def _warned(options: argparse.Namespace, program: Program) -> tuple[Notice, ...]:
    """What of the program the built-in model does not know, said before it is predicted."""
    from cwm_lab.worldmodel.specs import names_builtin

    if not names_builtin(options.model):
        return ()
    from cwm_lab.worldmodel import envelope

    notices = envelope(program)
    for notice in notices:
        print(f"cwm-lab: note: {notice}", file=sys.stderr)
    return notices


def _predicted(options: argparse.Namespace, program: Program) -> Trace:
    from cwm_lab.terminal import console_for, progress
    from cwm_lab.worldmodel import predict

    with progress(console_for(sys.stderr), "predicting") as advance:
        return predict(
            program,
            model=options.model,
            max_steps=options.max_steps,
            max_seconds=options.max_seconds,
            on_step=lambda _step: advance(),
        )


def _show(
    options: argparse.Namespace,
    result: R,
    print_result: Callable[[Console, R], None],
    more: dict[str, Any] | None = None,
) -> None:
    if options.json:
        json.dump({**result.to_json(), **(more or {})}, sys.stdout)
        sys.stdout.write("\n")
    else:
        from cwm_lab.terminal import console_for

        print_result(console_for(sys.stdout), result)


def _complain(message: str, status: int) -> int:
    print("cwm-lab: " + " ".join(message.split()), file=sys.stderr)
    return status
