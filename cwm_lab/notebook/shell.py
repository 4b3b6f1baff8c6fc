"""What the running IPython shell knows, and how its reader is told something and asked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Message:
    """One sentence where a cell's result would be."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def tell(text: str) -> None:
    display(Message(text))


def someone_answers(shell: InteractiveShell) -> bool:
    """Whether there is a reader who can be asked: none when nbclient runs the notebook.

    The kernel keeps what the frontend said in its execute request; outside a kernel there is a
    terminal.
    """
    kernel = getattr(shell, "kernel", None)
    return True if kernel is None else bool(getattr(kernel, "_allow_stdin", False))


def ask_reader(shell: InteractiveShell, prompt: str) -> str:
    """A line from the reader; the cell's own `input` and streams are the recorder's just now."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        return str(kernel.raw_input(prompt))
    screen, keys = sys.__stdout__, sys.__stdin__
    if screen is None or keys is None:
        raise EOFError("there is no terminal to ask")
    screen.write(prompt)
    screen.flush()
    line = keys.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.rstrip("\n")


def variables_of(shell: InteractiveShell) -> dict[str, Any]:
    """The notebook's variables, without those that IPython itself puts there."""
    hidden = shell.user_ns_hidden
    return {
        name: value
        for name, value in shell.user_ns.items()
        if name not in hidden or hidden[name] is not value
    }


def history_of(shell: InteractiveShell) -> list[str]:
    """Sources of the session's cells, oldest first; of a `%%predict` cell its program."""
    manager = shell.history_manager
    if manager is None:
        return []
    sources = []
    for raw, parsed in zip(manager.input_hist_raw, manager.input_hist_parsed, strict=False):
        first, _, rest = raw.partition("\n")
        sources.append(rest if first.startswith("%%predict") else parsed)
    return sources
