"""The contracts of the command line, by running the installed `cwm-lab` as other programs do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cwm_lab import compare, predict, record
from cwm_lab.trace import COMPARISON_SCHEMA, SCORE_NAMES, Program, Trace

COMMAND = str(Path(sys.executable).with_name("cwm-lab"))
GREETING = 'n = int(input())\nprint("n is", n + 1)\n'
VERDICTS = {"match", "value", "path", "missing", "extra"}


def run(*arguments: object, text: str | bytes | None = None) -> subprocess.CompletedProcess[str]:
    stdin = text.encode() if isinstance(text, str) else text
    done = subprocess.run(
        [COMMAND, *map(str, arguments)], input=stdin or b"", capture_output=True, timeout=300
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def document(*arguments: object, text: str | None = None) -> Any:
    """The JSON document a command prints; nothing else may be on either stream."""
    done = run(*arguments, "--json", text=text)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def refused(*arguments: object, text: str | bytes | None = None) -> str:
    """The one line on standard error with which a command is refused with status 2."""
    done = run(*arguments, text=text)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("cwm-lab")
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("\n")
    return done.stderr


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "greeting.py"
    path.write_text('# tags: ints input\n# stdin: ["41"]\n' + GREETING)
    return path


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("cwm-lab 0.")
    done = run("--help")
    assert done.returncode == 0
    for name in ("trace", "predict", "compare", "evaluate", "train"):
        assert name in done.stdout


def test_trace_json_is_the_recorders_trace(program: Path) -> None:
    data = document("trace", program)
    source = program.read_text()
    expected = record(Program(source, filename=str(program), stdin=("41",)))
    assert data == expected.to_json()
    assert Trace.from_json(data).output == "41\nn is 42\n"


def test_stdin_option_overrides_the_comment(program: Path) -> None:
    assert Trace.from_json(document("trace", program, "--stdin", "6")).output == "6\nn is 7\n"


def test_stdin_option_repeats(tmp_path: Path) -> None:
    path = tmp_path / "two.py"
    path.write_text("print(input() + input())\n")
    data = document("trace", path, "--stdin", "a b", "--stdin", "c")
    assert Trace.from_json(data).output == "a b\nc\na bc\n"
    assert data["program"]["stdin"] == ["a b", "c"]


def test_dash_reads_the_program_from_standard_input() -> None:
    data = document("trace", "-", text="x = 2 * 3\n")
    assert data["program"]["filename"] == "<stdin>"
    assert Trace.from_json(data).state_at(1) == {"x": "6"}


def test_predict_json_is_the_models_trace(program: Path) -> None:
    data = document("predict", program)
    expected = predict(Program(program.read_text(), filename=str(program), stdin=("41",)))
    assert data == expected.to_json()
    assert data["origin"] == "model"


def test_compare_json_is_the_comparison(program: Path) -> None:
    data = document("compare", program)
    whole = Program(program.read_text(), filename=str(program), stdin=("41",))
    assert data == compare(predict(whole), record(whole)).to_json()
    assert data["schema"] == COMPARISON_SCHEMA
    assert set(SCORE_NAMES) <= set(data["scores"])
    assert {step["verdict"] for step in data["steps"]} <= VERDICTS


def test_evaluate_json(program: Path, tmp_path: Path) -> None:
    folder = tmp_path / "more" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("# tags: ints\nx = 1\n")
    (folder / "b.py").write_text("x = 1 +\n")
    (folder / "notes.txt").write_text("not a program")
    data = document("evaluate", tmp_path)
    assert data["programs"] == 3
    assert [row["file"] for row in data["rows"]] == [
        str(program),
        str(folder / "a.py"),
        str(folder / "b.py"),
    ]
    assert data["rows"][0]["tags"] == ["ints", "input"]
    assert data["by_tag"]["ints"]["programs"] == 2
    for row in data["rows"]:
        assert {"steps", "seconds", "first_divergence", *SCORE_NAMES} <= row.keys()
    for name in SCORE_NAMES:
        mean = sum(row[name] for row in data["rows"]) / 3
        assert data["scores"][name] == pytest.approx(mean)


@pytest.mark.parametrize("command", ["trace", "predict", "compare"])
def test_a_person_gets_a_table_without_colour_in_a_pipe(command: str, program: Path) -> None:
    done = run(command, program)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "n = int(input())" in done.stdout
    assert "\x1b" not in done.stdout
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.stdout)


@pytest.mark.parametrize("command", ["trace", "predict", "compare"])
def test_a_syntax_error_is_a_finished_answer(command: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("x = (1\nprint(x\n")
    done = run(command, path)
    assert done.returncode == 0
    assert "SyntaxError" in done.stdout
    if command != "compare":
        assert document(command, path)["outcome"]["kind"] == "syntax-error"


def test_a_program_that_crashes_is_done(tmp_path: Path) -> None:
    path = tmp_path / "crash.py"
    path.write_text("x = [1]\nx[3]\n")
    outcome = document("trace", path)["outcome"]
    assert outcome == {
        "kind": "raised",
        "type": "IndexError",
        "message": "list index out of range",
        "line": 2,
    }


def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "endless.py"
    path.write_text("while True:\n    pass\n")
    data = document("trace", path, "--max-steps", 7)
    assert data["outcome"]["kind"] == "step-limit"
    assert len(data["steps"]) == 7
    path.write_text("import time\nx = 1\ntime.sleep(9999)\n")
    assert document("trace", path, "--max-seconds", 0.5)["outcome"]["kind"] == "time-limit"
    path.write_text("x = 0\nwhile x == x:\n    x = 1\n")
    assert document("predict", path, "--max-seconds", 1e-6)["outcome"]["kind"] == "time-limit"


@pytest.mark.parametrize("source", ["", "\n\n", "# only a comment\n", "\ufeffx = 1\n", "x = 1\r\n"])
def test_odd_but_fine_files(source: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_bytes(source.encode())
    assert document("trace", path)["outcome"]["kind"] == "finished"
    assert run("trace", path).returncode == 0


def test_a_value_that_no_encoding_can_write(tmp_path: Path) -> None:
    path = tmp_path / "lone.py"
    path.write_text("x = '\\ud800'\nprint('\\u00e9\\u4e16')\n")
    assert document("trace", path)["outcome"]["kind"] == "finished"
    assert run("trace", path).returncode == 0


@pytest.mark.parametrize("command", ["trace", "predict", "compare"])
def test_unreadable_input(command: str, tmp_path: Path) -> None:
    assert "No such file" in refused(command, tmp_path / "none.py")
    assert "directory" in refused(command, tmp_path).lower()
    path = tmp_path / "bad.py"
    path.write_bytes(b"x = '\xff'\n")
    assert "UTF-8" in refused(command, path)
    path.write_bytes(b"x = '\0'\n")
    assert "null byte" in refused(command, path)
    path.write_text("# stdin: [3\n# stdin: [3,]\n")
    assert "stdin comment" in refused(command, path)
    assert "UTF-8" in refused(command, "-", text=b"\xff")


def test_unreadable_folder(tmp_path: Path) -> None:
    assert "not a folder" in refused("evaluate", tmp_path / "none")
    assert "no *.py" in refused("evaluate", tmp_path)
    (tmp_path / "bad.py").write_bytes(b"\xff")
    assert "bad.py" in refused("evaluate", tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("trace",),
        ("trace", "a.py", "b.py"),
        ("trace", "a.py", "--max-steps", "-1"),
        ("trace", "a.py", "--max-steps", "0"),
        ("trace", "a.py", "--max-steps", "many"),
        ("trace", "a.py", "--max-seconds", "-2"),
        ("trace", "a.py", "--max-seconds", "nan"),
        ("trace", "a.py", "--max-seconds", "inf"),
        ("trace", "a.py", "--model", "builtin"),
        ("evaluate", ".", "--workers", "0"),
    ],
)
def test_bad_usage(arguments: tuple[str, ...]) -> None:
    refused(*arguments)


@pytest.mark.parametrize("command", ["predict", "compare", "evaluate"])
def test_unknown_model(command: str, program: Path) -> None:
    assert "no-such-model" in refused(command, program, "--model", "no-such-model")


def test_train_forwards_its_arguments() -> None:
    done = run("train", "--help")
    assert done.returncode == 0
    assert "--seed" in done.stdout


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("for i in range(400):\n    x = 'some text to fill the pipe' * 4\n")
    process = subprocess.Popen(
        [COMMAND, "trace", str(path), "--max-steps", "1000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=300) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.skipif(sys.platform != "linux", reason="sees in /proc that the command is at work")
def test_interrupt(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text("import time\ntime.sleep(9999)\n")
    process = subprocess.Popen(
        [COMMAND, "trace", str(path), "--max-seconds", "9999"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and not children.read_text():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert output == b""
    assert errors.decode() == "cwm-lab: interrupted\n"
