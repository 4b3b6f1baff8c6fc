"""What a reader sees of a run: how far it is, its curves, and in the end what it came to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w
from IPython.display import DisplayHandle

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.finetuning.report import report_html, report_text, said
from cwm_lab.notebook.finetuning.running import Run

_EVERY = 0.5
"""Seconds between two pictures of the curves."""
_WIDGET_MIME = "application/vnd.jupyter.widget-view+json"


class RunView(w.VBox):  # type: ignore[misc]
    """Shows a run while it goes on, and its end.

    choose: makes a model the one that predicts by default. cancels: whether a click can stop the
    run; where a cell waits for it, only the notebook's own button can. interactive: whether a
    browser may be looking.
    """

    def __init__(
        self,
        run: Run,
        choose: Callable[[str], None],
        *,
        cancels: bool = True,
        interactive: bool = True,
    ) -> None:
        self.run, self._choose, self._interactive = run, choose, interactive
        self.handle: DisplayHandle | None = None
        self.on_end: Callable[[], None] | None = None
        self._lock, self._last, self._ended = threading.Lock(), 0.0, False
        self.bar = w.FloatProgress(
            min=0.0, max=1.0, layout=w.Layout(width="100%", max_width="680px")
        )
        self.status = w.HTML()
        self.curves = w.HTML()
        self.result = w.HTML()
        self.stop = w.Button(description="Cancel", icon="stop", tooltip="Keeps the best so far")
        self.stop.on_click(self._stop)
        self.default = w.Button(
            description="Make default", icon="check", tooltip="Predicts where no model is named"
        )
        self.default.on_click(self._make_default)
        self.default.layout.display = "none"
        if not cancels:
            self.stop.layout.display = "none"
        how = "" if cancels else " The notebook's ■ stops it and keeps the best so far."
        self.hint = w.HTML(f"<small>Fine-tuning {escape(run.asked.name)}.{how}</small>")
        super().__init__(
            [self.hint, self.bar, self.status, self.stop, self.result, self.default, self.curves]
        )
        run.listeners.append(self.refresh)
        self.refresh()

    def __repr__(self) -> str:
        run = self.run
        if run.report is not None:
            return "\n".join(filter(None, [report_text(run.report), run.curves.text()]))
        return run.told()

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {"text/plain": repr(self), "text/html": self.html()}
        if self._interactive:
            view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
            data[_WIDGET_MIME] = view
        return data, {}

    def html(self) -> str:
        """The same without a widget, for notebooks that are saved or run unattended."""
        run = self.run
        body = f"<p>{escape(run.told())}</p>" if run.report is None else report_html(run.report)
        return f"<div>{body}{run.curves.svg() if run.curves.loss else ''}</div>"

    def _stop(self, _: Any) -> None:
        self.run.cancel()
        self.refresh(at_once=True)

    def refresh(self, *, at_once: bool = False) -> None:
        """Show what is new, if a moment has passed; from any thread."""
        with self._lock:
            now, ends = time.monotonic(), self.run.done
            if self._ended or not (ends or at_once or now - self._last >= _EVERY):
                return
            self._last, self._ended = now, ends
        self.bar.value = self.run.share
        self.status.value = said(self.run.told(), alert=bool(self.run.problem))
        if self.run.curves.loss:
            self.curves.value = self.run.curves.svg()
        self.stop.disabled = self.run.stopping
        if ends:
            self._end()

    def _end(self) -> None:
        self.stop.layout.display = "none"
        self.bar.bar_style = "danger" if self.run.problem else "success"
        if (report := self.run.report) is not None:
            self.status.value = ""
            self.result.value = f'<div role="status">{report_html(report)}</div>'
            if report.helps:
                self.default.layout.display = ""
        if self.handle is not None:
            self.handle.update(self)
        if self.on_end is not None:
            self.on_end()

    def _make_default(self, _: Any) -> None:
        report = self.run.report
        assert report is not None
        try:
            self._choose(report.spec)
        except CWMLabError as error:
            self.status.value = said(str(error), alert=True)
            return
        self.default.disabled = True
        self.default.description = "Is the default"
        self.status.value = said(
            f"{report.spec} predicts from now on, here and where no model is named; %cwm model "
            "builtin goes back here, `cwm-lab adapters default --none` everywhere."
        )
