"""What is installed: the wheel's contents, and what importing the package loads."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cwm_lab.recorder import COMPILED

HEAVY = (
    "IPython accelerate anywidget bitsandbytes fastapi ipywidgets numpy pandas peft rich torch "
    "transformers"
).split()


def loaded_after(statement: str) -> set[str]:
    """Top-level modules that are loaded once a fresh Python has run statement."""
    code = f"import sys\n{statement}\nprint(*{{m.partition('.')[0] for m in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_after("import cwm_lab")
    assert "cwm_lab" in loaded
    assert not loaded & set(HEAVY)


def test_loading_the_notebook_extension_does_not_load_torch() -> None:
    loaded = loaded_after(
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.instance().run_line_magic('load_ext', 'cwm_lab')"
    )
    assert "IPython" in loaded
    assert not loaded & {"torch", "transformers", "peft", "bitsandbytes", "fastapi"}


@pytest.mark.slow
def test_the_wheel_holds_all_that_is_needed_and_no_more(repo: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path]
    subprocess.run([*command, repo], check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    package = {name for name in names if name.startswith("cwm_lab/")}
    tracked = subprocess.run(
        ["git", "-C", repo, "ls-files", "cwm_lab"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert set(tracked) <= package
    assert any(name.startswith("cwm_lab/notebook/static/") for name in package)
    assert any(
        name.startswith("cwm_lab/worldmodel/weights/") and name.endswith(".safetensors")
        for name in package
    )
    assert any(name.startswith("cwm_lab/recorder/compiled/tracer.") for name in package) is COMPILED
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]
    assert all(name.startswith(("cwm_lab/", "cwm_lab-")) for name in names)
    # The shipped model is at most 16 MB, and little else is large.
    assert wheel.stat().st_size < 20_000_000
