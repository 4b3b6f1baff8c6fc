"""What the player does while Python is there: what if, consequences, and the learner's own turn."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from cwm_lab.notebook.player import Player
from cwm_lab.notebook.show import show
from cwm_lab.recorder import record
from cwm_lab.trace import Program, compare
from tests.browser.harness import Stage, faults, number, slider
from tests.browser.test_page import ALIAS, with_mistakes

pytestmark = pytest.mark.browser

LOOP = "total = 0\nfor n in [3, 4, 5]:\n    total += n\nprint(total)\n"


@pytest.fixture(autouse=True)
def own_attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CWM_LAB_DATA_DIR", str(tmp_path))


def with_live(source: str, *wrong: int) -> Player:
    """Mistakes at some steps of an otherwise right prediction; the real model behind it."""
    return show(with_mistakes(record(Program(source)), *wrong))


def what_if(player: Locator, name: str, value: str) -> None:
    player.press("w")
    player.get_by_label("Name", exact=True).select_option(name)
    player.get_by_label("Its value here").fill(value)
    player.get_by_role("button", name="Go on from here").click()


def test_a_branch_hangs_on_the_timeline_and_shows_its_own_way(stage: Stage) -> None:
    player = stage.show(with_live(LOOP, 4))
    player.focus()
    for _ in range(4):
        player.press("ArrowRight")
    what_if(player, "total", "total * 100")
    branch = player.get_by_role("slider", name="What if total = 300")
    expect(branch).to_have_attribute("aria-valuenow", "5")
    expect(player.locator(".cwm-away")).to_contain_text("total is 300 instead of 3")
    expect(player.locator(".cwm-events")).to_contain_text("You set total to 300; it was 3.")
    player.press("End")
    expect(player.locator(".cwm-output pre").last).to_have_text("309\n")
    assert branch.get_attribute("aria-valuenow") == branch.get_attribute("aria-valuemax") == "10"
    player.press("Home")  # a branch begins where it leaves
    expect(branch).to_have_attribute("aria-valuenow", "5")
    player.get_by_role("button", name="total: history").click()
    history = player.get_by_label("History of a name")
    expect(history).to_contain_text("set by you")
    # The row hangs below the step that it leaves.
    row, main = branch.bounding_box(), slider(player).bounding_box()
    assert row is not None
    assert main is not None
    assert abs(row["x"] - main["x"] - 4 * 24) < 2
    assert row["y"] > main["y"]
    player.press("m")
    assert number(player, "now") == 5
    expect(player.locator(".cwm-away")).to_be_hidden()
    expect(player.locator(".cwm-variables")).not_to_contain_text("300")
    player.get_by_role("button", name="Take this branch away").click()
    expect(player.locator(".cwm-branch")).to_have_count(0)


def test_what_cannot_be_is_said_beside_the_form(stage: Stage) -> None:
    player = stage.show(with_live(LOOP))
    player.focus()
    player.press("End")  # nothing runs from here on
    expect(player.get_by_role("button", name="What if …")).to_be_disabled()
    for _ in range(3):
        player.press("ArrowLeft")
    what_if(player, "n", "open('x')")
    expect(player.get_by_role("alert").last).to_contain_text("cannot be worked out")
    player.get_by_label("Its value here").press("Escape")
    expect(player.get_by_role("button", name="What if …")).to_be_focused()


def test_hostile_values_of_a_branch_are_text(stage: Stage) -> None:
    player = stage.show(with_live("s = 'a'\nt = s\nprint(t)\n"))
    player.focus()
    player.press("ArrowRight")
    what_if(player, "s", repr("<img src=x onerror=alert(1)>"))
    expect(player.locator(".cwm-branch")).to_contain_text("<img src=x")
    player.press("End")
    expect(player.locator(".cwm-output pre").last).to_contain_text("<img src=x")
    assert player.locator("img, script").count() == 0


def test_mistakes_are_told_from_what_follows(stage: Stage) -> None:
    # The model is right in all of this program; so only the first of these can be its own.
    player = stage.show(with_live(LOOP, 4, 6))
    expect(player.locator(".cwm-legend")).to_contain_text("1 mistake of its own")
    expect(player.locator(".cwm-legend")).to_contain_text("1 follows from it")
    player.get_by_text("Where the model went wrong: 2 steps").click()
    items = player.locator(".cwm-where .cwm-wrong-item")
    expect(items.nth(0)).to_contain_text("the first mistake")
    expect(items.nth(1)).to_contain_text("follows from an earlier one")
    items.nth(1).click()
    expect(player.locator(".cwm-events")).to_contain_text("From the true state the model would be")


def test_a_long_trace_is_judged_when_asked(stage: Stage) -> None:
    player = stage.show(with_live("for i in range(100):\n    pass\n", 7))
    player.get_by_text("Where the model went wrong").click()
    player.get_by_role("button", name="Which of these follow").click()
    expect(player.locator(".cwm-own-told")).to_contain_text("a mistake of its own")


def test_the_switch_hides_everything_and_asks(stage: Stage) -> None:
    player = stage.show(with_live(LOOP, 4))
    player.focus()
    player.press("y")
    stage.page.keyboard.press("Enter")
    panel = player.get_by_label("Your prediction")
    expect(panel.locator(".cwm-answer").first).to_be_focused()
    for hidden in (".cwm-variables", ".cwm-timeline", ".cwm-scores", ".cwm-summary", ".cwm-where"):
        expect(player.locator(hidden).first).to_be_hidden()
    expect(player.locator(".cwm-now")).to_have_count(0)
    stage.page.keyboard.type("3")
    stage.page.keyboard.press("Enter")
    expect(panel.locator(".cwm-judgement")).to_contain_text("Right.")
    panel.get_by_role("button", name="Stop and show me everything").click()
    expect(player.locator(".cwm-timeline")).to_be_visible()
    expect(player.locator(".cwm-legend")).to_contain_text("1 of 1 answers of yours right")
    expect(player.locator(".cwm-tile").first).to_contain_text("you")
    panel.get_by_role("button", name="which shows it").first.click()
    expect(player.locator(".cwm-events")).to_contain_text("You")


def test_the_table_from_the_switch_is_compared(stage: Stage) -> None:
    player = stage.show(with_live("a = 1\nb = a\nprint(b)\n"))
    player.focus()
    player.press("y")
    stage.page.keyboard.press("ArrowDown")
    player.get_by_role("button", name="Fill in the table").click()
    panel = player.get_by_label("Your prediction")
    for _ in range(2):  # both tries
        panel.get_by_label("Name of a new variable").fill("a")
        panel.get_by_label("Value of the new variable").fill("2")
        panel.get_by_role("button", name="Check").click()
        stage.settle()
    panel.get_by_role("button", name="Stop and show me everything").click()
    expect(player.get_by_text("Where you went wrong: 1 step")).to_be_visible()
    player.focus()
    player.press("Home")
    player.press("ArrowRight")
    heads = player.locator(".cwm-variables thead th").all_inner_texts()
    assert heads == ["name", "● you", "◆ model", "▶ Python"]
    expect(player.locator(".cwm-variables tbody tr").first).to_contain_text("2")
    expect(player.locator(".cwm-events")).to_contain_text("a is 1, you said 2")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_branches_and_questions(
    stage: Stage, axe: str, theme: str
) -> None:
    player = stage.show(with_live(LOOP, 4, 6), theme=theme)
    stage.page.evaluate(axe)
    player.get_by_text("Where the model went wrong").click()
    player.focus()
    for _ in range(4):
        player.press("ArrowRight")
    player.press("w")
    assert faults(stage) == []
    stage.page.keyboard.press("Escape")
    what_if(player, "total", "7")
    expect(player.locator(".cwm-away")).to_be_visible()
    assert faults(stage) == []
    player.focus()
    player.press("m")
    player.press("y")
    assert faults(stage) == []
    stage.page.keyboard.press("Enter")
    answer = player.get_by_label("Your prediction").locator(".cwm-answer").first
    answer.fill("4")
    answer.press("Enter")
    assert faults(stage) == []
    player.get_by_role("button", name="Stop and show me everything").click()
    expect(player.locator(".cwm-tile").first).to_contain_text("you")
    assert faults(stage) == []


def test_objects_of_both_sides(stage: Stage) -> None:
    trace = record(Program(ALIAS))
    copied = record(Program(ALIAS.replace("[row, row]", "[row, row[:]]")))
    steps = [*trace.steps[:2], *copied.steps[2:]]  # a model that misses the alias
    wrong = compare(trace.with_steps(steps), trace)
    player = stage.show(show(wrong))
    player.focus()
    player.press("t")
    player.press("ArrowRight")
    expect(player.locator(".cwm-objects-pane")).to_have_count(1)
    expect(player.locator(".cwm-objects")).to_contain_text("the same on both sides")
    player.press("End")
    panes = player.locator(".cwm-objects-pane")
    expect(panes).to_have_count(2)
    expect(panes.nth(0)).to_contain_text("objects, model")
    expect(panes.nth(0).locator(".cwm-object")).to_have_count(4)
    expect(panes.nth(1).locator(".cwm-object")).to_have_count(3)
    assert player.locator(".cwm-box-wrong").count() > 0
