"""The player's page with its real Python half, without a notebook around: long, odd and hostile
traces, streams that break, the learner's questions, and whether everybody can use it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from cwm_lab.courses.quiz import Quiz
from cwm_lab.notebook.export import page_html, save_html
from cwm_lab.notebook.fallback import static_html
from cwm_lab.notebook.learner import QuizLink
from cwm_lab.notebook.player import Player
from cwm_lab.recorder import record
from cwm_lab.trace import Comparison, Program, Step, Trace, compare
from tests.browser.harness import Stage, faults, number, slider

pytestmark = pytest.mark.browser

FIB = """def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

result = fib(5)
print("fib(5) is", result)
"""
ALIAS = """row = [0, 0]
grid = [row, row]
grid[0][1] = 7
copy = list(row)
print(grid, copy)
"""
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "</style><style>*{display:none}</style>",
    "<!--",
    "<svg/onload=alert(3)>",
    "javascript:alert(4)",
    "\u202etxet desrever",
    "שלום 世界 😀",
    "`${alert(5)}`",
    "__proto__",
]

_INTRUDERS = """() => {
  document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.bad=1">');
  const script = document.createElement('script');
  script.textContent = 'window.bad = 2';
  document.body.append(script);
}"""


def recorded(source: str, **options: Any) -> Trace:
    return record(Program(source), sandbox=False, **options)


def with_mistakes(trace: Trace, *wrong: int) -> Comparison:
    """A prediction that says other values, or other output, at the given steps."""
    steps = []
    for index, step in enumerate(trace.steps):
        if index not in wrong:
            steps.append(replace(step, confidence=0.97))
            continue
        values = {name: f"{value}0" for name, value in step.locals.items()}
        printed = step.stdout if values else f"{step.stdout}!"
        steps.append(replace(step, locals=values, stdout=printed, confidence=0.4))
    return compare(replace(trace, steps=tuple(steps), origin="model", model="builtin"), trace)


def shown(comparison: Comparison) -> Player:
    player = Player(comparison.actual.program, model="builtin")
    player.set_prediction(comparison.predicted)
    player.set_comparison(comparison)
    player.set_status("done")
    return player


def made_long(count: int) -> Trace:
    """A loop of `count` steps, as the recorder would write it."""
    steps = []
    for i in range(count):
        line = 2 + i % 2
        values = {"i": str(i // 2)} if line == 3 else {"total": str(i)}
        steps.append(Step("line", line, locals=values, types=dict.fromkeys(values, "int")))
    source = f"total = 0\nfor i in range({count // 2}):\n    total += 2\n"
    return Trace(Program(source), tuple(steps))


def test_keys_move_and_the_page_says_what_happens(stage: Stage) -> None:
    player = stage.show(shown(with_mistakes(recorded(FIB), 12, 30)))
    player.focus()
    for key, step in (("End", 64), ("Home", 1), ("ArrowRight", 2), ("o", 63), ("b", 2), ("d", 13)):
        player.press(key)
        assert number(player, "now") == step, key
    expect(player.locator(".cwm-events")).to_contain_text("The condition n < 2 is False (n is 2)")
    player.press("n")
    assert number(player, "now") == 31
    player.press("p")
    assert number(player, "now") == 13
    player.press("u")
    assert stage.players[0].position + 1 == number(player, "now") > 13
    player.press("g")
    stage.page.keyboard.type("40")
    stage.page.keyboard.press("Enter")
    assert number(player, "now") == 40
    player.press("?")
    expect(player.get_by_role("dialog", name="Keyboard")).to_be_visible()
    stage.page.keyboard.press("Escape")
    expect(player.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_a_name_s_history_and_why(stage: Stage) -> None:
    source = "total = 0\nfor n in [3, 4, 5]:\n    total = total + n\nprint(total)"
    player = stage.show(shown(with_mistakes(recorded(source))))
    player.focus()
    player.press("End")
    player.get_by_role("button", name="total: history").click()
    history = player.get_by_label("History of a name")
    assert history.locator("li").all_inner_texts() == ["2\n0", "4\n3", "6\n7", "8\n12"]
    expect(history.locator("polyline")).to_have_count(1)
    expect(history).to_contain_text("total goes from 7 to 12")
    history.get_by_role("button", name="Why?").click()
    assert number(player, "now") == 7
    expect(player.locator(".cwm-line.cwm-now")).to_contain_text("total = total + n")


def test_watched_expressions_follow_the_steps(stage: Stage) -> None:
    source = "word = 'ab'\nfor c in word:\n    word = word + c\nprint(word)"
    player = stage.show(shown(with_mistakes(recorded(source))))
    player.focus()
    player.press("End")
    field = player.get_by_label("Watch an expression")
    field.fill("len(word) * 10")
    field.press("Enter")
    watch = player.locator(".cwm-watch tbody")
    expect(watch).to_contain_text("40")
    player.focus()
    player.press("Home")
    player.press("ArrowRight")
    expect(watch).to_contain_text("20")
    field.fill("open('x')")
    field.press("Enter")
    expect(watch).to_contain_text("cannot be worked out")


def test_objects_are_boxes_and_arrows(stage: Stage) -> None:
    player = stage.show(shown(with_mistakes(recorded(ALIAS))))
    player.focus()
    player.press("End")
    player.press("t")
    drawing = player.locator(".cwm-objects svg")
    expect(drawing.locator(".cwm-object")).to_have_count(3)
    expect(drawing.locator(".cwm-arrow")).to_have_count(5)
    before = drawing.locator(".cwm-object").first.bounding_box()
    player.press("ArrowLeft")
    assert drawing.locator(".cwm-object").first.bounding_box() == before


@pytest.mark.parametrize("count", [0, 1, 3, 10_000, 100_000])
def test_traces_of_any_length(stage: Stage, count: int) -> None:
    trace = made_long(count)
    player = stage.show(shown(with_mistakes(trace, count // 2)))
    expect(slider(player)).to_have_attribute("aria-valuemax", str(max(1, count)))
    player.focus()
    player.press("End")
    if count:
        assert number(player, "now") == count
        name, value = next(iter(trace.steps[-1].locals.items()))
        expect(player.locator(".cwm-variables tr", has_text=name)).to_contain_text(value)
    player.press("d")
    if count > 10:
        assert number(player, "now") == count // 2 + 1
        expect(player.locator(".cwm-wrong").first).to_be_visible()
        # A drag over the whole strip asks for a few chunks, not for all.
        stage.requests.clear()
        box = slider(player).bounding_box()
        assert box is not None
        stage.page.mouse.move(box["x"] + 2, box["y"] + 20)
        stage.page.mouse.down()
        stage.page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20, steps=12)
        stage.page.mouse.up()
        stage.settle()
        assert len(stage.requests) < 40
    held = stage.page.evaluate("() => JSON.stringify(models[0].get('pack')).length")
    assert held < 2_500_000


def test_the_brush_shows_what_was_dragged_over(stage: Stage) -> None:
    player = stage.show(shown(with_mistakes(made_long(10_000))))
    player.get_by_role("button", name="Fold loops").click()
    box = player.locator(".cwm-map").bounding_box()
    assert box is not None
    at = box["y"] + box["height"] / 2
    stage.page.mouse.move(box["x"] + 0.5 * box["width"], at)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 0.6 * box["width"], at, steps=5)
    stage.page.mouse.up()
    stage.settle()
    slider(player).click(position={"x": 4, "y": 20})
    assert 4_900 < number(player, "now") < 5_200
    slider(player).click(position={"x": box["width"] - 4, "y": 20})
    assert 5_800 < number(player, "now") < 6_100


def test_loops_open_on_click(stage: Stage) -> None:
    player = stage.show(shown(with_mistakes(made_long(400))))
    assert number(player, "max") == 400
    box = slider(player).bounding_box()
    assert box is not None
    before = player.locator("canvas").first.evaluate("node => node.toDataURL()")
    slider(player).click(position={"x": 8, "y": box["height"] - 6})
    stage.settle()
    assert player.locator("canvas").first.evaluate("node => node.toDataURL()") != before
    slider(player).hover(position={"x": 40, "y": box["height"] - 6})
    expect(player.locator(".cwm-tip")).to_contain_text("Round")


def texts_in(root: Locator) -> int:
    """Elements that no player makes: there must be none."""
    return root.locator("img, script, iframe, style, a, object, embed, form[action]").count()


def hostile_comparison(text: str) -> Comparison:
    source = f"s = {text!r}  # {text}\nd = {{s: [s, s]}}\nprint(s)\nraise ValueError(s)"
    return with_mistakes(recorded(source), 2)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(stage: Stage, text: str) -> None:
    player_ = shown(hostile_comparison(text))
    player_.message, player_.notes, player_.model = text, [text], text
    player = stage.show(player_)
    player.focus()
    for key in ("End", "ArrowLeft", "t", "ArrowLeft", "ArrowLeft", "t", "d"):
        player.press(key)
        stage.settle()
    player.get_by_role("button", name="d: history").click()
    field = player.get_by_label("Watch an expression")
    field.fill(f"s + {text!r}"[:400])
    field.press("Enter")
    stage.settle()
    assert texts_in(player) == 0
    expect(player.locator(".cwm-source")).to_contain_text(text.strip())
    player.focus()
    player.press("End")
    expect(player.locator(".cwm-output pre").last).to_have_text(text + "\n")


def test_hostile_text_in_a_saved_page_and_in_the_static_form(
    browser: Browser, tmp_path: Path
) -> None:
    everything = " ".join(HOSTILE)
    comparison = hostile_comparison(everything)
    page = browser.new_page()
    complaints: list[str] = []
    loaded: list[str] = []
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("request", lambda request: loaded.append(request.url))
    file = save_html(comparison, tmp_path / "trace.html")
    page.goto(file.as_uri())
    player = page.locator(".cwm-player")
    player.focus()
    for key in ("End", "t", "ArrowLeft", "d"):
        player.press(key)
    assert texts_in(player) == 0
    assert page.locator("script").count() == 3
    assert loaded == [file.as_uri()]
    assert complaints == []
    # Nothing else may run there, even if it got in.
    page.evaluate(_INTRUDERS)
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.bad") is None
    complaints.clear()
    html = static_html(
        comparison.actual.program, comparison.predicted, comparison.actual, comparison, everything
    )
    page.set_content(f"<body>{html}</body>")
    assert page.locator("img, script, iframe, style, svg").count() == 0
    assert complaints == []
    page.close()


def test_steps_are_taken_along_as_text_and_pictures(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(with_mistakes(recorded(FIB), 12).save(tmp_path / "trace.html").as_uri())
    player = page.locator(".cwm-player")
    player.focus()
    player.press("d")

    def choose(what: str) -> None:
        item = player.locator("button", has_text=what)
        if not item.is_visible():
            player.get_by_role("button", name="Copy or save").click()
        item.click()

    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as saved:
            choose(f"Save this step as {kind}")
        assert Path(saved.value.path()).read_bytes().startswith(start)
    choose("Copy steps as a Markdown table")
    page.wait_for_function("() => navigator.clipboard.readText().then((text) => text !== '')")
    head, line, *steps = page.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert head == "| step |  | line | source | model | Python |"
    assert set(line) == set("| -")
    assert len(steps) == len(recorded(FIB))
    assert "≠" in steps[12]
    context.close()


def test_a_saved_page_steps_prints_and_needs_no_python(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    file = with_mistakes(recorded(FIB), 12).save(tmp_path / "trace.html")
    page.goto(file.as_uri())
    player = page.locator(".cwm-player")
    player.focus()
    player.press("d")
    assert number(player, "now") == 13
    for live in (".cwm-watch", ".cwm-whatif", ".cwm-you-button"):
        expect(player.locator(live)).to_be_hidden()
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    rows = player.locator(".cwm-print tbody tr")
    expect(rows).to_have_count(64)
    expect(rows.nth(5)).to_be_visible()
    expect(rows.nth(2)).to_contain_text("fib is called with n = 5")
    page.close()


def test_a_trace_alone_can_be_saved(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(save_html(recorded(ALIAS), tmp_path / "python.html").as_uri())
    expect(page.locator(".cwm-status")).to_have_text("Recorded from Python")
    expect(page.locator(".cwm-variables thead th")).to_have_count(2)
    page.close()


def test_steps_stream_and_a_late_page_asks_for_the_rest(stage: Stage) -> None:
    trace = recorded("for i in range(400):\n    pass")
    player_ = Player(trace.program, model="builtin")
    for step in trace.steps[:300]:
        player_.add_step(step)
    player_._flush()
    stage_player = stage.show(player_)
    for step in trace.steps[300:350]:
        player_.add_step(step)
    player_._flush()
    stage.flush()
    stage.settle()
    assert number(stage_player, "max") == 350
    assert {request["what"] for request in stage.requests} >= {"columns", "chunk"}
    expect(stage_player.locator(".cwm-status")).to_contain_text("350 steps")
    expect(stage_player.locator(".cwm-variables")).to_contain_text("174")


def test_a_kernel_that_dies_is_told(stage: Stage) -> None:
    trace = recorded("for i in range(40):\n    pass")
    player_ = Player(trace.program, model="builtin")
    player = stage.show(player_)
    for step in trace.steps[:20]:
        player_.add_step(step)
    player_._flush()
    stage.flush()
    stage.page.evaluate("() => models[0].fire('comm_live_update')")
    expect(player.locator(".cwm-message")).to_contain_text("Run the cell again")
    expect(player.locator(".cwm-status")).to_have_text("Not complete")
    player.focus()
    player.press("Home")
    assert number(player, "now") == 1


def test_python_that_does_not_answer_is_told(stage: Stage) -> None:
    player = stage.show(shown(with_mistakes(made_long(5000))))
    stage.silent = True
    player.focus()
    player.press("End")
    expect(player.locator(".cwm-variables")).to_contain_text("loading")
    expect(player.locator(".cwm-message")).to_contain_text("does not answer", timeout=15_000)


def test_two_players_do_not_disturb_each_other(stage: Stage) -> None:
    stage.show(shown(with_mistakes(recorded(FIB))), shown(with_mistakes(recorded(ALIAS))))
    first, second = stage.page.locator(".cwm-player").all()
    second.focus()
    second.press("End")
    assert (number(first, "now"), number(second, "now")) == (1, 6)
    stage.page.evaluate("() => models[0].close()")
    expect(stage.page.locator(".cwm-player")).to_have_count(1)
    rest = stage.page.locator(".cwm-player")
    rest.press("Home")
    assert number(rest, "now") == 1


def test_a_newer_pack_is_not_shown_wrongly(stage: Stage) -> None:
    player_ = shown(with_mistakes(recorded(ALIAS)))
    player_.pack = {**player_.pack, "version": 2}
    player = stage.show(player_)
    expect(player.locator(".cwm-message")).to_contain_text("newer CWM Lab")


@pytest.mark.parametrize("missing", [{"you", "resynced", "branches", "can"}, {"counts", "pack"}])
def test_a_notebook_saved_by_an_older_version(stage: Stage, missing: set[str]) -> None:
    player_ = shown(with_mistakes(recorded(FIB), 12))
    stage.unknown = frozenset(missing)
    player = stage.show(player_)
    expect(player.locator(".cwm-source")).to_contain_text("return fib(n - 1)")
    if "pack" in missing:
        expect(player.locator(".cwm-message")).to_contain_text("an older CWM Lab")
    else:
        player.focus()
        player.press("d")
        assert number(player, "now") == 13


def test_the_learner_answers_and_sees_the_results(stage: Stage) -> None:
    trace = recorded("total = 0\nfor n in [3, 4]:\n    total += n\nprint(total)")
    player_ = Player(trace.program, model="builtin")
    player_.set_status("asking")
    quiz = Quiz(trace, seed=0)
    done: list[bool] = []

    def reveal(*_rest: object) -> None:
        done.append(True)
        comparison = with_mistakes(trace, 3)
        player_.set_prediction(comparison.predicted)
        player_.set_comparison(comparison)
        player_.set_status("done")

    QuizLink(player_, quiz, on_done=reveal, prediction=with_mistakes(trace, 3).predicted)
    player = stage.show(player_)
    panel = player.get_by_label("Your prediction")
    expect(panel).to_be_visible()
    expect(player.locator(".cwm-variables")).to_be_hidden()
    for _ in range(quiz.state()["of"]):
        field = panel.locator(".cwm-answer")
        if field.is_visible():
            field.fill("12345")
            panel.get_by_role("button", name="Check").click()
            expect(panel.locator(".cwm-judgement")).to_contain_text("Not right")
        panel.get_by_role("button", name="Show me the answer").click()
        expect(panel.locator(".cwm-judgement")).to_contain_text("The answer is")
        if not done:  # the last answer is shown above the results
            panel.locator(".cwm-quiz-next").click()
            expect(panel.locator(".cwm-quiz-next")).to_have_count(0)
    assert done == [True]
    expect(panel.locator("tbody tr")).to_have_count(quiz.state()["of"])
    expect(player.locator(".cwm-variables")).to_be_visible()
    panel.get_by_role("button", name="which shows it").first.click()


def test_the_learner_s_table_is_a_column_beside_the_others(stage: Stage) -> None:
    trace = recorded("total = 0\nfor n in [3, 4]:\n    total += n\nprint(total)")
    said = with_mistakes(trace, 5)
    player_ = Player(trace.program, model="builtin")
    player_.set_learner(compare(replace(said.predicted, origin="learner"), trace))
    player_.set_prediction(trace)
    player_.set_comparison(with_mistakes(trace, 3))
    player_.set_status("done")
    player = stage.show(player_)
    player.focus()
    player.press("End")
    for _ in range(2):
        player.press("ArrowLeft")
    heads = player.locator(".cwm-variables thead th").all_inner_texts()
    assert heads == ["name", "● you", "◆ model", "▶ Python"]
    row = player.locator(".cwm-variables tbody tr", has_text="n").first
    expect(row).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(stage: Stage, axe: str, theme: str) -> None:
    comparison = with_mistakes(recorded(FIB), 12, 20)
    player_ = shown(comparison)
    player_.notes = ["A note."]
    player = stage.show(player_, theme=theme)
    player.focus()
    player.press("d")
    player.get_by_role("button", name="n: history").click()
    player.locator(".cwm-where summary").click()
    stage.page.evaluate(axe)
    for view in ("table", "objects", "help"):
        if view != "table":
            player.focus()
            player.press("t" if view == "objects" else "?")
        assert faults(stage) == [], view


def test_the_page_html_is_the_same_for_the_same_traces() -> None:
    trace = recorded(ALIAS)
    assert page_html(trace) == page_html(trace)
