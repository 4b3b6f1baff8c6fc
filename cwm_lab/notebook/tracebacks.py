"""What a reader sees of an exception: the cell's own frames, or one line; never the lab's frames.

IPython asks an exception for `_render_traceback_` before it makes a traceback of its own. Raising
such an exception keeps all else as usual: the cell counts as failed, "Run all" stops there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cwm_lab
from cwm_lab.errors import BadProgramError, CWMLabError

_PACKAGE = str(Path(cwm_lab.__file__).parent)

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class CellSyntaxError(BadProgramError):
    """The cell is not Python; shown as IPython shows a SyntaxError."""


def one_line(error: CWMLabError, magic: str = "%%predict") -> CWMLabError:
    """The same error, shown as its message alone."""
    _show_as(error, lambda: [f"{magic}: {error}"])
    return error


def syntax_error(shell: InteractiveShell, error: SyntaxError) -> CellSyntaxError:
    """An error that shows where the cell is not Python, as after any cell."""
    lines = shell.SyntaxTB.structured_traceback(type(error), error, None)
    shown = CellSyntaxError(str(error))
    _show_as(shown, lambda: lines)
    return shown


def of_the_cell(shell: InteractiveShell, error: BaseException) -> BaseException:
    """The cell's own exception, its traceback starting in the cell (`error.__traceback__`)."""
    traceback = part = error.__traceback__
    while part is not None:
        after = part.tb_next
        if after is not None and after.tb_frame.f_code.co_filename.startswith(_PACKAGE):
            part.tb_next = None  # such as an interrupt while the lab asks for input
        part = part.tb_next
    lines = shell.InteractiveTB.structured_traceback(type(error), error, traceback, tb_offset=0)
    _show_as(error, lambda: lines)
    return error


def _show_as(error: BaseException, lines: Callable[[], list[str]]) -> None:
    shown: Any = error
    try:
        shown._render_traceback_ = lines
    except (AttributeError, TypeError):
        return  # a class that takes no attributes is shown with all its frames
