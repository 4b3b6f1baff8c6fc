"""A notebook without a browser: an IPython shell in this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from cwm_lab.notebook import load_ipython_extension


@dataclass
class Shown:
    """What running one cell left behind."""

    ok: bool
    error: BaseException | None
    value: object
    text: str
    bundles: list[dict[str, Any]] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """All that a reader without a browser sees."""
        return "\n".join([self.text, *(bundle["text/plain"] for bundle in self.bundles)])


class Notebook:
    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell

    @property
    def names(self) -> dict[str, Any]:
        return self.shell.user_ns

    def run(self, cell: str) -> Shown:
        with capture_output() as captured:
            result = self.shell.run_cell(cell, store_history=True)
        error = result.error_in_exec or result.error_before_exec
        bundles = [output.data for output in captured.outputs]
        text = captured.stdout + captured.stderr
        return Shown(result.success, error, result.result, text, bundles)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    load_ipython_extension(shell)
    yield Notebook(shell)
    InteractiveShell.clear_instance()
