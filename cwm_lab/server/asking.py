"""Who asks, and how a question becomes a prediction: made, shared or kept."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from cwm_lab.server.engines import Engine, choose
from cwm_lab.server.hub import Hub, HubError
from cwm_lab.server.metrics import Metrics
from cwm_lab.server.predictions import Prediction, Predictions, prediction_key
from cwm_lab.server.queueing import FullError
from cwm_lab.server.settings import Settings
from cwm_lab.server.tokens import DatabaseError, Holder, TokenStore

logger = logging.getLogger("cwm_lab.server")
ALIVE_SECONDS = 10.0
TELL_AGAIN_SECONDS = 60.0
"""How often at most the log is told that predictions cannot be counted."""
DAY = 86_400
FIRST = (b'{"event":"step"', b'{"event":"piece"')


class Lab:
    """What all requests share. store: None lets everybody ask. hub: whose users may ask, too."""

    def __init__(self, settings: Settings, store: TokenStore | None, hub: Hub | None) -> None:
        self.settings, self.store, self.hub = settings, store, hub
        self.metrics = Metrics()
        self.predictions = Predictions(settings.cache_bytes)
        self.engines = [
            Engine(offer, settings, self.predictions, self.metrics) for offer in settings.offers
        ]
        self.open: dict[str, int] = {}
        self.told = float("-inf")

    def offered(self, who: Holder) -> list[Engine]:
        """The models that somebody may ask, the preferred one first."""
        return [e for e in self.engines if who.models is None or e.name in who.models]

    def find(
        self,
        who: Holder,
        model: str | None,
        size: int,
        *,
        adapter: str | None = None,
        completes: bool = False,
    ) -> Engine:
        """The model that answers a text of so many characters. Raises HTTPException."""
        offered = self.offered(who)
        asked = [one for one in offered if model is None or model in (one.name, one.spec)]
        if adapter is not None:
            bases = {one.base for one in self.engines if model in (one.name, one.spec)}
            asked = [one for one in offered if model is None or one.base in bases]
            asked = [one for one in asked if one.adapter == adapter]
        if (engine := choose(asked, size, completes=completes)) is not None:
            return engine
        if not asked and adapter is not None:
            known = ", ".join(sorted({one.adapter for one in offered if one.adapter})) or "none"
            raise refuse(404, f"there is no adapter {adapter[:100]!r} for you; there are: {known}.")
        if not asked:
            known = ", ".join(one.name for one in offered) or "none"
            raise refuse(
                404, f"there is no model {(model or '')[:100]!r} for you; there are: {known}."
            )
        if not any(one.healthy for one in asked):
            raise refuse(503, f"no model is ready: {asked[0].problem}", retry_after="5")
        if completes and not any(one.completes for one in asked):
            raise refuse(400, f"{asked[0].name} completes no texts; ask it for traces.")
        raise refuse(413, "the program is too long for every model here that is ready.")


class Asked:
    """A prediction that somebody listens to. how: made, shared or kept."""

    def __init__(
        self, lab: Lab, who: Holder, engine: Engine, prediction: Prediction, how: str
    ) -> None:
        self._lab, self._who, self._engine = lab, who, engine
        self.prediction, self.how = prediction, how
        self.headers = {"x-cwm-model": engine.name, "x-cwm-how": how}
        prediction.listeners += 1
        lab.metrics.streams.inc()

    def events(self, after: int = 0) -> AsyncIterator[bytes | None]:
        """What the listener is told; None for a sign of life."""
        return _timed(
            self.prediction.listen(after, ALIVE_SECONDS), self._lab.metrics, time.monotonic()
        )

    def leave(self) -> None:
        """Listen no more. A prediction without listeners is dropped after a while."""
        self._lab.metrics.streams.dec()
        self.prediction.listeners -= 1
        release(self._lab, self._who)
        if not self.prediction.listeners and not self.prediction.done:
            loop = asyncio.get_running_loop()
            loop.call_later(self._lab.settings.grace_seconds, self._drop_if_alone)

    def _drop_if_alone(self) -> None:
        if not self.prediction.listeners and not self.prediction.done:
            self._engine.drop(self.prediction)


async def ask(
    lab: Lab,
    who: Holder,
    engine: Engine,
    task: dict[str, Any],
    *,
    again: bool = False,
    counted: bool = True,
) -> Asked:
    """A prediction of a task, which is listened to from now on. again: the client says that it goes
    on with a stream, which is not counted a second time. counted: whether it counts as a prediction
    at all. Raises HTTPException."""
    most = who.each or lab.settings.requests_each
    if lab.open.get(who.name, 0) >= most:
        raise refuse(
            429, f"{who.name} has {most} requests open; wait for one to end.", retry_after="2"
        )
    lab.open[who.name] = lab.open.get(who.name, 0) + 1
    try:
        prediction, how = await _found_or_made(lab, who, engine, task, again=again, counted=counted)
    except BaseException:
        release(lab, who)
        raise
    lab.metrics.predictions.labels(how).inc()
    program = (task.get("program") or {}).get("source") or task.get("trace") or task.get("prompt")
    logger.info(
        "asked for a prediction",
        extra={
            "holder": who.name,
            "what": task["do"],
            "how": how,
            "model": engine.name,
            "key": prediction.key[:12],
        }
        | ({"program": program} if lab.settings.log_programs else {}),
    )
    return Asked(lab, who, engine, prediction, how)


def release(lab: Lab, who: Holder) -> None:
    """One request less is open."""
    lab.open[who.name] -= 1
    if not lab.open[who.name]:
        del lab.open[who.name]


async def _found_or_made(
    lab: Lab, who: Holder, engine: Engine, task: dict[str, Any], *, again: bool, counted: bool
) -> tuple[Prediction, str]:
    key, weight = prediction_key(engine.spec + engine.version, task)
    known = lab.predictions.find(key)
    if known is None or known.cancelled:
        _room(engine, who, lambda: engine.check(who.name, who.each, weight))
    if counted and (known is None or not again):
        await _count(lab, who)
        known = lab.predictions.find(key)  # another may have asked meanwhile
    if known is not None and not known.cancelled:
        return known, "kept" if known.done else "shared"
    made = Prediction(key, task, who.name, weight)
    _room(engine, who, lambda: engine.check(who.name, who.each, weight))
    engine.queue.put(who.name, made, who.each)
    lab.predictions.add(made)
    engine.arrange()
    return made, "made"


def _room(engine: Engine, who: Holder, take: Callable[[], None]) -> None:
    try:
        take()
    except FullError as full:
        wait = engine.retry_after()
        text = "you wait for as many predictions as you may" if full.mine else "the queue is full"
        raise refuse(429, f"{text}; ask again in {wait} s.", retry_after=str(wait)) from None


async def _count(lab: Lab, who: Holder) -> None:
    """Count a prediction of somebody whose predictions are counted."""
    if lab.store is None:
        return
    try:
        within = await asyncio.to_thread(lab.store.use, who)
    except DatabaseError as error:
        # A full disk must not keep a class from working: what cannot be counted is let through.
        if time.monotonic() - lab.told > TELL_AGAIN_SECONDS:
            lab.told = time.monotonic()
            logger.error("predictions cannot be counted, and are let through: %s", error)
        lab.metrics.uncounted.inc()
        return
    if not within:
        raise refuse(
            429,
            f"{who.name} has used today's {who.daily} predictions; tomorrow (UTC) there are more.",
            retry_after=str(DAY - int(time.time()) % DAY),
        )


async def _timed(
    events: AsyncIterator[bytes | None], metrics: Metrics, began: float
) -> AsyncIterator[bytes | None]:
    first = True
    async for event in events:
        if first and event is not None and event.startswith(FIRST):
            metrics.first.observe(time.monotonic() - began)
            first = False
        yield event


# --- who asks -------------------------------------------------------------------------------------

_BEARER = HTTPBearer(
    auto_error=False, description="A token of `cwm-lab serve token add NAME`, or of the hub"
)


async def holder(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Holder:
    """Who asks. Raises HTTPException for who may not."""
    lab: Lab = request.app.state.lab
    if lab.store is None:
        return Holder(request.client.host if request.client else "someone")
    if given is None or not given.credentials:
        raise refuse(
            401, "a token is needed: Authorization: Bearer TOKEN.", www_authenticate="Bearer"
        )
    try:
        found = await asyncio.to_thread(lab.store.holder, given.credentials)
        if found is None and lab.hub is not None:
            user = await lab.hub.user(given.credentials)
            if user is not None:
                found = await asyncio.to_thread(lab.store.guest, user, lab.settings.hub_daily)
    except DatabaseError as error:
        logger.error("tokens cannot be looked up: %s", error)
        raise refuse(
            503, "the server cannot look up tokens just now; ask again.", retry_after="5"
        ) from None
    except HubError as error:
        logger.error("the hub cannot be asked: %s", error)
        raise refuse(
            503, "the hub does not say whose token this is; ask again.", retry_after="5"
        ) from None
    if found is None:
        raise refuse(401, "this token is not known, or was revoked.", www_authenticate="Bearer")
    return found


Who = Annotated[Holder, Depends(holder)]


def refuse(status: int, message: str, **headers: str) -> HTTPException:
    """An answer that says no, in one sentence."""
    return HTTPException(status, message, {k.replace("_", "-"): v for k, v in headers.items()})


def error_body(message: str, status: int) -> dict[str, Any]:
    """What every refusal looks like."""
    return {"error": {"message": message, "code": status}}


_REFUSED = {"model": dict[str, Any], "description": "Refused; `error.message` says why."}
REFUSALS: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 401, 404, 408, 413, 422, 429, 503), _REFUSED
)
