"""Traces, comparisons and evaluations as a person reads them in a terminal.

Each `print_*` writes to the rich Console it is given, which knows the width and whether there is
colour. Rows are laid out here rather than by a rich Table, so that a long trace is written row by
row and a narrow terminal gets another layout instead of slivers of columns.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import IO, TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from cwm_lab.trace.program import source_lines

if TYPE_CHECKING:
    from cwm_lab.trace import Comparison, Program, Step, StepPair, Trace, Verdict
    from cwm_lab.training.scores import Evaluation

NARROW = 76
"""Below this many columns, what changes stands under the source line, not beside it."""
PIPED_WIDTH = 120
"""Width of what goes to a file or another program."""
INDENT = 2
MAX_INDENT = 16

GLYPHS: dict[Verdict, tuple[str, str]] = {
    "match": ("✓", "green"),
    "value": ("≠", "yellow"),
    "path": ("↷", "magenta"),
    "missing": ("−", "red"),
    "extra": ("+", "red"),
}
_RIGHT, _WRONG = "bold green", "bold red"
_ABSENT = Text("·", "dim")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        # rich would end the process with status 1; what it means is for the caller to say.
        raise BrokenPipeError


def console_for(file: IO[str]) -> Console:
    """A Console for an open text file: plain and wide if it is no terminal."""
    console = _Console(file=file, highlight=False, emoji=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console


def print_trace(console: Console, trace: Trace) -> None:
    """Every step: its number, line, source, the names that changed, and what is returned.

    Output stands where it was written: above the step before which it was.
    """
    _title(console, trace.program, f"{len(trace)} steps", _origin(trace))
    layout = _Layout.of(console, trace.program, len(trace), sides=1)
    layout.header(console, ("new or changed before the line runs",))
    for number, step in enumerate(trace.steps, 1):
        _output(console, layout, step.stdout, "", "green")
        layout.row(console, Text(""), number, step, (_told(step),))
    _outcome(console, "", trace)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Predicted and actual trace side by side, the first divergence, and the scores."""
    predicted, actual = comparison.predicted, comparison.actual
    sizes = f"{len(predicted)} steps predicted, {len(actual)} actual"
    _title(console, actual.program, sizes, _origin(predicted))
    longest = max(len(predicted), len(actual))
    layout = _Layout.of(console, actual.program, longest, sides=2)
    layout.header(console, ("the model says", "Python does"))
    for pair in comparison.steps:
        _print_pair(console, layout, pair, comparison)
    console.print()
    _outcome(console, "model:  ", predicted)
    _outcome(console, "Python: ", actual)
    right = comparison.first_pair is None and comparison.scores["outcome_exact"] == 1
    console.print(Text(_visible(comparison.summary()), _RIGHT if right else _WRONG))
    _scores(console, comparison.scores)


def print_evaluation(console: Console, evaluation: Evaluation) -> None:
    """One line a program, then the means, in all and by tag."""
    names = max((cell_len(row.file) for row in evaluation.rows), default=0)
    names = min(names, max(20, console.width - 44))
    console.print(Text(f"   {'program':<{names}}  steps  prefix  right  re-synced   time", "dim"))
    for row in evaluation.rows:
        exact = row.scores["trace_exact"] == 1
        line = Text.assemble(GLYPHS["match" if exact else "value"], "  ")
        name = Text(_visible(row.file))
        name.truncate(names, overflow="ellipsis", pad=True)
        line.append_text(name)
        line.append(f"  {row.steps:5}  {row.scores['prefix_accuracy']:6.0%}")
        line.append(f"  {row.scores['step_accuracy']:5.0%}")
        line.append(f"  {_resynced(row.scores)}  {row.seconds:4.1f}s")
        console.print(line, no_wrap=True, overflow="ellipsis")
    console.print()
    console.print(
        Text(f"{'':18}programs  traces exact  output exact  steps right  re-synced", "dim")
    )
    for tag, scores in evaluation.by_tag.items():
        console.print(_means(tag, int(scores["programs"]), scores))
    console.print(_means("all", len(evaluation.rows), evaluation.scores), style="bold")
    if bare := evaluation.without_scratchpad:
        console.print(_means("without scratchpad", len(evaluation.rows), bare))
    _scores(console, evaluation.scores)
    console.print(
        f"{evaluation.steps_per_second:.1f} predicted steps a second in one process, "
        f"{evaluation.programs_per_second:.2f} programs a second in all"
    )
    error, of_values = evaluation.calibration_error, evaluation.value_calibration_error
    if error is not None:
        values = "" if of_values is None else f", of values {of_values:.3f}"
        console.print(f"expected calibration error of steps {error:.3f}{values}")


@contextmanager
def progress(
    console: Console, label: str, total: int | None = None
) -> Iterator[Callable[[], None]]:
    """A bar that the yielded function advances by one; nothing at all if there is no terminal."""
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


class _Layout:
    """Where the columns stand: glyph, step, line, source, and one or two sides of values."""

    def __init__(self, width: int, program: Program, steps: int, sides: int) -> None:
        self.narrow = width < NARROW
        self.lines = program.lines
        self.context = source_lines(program.context)
        self.step_width = max(4, len(str(steps)))
        self.line_width = max(4, len(str(len(self.lines))))
        margin = 2 + self.step_width + 1 + self.line_width + 2
        longest = max((cell_len(line) for line in self.lines), default=0) + INDENT
        free = max(width - margin, 20)
        if self.narrow:
            self.source_width = free
            self.side_width = max((width - 4 - 2 * (sides - 1)) // sides, 8)
        else:
            self.source_width = min(max(longest, 20), free * (2 if sides == 1 else 1) // 4 + 12)
            self.side_width = (free - self.source_width) // sides - 2
        self.margin = margin

    @classmethod
    def of(cls, console: Console, program: Program, steps: int, *, sides: int) -> _Layout:
        return cls(console.width, program, steps, sides)

    def header(self, console: Console, sides: Sequence[str]) -> None:
        head = f"  {'step':>{self.step_width}} {'line':>{self.line_width}}  "
        if self.narrow:
            console.print(Text(head + "source", "dim"))
            self._sides(console, [Text(side, "dim") for side in sides], Text("    "))
        else:
            lead = Text(head + f"{'source':<{self.source_width}}  ", "dim")
            self._sides(console, [Text(side, "dim") for side in sides], lead)

    def row(
        self, console: Console, glyph: Text, number: int, step: Step, sides: Sequence[Text]
    ) -> None:
        lead = glyph.copy()
        lead.truncate(2, pad=True)
        lead.append(f"{number:>{self.step_width}} ", "dim")
        lead.append(f"{step.line:>{self.line_width}}  ", "cyan")
        source = Text(" " * min(step.depth * INDENT, MAX_INDENT))
        source.append(_visible(self._source(step.line)))
        source.truncate(self.source_width, overflow="ellipsis", pad=not self.narrow)
        lead.append_text(source)
        if not self.narrow:
            self._sides(console, sides, lead.append("  "))
            return
        console.print(lead, no_wrap=True, overflow="ellipsis")
        if any(sides):
            self._sides(console, sides, Text("    "))

    def note(self, console: Console, text: Text) -> None:
        """A line of its own under a row, where the source stands."""
        space = " " * (4 if self.narrow else self.margin)
        for line in text.wrap(console, max(console.width - len(space), 20)):
            console.print(Text.assemble(space, line), no_wrap=True)

    def _sides(self, console: Console, sides: Sequence[Text], lead: Text) -> None:
        wrapped = [side.wrap(console, self.side_width) for side in sides]
        blank = Text(" " * lead.cell_len)
        for i, cells in enumerate(zip_longest(*wrapped, fillvalue=Text(""))):
            line = (blank if i else lead).copy()
            for cell in cells:
                padded = cell.copy()
                padded.truncate(self.side_width, pad=True)
                line.append_text(padded).append("  ")
            line.rstrip()
            console.print(line, no_wrap=True, overflow="ignore", crop=False)
        if not any(wrapped):
            lead.rstrip()
            console.print(lead, no_wrap=True, overflow="ignore", crop=False)

    def _source(self, line: int) -> str:
        lines, index = (self.lines, line - 1) if line > 0 else (self.context, -line - 1)
        return lines[index].rstrip() if 0 <= index < len(lines) else "?"


def _print_pair(console: Console, layout: _Layout, pair: StepPair, comparison: Comparison) -> None:
    left = None if pair.predicted is None else comparison.predicted.steps[pair.predicted]
    right = None if pair.actual is None else comparison.actual.steps[pair.actual]
    step = right or left
    assert step is not None
    index = pair.predicted if pair.actual is None else pair.actual
    glyph = Text.assemble(GLYPHS[pair.verdict])
    wrong = set(pair.names) if pair.verdict == "value" else None
    sides = [
        _ABSENT if side is None else _told(side, wrong, style, against=other)
        for side, other, style in ((left, right, _WRONG), (right, left, _RIGHT))
    ]
    if pair.verdict == "path" and left is not None:
        sides[0] = Text(f"is at line {left.line} ({left.event}) ", _WRONG).append_text(_told(left))
    if left is not None and right is not None and left.stdout == right.stdout:
        _output(console, layout, right.stdout, "", "green")
    else:
        for said, label, style in ((left, "model ", _WRONG), (right, "Python ", _RIGHT)):
            _output(console, layout, said.stdout if said else "", label, style)
    layout.row(console, glyph, (index or 0) + 1, step, sides)


def _told(
    step: Step, wrong: set[str] | None = None, style: str = "bold", *, against: Step | None = None
) -> Text:
    """What a step says: call, new and changed names, value. `wrong` names stand in `style`."""
    wrong = wrong or set()
    parts: list[Text] = []
    names = [
        Text(f"{name} = {_visible(value)}", style if name in wrong else "")
        for name, value in step.locals.items()
    ]
    if step.event == "call":
        verb = "resume " if step.detail == "resume" else "→ "
        parts.append(Text.assemble((verb + step.function, "bold cyan"), "("))
        parts[-1].append_text(Text(", ").join(names)).append(")")
    else:
        parts += names
    parts += [Text(f"{n} gone", style if n in wrong else "dim") for n in step.removed]
    if against is not None:
        unsaid = [n for n in against.locals if n in wrong and n not in step.locals]
        parts += [Text(f"{n} unchanged", style) for n in unsaid]
    value = _visible(step.value or "None")
    if step.event == "return" and step.function == "<module>" and "return" not in wrong:
        parts.append(Text("the end", "dim"))
    elif step.event == "return":
        verb = "yields" if step.detail == "yield" else "returns"
        parts.append(Text(f"← {verb} {value}", style if "return" in wrong else "cyan"))
    elif step.event == "exception":
        parts.append(Text(f"✗ {value}", style if "return" in wrong else "bold red"))
    return Text("  ").join(parts)


def _output(console: Console, layout: _Layout, output: str, label: str, style: str) -> None:
    for line in output.removesuffix("\n").split("\n") if output else ():
        layout.note(console, Text(f"{label}» {_visible(line)}", style))


def _title(console: Console, program: Program, size: str, origin: str) -> None:
    console.print(Text.assemble((_visible(program.filename), "bold"), f"  {size}  ", origin))


def _origin(trace: Trace) -> str:
    return "run by Python" if trace.origin == "python" else f"predicted by {trace.model}"


def _outcome(console: Console, label: str, trace: Trace) -> None:
    style = "green" if trace.outcome.kind == "finished" else "bold red"
    console.print(Text.assemble(label, (_visible(str(trace.outcome)), style)))


def _scores(console: Console, scores: Mapping[str, float]) -> None:
    text = Text("  ".join(f"{name} {value:.2f}" for name, value in scores.items()), "dim")
    for line in text.wrap(console, console.width):
        line.rstrip()
        console.print(line)


def _resynced(scores: Mapping[str, float]) -> str:
    share = scores.get("resynced_step_accuracy")
    return f"{'–':>9}" if share is None else f"{share:9.0%}"


def _means(label: str, programs: int, scores: Mapping[str, float]) -> Text:
    return Text(
        f"{label:<18}{programs:8}  {scores['trace_exact']:12.0%}"
        f"  {scores['output_exact']:12.0%}  {scores['step_accuracy']:11.0%}"
        f"  {_resynced(scores)}"
    )


def _visible(text: str) -> str:
    """Text whose control characters, which could steer the terminal, are written as escapes."""
    return "".join(
        c if c.isprintable() else "    " if c == "\t" else c.encode("unicode_escape").decode()
        for c in text
    )
