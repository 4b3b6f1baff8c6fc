"""A folder or zip as one program: what the entry reaches, in one namespace, line for line."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cwm_lab import compare, record
from cwm_lab.errors import BadProgramError
from cwm_lab.trace import Program
from cwm_lab.worldmodel.cwm.asked import ask_about
from cwm_lab.worldmodel.repository import repository_program

FILES = {
    "src/shop/__init__.py": "from .core.prices import total as sum_up\n",
    "src/shop/core/__init__.py": "",
    "src/shop/core/prices.py": '''\
"""Prices."""
from __future__ import annotations
import math as m
from typing import TYPE_CHECKING
from . import tax
from .items import *

if TYPE_CHECKING:
    from .broken import Huge

RATE = 2
NAMES = []
NAMES.append("a")

def total(text: str, more: Huge | None = None) -> int:
    items = [parse(part) for part in text.split(",")]
    rate = 0
    for item in items:
        rate += tax.rate(item.price)
    return m.floor(rate) + sum(item.price for item in items) * RATE + len(NAMES)

def never(x):
    return x

if __name__ == "__main__":
    RATE = 5
''',
    "src/shop/core/tax.py": """\
RATE = 0.5
CALLS = 0

def rate(price):
    global CALLS
    CALLS += 1
    return price * RATE
""",
    "src/shop/core/items.py": """\
class Item:
    def __init__(self, price):
        self.price = price

    def __repr__(self):
        return f"Item({self.price})"

def parse(text):
    from shop.helpers import clean as c
    return Item(int(c(text)))
""",
    "src/shop/helpers.py": "def clean(text):\n    return text.strip()\n",
    "src/shop/core/broken.py": "x = (\n",
    "src/shop/core/odd.py": "import shop.helpers\nm = shop.helpers\ndef f():\n    return m\n",
    "src/.hidden/shop.py": "x = (\n",
}


@pytest.fixture(params=["folder", "zip"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "zip":
        with zipfile.ZipFile(tmp_path / "repo.zip", "w") as archive:
            for name, text in FILES.items():
                archive.writestr(f"repo-main/{name}", text)
        return tmp_path / "repo.zip"
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_the_entry_reaches_is_one_program_that_runs(place: Path) -> None:
    made = repository_program(place, 'shop:sum_up("1, 2")')
    context = made.program.context
    assert "never" not in context
    assert "Huge" not in context.replace("'Huge | None'", "")
    assert "def rate_tax(price):" in context  # `rate` is a local name of `total`
    assert "RATE_tax = 0.5" in context
    assert "global CALLS" in context
    trace = record(made.program)
    assert trace.outcome.kind == "finished"
    calls = [step.function for step in trace.steps if step.event == "call"]
    assert calls[:2] == ["total", "parse"]
    (result,) = [s.value for s in trace.steps if s.event == "return" and s.function == "total"]
    assert result == "8"


def test_each_line_is_found_again_in_its_file(place: Path) -> None:
    made = repository_program(place, 'shop.core.prices:total("1")')
    lines = made.program.context.splitlines()
    assert len(lines) == len(made.origins)
    for number, line in enumerate(lines, 1):
        where = made.where(-number)
        if where is None:
            continue
        path, _, at = where.partition(":")
        true = FILES[path.removeprefix("repo-main/")].splitlines()[int(at) - 1]
        assert len(line) - len(line.lstrip()) == len(true) - len(true.lstrip())
        assert line == true or line.split()[0] in ("return", "rate", "def", "pass", "RATE_tax")


def test_a_model_is_shown_what_fits_the_nearest_first(place: Path) -> None:
    program = repository_program(place, 'shop:sum_up("1, 2")').program

    def size(pieces: object) -> int:
        return sum(len(p) for p in pieces if isinstance(p, str))  # type: ignore[attr-defined]

    whole = size(ask_about(program).prompt)
    words = ("def total", "def parse", "def clean")
    seen = []
    for room in range(whole, 300, -50):
        shown = ask_about(program, size, room).shown.context
        if (kept := [word in shown for word in words]) not in seen:
            seen.append(kept)
    assert seen[0] == [True, True, True]
    assert [True, True, False] in seen
    assert all(kept == sorted(kept, reverse=True) for kept in seen)


def test_what_cannot_be_flattened_is_noted(place: Path) -> None:
    made = repository_program(place, "shop.core.odd:f()")
    assert "uses the module shop.helpers as a value" in made.notes[0]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("shop", "is not MODULE:EXPRESSION"),
        ("shop:sum_up(", "is not an expression"),
        ("shop:x = 1", "is not an expression"),
        ("nothing:f()", "has no module nothing"),
        ("shop.core.prices:totl(1)", "has no totl; it has: NAMES, RATE, never, total"),
        ("shop.core.broken:f()", "line 1 of .*broken.py is not Python"),
    ],
)
def test_what_is_wrong_is_one_sentence(place: Path, entry: str, says: str) -> None:
    with pytest.raises(BadProgramError, match=says) as caught:
        repository_program(place, entry)
    assert "\n" not in str(caught.value)


def test_what_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadProgramError, match=r"has no \*.py files"):
        repository_program(tmp_path, "a:f()")
    with pytest.raises(BadProgramError, match="No such file"):
        repository_program(tmp_path / "none", "a:f()")
    (tmp_path / "text").write_text("x")
    with pytest.raises(BadProgramError, match="neither a folder nor a zip"):
        repository_program(tmp_path / "text", "a:f()")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("x = 1\n")
    with pytest.raises(BadProgramError, match="several modules a"):
        repository_program(tmp_path, "a:x")
    (tmp_path / "a.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(BadProgramError, match="not UTF-8"):
        repository_program(tmp_path, "a:x")


def test_the_command_predicts_an_entry(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "mod.py").write_text(
        "from .other import add\ndef f(n):\n    return add(n)\n"
    )
    (tmp_path / "pkg" / "other.py").write_text("def add(n):\n    return n + 1\n")
    command = [Path(sys.executable).with_name("cwm-lab"), "predict", "--repo", str(tmp_path)]
    run = subprocess.run(
        [*command, "--entry", "pkg.mod:f(3)", "--json"], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert document["origins"][1] == ["pkg/other.py", 1]
    actual = record(Program.from_json(document["program"]))
    assert compare(actual, actual).first_divergence is None
    assert [step["line"] for step in document["steps"]][:1] == [1]
    run = subprocess.run(command, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "--repo needs --entry" in run.stderr
