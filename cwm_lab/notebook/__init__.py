"""The notebook room: the `%%predict` magic, its configuration, and the player."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load_ipython_extension"]


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Register `%%predict`, `%cwm` and `%config CWMLab`; says nothing."""
    from cwm_lab.notebook.config import CWMLab
    from cwm_lab.notebook.magics import PredictMagics
    from cwm_lab.notebook.model_magic import ModelMagics

    if not any(isinstance(known, CWMLab) for known in ipython.configurables):
        configurables: list[Any] = ipython.configurables  # annotated too narrowly there
        configurables.append(CWMLab(parent=ipython))
    ipython.register_magics(PredictMagics)
    ipython.register_magics(ModelMagics)
