"""The form of `%cwm finetune` in a real JupyterLab: filled in, watched, cancelled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.test_player import MINUTES, Reader

if TYPE_CHECKING:
    from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOAD = "%load_ext cwm_lab"
SMALL = "--general 3 --variations 1 --workers 1 --held-out 0.15 --batch 256"
LONG = 6 * MINUTES


def until(cell: Locator, there: Locator) -> None:
    """Wait for something, but not after a run has failed."""
    failed = cell.get_by_role("alert")
    expect(there.or_(failed).first).to_be_visible(timeout=LONG)
    assert failed.count() == 0, failed.first.inner_text()


def open_form(server: Server, browser: Browser, name: str, more: str) -> tuple[Reader, Locator]:
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    reader = Reader(page)
    notebook = server.write(name, LOAD, f"%cwm finetune {more}", "1 + 1")
    reader.open(server.url("lab", notebook))
    reader.start(0)
    cell = reader.start(1)
    expect(cell.get_by_role("button", name="Start")).to_be_visible(timeout=2 * MINUTES)
    return reader, cell


def fill(cell: Locator, programs: str, name: str, minutes: str) -> None:
    for label, text in (("Programs", programs), ("Name", name), ("Minutes", minutes)):
        field = cell.get_by_label(label, exact=True)
        field.fill(text)
        field.blur()


def test_filled_in_watched_and_made_the_default(
    server: Server, browser: Browser, artefacts: Path
) -> None:
    server.theme("JupyterLab Light")
    reader, cell = open_form(server, browser, "form.ipynb", f"{SMALL} --steps 4")
    page = reader.page
    cell.get_by_role("button", name="Start").click()
    expect(cell.get_by_role("alert")).to_contain_text("Say which programs")
    fill(cell, "", "a/b", "20")
    cell.get_by_text("Choose files").click()
    cell.get_by_label("Files").select_option("week3.md")
    cell.get_by_role("button", name="Add").click()
    programs = cell.get_by_label("Programs", exact=True)
    expect(programs).to_have_value(re.compile(r"/week3\.md$"))
    cell.get_by_role("button", name="Start").click()
    expect(cell.get_by_role("alert")).to_contain_text("an adapter cannot be called 'a/b'")
    cell.screenshot(path=artefacts / "finetune-form.png")
    fill(cell, programs.input_value(), "week3", "20")
    cell.get_by_role("button", name="Start").click()
    expect(cell.get_by_role("button", name="Start")).to_be_hidden()
    until(cell, cell.get_by_text(re.compile("Running|Scoring")))
    until(cell, cell.locator(".cwm-curves svg").first)
    expect(cell.get_by_role("status").first).to_contain_text("Training")
    cell.screenshot(path=artefacts / "finetune-training.png")
    # The kernel answers meanwhile.
    expect(reader.start(2).locator(".jp-OutputArea-output").last).to_contain_text("2")
    again = reader.start(1)  # the same run is shown, not a second form
    expect(again.get_by_role("button", name="Cancel")).to_be_visible()
    expect(again.get_by_role("button", name="Start")).to_have_count(0)
    until(cell, cell.get_by_text("Saved in"))
    expect(cell.get_by_role("cell", name="trace exact").first).to_be_visible()
    expect(cell.get_by_role("img", name="Held-out answers right, %")).to_be_visible()
    cell.screenshot(path=artefacts / "finetune-done.png")
    page.close()
    assert reader.complaints == []


def test_cancelled_by_the_kernels_interrupt_it_keeps_the_best_so_far(
    server: Server, browser: Browser, artefacts: Path
) -> None:
    server.theme("JupyterLab Dark")
    reader, cell = open_form(server, browser, "cancel.ipynb", SMALL)
    fill(cell, "week3.md", "week4", "30")
    cell.screenshot(path=artefacts / "finetune-form-dark.png")
    cell.get_by_role("button", name="Start").click()
    expect(cell.get_by_role("button", name="Start")).to_be_hidden()
    until(cell, cell.locator(".cwm-curves svg").first)
    cell.screenshot(path=artefacts / "finetune-dark.png")
    (kernel,) = [
        one for one in server.get("api/sessions") if one["notebook"]["path"] == "cancel.ipynb"
    ]
    server.post(f"api/kernels/{kernel['kernel']['id']}/interrupt")
    until(cell, cell.get_by_text("It was stopped early"))
    cell.screenshot(path=artefacts / "finetune-stopped-dark.png")
    reader.page.close()
    assert reader.complaints == []
