"""`%%predict` in an IPython shell, with the built-in model and the real recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.notebook.conftest import Notebook

STRAWBERRY = """%%predict
def count_letters(word, letter):
    n = 0
    for c in word:
        n += int(c == letter)
    return n

print(count_letters("strawberry", "r"))
"""


def test_a_cell_is_predicted_run_and_compared(notebook: Notebook) -> None:
    shown = notebook.run(STRAWBERRY)
    assert shown.ok
    assert notebook.names["count_letters"]("papaya", "p") == 2
    (bundle,) = shown.bundles
    assert "Predicted (builtin)" in bundle["text/plain"]
    assert "Python: 28 steps, finished" in bundle["text/plain"]
    assert "<table>" in bundle["text/html"]


def test_running_a_cell_again_records_the_same(notebook: Notebook) -> None:
    first, again = notebook.run(STRAWBERRY), notebook.run(STRAWBERRY)
    assert first.bundles == again.bundles


def test_the_last_value_is_shown_and_kept(notebook: Notebook) -> None:
    assert notebook.run("%%predict\nx = 20\nx + 1").value == 21
    assert notebook.names["_"] == 21
    assert notebook.run("%%predict\nx = 20\nx + 1;").value is None


def test_names_of_earlier_cells_are_used_and_changed(notebook: Notebook) -> None:
    notebook.run("def double(x):\n    return x + x\n\nwords = ['a']\nn = 1")
    shown = notebook.run("%%predict\nwords.append(double('b'))\nn = n + 1\nlen(words)")
    assert shown.ok
    assert (notebook.names["words"], notebook.names["n"]) == (["a", "bb"], 2)
    assert "call double" in shown.bundles[0]["text/html"]


def test_names_that_only_a_function_uses_stay_out_of_sight(notebook: Notebook) -> None:
    notebook.run("n = 'from before'\nword = 'too'")
    html = notebook.run(STRAWBERRY).bundles[0]["text/html"]
    assert "from before" not in html
    assert notebook.names["n"] == "from before"


def test_a_crash_is_shown_as_after_any_cell(notebook: Notebook) -> None:
    shown = notebook.run("%%predict\ndef f(x):\n    return 1 / x\n\nbefore = 1\nf(0)")
    assert isinstance(shown.error, ZeroDivisionError)
    assert notebook.names["before"] == 1
    assert "f(0)" in shown.text
    assert "return 1 / x" in shown.text
    assert "cwm_lab" not in shown.text
    assert "ZeroDivisionError" in shown.bundles[0]["text/plain"]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("", "cell body is empty"),
        ("# nothing yet\n", "The cell is empty"),
        ("def f(:\n    pass", "SyntaxError"),
        ("print('started')\nreturn 3", "'return' outside function"),
        ("print('started')\n!ls", "Line 2, '!ls', is a shell command"),
        ("print('started')\n%matplotlib inline", "is a notebook command"),
        ("print('started')\nawait g()", "Line 2 uses `await`"),
        ("import no_such_module_here", "No module named 'no_such_module_here'"),
        ("while True:\n    pass", "stopped after 2 seconds"),
        ("import time\nprint(1)\ntime.sleep(9999)", "stopped after 2 seconds"),
        ("print('x' * 10_000_000)", "printed too much"),
        (
            "class B:\n    def __repr__(self):\n        raise KeyError\nb = B()\nbs = [b]",
            "finished",
        ),
        ("input()\ninput()", "asked for more input than the --input lines given"),
    ],
)
def test_bad_input_gives_one_clear_message(notebook: Notebook, cell: str, says: str) -> None:
    shown = notebook.run(f"%%predict --max-seconds 2 --input only\n{cell}")
    assert says in shown.plain
    assert "started" not in shown.text.replace("print('started')", "")  # nothing half run
    assert "cwm_lab/" not in shown.plain
    assert notebook.run("%%predict\nok = 1").ok  # and the notebook goes on


def test_past_the_step_limit_the_cell_goes_on(notebook: Notebook) -> None:
    cell = "print('before')\nn = 0\nwhile n < 5000:\n    n += 1\nprint('after', n)\nn + 1"
    shown = notebook.run(f"%%predict --max-steps 9\n{cell}")
    assert (shown.ok, shown.value, notebook.names["n"]) == (True, 5001, 5000)
    assert "after 5000\n" in shown.text
    assert "Only the first 9 steps are recorded; the cell went on" in shown.plain
    shown = notebook.run(f"%%predict --max-steps 9\n{cell} / 0")
    assert isinstance(shown.error, ZeroDivisionError)
    shown = notebook.run(f"%%predict --max-steps 9 --sandbox\n{cell}")
    assert "Python was stopped after 9 steps" in shown.plain


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--max-steps 0", "not a number of steps above 0"),
        ("--max-seconds soon", "not a number of seconds above 0"),
        ("--bogus", "unrecognized arguments: --bogus"),
        ("--model no-such-model", "no-such-model"),
    ],
)
def test_bad_options_say_so(notebook: Notebook, line: str, says: str) -> None:
    assert says in notebook.run(f"%%predict {line}\nx = 1").plain


def test_a_model_that_fails_does_not_stop_the_cell(notebook: Notebook) -> None:
    shown = notebook.run("%%predict --model no-such-model\nx = 5\nx")
    assert shown.ok
    assert shown.value == 5
    assert "No prediction: " in shown.plain


def test_scripted_input(notebook: Notebook) -> None:
    shown = notebook.run('%%predict --input "two words" -i 3\na = input("? ")\nb = int(input())')
    assert shown.ok
    assert (notebook.names["a"], notebook.names["b"]) == ("two words", 3)


def test_the_sandbox_leaves_the_notebook_alone(notebook: Notebook) -> None:
    notebook.run("xs = [1]")
    shown = notebook.run("%%predict --sandbox\nxs.append(2)\nmade = xs")
    assert "made: " not in shown.text
    assert notebook.names["xs"] == [1]
    assert "made" not in notebook.names
    assert "made = [1, 2]" in shown.bundles[0]["text/html"]


def test_configuration(notebook: Notebook) -> None:
    notebook.run("%config CWMLab.max_steps = 3")
    shown = notebook.run("%%predict\nfor i in range(9):\n    pass")
    assert "Only the first 3 steps are recorded" in shown.plain
    notebook.run("%config CWMLab.model = 'no-such-model'")
    assert "no-such-model" in notebook.run("%%predict\nx = 1").plain


def test_values_the_model_cannot_be_told_are_named(notebook: Notebook) -> None:
    notebook.run("import collections\nd = collections.deque([1])")
    shown = notebook.run("%%predict\nlen(d)")
    assert shown.value == 1
    assert "not told about d (deque)" in shown.plain


def test_loading_is_silent_and_light(notebook: Notebook) -> None:
    shown = notebook.run("%load_ext cwm_lab")
    assert shown.ok
    assert shown.plain == ""
