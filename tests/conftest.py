"""Fixtures that every room's tests may use."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The machine may be busy: how long an example takes says nothing about the code.
settings.register_profile("project", deadline=None, max_examples=60)
settings.load_profile("project")

# A shell gives its background jobs an interrupt that is ignored, and they pass it on to theirs.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TOGETHER = ("tests/browser/", "tests/notebook/test_learner_kernel", "tests/notebook/test_notebooks")
"""One after the other in one process: kernels that start side by side may choose the same port."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the working tree."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def human_programs(repo: Path) -> list[Path]:
    """The human-style benchmark programs. Never train on them."""
    return sorted((repo / "tests" / "programs").glob("*.py"))


@pytest.fixture(scope="session")
def artefacts(repo: Path) -> Path:
    """A folder, ignored by git, for screenshots and the like that a person looks at."""
    folder = repo / "test-artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The chromium or chrome of this machine; `make test` installs one if there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.fail("no chromium or chrome on PATH: run `make chromium`")


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Jupyter, IPython and the lab write what they keep for a user into a temporary folder."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(variable, str(home / variable.lower()))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        patch.setenv("CWM_LAB_DATA_DIR", str(home / "cwm-lab"))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        patch.delenv("CWM_LAB_ADAPTERS", raising=False)
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Tests of one file run in one process (pytest-xdist's `loadfile`), some files together."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            together = nodeid.startswith(TOGETHER)
            return "kernels" if together else str(super()._split_scope(nodeid))

    return Scheduling(config, log)
