"""The published JSON Schemas (draft 2020-12) of the documents that other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("schemas")


def schema(name: str) -> dict[str, Any]:
    """The schema of a document, by what its ``schema`` key says: ``trace@1``, ``comparison@1`` (the
    prefix ``cwm-lab/`` may be left out).

    Raises KeyError, naming those that exist, for any other name.
    """
    known = {path.stem: path for path in sorted(_FOLDER.glob("*.json"))}
    path = known.get(name.removeprefix("cwm-lab/"))
    if path is None:
        raise KeyError(f"no schema {name!r}; there are {', '.join(known)}")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
