"""The player in marimo, which puts it into a shadow root, out of reach of the page's styles."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

START_SECONDS = 90
NOTEBOOK = """# /// script
# [tool.marimo.display]
# theme = "dark"
# ///
import marimo

app = marimo.App()


@app.cell
def _():
    import cwm_lab
    import marimo as mo
    mo.ui.anywidget(cwm_lab.show("total = 0\\nfor n in [3, 4]:\\n    total += n\\nprint(total)\\n"))
    return
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("marimo", reason="marimo is not installed: `make dev` does it")
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", "notebook.py", "--headless", "--no-token"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        found = f"http://127.0.0.1:{port}"
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{found}/health", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"marimo did not start:\n{log.read_text()[-3000:]}")
                time.sleep(0.2)
        yield found
    finally:
        process.terminate()
        process.wait(30)


def test_steps_theme_and_what_if_in_a_shadow_root(
    browser: Browser, address: str, artefacts: Path
) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    player = page.locator(".cwm-player")
    expect(player.locator(".cwm-status")).to_have_text("Compared with Python", timeout=90_000)
    assert player.evaluate("node => node.getRootNode() instanceof ShadowRoot")
    expect(player).to_have_attribute("data-theme", "dark")
    player.focus()
    for _ in range(4):
        player.press("ArrowRight")
    expect(player.locator(".cwm-events")).to_contain_text("total goes from 3 to 7")
    player.press("w")
    expect(player.get_by_label("Its value here")).to_be_focused()
    page.keyboard.type("n * 25")
    page.keyboard.press("Enter")
    expect(player.locator(".cwm-away")).to_contain_text("n is 100 instead of 4", timeout=60_000)
    player.press("End")
    expect(player.locator(".cwm-output pre").last).to_contain_text("103")
    player.screenshot(path=artefacts / "marimo.png")
    assert complaints == []
    page.close()
