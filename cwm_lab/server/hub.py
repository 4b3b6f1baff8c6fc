"""Users of a JupyterHub: whoever has a token of the hub that may reach this service needs no other.

The hub is asked whose token it is (`GET /hub/api/user`), as JupyterHub's own `HubAuth` does, and
its answer is kept for a minute. https://jupyterhub.readthedocs.io/en/stable/reference/services.html
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from cwm_lab.errors import CWMLabError

KEPT_SECONDS = 60.0
ANSWER_SECONDS = 5.0
MOST_KEPT = 10_000


class HubError(Exception):
    """The hub does not answer, or answers oddly."""


@dataclass(frozen=True)
class Place:
    """What a hub tells its services in their environment."""

    api: str
    service: str
    prefix: str
    host: str
    port: int


def place_in_hub(environment: Mapping[str, str]) -> Place:
    """Where this service stands. Raises CWMLabError if it was not started as a service."""
    names = ("API_URL", "SERVICE_NAME", "SERVICE_PREFIX", "SERVICE_URL")
    found = {name: environment.get(f"JUPYTERHUB_{name}", "") for name in names}
    if missing := [f"JUPYTERHUB_{name}" for name in names if not found[name]]:
        raise CWMLabError(
            f"--hub needs {missing[0]}, which JupyterHub tells its services; see docs/hosting.md."
        )
    url = urlsplit(found["SERVICE_URL"])
    if url.hostname is None:
        raise CWMLabError("JUPYTERHUB_SERVICE_URL is no address such as http://127.0.0.1:8765.")
    return Place(
        found["API_URL"].rstrip("/"),
        found["SERVICE_NAME"],
        found["SERVICE_PREFIX"].rstrip("/"),
        url.hostname,
        url.port or 80,
    )


class Hub:
    """A JupyterHub that says whose tokens are. Only tokens with the scope of this service count."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._client = httpx.AsyncClient(timeout=ANSWER_SECONDS)
        self._known: OrderedDict[bytes, tuple[float, str | None]] = OrderedDict()

    async def user(self, token: str) -> str | None:
        """The user's name; None if the token is none of the hub's, or may not reach this service.
        Raises HubError."""
        key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        kept = self._known.get(key)
        if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        name = await self._asked(token)
        self._known[key] = time.monotonic(), name
        self._known.move_to_end(key)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return name

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _asked(self, token: str) -> str | None:
        if not (token.isascii() and token.isprintable()):
            return None
        try:
            response = await self._client.get(
                f"{self._place.api}/user", headers={"Authorization": f"Bearer {token}"}
            )
            if response.status_code in (401, 403, 404):
                return None
            response.raise_for_status()
            user = response.json()
            name, kind, scopes = str(user["name"]), user["kind"], user["scopes"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            # Not chained: the request, and in it the token, hangs on some of these.
            raise HubError(type(error).__name__) from None
        wanted = {"access:services", f"access:services!service={self._place.service}"}
        return name if kind == "user" and wanted & {*scopes} else None
