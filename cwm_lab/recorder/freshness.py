"""Whether the compiled recorder (see docs/benchmarks.md) is that of the sources beside it.

An extension module is imported in the place of a module's source, also when that was changed
since. So the compiled ones are in a folder of their own, with a stamp of what they were made of.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from zlib import crc32

PURE = "CWM_LAB_PURE"
"""Name in the environment; with a value other than 0 nothing compiled is used."""
FOLDER = "compiled"
LIBRARY = "compiled__mypyc"
"""Module that the compiled ones share."""


def stamp(package: Path) -> Path:
    """Where it says what the modules compiled for this interpreter were made of."""
    return package / FOLDER / f"{sys.implementation.cache_tag}.json"


def checksums(package: Path, names: Iterable[str]) -> dict[str, int]:
    """Module -> CRC-32 of its source."""
    return {name: crc32((package / f"{name}.py").read_bytes()) for name in names}


def prefer_compiled(package: str, path: list[str]) -> bool:
    """Have the package's modules imported compiled, where they are and are fresh; whether so.

    path: the package's `__path__`.
    """
    if os.environ.get(PURE, "0") != "0":
        return False
    own = Path(path[0])
    try:
        before = json.loads(stamp(own).read_text("utf-8"))
        if before != checksums(own, before):
            return False
        path.insert(0, str(own / FOLDER))
        import_module(f"{package}.{LIBRARY}")
    except (OSError, ValueError, ImportError):
        path[:] = [str(own)]
        return False
    return True
