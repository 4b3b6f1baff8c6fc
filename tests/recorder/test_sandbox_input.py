"""What is no program at all, and limits that are none: one clear error, and nothing crashes."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from cwm_lab.errors import BadProgramError
from cwm_lab.recorder import record
from cwm_lab.trace import Program

DEEP = {
    "minus": "-" * 10_000 + "1",
    "not": "not " * 10_000 + "x",
    "power": "1" + "**1" * 10_000,
    "attributes": "a" + ".a" * 10_000,
    "calls": "f" + "()" * 10_000,
    "sums": "1" + "+1" * 10_000,
    "lambdas": "lambda: " * 10_000 + "1",
    "conditions": "1 if 1 else " * 10_000 + "1",
    "elifs": "if a: pass\n" + "elif a: pass\n" * 10_000,
    # This one crashes Python's compiler, and must not crash us.
    "comprehension": "[a " + "for a in b " * 80_000 + "]",
}
REFUSED = {
    "a null byte": ("x = '\0'\n", "null byte"),
    "five megabytes": ("x = 1\n" * 900_000, "limit is 1,000,000"),
    "half a character": ("x = '\ud800'\n", "not readable as Python"),
}
BRACKETS = "(" * 10_000 + ")" * 10_000


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("sandbox", [True, False])
def test_nesting(name: str, sandbox: bool) -> None:
    if name == "comprehension" and not sandbox:
        pytest.skip("in this process it would crash the tests")
    with pytest.raises(BadProgramError, match="<cell> is nested too deeply"):
        record(DEEP[name], max_seconds=60, sandbox=sandbox)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("sandbox", [True, False])
def test_text_that_is_no_program(name: str, sandbox: bool) -> None:
    source, says = REFUSED[name]
    with pytest.raises(BadProgramError, match=says):
        record(source, sandbox=sandbox)


def test_brackets_are_an_ordinary_syntax_error() -> None:
    outcome = record(BRACKETS).outcome
    assert (outcome.kind, outcome.message) == ("syntax-error", "too many nested parentheses")


@pytest.mark.parametrize("context", ["x = '\0'", "x = 1\n" * 200_000, DEEP["minus"]])
def test_context_that_is_no_program(context: str) -> None:
    with pytest.raises(BadProgramError, match="<context>"):
        record(Program("y = 1", context=context))


def test_a_large_program_that_is_one() -> None:
    source = "x = [" + "1, " * 100_000 + "]\n"
    trace = record(source, max_seconds=120)
    assert trace.outcome.kind == "finished"
    assert trace.steps[-1].locals.keys() == {"x"}


@pytest.mark.parametrize("name", ["max_steps", "max_seconds", "max_memory", "max_output"])
@pytest.mark.parametrize("value", [0, -1, -math.inf, math.nan])
@pytest.mark.parametrize("sandbox", [True, False])
def test_limits_that_are_none(name: str, value: float, sandbox: bool) -> None:
    if name == "max_output" and value == 0:
        value = -0.5  # no output at all is a limit
    if name == "max_memory" and not sandbox:
        pytest.skip("only the sandbox has this limit")
    with pytest.raises(ValueError, match="limits must be positive"):
        record("x = 1\n", sandbox=sandbox, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["max_steps", "max_seconds", "max_memory", "max_output"])
def test_limits_that_are_no_numbers(name: str) -> None:
    for value in ("5", None):
        with pytest.raises(TypeError, match=f"{name} must be a number, not {value!r}"):
            record("x = 1\n", **{name: value})  # type: ignore[arg-type]


def test_one_text_is_no_list_of_lines() -> None:
    for stdin in ("abc", [3]):
        with pytest.raises(TypeError, match="stdin must be a list of lines"):
            record("input()\n", stdin=stdin)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="stdin must be a list of lines"):
            Program("input()\n", stdin=stdin)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must be text"):
        record(b"x = 1\n")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["max_steps", "max_seconds", "max_memory", "max_output"])
@pytest.mark.parametrize("value", [10**30, math.inf])
def test_limits_without_end(name: str, value: float) -> None:
    assert record("x = 1\n", **{name: value}).outcome.kind == "finished"  # type: ignore[arg-type]


def cli(*arguments: str, text: bytes | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cwm-lab")), "trace", *arguments],
        input=text,
        capture_output=True,
        timeout=300,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x = '\xff\xfe'\n", "UTF-8"),
        (b"x = '\0'\n", "null byte"),
        (b"x = 1\n" * 900_000, "limit is 1,000,000"),
        (DEEP["minus"].encode(), "nested too deeply"),
        (DEEP["elifs"].encode(), "nested too deeply"),
        (DEEP["comprehension"].encode(), "nested too deeply"),
    ],
    ids=["bytes", "null", "large", "minus", "elifs", "crash"],
)
def test_the_command_says_it_in_one_line(content: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    file.write_bytes(content)
    for done in (cli(str(file), "--json"), cli("-", "--json", text=content)):
        assert done.returncode == 2
        assert done.stdout == ""
        assert says in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "option", [("--max-steps", "0"), ("--max-steps", "-1"), ("--max-seconds", "nan")]
)
def test_the_command_refuses_limits_that_are_none(option: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "good.py"
    file.write_text("x = 1\n")
    done = cli(str(file), *option)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
