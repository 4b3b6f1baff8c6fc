"""Attempts are kept: by several kernels at once, through kills, damage and folders without room."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import cwm_lab
from cwm_lab.courses.attempts import (
    FILE_NAME,
    FOLDER_VARIABLE,
    Attempt,
    AttemptStore,
    AttemptsWarning,
    learner_name,
    store,
)
from cwm_lab.courses.attempts import (
    data_folder as folder_of_the_user,
)
from cwm_lab.courses.migrations import MIGRATIONS


def attempt(answer: str = "3", **changes: object) -> Attempt:
    fields: dict[str, object] = {
        "program": "p" * 32,
        "session": "s",
        "question": "q-1",
        "kind": "value",
        "text": "What is `x`?",
        "answer": answer,
        "truth": "3",
        "verdict": "right",
        "credit": 1.0,
        "rule": None,
        "attempt": 1,
        "seconds": 1.5,
        "confidence": None,
    }
    return Attempt(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_saved_answer_is_on_the_disk_and_in_the_frame(data_folder: Path) -> None:
    store().add(attempt("4", verdict="wrong", credit=0.0, rule="range-end", confidence=0.8))
    store().add(attempt("3", attempt=2))
    with sqlite3.connect(data_folder / FILE_NAME) as connection:
        assert connection.execute("SELECT count(*) FROM attempts").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    frame = cwm_lab.attempts()
    assert list(frame["answer"]) == ["4", "3"]
    assert list(frame["tries"]) == [1, 2]
    assert list(frame["right"]) == [False, True]
    assert frame["rule"].iloc[0] == "range-end"
    assert frame["confidence"].iloc[0] == 0.8
    assert str(frame["at"].dt.tz) == "UTC"
    assert set(frame["who"]) == {learner_name()}
    assert set(frame["version"]) == {cwm_lab.__version__}


def test_without_attempts_the_frame_is_empty_and_no_file_is_made(data_folder: Path) -> None:
    assert len(cwm_lab.attempts()) == 0
    assert "answer" in cwm_lab.attempts().columns
    assert cwm_lab.delete_attempts() == 0
    assert not data_folder.exists()


def test_any_text_can_be_kept(data_folder: Path) -> None:
    for text in ("'; DROP TABLE attempts; --", "\ud800", "a\0b", "é" * 4000, "<script>", ""):
        store().add(attempt(text))
    answers = list(cwm_lab.attempts()["answer"])
    assert len(answers) == 6
    assert answers[1] == "\\ud800"
    assert answers[2] == "a\0b"


def test_deleting_is_one_call_and_for_good(data_folder: Path) -> None:
    for who in ("ada", "ada", "bob"):
        store().add(attempt("a secret answer", who=who))
    assert cwm_lab.delete_attempts(who="ada") == 2
    assert set(cwm_lab.attempts()["who"]) == {"bob"}
    (data_folder / f"{FILE_NAME}.damaged-20200101-000000").write_text("a secret answer")
    assert cwm_lab.delete_attempts() == 1
    assert len(cwm_lab.attempts()) == 0
    left = b"".join(path.read_bytes() for path in data_folder.iterdir())
    assert b"secret" not in left


@pytest.fixture
def helper(tmp_path: Path) -> Path:
    """A folder from which a child process can import this module's `attempt`."""
    (tmp_path / "tests_attempt.py").write_text(
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from tests.courses.test_attempts import attempt\n"
    )
    return tmp_path


@pytest.mark.usefixtures("data_folder")
def test_several_kernels_write_at_once(helper: Path) -> None:
    script = (
        "import sys; from tests_attempt import attempt\n"
        "from cwm_lab.courses.attempts import store\n"
        "for i in range(25): store().add(attempt(f'{sys.argv[1]}-{i}'))\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(n)], cwd=helper) for n in range(4)
    ]
    assert [child.wait(120) for child in children] == [0] * 4
    assert len(set(cwm_lab.attempts()["answer"])) == 100


def test_threads_share_a_store(data_folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store().add(attempt(str(n))), range(40)))
    assert len(cwm_lab.attempts()) == 40


def test_a_killed_kernel_loses_nothing(data_folder: Path) -> None:
    script = (
        "import os, signal\n"
        "import cwm_lab\n"
        "from cwm_lab.courses.attempts import store\n"
        "from cwm_lab.courses.quiz import Quiz\n"
        "trace = cwm_lab.record('x = 1\\nfor i in range(3):\\n    x += i\\nprint(x)')\n"
        "quiz = Quiz(trace, save=store().add)\n"
        "question = quiz.next()\n"
        "quiz.answer(question.truth.text, 0.5)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    child = subprocess.run([sys.executable, "-c", script], timeout=300)
    assert child.returncode == -signal.SIGKILL
    frame = cwm_lab.attempts()
    assert list(frame["verdict"]) == ["right"]
    assert list(frame["confidence"]) == [0.5]


@pytest.mark.parametrize(
    "content",
    [b"this is no database", b"SQLite format 3\0" + b"\xff" * 4096, b"\0" * 100],
)
def test_a_damaged_file_is_set_aside(data_folder: Path, content: bytes) -> None:
    data_folder.mkdir()
    (data_folder / FILE_NAME).write_bytes(content)
    with pytest.warns(AttemptsWarning, match="damaged") as caught:
        store().add(attempt())
    assert len(caught) == 1
    assert len(cwm_lab.attempts()) == 1
    (aside,) = data_folder.glob("*.damaged-*")
    assert aside.read_bytes() == content


def test_a_file_torn_in_the_middle_is_set_aside(data_folder: Path) -> None:
    for number in range(200):
        store().add(attempt(str(number) * 50))
    path = data_folder / FILE_NAME
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    data[4096:20_000] = b"\xaa" * (20_000 - 4096)
    path.write_bytes(data)
    with pytest.warns(AttemptsWarning, match="damaged"):
        cwm_lab.attempts()
    store().add(attempt("after"))
    assert list(cwm_lab.attempts()["answer"]) == ["after"]


@pytest.mark.parametrize(
    "table", ["CREATE TABLE attempts (x)", "CREATE TABLE other (x)", "PRAGMA user_version = 1"]
)
def test_another_program_s_file(data_folder: Path, table: str) -> None:
    data_folder.mkdir()
    connection = sqlite3.connect(data_folder / FILE_NAME)
    connection.execute(table)
    connection.commit()
    connection.close()
    fine = "other" in table
    with _warns("" if fine else "damaged"):
        store().add(attempt())
    assert len(cwm_lab.attempts()) == 1


def test_a_newer_file_is_left_alone(data_folder: Path) -> None:
    store().add(attempt("old"))
    connection = sqlite3.connect(data_folder / FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (data_folder / FILE_NAME).read_bytes()
    with pytest.warns(AttemptsWarning, match="newer version"):
        store().add(attempt("new"))
    store().add(attempt("newer"))  # told once only
    assert list(cwm_lab.attempts()["answer"]) == ["new", "newer"]
    assert (data_folder / FILE_NAME).read_bytes() == before


def test_where_nothing_can_be_written_answers_stay_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv(FOLDER_VARIABLE, str(blocked / "data"))
    with pytest.warns(AttemptsWarning, match=FOLDER_VARIABLE):
        store().add(attempt("1"))
    store().add(attempt("2"))  # told once only
    assert list(cwm_lab.attempts()["answer"]) == ["1", "2"]
    blocked.unlink()  # now there is room, and what waited is written too
    store().add(attempt("3"))
    assert list(AttemptStore(folder_of_the_user()).all()) == store().all()
    assert len(store().all()) == 3


READ_ONLY = """
import os, sys, warnings
from pathlib import Path
from cwm_lab.courses.attempts import AttemptStore, AttemptsWarning
from tests_attempt import attempt
folder = Path(sys.argv[1])
AttemptStore(folder).add(attempt("1"))
for path in [*folder.iterdir(), folder]:
    path.chmod(0o555)
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
store = AttemptStore(folder)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    store.add(attempt("2"))
    assert [a.answer for a in store.all()] == ["1", "2"], store.all()
assert [w.category for w in caught] == [AttemptsWarning], caught
"""


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are of another kind there")
def test_a_read_only_folder_is_read(helper: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # not below pytest's, which is root's alone
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        run = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(data)], cwd=helper, timeout=300, check=False
        )
        data.chmod(0o700)
        assert run.returncode == 0


def test_a_kernel_that_holds_the_file_is_waited_for(data_folder: Path) -> None:
    store().add(attempt("1"))
    holder = sqlite3.connect(data_folder / FILE_NAME, isolation_level=None, timeout=0)
    holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store().add, attempt("2"))
        assert len(AttemptStore(data_folder).all()) == 1  # readers do not wait
        holder.execute("COMMIT")
        waiting.result(60)
    holder.close()
    assert len(cwm_lab.attempts()) == 2


def test_the_folder_is_the_user_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert folder_of_the_user() == tmp_path / "cwm-lab"
    monkeypatch.setenv(FOLDER_VARIABLE, "~/somewhere")
    assert folder_of_the_user() == Path.home() / "somewhere"


def test_who_is_learning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert learner_name() == "ada"
    monkeypatch.delenv("JUPYTERHUB_USER")

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert learner_name() == "unknown"


def test_importing_stays_light() -> None:
    script = (
        "import sys, cwm_lab, cwm_lab.courses.attempts, cwm_lab.courses.quiz\n"
        "heavy = {'torch', 'transformers', 'pandas', 'IPython', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=300)


@contextmanager
def _warns(words: str) -> Iterator[None]:
    if not words:
        yield
        return
    with pytest.warns(AttemptsWarning, match=words):
        yield
