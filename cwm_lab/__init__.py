"""CWM Lab: predict what a program will do, then see what Python really does.

`record` runs a program and records its trace, `predict` has a world model imagine one without
running it, `compare` tells where they part. ``%load_ext cwm_lab`` brings `%%predict` to a notebook.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import BadProgramError, BadTraceError, CWMLabError, ModelError
from cwm_lab.trace import Comparison, Outcome, Program, Step, StepPair, Trace, compare
from cwm_lab.trace.pages import write_pages_with

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from cwm_lab.courses.attempts import attempts, delete_attempts
    from cwm_lab.notebook.export import save_html
    from cwm_lab.notebook.show import show
    from cwm_lab.recorder import record
    from cwm_lab.worldmodel import predict

__version__ = "0.1.0"
__all__ = [
    "BadProgramError",
    "BadTraceError",
    "CWMLabError",
    "Comparison",
    "ModelError",
    "Outcome",
    "Program",
    "Step",
    "StepPair",
    "Trace",
    "__version__",
    "attempts",
    "compare",
    "delete_attempts",
    "load_ipython_extension",
    "predict",
    "record",
    "save_html",
    "show",
]


def __getattr__(name: str) -> Any:
    """Rooms are imported when they are first used, so that `import cwm_lab` stays light: the
    sandbox's child process starts with it."""
    if name == "record":
        from cwm_lab.recorder import record

        return record
    if name == "predict":
        from cwm_lab.worldmodel import predict

        return predict
    if name in ("attempts", "delete_attempts"):
        from cwm_lab.courses import attempts as saved

        return getattr(saved, name)
    if name == "show":
        from cwm_lab.notebook.show import show

        return show
    if name == "save_html":
        from cwm_lab.notebook.export import save_html

        return save_html
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _save(shown: Any, path: str | PathLike[str]) -> Path:
    """What `Comparison.save` calls."""
    from cwm_lab.notebook.export import save_html

    return save_html(shown, path)


write_pages_with(_save)


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """What ``%load_ext cwm_lab`` calls: brings the magic `%%predict`."""
    from cwm_lab.notebook import load_ipython_extension as load

    load(ipython)
