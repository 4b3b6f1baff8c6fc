"""The form of `%cwm finetune`: what to train on, what to call it, how long; then the run itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w
from IPython.display import DisplayHandle

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.finetuning.chooser import Chooser
from cwm_lab.notebook.finetuning.report import said
from cwm_lab.notebook.finetuning.running import Asked, Run, begin, current, interrupted
from cwm_lab.notebook.finetuning.view import RunView

_WIDE = w.Layout(width="auto", max_width="620px")
_LABELS = {"description_width": "90px"}
MAX_MINUTES = 24 * 60


class FinetuneForm(w.VBox):  # type: ignore[misc]
    """Asks, starts a run, and shows it; a run that goes on here already is shown at once.

    asked: what the fields begin with, and settings for which there is none. choose: makes a model
    the default. started: called with each run once it has begun.
    """

    def __init__(
        self,
        asked: Asked,
        choose: Callable[[str], None],
        started: Callable[[Run], None] | None = None,
    ) -> None:
        self._choose, self._started = choose, started
        self.handle: DisplayHandle | None = None
        left = None if asked.programs else interrupted()
        first = left or asked
        self._settings = first.settings
        self.programs = w.Textarea(
            value="\n".join(first.programs),
            description="Programs",
            placeholder="Folders, .py, .ipynb or .md files, or history; one a line",
            rows=4,
            layout=_WIDE,
            style=_LABELS,
        )
        self.chooser = w.Accordion([Chooser(Path.cwd(), self._add)], titles=("Choose files",))
        self.chooser.layout.max_width = "620px"
        self.name = w.Text(
            value=first.name, description="Name", placeholder="week3", layout=_WIDE, style=_LABELS
        )
        self.minutes = w.BoundedFloatText(
            value=first.minutes, min=0.1, max=MAX_MINUTES, step=1, description="Minutes",
            layout=_WIDE, style=_LABELS,
        )  # fmt: skip
        self.model = w.Combobox(
            value=first.model, options=("builtin",), description="Model", layout=_WIDE,
            style=_LABELS, placeholder="builtin, or local:FOLDER",
        )  # fmt: skip
        self.replace = w.Checkbox(
            value=first.replace, description="May replace an adapter of that name, if it helps",
            indent=False, layout=_WIDE,
        )  # fmt: skip
        self.start = w.Button(description="Start", icon="play", button_style="primary")
        self.start.on_click(self._begin)
        self.message = w.HTML()
        if left is not None:
            self.message.value = said(
                f"{left.name} was begun and did not end; Start goes on where it was."
            )
        self.view: RunView | None = None
        super().__init__(self._asking())
        if (run := current()) is not None:
            self._show(run)

    def _asking(self) -> tuple[w.Widget, ...]:
        fields = (self.programs, self.chooser, self.name, self.minutes, self.model, self.replace)
        return (*fields, self.start, self.message)

    def _add(self, paths: list[Path]) -> None:
        lines = [line for line in self.programs.value.splitlines() if line.strip()]
        self.programs.value = "\n".join([*lines, *(str(p) for p in paths if str(p) not in lines)])

    def asked(self) -> Asked:
        """What the fields say. Raises CWMLabError for what is missing or odd."""
        from cwm_lab.worldmodel.adapters import check_name

        programs = tuple(line.strip() for line in self.programs.value.splitlines() if line.strip())
        if not programs:
            raise CWMLabError("Say which programs: type or choose folders or files.")
        name = self.name.value.strip()
        if not name:
            raise CWMLabError("Give the adapter a name, such as week3.")
        return Asked(
            programs,
            check_name(name),
            float(self.minutes.value),
            self.model.value.strip() or "builtin",
            bool(self.replace.value),
            self._settings,
        )

    def _begin(self, _: Any) -> None:
        try:
            run = Run(self.asked())
            begin(run)
        except CWMLabError as error:
            self.message.value = said(str(error), alert=True)
            return
        if self._started is not None:
            self._started(run)
        self._show(run)

    def _show(self, run: Run) -> None:
        self.message.value = ""
        self.view = RunView(run, self._choose)
        self.view.on_end = self._ended
        self.children = (self.view,)
        if run.done:
            self._ended()

    def _ended(self) -> None:
        """A run that came to nothing leaves the form as it was filled in."""
        assert self.view is not None
        if self.view.run.problem:
            self.message.value = said(self.view.run.problem, alert=True)
            self.children = self._asking()
        elif self.handle is not None:
            self.handle.update(self.view)  # it has static forms, for a notebook that is saved
