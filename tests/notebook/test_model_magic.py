"""`%cwm`: which model predicts, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.notebook.conftest import Notebook


def test_the_builtin_model_is_ready(notebook: Notebook) -> None:
    notebook.run("%cwm model builtin")
    text = notebook.run("%cwm status").bundles[0]["text/plain"]
    assert text.splitlines()[0].split() == ["model:", "builtin"]
    assert "ready" in text
    assert "licence" not in text


def test_a_model_is_chosen_with_its_licence_and_without_asking_it(notebook: Notebook) -> None:
    spec = "openai:http://127.0.0.1:9/v1#facebook/cwm"
    chosen = notebook.run(f"%cwm model {spec}").bundles[0]["text/plain"]
    assert "non-commercial research" in chosen
    status = notebook.run("%cwm status").bundles[0]["text/plain"]
    assert spec in status
    assert "http://127.0.0.1:9/v1 cannot be reached" in status
    assert "context: unknown" in status
    shown = notebook.run("%%predict\nx = 1\n")
    assert shown.ok  # the cell runs all the same
    assert "No prediction: http://127.0.0.1:9/v1 cannot be reached" in str(shown.bundles)
    notebook.run("%cwm model builtin")
    assert notebook.run("%cwm model").bundles[0]["text/plain"] == "builtin"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "write %cwm status"),
        ("stats", "write %cwm status"),
        ("status now", "write %cwm status"),
        ("model gpt", "there is no model 'gpt'"),
        ("model openai:http://h/v1?api_key=SECRET#m", "does not belong"),
        ("model hosted:lab.example", "begins with http"),
    ],
)
def test_what_is_wrong_is_one_sentence(notebook: Notebook, line: str, says: str) -> None:
    shown = notebook.run(f"%cwm {line}")
    assert not shown.ok
    assert says in str(shown.error)
    assert "SECRET" not in str(shown.error)
