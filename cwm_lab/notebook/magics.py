"""The `%%predict` cell magic: its options, and nothing else."""

from __future__ import annotations

import ast
from argparse import ArgumentTypeError

from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from cwm_lab.notebook.config import CWMLab
from cwm_lab.notebook.live import First
from cwm_lab.notebook.model_magic import config_of
from cwm_lab.notebook.session import Options, predict_cell


def _text(argument: str) -> str:
    """An option's text without its quotes, which IPython leaves on."""
    if len(argument) > 1 and argument[0] == argument[-1] and argument[0] in "'\"":
        try:
            return str(ast.literal_eval(argument))
        except (SyntaxError, ValueError):
            return argument[1:-1]
    return argument


def _steps(argument: str) -> int:
    if not argument.isdecimal() or int(argument) < 1:
        raise ArgumentTypeError(f"{argument} is not a number of steps above 0")
    return int(argument)


def _seconds(argument: str) -> float:
    try:
        seconds = float(argument)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{argument} is not a number of seconds above 0")
    return seconds


def _first(defaults: CWMLab) -> First:
    """The switch in the player: whether the next cells ask first."""

    def switch(on: bool | None) -> bool:
        if on is not None:
            defaults.me = "questions" if on else "off"
        return str(defaults.me) != "off"

    return switch


@magics_class
class PredictMagics(Magics):
    """`%%predict`: a world model predicts the cell, Python runs it, a player shows both."""

    @magic_arguments()
    @argument("--model", "-m", type=_text, help="World model: see %%cwm model.")
    @argument(
        "--input",
        "-i",
        action="append",
        default=[],
        type=_text,
        metavar="TEXT",
        help="A line that input() reads; repeat for more. Without it you are asked.",
    )
    @argument("--max-steps", type=_steps, help="Most steps predicted and recorded.")
    @argument("--max-seconds", type=_seconds, help="Longest time the cell may really run.")
    @argument(
        "--sandbox",
        action="store_true",
        help="Run the cell in a process of its own; its names do not stay in the notebook.",
    )
    @argument(
        "--me",
        nargs="?",
        const="questions",
        choices=("questions", "table", "off"),
        help="You predict first: answer questions, or fill in the whole table step by step.",
    )
    @argument("--plain", action="store_true", help="With --me: ask in plain text, not in a widget.")
    @argument("--seed", type=int, default=0, help="With --me: another number asks other questions.")
    @cell_magic
    def predict(self, line: str, cell: str) -> None:
        """Predict this cell step by step, run it for real, and compare."""
        given = parse_argstring(self.predict, line)
        shell = self.shell
        assert shell is not None  # magics that were registered have their shell
        defaults = config_of(shell)
        me = given.me or defaults.me
        predict_cell(
            shell,
            cell,
            Options(
                model=given.model or defaults.model,
                max_steps=defaults.max_steps if given.max_steps is None else given.max_steps,
                max_seconds=(
                    defaults.max_seconds if given.max_seconds is None else given.max_seconds
                ),
                predict_seconds=defaults.predict_seconds,
                stdin=tuple(given.input),
                sandbox=given.sandbox,
                me="" if me == "off" else me,
                plain=given.plain,
                seed=given.seed,
                learner=defaults.learner,
                first=_first(defaults),
            ),
        )
