"""How traces and comparisons look in a terminal: content, widths, colour, hostile text."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from cwm_lab.terminal import (
    GLYPHS,
    PIPED_WIDTH,
    console_for,
    print_comparison,
    print_evaluation,
    print_trace,
    progress,
)
from cwm_lab.trace import SCORE_NAMES, Outcome, Program, Step, Trace, compare
from cwm_lab.training.scores import RESYNCED, Evaluation, Row

SOURCE = """\
def count(word, letter):
    n = 0
    for c in word:
        n += int(c == letter)
    return n

print(count("rar", "r"))
"""
PROGRAM = Program(SOURCE, filename="count.py")


def counted(n: str, *, origin: str = "python", output: str | None = None) -> Trace:
    """A trace of SOURCE, cut to one round of the loop, in which n becomes `n`."""
    steps = [
        Step("line", 1),
        Step("line", 7, locals={"count": "<function count>"}),
        Step("call", 1, "count", 1, {"word": "'rar'", "letter": "'r'"}),
        Step("line", 2, "count", 1),
        Step("line", 3, "count", 1, {"n": "0"}),
        Step("line", 4, "count", 1, {"c": "'r'"}),
        Step("line", 3, "count", 1, {"n": n}),
        Step("line", 5, "count", 1, removed=("c",)),
        Step("return", 5, "count", 1, value=n),
        Step("return", 7, value="None", stdout=f"{n}\n" if output is None else output),
    ]
    model = "builtin" if origin == "model" else None
    return Trace(PROGRAM, steps, Outcome(), origin, model)  # type: ignore[arg-type]


def shown(printer: object, thing: object, width: int = 100, *, colour: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    printer(console, thing)  # type: ignore[operator]
    return file.getvalue()


def test_a_trace_tells_lines_changes_calls_and_output_in_order() -> None:
    text = shown(print_trace, counted("1"))
    expected = [
        "count.py  10 steps  run by Python",
        "def count(word, letter):",
        "count = <function count>",
        "→ count(word = 'rar', letter = 'r')",
        "n = 0",
        "c = 'r'",
        "n = 1",
        "c gone",
        "← returns 1",
        "» 1",
        "finished",
    ]
    position = 0
    for part in expected:
        assert part in text[position:], f"{part!r} is missing or out of order in\n{text}"
        position = text.index(part, position)


def test_source_is_indented_by_depth() -> None:
    rows = shown(print_trace, counted("1")).splitlines()
    starts = [row.find("def count") for row in rows if "def count" in row]
    assert starts[1] == starts[0] + 2


def test_a_wrong_value_stands_beside_the_right_one() -> None:
    text = shown(print_comparison, compare(counted("7", origin="model"), counted("1")))
    row = next(line for line in text.splitlines() if "n = 7" in line)
    assert row.startswith(GLYPHS["value"][0])
    assert row.index("n = 7") < row.index("n = 1")
    assert "model » 7" in text
    assert "Python » 1" in text
    assert "First divergence at step 7, line 3: n is 1, the model said 7." in text
    assert "step_accuracy 0.70" in text


def test_a_right_prediction_is_all_ticks() -> None:
    text = shown(print_comparison, compare(counted("1", origin="model"), counted("1")))
    firsts = [line[0] for line in text.splitlines() if line]
    assert firsts.count(GLYPHS["match"][0]) == 10
    assert not {glyph for name, (glyph, _) in GLYPHS.items() if name != "match"} & set(firsts)
    assert "The prediction is right in all 10 steps." in text


def test_missing_extra_and_other_place_have_their_marks() -> None:
    actual = counted("1")
    short = actual.with_steps(actual.steps[:5])
    elsewhere = actual.with_steps([*actual.steps[:5], Step("line", 5, "count", 1)])
    missing = shown(print_comparison, compare(short, actual))
    extra = shown(print_comparison, compare(actual, short))
    path = shown(print_comparison, compare(elsewhere, actual.with_steps(actual.steps[:6])))
    assert sum(line.startswith(GLYPHS["missing"][0]) for line in missing.splitlines()) == 5
    assert sum(line.startswith(GLYPHS["extra"][0]) for line in extra.splitlines()) == 5
    assert sum(line.startswith(GLYPHS["path"][0]) for line in path.splitlines()) == 1
    assert "is at line 5 (line)" in path


@pytest.mark.parametrize("width", [30, 40, 60, 75, 76, 80, 120, 200])
def test_no_row_is_wider_than_the_terminal(width: int) -> None:
    long = counted("'" + "long value " * 30 + "'", origin="model")
    for text in (
        shown(print_trace, long, width),
        shown(print_comparison, compare(long, counted("1")), width),
    ):
        assert max(cell_len(line) for line in text.splitlines()) <= width
        # A value is wrapped, never cut.
        assert text.count("value") >= 30


@pytest.mark.parametrize("width", [40, 100])
def test_text_of_the_program_cannot_steer_the_terminal(width: int) -> None:
    evil = counted("1", output="\x1b[2J[bold]boo[/bold]\r\x07\n")
    text = shown(print_trace, evil, width, colour=True)
    assert "\\x1b[2J[bold]boo[/bold]\\r\\x07" in text
    assert "\x1b[2J" not in text
    assert "\r" not in text
    assert "\x07" not in text


def test_no_colour_and_a_fixed_width_when_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    file = io.StringIO()
    console = console_for(file)
    assert console.width == PIPED_WIDTH
    print_trace(console, counted("1"))
    assert "\x1b" not in file.getvalue()


def test_no_color_is_honoured_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = Terminal()
    print_trace(console_for(coloured), counted("1"))
    assert "\x1b[32m" in coloured.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    print_trace(console_for(plain), counted("1"))
    assert "\x1b[3" not in plain.getvalue()


def test_lines_of_the_context_are_found() -> None:
    program = Program("f(1)", context="def f(x):\n    return x")
    steps = [Step("line", 1), Step("call", -1, "f", 1, {"x": "1"}), Step("line", -2, "f", 1)]
    text = shown(print_trace, Trace(program, steps))
    assert "def f(x):" in text
    assert "return x" in text


def test_an_evaluation_lists_programs_and_means() -> None:
    def row(file: str, tags: tuple[str, ...], score: float) -> Row:
        scores = dict.fromkeys((*SCORE_NAMES, RESYNCED), score)
        bare = dict.fromkeys(SCORE_NAMES, score / 2)
        return Row(file, tags, 5, 10, scores, 1.0, 0, judged=((0.75, True),), bare=bare)

    rows = [row("good.py", ("ints",), 1.0), row("bad.py", (), 0.0)]
    evaluation = Evaluation("some", rows, 4.0)
    lines = shown(print_evaluation, evaluation).splitlines()
    assert [line[0] for line in lines if ".py" in line] == [
        GLYPHS["match"][0],
        GLYPHS["value"][0],
    ]
    means = {line.split()[0]: line.split()[1:] for line in lines if line.endswith("%")}
    assert means["ints"] == ["1", "100%", "100%", "100%", "100%"]
    assert means["all"] == ["2", "50%", "50%", "50%", "50%"]
    whole = " ".join(" ".join(lines).split())
    assert "without scratchpad 2 25% 25% 25% –" in whole
    assert "10.0 predicted steps a second in one process, 0.50 programs a second in all" in whole
    assert "expected calibration error of steps 0.250" in whole
    narrow = shown(print_evaluation, Evaluation("m", [row("x" * 90 + ".py", (), 1.0)]), 60)
    assert max(map(cell_len, narrow.splitlines())) <= 60


def test_progress_is_silent_without_a_terminal() -> None:
    file = io.StringIO()
    with progress(console_for(file), "working", 2) as advance:
        advance()
    assert file.getvalue() == ""
