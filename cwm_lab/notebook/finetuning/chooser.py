"""A small list of folders and files to choose programs from, where the kernel runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

SUFFIXES = (".py", ".ipynb", ".md")
_MOST = 500


class Chooser(w.VBox):  # type: ignore[misc]
    """Opens folders, adds folders and files. add: called with the paths that are chosen."""

    def __init__(self, folder: Path, add: Callable[[list[Path]], None]) -> None:
        self.folder = folder
        self._add = add
        self.where = w.HTML()
        self.files = w.SelectMultiple(
            rows=8, description="Files", layout=w.Layout(width="auto", max_width="620px")
        )
        self.into = w.Button(description="Open folder", icon="folder-open")
        self.take = w.Button(description="Add", icon="plus")
        self.into.on_click(self._opened)
        self.take.on_click(self._taken)
        super().__init__([self.where, self.files, w.HBox([self.into, self.take])])
        self._list()

    def _list(self) -> None:
        from html import escape

        try:
            inside = sorted(self.folder.iterdir(), key=lambda p: (p.is_file(), p.name.lower()))
        except OSError as error:
            self.where.value = f"Cannot look into {escape(str(self.folder))}: {error.strerror}"
            inside = []
        else:
            self.where.value = f"In <code>{escape(str(self.folder))}</code>"
        shown = [
            (f"{path.name}/" if path.is_dir() else path.name, path)
            for path in inside
            if not path.name.startswith(".") and (path.is_dir() or path.suffix in SUFFIXES)
        ]
        up = [("../", self.folder.parent)] if self.folder.parent != self.folder else []
        self.files.options = [*up, *shown[:_MOST]]
        self.files.value = ()

    def _opened(self, _: Any) -> None:
        folders = [path for path in self.files.value if path.is_dir()]
        if folders:
            self.folder = folders[0]
            self._list()

    def _taken(self, _: Any) -> None:
        chosen = [path for path in self.files.value if path != self.folder.parent]
        self._add(chosen or [self.folder])
        self.files.value = ()
