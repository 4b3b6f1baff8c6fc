"""A real JupyterLab server in a folder of its own, and chromium to look at it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.harness import Stage

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS = 120
expect.set_options(timeout=60_000)  # milliseconds, for a machine however busy


@dataclass(frozen=True)
class Server:
    """A running server: `folder` holds its notebooks."""

    address: str
    token: str
    folder: Path
    settings: Path

    def url(self, app: str, name: str) -> str:
        path = {"lab": "lab/tree", "notebook": "notebooks"}[app]
        # `reset`: without the tabs that an earlier visit left open.
        return f"{self.address}/{path}/{name}?reset&token={self.token}"

    def write(self, name: str, *cells: str) -> str:
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.folder / name)
        return name

    def get(self, path: str) -> Any:
        """What the server's API says, as JSON."""
        with urllib.request.urlopen(self._request(path), timeout=300) as answer:
            return json.load(answer)

    def delete(self, path: str) -> None:
        urllib.request.urlopen(self._request(path, "DELETE"), timeout=300).close()

    def post(self, path: str) -> None:
        urllib.request.urlopen(self._request(path, "POST"), timeout=300).close()

    def _request(self, path: str, method: str = "GET") -> urllib.request.Request:
        headers = {"Authorization": f"token {self.token}"}
        return urllib.request.Request(f"{self.address}/{path}", headers=headers, method=method)

    def theme(self, name: str) -> None:
        file = self.settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{{"theme": "{name}"}}')


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("jupyter")
    folder, settings = home / "notebooks", home / "settings"
    shutil.copytree(repo / "notebooks", folder)
    quiet = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    widgets = settings / "@jupyter-widgets" / "jupyterlab-manager" / "plugin.jupyterlab-settings"
    widgets.parent.mkdir(parents=True)
    widgets.write_text('{"saveState": true}')  # as `make lab` has it
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    places = ["CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"]
    environment = {**os.environ, **{f"JUPYTER_{place}": str(home / place) for place in places}}
    environment |= {"IPYTHONDIR": str(home / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(settings)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
    ]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        found = Server(f"http://127.0.0.1:{port}", token, folder, settings)
        _wait(found, process, home / "log")
        yield found
    finally:
        process.terminate()
        process.wait(30)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{server.address}/api?token={server.token}", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.3)


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    stage = Stage(page)
    yield stage
    page.close()
    assert stage.complaints == []


@pytest.fixture(scope="session")
def axe(repo: Path) -> str:
    """The source of axe-core, which finds what keeps people out."""
    file = repo / "cwm_lab" / "notebook" / "js" / "node_modules" / "axe-core" / "axe.min.js"
    if not file.exists():
        pytest.skip("axe-core is not installed: `make packages` needs npm")
    return file.read_text("utf-8")
