"""The player in a real JupyterLab and a real Notebook 7, driven as a reader does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
MINUTES = 60_000  # milliseconds: kernels start slowly on a busy machine
LOAD = "%load_ext cwm_lab"
# No model can know the clock: this cell is sure to be predicted wrongly.
CLOCK = """%%predict
import time

def now():
    return time.time_ns()

total = 0
for n in [1, 2, 3]:
    total = total + n
print("total", total)
print(now())"""


@dataclass
class Reader:
    """Somebody at a browser with one notebook open."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._note(f"{error}\n{error.stack}"))
        self.page.on("dialog", self._dialog)
        self.page.set_default_timeout(MINUTES)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":  # JupyterLab asks whether to leave an unsaved notebook
            dialog.accept()
        else:
            self.complaints.append(f"{dialog.type}: {dialog.message}")
            dialog.dismiss()

    def _note(self, error: str) -> None:
        """Keep what comes from us: our script is a blob, our names start with cwm."""
        if any(sign in error for sign in ("blob:", "cwm", "widget")):
            self.complaints.append(error)

    def open(self, url: str) -> None:
        self.page.goto(url, wait_until="domcontentloaded")
        expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=MINUTES)
        idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']")
        idle.first.wait_for(state="attached", timeout=MINUTES)
        if "/lab/" in url:
            expect(self.page.locator("#jp-bottom-panel")).to_contain_text("| Idle", timeout=MINUTES)

    def run(self, index: int) -> Locator:
        """Run one code cell and give its player, when that is done."""
        cell = self.start(index)
        player = cell.locator(".cwm-player")
        expect(player.locator(".cwm-status")).to_have_attribute(
            "data-status", re.compile("done|failed"), timeout=MINUTES
        )
        expect(player).to_have_count(1)
        return player

    def start(self, index: int) -> Locator:
        cell = self.page.locator(".jp-CodeCell").nth(index)
        cell.locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Shift+Enter")
        return cell

    def load(self) -> None:
        accept = self.page.locator(".jp-Dialog button.jp-mod-accept")
        for _ in range(4):
            cell = self.start(0)  # run before there is a kernel, it may bring up a question
            self.page.wait_for_timeout(1000)
            if accept.is_visible():
                accept.click()
            try:
                expect(cell.locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=MINUTES / 4)
                return
            except AssertionError:
                continue
        pytest.fail("the kernel did not start")


@pytest.fixture
def reader(browser: Browser, artefacts: Path, request: pytest.FixtureRequest) -> Iterator[Reader]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    reader = Reader(page)
    yield reader
    page.screenshot(path=artefacts / f"last-{request.node.name}.png")
    page.close()
    assert reader.complaints == []


def slider(player: Locator) -> Locator:
    return player.get_by_role("slider", name="Step")


def number(player: Locator, what: str) -> int:
    return int(slider(player).get_attribute(f"aria-value{what}") or 0)


def drawn(player: Locator) -> None:
    """Wait until what happened so far is on the page."""
    player.page.evaluate(
        "() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))"
    )


def counter(player: Locator) -> str:
    drawn(player)
    return f"Step {number(player, 'now')} of {number(player, 'max')}"


def steps(player: Locator) -> int:
    """How many there are, once there are any: they come after the status."""
    expect(slider(player)).to_have_attribute("aria-valuemax", re.compile("[1-9]"))
    drawn(player)
    return number(player, "max")


def verdict(player: Locator) -> str:
    drawn(player)
    return (slider(player).get_attribute("aria-valuetext") or "").rpartition(", ")[2]


def test_lab_run_step_and_jump(reader: Reader, server: Server, artefacts: Path) -> None:
    server.theme("JupyterLab Light")
    name = server.write("clock.ipynb", LOAD, CLOCK)
    reader.open(server.url("lab", name))
    reader.load()
    player = reader.run(1)
    last = steps(player)
    assert last > 12

    player.focus()
    for key, step in (("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        player.press(key)
        assert counter(player) == f"Step {step} of {last}"
    player.press("End")
    assert counter(player) == f"Step {last} of {last}"
    assert player.get_by_role("button", name="Next step").get_attribute("aria-disabled") == "true"
    player.get_by_role("button", name="First step").click()
    assert counter(player) == f"Step 1 of {last}"
    # The keys belonged to the player: JupyterLab's notebook has not moved.
    assert reader.page.locator(".jp-CodeCell").count() in (2, 3)

    player.get_by_role("button", name="Go there").click()
    expect(slider(player)).not_to_have_attribute("aria-valuetext", re.compile("as predicted"))
    first = counter(player)
    player.press("p")
    assert counter(player) == first
    player.press("ArrowLeft")
    assert verdict(player) == "as predicted"
    expect(player.locator(".cwm-summary")).to_contain_text("First divergence")
    expect(player.locator(".cwm-line.cwm-now").first).to_be_visible()

    box = slider(player).bounding_box()
    assert box is not None
    cell = min(24, box["width"] / last)
    slider(player).click(position={"x": 7.5 * cell, "y": box["height"] - 8})
    assert counter(player) == f"Step 8 of {last}"
    expect(player.locator(".cwm-variables")).to_contain_text("total")
    player.screenshot(path=artefacts / "clock-light.png")


def test_lab_themes_and_widths(reader: Reader, server: Server, artefacts: Path) -> None:
    for theme in ("Light", "Dark"):
        server.theme(f"JupyterLab {theme}")
        reader.open(server.url("lab", "welcome.ipynb"))
        body = reader.page.locator("body")
        expect(body).to_have_attribute("data-jp-theme-light", str(theme == "Light").lower())
        if theme == "Light":
            reader.load()
            for index in (1, 2, 3):
                reader.run(index)
            reader.start(5)
            reader.run(6)
            reader.page.locator("[data-jp-item-name='save']").first.click()
            expect(reader.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
        for width in (1400, 700):
            reader.page.set_viewport_size({"width": width, "height": 1200})
            for index, what in enumerate(("strawberry", "crash", "alias", "earlier")):
                # After the reload these are new views of the kernel's players: they rebuild.
                # JupyterLab makes a cell's outputs when the cell comes into sight.
                cell = reader.page.locator(".jp-CodeCell").nth((1, 2, 3, 6)[index])
                cell.scroll_into_view_if_needed(timeout=MINUTES)
                player = cell.locator(".cwm-player")
                player.scroll_into_view_if_needed(timeout=MINUTES)
                expect(player.locator(".cwm-status")).to_have_attribute("data-status", "done")
                player.focus()
                player.press("Home")
                for _ in range(5):
                    player.press("ArrowRight")
                assert counter(player).startswith("Step 6 of")
                expect(player).to_have_attribute("data-theme", theme.lower())
                assert player.evaluate("node => node.scrollWidth <= node.clientWidth")
                player.screenshot(path=artefacts / f"{what}-{theme.lower()}-{width}.png")
        light = reader.page.evaluate(
            "() => getComputedStyle(document.querySelector('.cwm-player')).backgroundColor"
        )
        shade = sum(map(int, re.findall(r"\d+", light)[:3]))
        assert (shade > 600) == (theme == "Light")
        reader.page.set_viewport_size({"width": 1400, "height": 1000})


def test_lab_questions_interrupts_and_hostile_text(reader: Reader, server: Server) -> None:
    server.theme("JupyterLab Light")
    hostile = "<img src=x onerror=alert(1)></style><script>alert(2)</script>"
    name = server.write(
        "ask.ipynb",
        LOAD,
        '%%predict\nname = input("Who? ")\nprint("hello", name)',
        "%%predict --max-seconds 600\nimport time\ntime.sleep(500)",
        f"%%predict\ntext = {hostile!r}  # {hostile}\nprint(text)",
    )
    reader.open(server.url("lab", name))
    reader.load()
    cell = reader.start(1)
    answer = cell.locator(".jp-Stdin-input")
    answer.wait_for(timeout=MINUTES)
    answer.fill("Ada")
    answer.press("Enter")
    player = cell.locator(".cwm-player")
    expect(player.locator(".cwm-status")).to_have_attribute("data-status", "done", timeout=MINUTES)
    player.focus()
    player.press("End")
    expect(player.locator(".cwm-output pre").last).to_contain_text("hello Ada")

    cell = reader.start(2)
    status = cell.locator(".cwm-status")
    expect(status).to_have_attribute("data-status", "running", timeout=MINUTES)
    reader.page.wait_for_timeout(500)
    reader.page.get_by_role("button", name="Interrupt the kernel").first.click()
    expect(status).to_have_attribute("data-status", "done", timeout=MINUTES)
    expect(cell).to_contain_text("KeyboardInterrupt")
    assert "cwm_lab/" not in cell.inner_text()

    # A kernel throws away what comes while it is still busy with an error.
    expect(reader.page.locator("#jp-bottom-panel")).to_contain_text("| Idle", timeout=MINUTES)
    reader.page.wait_for_timeout(500)
    player = reader.run(3)
    player.focus()
    player.press("End")
    expect(player.locator(".cwm-output pre").last).to_have_text(f"{hostile}\n")
    assert player.locator("img, script").count() == 0


def test_notebook_7(reader: Reader, server: Server, artefacts: Path) -> None:
    name = server.write("seven.ipynb", LOAD, CLOCK)
    reader.open(server.url("notebook", name))
    reader.load()
    player = reader.run(1)
    player.focus()
    player.press("Home")
    player.press("ArrowRight")
    assert counter(player) == f"Step 2 of {steps(player)}"
    player.get_by_role("button", name="Go there").click()
    expect(slider(player)).not_to_have_attribute("aria-valuetext", re.compile("as predicted"))
    player.screenshot(path=artefacts / "notebook7.png")


def test_lab_shows_a_saved_player_without_its_kernel(reader: Reader, server: Server) -> None:
    name = server.write("saved.ipynb", LOAD, CLOCK)
    reader.open(server.url("lab", name))
    reader.load()
    player = reader.run(1)
    last = steps(player)
    player.focus()
    player.press("Home")
    player.press("ArrowRight")
    reader.page.locator("[data-jp-item-name='save']").first.click()
    expect(reader.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    for kernel in server.get("api/kernels"):
        server.delete(f"api/kernels/{kernel['id']}")
    reader.open(server.url("lab", name))
    player = reader.page.locator(".cwm-player")
    expect(player.locator(".cwm-status")).to_have_attribute("data-status", "done", timeout=MINUTES)
    assert counter(player) == f"Step 2 of {last}"
    player.focus()
    player.press("End")
    assert counter(player) == f"Step {last} of {last}"
    expect(player.locator(".cwm-variables")).to_contain_text("total")
    assert (server.folder / name).stat().st_size < 400_000


def test_lab_what_if_and_the_switch_by_keyboard(reader: Reader, server: Server) -> None:
    """After Shift+Enter another cell is the active one: the player's fields must get Enter."""
    cell = "%%predict\ntotal = 0\nfor n in [3, 4]:\n    total += n\nprint(total)"
    name = server.write("live.ipynb", LOAD, cell, "%%predict\na = 1\nprint(a + 1)")
    reader.open(server.url("lab", name))
    reader.load()
    player = reader.run(1)
    keys = reader.page.keyboard
    player.focus()
    for _ in range(4):
        keys.press("ArrowRight")
    keys.press("w")
    expect(player.get_by_label("Its value here")).to_be_focused()
    keys.type("n * 25")
    keys.press("Enter")
    expect(player.locator(".cwm-away")).to_contain_text("100 instead of 4", timeout=MINUTES)
    keys.press("End")
    expect(player.locator(".cwm-output pre").last).to_contain_text("103")
    keys.press("y")
    keys.press("Enter")
    panel = player.get_by_label("Your prediction")
    expect(panel.locator(".cwm-answer").first).to_be_focused(timeout=MINUTES)
    keys.type("nonsense(")
    keys.press("Enter")
    expect(panel.locator(".cwm-judgement")).to_be_visible(timeout=MINUTES)
    panel.get_by_role("button", name="Stop and show me everything").click()
    player.get_by_role("button", name="You predict").click()
    switch = player.get_by_role("button", name="Ask me first in every cell")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true", timeout=MINUTES)
    second = reader.start(2).locator(".cwm-player")
    expect(second.locator(".cwm-question")).to_be_visible(timeout=MINUTES)


def test_lab_predict_me_asks_before_it_shows(reader: Reader, server: Server) -> None:
    cell = "%%predict --me\ntotal = 0\nfor n in [3, 4]:\n    total += n\nprint(total)"
    name = server.write("me.ipynb", LOAD, cell)
    reader.open(server.url("lab", name))
    reader.load()
    player = reader.start(1).locator(".cwm-player")
    panel = player.get_by_label("Your prediction")
    expect(panel.locator(".cwm-question")).to_be_visible(timeout=MINUTES)
    expect(player.locator(".cwm-variables")).to_be_hidden()
    expect(reader.page.locator(".jp-CodeCell").nth(1)).not_to_contain_text("7\n")
    panel.get_by_role("button", name="Stop and show me everything").click()
    expect(player.locator(".cwm-status")).to_have_attribute("data-status", "done", timeout=MINUTES)
    expect(player.locator(".cwm-variables")).to_be_visible()
    assert steps(player) == 8
