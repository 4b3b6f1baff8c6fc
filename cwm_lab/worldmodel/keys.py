"""Keys of servers: held so that they do not show.

A key comes from the environment or from a file, never from a model's specification, and leaves its
`SecretKey` only where a request is signed.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from cwm_lab.errors import ModelError

KEY_VARIABLE = "CWM_LAB_API_KEY"
"""Environment variable: the key itself."""
KEY_FILE_VARIABLE = "CWM_LAB_API_KEY_FILE"
"""Environment variable: a file that holds the key."""
MAX_KEY_CHARS = 4096


class SecretKey:
    """A key whose text no repr, str, format, pickle, copy or list of attributes tells."""

    __slots__ = ("__weakref__", "_tell")
    _tell: Callable[[], str]

    def __init__(self, text: str) -> None:
        # A closure: tools that print an object's attributes print a function.
        self._tell = lambda: text

    def reveal(self) -> str:
        """The key's text, for the one place that signs a request."""
        return self._tell()

    def hide(self, text: str) -> str:
        """`text` with the key, should it be there, taken out: servers echo what they were sent."""
        return text.replace(self._tell(), "[key]")

    def __repr__(self) -> str:
        return "<SecretKey>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretKey):
            return NotImplemented
        return hmac.compare_digest(self._tell().encode(), other._tell().encode())

    def __hash__(self) -> int:
        return hash((SecretKey, self._tell()))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is neither pickled nor copied")


def find_key(
    file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> SecretKey | None:
    """The key: from `file`, else from CWM_LAB_API_KEY, else from the file that CWM_LAB_API_KEY_FILE
    names; None if there is none. Raises ModelError for a file that cannot be read or text that
    cannot be a key."""
    if file is None:
        if text := environment.get(KEY_VARIABLE, "").strip():
            return _checked(text, KEY_VARIABLE)
        if not (named := environment.get(KEY_FILE_VARIABLE, "")):
            return None
        file = Path(named)
    path = file.expanduser()
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
    except OSError as error:
        raise ModelError(f"cannot read the key from {path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        # Not chained: the exception holds the file's bytes.
        text = "\0"
    if not text:
        raise ModelError(f"the key file {path} is empty; put the server's key into it.")
    return _checked(text, str(path))


def _checked(text: str, where: str) -> SecretKey:
    if len(text) > MAX_KEY_CHARS or not text.isascii() or not text.isprintable() or " " in text:
        raise ModelError(f"what {where} holds is no key: a key is one word of ASCII characters.")
    return SecretKey(text)
