"""The player's JavaScript: its own tests, its types, and that the committed bundle is up to date.

Node.js is optional for developers; without it, or before `make player`, these are skipped.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = shutil.which("node")


@pytest.fixture(scope="module")
def sources(repo: Path) -> Path:
    if NODE is None:
        pytest.skip("there is no node; see DEVELOP.md")
    return repo / "cwm_lab" / "notebook" / "js"


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def needs(folder: Path, name: str) -> Path:
    found = folder / "node_modules" / name
    if not found.exists():
        pytest.skip(f"{name} is not installed: `make packages` needs npm")
    return found


def test_unit_tests(sources: Path) -> None:
    run(sources, "node", "--test")


def test_types(sources: Path) -> None:
    needs(sources, "typescript")
    run(sources, "node_modules/.bin/tsc", "--project", "tsconfig.json")


def test_the_committed_bundle_is_what_the_sources_build(sources: Path) -> None:
    needs(sources, "esbuild")
    run(sources, "node", "build.js", "--check")


def test_modules_have_one_job(sources: Path) -> None:
    for file in sorted((sources / "src").glob("*.js")):
        text = file.read_text("utf-8")
        assert len(text.splitlines()) <= 400, file.name
        assert text.startswith("//"), f"{file.name} does not say what it is for"
        # Text of programs must never become markup or code.
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function"):
            assert forbidden not in text, f"{forbidden} in {file.name}"


def test_the_page_around_is_left_alone(sources: Path) -> None:
    """anywidget's rules, so that the player works in VS Code, Colab and marimo as well: it asks
    nothing of the document around it, where it may be in a shadow root or a frame of its own."""
    for file in sorted((sources / "src").glob("*.js")):
        text = re.sub(r"//.*|/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
        used = set(re.findall(r"\bdocument\.(\w+)", text))
        assert used <= {"createElement", "createElementNS"}, file.name
        assert not re.search(r"\b(window|parent|top)\.", text), file.name


def test_styles_stay_inside_and_have_fallbacks(sources: Path) -> None:
    styles = "\n".join(f.read_text("utf-8") for f in sorted((sources / "styles").glob("*.css")))
    styles = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)
    for found in re.findall(r"([^{}]+)\{", styles):
        rule = found.split(";")[-1].strip()
        if rule.startswith("@") or re.fullmatch(r"[\d%, ]+|from|to", rule):
            continue
        for selector in rule.split(","):
            first = re.split(r"[\s>+~]", selector.strip())[0]
            assert first.startswith(".cwm-"), selector
    # A theme that does not have a variable still gets a colour or a font.
    assert re.findall(r"var\(--(?:jp|vscode)-[\w-]+\)", styles) == []
    own = set(re.findall(r"var\((--cwm-[\w-]+)\)", styles))
    given = set(re.findall(r"(--cwm-[\w-]+)\s*:", styles)) | {"--cwm-doubt"}  # set by variables.js
    assert own <= given
    assert re.search(r"\.cwm-player \{[^}]*background: var\(--cwm-bg\)", styles)
