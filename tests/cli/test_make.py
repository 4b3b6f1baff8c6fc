"""The Makefile's promises that can be tested without installing anything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def script(repo: Path, name: str, *arguments: object, path: str) -> tuple[int, str]:
    done = subprocess.run(
        ["/bin/bash", repo / "scripts" / name, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={"PATH": path},
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def executable(path: Path, body: str) -> Path:
    path.write_text("#!/bin/bash\n" + body)
    path.chmod(0o755)
    return path


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH folder with nothing but what the scripts themselves use."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("id", "env"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    return folder


def test_help_lists_every_target_that_is_meant_for_people(repo: Path) -> None:
    done = subprocess.run(
        ["make", "-C", repo, "--no-print-directory", "help"],
        capture_output=True,
        text=True,
        check=True,
        env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")},
    )
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"lab", "test", "help", "train", "bench"} <= listed


def test_ci_calls_make_test_and_nothing_else(repo: Path) -> None:
    lines = (repo / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make test"]


def test_no_python_is_said_plainly(repo: Path, tools: Path, tmp_path: Path) -> None:
    status, text = script(repo, "make-venv", "", tmp_path / "venv", path=str(tools))
    assert status == 1
    assert "no Python 3.11, 3.12 or 3.13" in text
    assert "apt-get install python3 python3-venv" in text


def test_a_python_without_venv_is_said_plainly(repo: Path, tools: Path, tmp_path: Path) -> None:
    python = executable(
        tools / "python3.12", "[[ $2 == *ensurepip* ]] && exit 1; echo 3.12; exit 0\n"
    )
    status, text = script(repo, "make-venv", python, tmp_path / "venv", path=str(tools))
    assert status == 1
    assert "apt-get install python3.12-venv" in text
    assert not (tmp_path / "venv").exists()


def test_chromium_is_left_alone_where_there_is_one(repo: Path, tools: Path) -> None:
    executable(tools / "chromium-browser", "exit 0\n")
    executable(tools / "apt-get", "echo called; exit 1\n")
    assert script(repo, "ensure-chromium", path=str(tools)) == (0, "")


def test_chromium_is_installed_where_there_is_none(repo: Path, tools: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    executable(tools / "apt-get", f'echo "$@" >> {log}\n')
    executable(tools / "sudo", 'exec "$@"\n')
    status, text = script(repo, "ensure-chromium", path=str(tools))
    assert status == 0
    assert text == "Installing chromium for the browser tests ...\n"
    update, install = log.read_text().splitlines()
    assert update.endswith("update")
    assert "install -y" in install
    assert " chromium" in install


def test_chromium_that_cannot_be_installed_is_said_plainly(repo: Path, tools: Path) -> None:
    status, text = script(repo, "ensure-chromium", path=str(tools))
    assert status == 1
    assert "there is no apt-get" in text
    executable(tools / "apt-get", "exit 100\n")
    executable(tools / "sudo", 'exec "$@"\n')
    status, text = script(repo, "ensure-chromium", path=str(tools))
    assert status == 1
    assert "apt-get update failed" in text
    assert "sudo apt-get install chromium" in text
