"""The server's addresses: programs in, steps out; and what a refusal looks like."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cwm_lab.server.asking import REFUSALS, Lab, Who, ask, error_body
from cwm_lab.server.bodies import (
    ContinuationRequest,
    ProgramStart,
    ResyncRequest,
    TraceRequest,
    TraceStart,
)
from cwm_lab.server.completions import completions
from cwm_lab.server.gate import Gate
from cwm_lab.server.hub import Hub
from cwm_lab.server.settings import Settings
from cwm_lab.server.streams import EventStream
from cwm_lab.server.tokens import Holder, TokenStore

logger = logging.getLogger("cwm_lab.server")
_STREAM: dict[int | str, dict[str, Any]] = {
    **REFUSALS,
    200: {
        "content": {"text/event-stream": {}},
        "description": "Each event's data is JSON with an `event`: queued (place, length), step "
        "(index, step), then trace (outcome, model, count, steps), resynced (found, model) or "
        "error (message, status). The last data is [DONE].",
    },
}
_STREAMED: dict[str, Any] = {
    "response_class": Response,
    "response_model": None,
    "responses": _STREAM,
}


_Chosen = TraceRequest | ContinuationRequest | ResyncRequest


def create_app(settings: Settings, store: TokenStore | None, hub: Hub | None = None) -> FastAPI:
    """The application. store: None lets everybody ask, for one's own machine. hub: whose users may
    ask without a token of the store."""
    lab = Lab(settings, store, hub)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        for engine in lab.engines:
            await engine.start()
        yield
        for engine in lab.engines:
            await engine.stop()
        if hub is not None:
            await hub.close()
        if store is not None:
            store.close()

    app = FastAPI(
        title="CWM Lab class server",
        description="Predicts how programs run, step by step. It never runs one.",
        version="1",
        lifespan=life,
        root_path=settings.prefix,
    )
    app.state.lab = lab
    app.add_middleware(Gate, settings=settings, metrics=lab.metrics)
    _refusals(app)
    _information(app, lab)
    _traces(app, lab)
    completions(app, lab)
    return app


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
            engine.name: "ready" if engine.healthy else engine.problem for engine in lab.engines
        }
        ready = any(engine.healthy for engine in lab.engines)
        body = {"status": "ready" if ready else "not ready", "models": models}
        return JSONResponse(body, 200 if ready else 503)

    @app.get("/metrics", summary="For Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        for engine in lab.engines:
            lab.metrics.waiting.labels(engine.name).set(len(engine.queue))
        lab.metrics.cached.set(lab.predictions.size)
        return PlainTextResponse(lab.metrics.text())

    @app.get("/v1/models", summary="The models, the preferred one first", responses=REFUSALS)
    async def models(who: Who) -> dict[str, Any]:
        return {
            "object": "list",
            "data": [
                {
                    "id": engine.name,
                    "object": "model",
                    "owned_by": "cwm-lab",
                    "max_model_len": engine.context,
                    "ready": engine.healthy,
                    "completes": engine.completes,
                }
                for engine in lab.offered(who)
            ],
        }


def _traces(app: FastAPI, lab: Lab) -> None:
    async def answer(
        who: Holder, asked: _Chosen, task: dict[str, Any], size: int, after: int = 0
    ) -> EventStream:
        engine = lab.find(who, asked.model, size, adapter=asked.adapter)
        found = await ask(lab, who, engine, task, again=after > 0)
        return EventStream(found.events(after), found.leave, found.headers)

    def bounded(max_steps: int) -> int:
        return min(max_steps, lab.settings.max_steps)

    @app.post("/v1/traces", summary="Predict a program's trace, as server-sent events", **_STREAMED)
    async def traces(asked: TraceRequest, who: Who) -> EventStream:
        task = {
            "do": "trace",
            "program": asked.program.told(),
            "max_steps": bounded(asked.max_steps),
        }
        return await answer(who, asked, task, len(asked.program.source), asked.after)

    @app.post(
        "/v1/continuations",
        summary="Go on from a step, also with other values, as server-sent events",
        **_STREAMED,
    )
    async def continuations(asked: ContinuationRequest, who: Who) -> EventStream:
        start = asked.start
        program = start.program if isinstance(start, ProgramStart) else None
        trace = start.trace if isinstance(start, TraceStart) else None
        task = {
            "do": "go on",
            "program": program and program.told(),
            "trace": trace,
            "index": start.index if isinstance(start, TraceStart) else None,
            "changes": [change.model_dump() for change in asked.changes],
            "max_steps": bounded(asked.max_steps),
        }
        size = _size(trace) if program is None else len(program.source)
        return await answer(who, asked, task, size, asked.after)

    @app.post(
        "/v1/resyncs",
        summary="Each step of a recorded trace from the true state before it",
        **_STREAMED,
    )
    async def resyncs(asked: ResyncRequest, who: Who) -> EventStream:
        task = {"do": "resync", "trace": asked.trace}
        return await answer(who, asked, task, _size(asked.trace))


def _size(trace: dict[str, Any] | None) -> int:
    """Characters of a trace's program; the worker looks whether it is one."""
    program = (trace or {}).get("program")
    return len(str(program.get("source", ""))) if isinstance(program, dict) else 0
