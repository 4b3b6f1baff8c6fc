"""The server's addresses: programs in, steps out; who may ask, and what a refusal says."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cwm_lab.server.engines import Engine, choose
from cwm_lab.server.gate import Gate
from cwm_lab.server.metrics import Metrics
from cwm_lab.server.predictions import Prediction, Predictions, prediction_key
from cwm_lab.server.queueing import FullError
from cwm_lab.server.settings import Settings
from cwm_lab.server.streams import EventStream
from cwm_lab.server.tokens import Holder, TokenStore
from cwm_lab.trace.program import MAX_SOURCE_CHARS

logger = logging.getLogger("cwm_lab.server")
ALIVE_SECONDS = 10.0
_REFUSED = {"model": dict[str, Any], "description": "Refused; `error.message` says why."}
REFUSALS: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (400, 401, 404, 408, 413, 422, 429, 503), _REFUSED
)


class ProgramIn(BaseModel):
    """A program, as `cwm-lab/trace@1` has it. It is never run."""

    model_config = ConfigDict(extra="forbid")
    source: str = Field(max_length=MAX_SOURCE_CHARS)
    filename: str = Field("<cell>", max_length=1000)
    context: str = Field("", max_length=MAX_SOURCE_CHARS)
    stdin: list[str] = Field(default_factory=list, max_length=10_000)
    entry: str | None = Field(None, max_length=10_000)


class TraceRequest(BaseModel):
    """after: how many steps the client has already; the stream goes on behind them."""

    model_config = ConfigDict(extra="forbid")
    program: ProgramIn
    model: str | None = Field(None, max_length=1000)
    max_steps: int = Field(1000, ge=1, le=100_000)
    after: int = Field(0, ge=0, le=100_000)


class Lab:
    """What all requests share."""

    def __init__(self, settings: Settings, store: TokenStore | None) -> None:
        self.settings, self.store = settings, store
        self.metrics = Metrics()
        self.predictions = Predictions(settings.cache_bytes)
        self.engines = [
            Engine(spec, settings, self.predictions, self.metrics) for spec in settings.models
        ]
        self.open: dict[str, int] = {}


_BEARER = HTTPBearer(auto_error=False, description="A token of `cwm-lab serve token add NAME`")


async def holder(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Holder:
    """Who asks. Raises HTTPException for who may not."""
    store = _lab(request).store
    if store is None:
        return Holder(request.client.host if request.client else "someone")
    if given is None or not given.credentials:
        raise refuse(
            401, "a token is needed: Authorization: Bearer TOKEN.", www_authenticate="Bearer"
        )
    try:
        found = await asyncio.to_thread(store.holder, given.credentials)
    except SQLAlchemyError as error:
        logger.error("the database of tokens cannot be read", exc_info=error)
        raise refuse(
            503, "the server cannot look up tokens just now; ask again.", retry_after="5"
        ) from None
    if found is None:
        raise refuse(401, "this token is not known, or was revoked.", www_authenticate="Bearer")
    return found


def _lab(request: Request) -> Lab:
    lab: Lab = request.app.state.lab
    return lab


def create_app(settings: Settings, store: TokenStore | None) -> FastAPI:
    """The application. store: None lets everybody ask, for one's own machine."""
    lab = Lab(settings, store)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        for engine in lab.engines:
            await engine.start()
        yield
        for engine in lab.engines:
            await engine.stop()
        if store is not None:
            store.close()

    app = FastAPI(
        title="CWM Lab class server",
        description="Predicts how programs run, step by step. It never runs one.",
        version="1",
        lifespan=life,
    )
    app.state.lab = lab
    app.add_middleware(Gate, settings=settings, metrics=lab.metrics)
    _refusals(app)
    _information(app, lab)
    _traces(app, lab)
    return app


def refuse(status: int, message: str, **headers: str) -> HTTPException:
    """An answer that says no, in one sentence."""
    return HTTPException(status, message, {k.replace("_", "-"): v for k, v in headers.items()})


def error_body(message: str, status: int) -> dict[str, Any]:
    """What every refusal looks like."""
    return {"error": {"message": message, "code": status}}


def _refusals(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        body = error_body(str(error.detail), error.status_code)
        return JSONResponse(body, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return JSONResponse(error_body("the body is not JSON.", 400), 400)
        where = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
        return JSONResponse(error_body(f"{where}: {first['msg']}.", 422), 422)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        logger.error("request failed", exc_info=error, extra={"path": request.url.path})
        return JSONResponse(error_body("the server failed; its log says more.", 500), 500)


def _information(app: FastAPI, lab: Lab) -> None:
    @app.get("/healthz", summary="Whether a model is ready")
    async def healthz() -> Response:
        models = {
            engine.spec: "ready" if engine.healthy else engine.problem for engine in lab.engines
        }
        ready = any(engine.healthy for engine in lab.engines)
        body = {"status": "ready" if ready else "not ready", "models": models}
        return JSONResponse(body, 200 if ready else 503)

    @app.get("/metrics", summary="For Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        for engine in lab.engines:
            lab.metrics.waiting.labels(engine.spec).set(len(engine.queue))
        lab.metrics.cached.set(lab.predictions.size)
        return PlainTextResponse(lab.metrics.text())

    @app.get("/v1/models", summary="The models, the preferred one first", responses=REFUSALS)
    async def models(_: Annotated[Holder, Depends(holder)]) -> dict[str, Any]:
        return {
            "object": "list",
            "data": [
                {
                    "id": engine.name,
                    "object": "model",
                    "owned_by": "cwm-lab",
                    "max_model_len": engine.context,
                    "ready": engine.healthy,
                }
                for engine in lab.engines
            ],
        }


def _traces(app: FastAPI, lab: Lab) -> None:
    @app.post(
        "/v1/traces",
        summary="Predict a program's trace, as server-sent events",
        response_class=Response,
        response_model=None,
        responses={
            **REFUSALS,
            200: {
                "content": {"text/event-stream": {}},
                "description": "Each event's data is JSON with an `event`: queued (place, length), "
                "step (index, step), trace (outcome, model, count, steps) or error (message, "
                "status). The last data is [DONE].",
            },
        },
    )
    async def traces(asked: TraceRequest, who: Annotated[Holder, Depends(holder)]) -> EventStream:
        return await _stream(lab, asked, who)


async def _stream(lab: Lab, asked: TraceRequest, who: Holder) -> EventStream:
    """The prediction that was asked for, made, shared or kept. Raises HTTPException."""
    began = time.monotonic()
    if lab.open.get(who.name, 0) >= lab.settings.requests_each:
        raise refuse(
            429,
            f"{who.name} has {lab.settings.requests_each} requests open; wait for one to end.",
            retry_after="2",
        )
    program = {**asked.program.model_dump(), "filename": "<cell>"}
    engine = _engine(lab, asked.model, program)
    await _count(lab, who, asked)
    max_steps = min(asked.max_steps, lab.settings.max_steps)
    key = prediction_key(engine.spec, program, max_steps)
    prediction = lab.predictions.find(key)
    how = "made" if prediction is None else "kept" if prediction.done else "shared"
    if prediction is None or prediction.cancelled:
        prediction = Prediction(key, program, max_steps, who.name)
        try:
            engine.queue.put(who.name, prediction)
        except FullError as full:
            wait = engine.retry_after()
            text = (
                "you wait for as many predictions as you may" if full.mine else "the queue is full"
            )
            raise refuse(429, f"{text}; ask again in {wait} s.", retry_after=str(wait)) from None
        lab.predictions.add(prediction)
        engine.arrange()
    lab.metrics.predictions.labels(how).inc()
    logger.info(
        "trace asked for",
        extra={"holder": who.name, "how": how, "model": engine.spec, "key": key[:12]}
        | ({"program": program["source"]} if lab.settings.log_programs else {}),
    )
    lab.open[who.name] = lab.open.get(who.name, 0) + 1
    prediction.listeners += 1
    lab.metrics.streams.inc()

    def closed() -> None:
        lab.metrics.streams.dec()
        prediction.listeners -= 1
        lab.open[who.name] -= 1
        if not lab.open[who.name]:
            del lab.open[who.name]
        if not prediction.listeners and not prediction.done:
            loop = asyncio.get_running_loop()
            loop.call_later(lab.settings.grace_seconds, _drop_if_alone, engine, prediction)

    events = _timed(prediction.listen(asked.after, ALIVE_SECONDS), lab.metrics, began)
    headers = {"x-cwm-model": engine.name, "x-cwm-how": how}
    return EventStream(events, lab.settings.write_seconds, closed, headers)


def _drop_if_alone(engine: Engine, prediction: Prediction) -> None:
    if not prediction.listeners and not prediction.done:
        engine.drop(prediction)


def _engine(lab: Lab, model: str | None, program: dict[str, Any]) -> Engine:
    engine = choose(lab.engines, model, program)
    if engine is not None:
        return engine
    asked = [one for one in lab.engines if model in (None, one.spec, one.name)]
    if not asked:
        known = ", ".join(one.name for one in lab.engines)
        raise refuse(404, f"there is no model {(model or '')[:100]!r}; there are: {known}.")
    if any(one.healthy for one in asked):
        raise refuse(413, "the program is too long for every model here that is ready.")
    raise refuse(503, f"no model is ready: {asked[0].problem}", retry_after="5")


async def _count(lab: Lab, who: Holder, asked: TraceRequest) -> None:
    """Count a prediction, unless a stream is only gone on with."""
    if lab.store is None or asked.after:
        return
    try:
        within = await asyncio.to_thread(lab.store.use, who)
    except SQLAlchemyError as error:
        # A full disk must not keep a class from working: what cannot be counted is let through.
        logger.error("a prediction could not be counted", exc_info=error)
        return
    if not within:
        raise refuse(
            429,
            f"{who.name} has used today's {who.daily} predictions; tomorrow (UTC) there are more.",
            retry_after=str(86_400 - int(time.time()) % 86_400),
        )


async def _timed(
    events: AsyncIterator[bytes | None], metrics: Metrics, began: float
) -> AsyncIterator[bytes | None]:
    first = True
    async for event in events:
        if first and event is not None and event.startswith(b'{"event":"step"'):
            metrics.first.observe(time.monotonic() - began)
            first = False
        yield event
