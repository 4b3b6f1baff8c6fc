"""The one way to write down which world model is meant.

builtin?adapter=NAME
local:PATH_OR_HUB_NAME?quantize=4bit&adapter=NAME
openai:URL?context=16384&adapter=NAME#MODEL
hosted:URL?adapter=NAME
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from cwm_lab.errors import ModelError

Kind = Literal["builtin", "local", "openai", "hosted"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMS = "builtin, local:PATH_OR_HUB_NAME, openai:URL#MODEL or hosted:URL"
QUANTIZATIONS = ("4bit", "8bit", "none")
DEVICES = ("auto", "cpu", "cuda", "mps")
_OPTIONS: Mapping[Kind, tuple[str, ...]] = {
    "builtin": ("adapter",),
    "local": ("quantize", "adapter", "device", "context", "grammar"),
    "openai": ("adapter", "context", "key_file", "timeout"),
    "hosted": ("adapter", "key_file", "timeout"),
}
_ADAPTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class ModelSpec:
    """A parsed specification.

    place: the folder or hub name of a local model, the URL of a server, else empty.
    model: which of a server's models. options: the rest, checked.
    """

    kind: Kind = "builtin"
    place: str = ""
    model: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        options = "&".join(f"{name}={value}" for name, value in self.options.items())
        fragment = f"#{self.model}" if self.model else ""
        place = self.kind if self.kind == "builtin" else f"{self.kind}:{self.place}"
        return place + (f"?{options}" if options else "") + fragment

    def number(self, name: str, default: int | None) -> int | None:
        """An option that is a whole number."""
        return int(self.options[name]) if name in self.options else default


def is_adapter_name(text: str) -> bool:
    """Whether an adapter can be called so, here and in a URL; anything else is a folder's path."""
    return _ADAPTER_NAME.fullmatch(text) is not None


def names_builtin(text: str) -> bool:
    """Whether a specification means the built-in model, with an adapter or without."""
    return text.strip().partition("?")[0] == "builtin"


def parse_spec(text: str) -> ModelSpec:
    """Read a specification. Raises ModelError with one sentence that says what is wrong with it."""
    text = text.strip()
    if names_builtin(text):
        return ModelSpec(options=_options("builtin", text.partition("?")[2]))
    kind, _, rest = text.partition(":")
    if kind not in KINDS:
        raise ModelError(f"there is no model {_shown(kind)}; write {FORMS}.")
    found = next(known for known in KINDS if known == kind)
    if found == "builtin":
        raise ModelError(
            "the built-in model takes nothing after its name but an adapter; write builtin, or "
            "builtin?adapter=NAME."
        )
    if not rest:
        raise ModelError(f"{found}: says not where the model is; write {FORMS}.")
    if found == "local":
        place, _, query = rest.partition("?")
        if not place:
            raise ModelError("local: needs a folder or a hub name, as in local:facebook/cwm.")
        return ModelSpec(found, place, "", _options(found, query))
    return _server(found, rest)


def _server(kind: Kind, rest: str) -> ModelSpec:
    try:
        parts = urlsplit(rest)
        _ = parts.port
    except ValueError:
        # Neither the text nor Python's message is shown: there may be a password in it.
        raise ModelError(f"{kind}: needs a URL, and what follows it is none.") from None
    if "@" in parts.netloc:
        raise ModelError(
            f"{kind}: takes no name or password in its URL, where others could read them; "
            "put the key into CWM_LAB_API_KEY or a file."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(f"{kind}: needs a URL that begins with http:// or https://.")
    options = _options(kind, parts.query)
    model = unquote(parts.fragment)
    if kind == "openai" and not model:
        raise ModelError(
            "openai: says not which of the server's models is meant; "
            "end it with # and the model's name, as in openai:http://localhost:8000/v1#cwm."
        )
    return ModelSpec(kind, _bare(parts), model, options)


def _bare(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _options(kind: Kind, query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        known = _OPTIONS[kind]
        if "key" in name and name not in known:
            raise ModelError(
                "a key does not belong into a model's specification, where others could read it; "
                "put it into CWM_LAB_API_KEY or a file."
            )
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise ModelError(f"{kind}: knows no option {_shown(name)}; there are: {allowed}.")
        if name in options:
            raise ModelError(f"{kind}: is given {name} twice.")
        options[name] = _checked(kind, name, value)
    return options


def _checked(kind: Kind, name: str, value: str) -> str:
    allowed = {"quantize": QUANTIZATIONS, "device": DEVICES, "grammar": ("on", "off")}.get(name)
    if allowed and value not in allowed:
        raise ModelError(f"{name}={_shown(value)} is not known; write one of {', '.join(allowed)}.")
    if name in ("context", "timeout") and not (
        value.isascii() and value.isdecimal() and int(value)
    ):
        raise ModelError(f"{name} must be a whole number above 0, not {_shown(value)}.")
    if not value:
        raise ModelError(f"the option {name} is empty.")
    if name == "adapter" and kind == "hosted" and not is_adapter_name(value):
        raise ModelError(f"a class server knows adapters by name, and {_shown(value)} is none.")
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
