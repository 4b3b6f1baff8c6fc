"""Screenshots of the player with the real model: `make screenshots`.

The few that the documentation shows go to docs/, all of them to test-artifacts/player/, to be
looked at: each scene light and dark, 1400 and 700 pixels wide.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import cwm_lab
from cwm_lab.courses.quiz import Quiz
from cwm_lab.notebook.learner import QuizLink
from cwm_lab.notebook.player import Player

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.browser.harness import Stage  # noqa: E402

ARTEFACTS = ROOT / "test-artifacts" / "player"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOOP = """def count_letters(word, letter):
    n = 0
    for c in word:
        n += int(c == letter)
    return n

print(count_letters("strawberry", "r"))
"""
LETTERS = """word = "Mississippi"
counts = {letter: word.count(letter) for letter in word}
for letter in counts:
    print(letter, counts[letter])
print(len(counts))
"""
FIB = """def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

result = fib(5)
print("fib(5) is", result)
"""
ALIAS = """row = [0, 0, 0]
grid = [row, row]
grid[0][1] = 7
copy = list(row)
copy.append(5)
ages = {"Ada": 36, "days": copy}
print(grid, copy)
"""
CRASH = """def parse(text):
    return int(text)

def total(rows):
    s = 0
    for row in rows:
        s += parse(row)
    return s

def report(rows):
    return f"total {total(rows)}"

print(report(["1", "2"]))
print(report(["3", "x"]))
"""
SORT = """numbers = [(i * 7919) % 103 for i in range(58)]
n = len(numbers)
swaps = 0
for i in range(n):
    for j in range(n - 1 - i):
        if numbers[j] > numbers[j + 1]:
            numbers[j], numbers[j + 1] = numbers[j + 1], numbers[j]
            swaps += 1
print(swaps)
"""


@dataclass(frozen=True)
class Scene:
    """A program, the keys that lead to the moment shown ("=text" is typed), and names for docs/ by
    (theme, width)."""

    source: str
    keys: tuple[str, ...] = ()
    max_steps: int = 1000
    asking: bool = False
    open: str = ""
    docs: tuple[tuple[str, int, str], ...] = ()


SCENES = {
    "loop": Scene(
        LETTERS,
        ("d",),
        open="Where the model went wrong",
        docs=(("light", 1400, "player.png"), ("dark", 1400, "player-dark.png")),
    ),
    "whatif": Scene(
        LOOP,
        (*["ArrowRight"] * 9, "w", "=n + 4", "Enter", *["ArrowRight"] * 11),
        docs=(("light", 1400, "player-what-if.png"),),
    ),
    "you": Scene(
        LOOP,
        (
            "y",
            "Enter",
            "=10",
            "Enter",
            "Enter",
            "=5",
            "Enter",
            "=3",
            "Enter",
            "Enter",
            "=1",
            "Enter",
            "Enter",
            "=3",
            "Enter",
            "Enter",
            "=2",
            "Enter",
        ),
        open="Stop and show me everything",
        docs=(("light", 1400, "player-you.png"),),
    ),
    "recursion": Scene(FIB, ("Home", *["ArrowRight"] * 14)),
    "objects": Scene(ALIAS, ("End", "t"), docs=(("light", 700, "player-objects.png"),)),
    "crash": Scene(CRASH, ("End", *["ArrowLeft"] * 3)),
    "sort": Scene(SORT, ("End", *["PageUp"] * 8), max_steps=6000),
    "question": Scene(LOOP, asking=True, docs=(("light", 1400, "player-question.png"),)),
}


def player_of(scene: Scene) -> Player:
    """The player as it stands when the cell is done, or when the questions begin."""
    actual = cwm_lab.record(scene.source, max_steps=scene.max_steps)
    predicted = cwm_lab.predict(scene.source, max_steps=scene.max_steps)
    if scene.asking:
        player = Player(actual.program, model="builtin")
        player.set_status("asking")
        QuizLink(player, Quiz(actual, seed=0), on_done=lambda: None, prediction=predicted)
        return player
    return cwm_lab.show(cwm_lab.compare(predicted, actual), max_steps=scene.max_steps)


def shoot(browser: Browser, name: str, scene: Scene, make: Callable[[], Player]) -> None:
    """All pictures of one scene."""
    for theme in ("light", "dark"):
        for width in (1400, 700):
            page = browser.new_page(viewport={"width": width, "height": 900})
            stage = Stage(page)
            player = stage.show(make(), theme=theme)
            player.focus()
            for key in scene.keys:
                if key.startswith("="):
                    page.keyboard.type(key[1:])
                else:
                    page.keyboard.press(key)
                page.wait_for_timeout(60 if key == "Enter" else 0)
            if scene.open:
                page.wait_for_timeout(200)
                player.get_by_text(scene.open).first.click()
            if scene.asking:
                field = player.locator(".cwm-answer")
                field.fill("11")
                field.press("Enter")
            page.wait_for_timeout(400)
            player.evaluate("node => node.ownerDocument.activeElement.blur()")
            file = ARTEFACTS / f"{name}-{theme}-{width}.png"
            player.screenshot(path=file)
            for docs_theme, docs_width, docs_name in scene.docs:
                if (docs_theme, docs_width) == (theme, width):
                    shutil.copy(file, ROOT / "docs" / docs_name)
            if stage.complaints:
                raise SystemExit(f"{name}: {stage.complaints}")
            page.close()


def main() -> None:
    """All scenes, or those named on the command line."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name in sys.argv[1:] or SCENES:
            scene = SCENES[name]
            shoot(browser, name, scene, lambda s=scene: player_of(s))
        browser.close()


if __name__ == "__main__":
    main()
