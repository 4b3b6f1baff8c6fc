"""OpenAI's completions and vLLM's `/tokenize`, for checkpoints that this server holds itself: so
one server can feed another (``openai:URL/v1#MODEL``).

https://platform.openai.com/docs/api-reference/completions
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from cwm_lab.server.asking import REFUSALS, Asked, Lab, Who, ask, error_body
from cwm_lab.server.bodies import CompletionRequest, TokenizeRequest
from cwm_lab.server.streams import EventStream, WholeAnswer

_JSON = {"content": {"application/json": {}}, "description": "As OpenAI or vLLM answer."}


def completions(app: FastAPI, lab: Lab) -> None:
    """Adds the addresses."""

    @app.post(
        "/v1/completions",
        summary="Write a text on, token by token (OpenAI-compatible; always the likeliest token)",
        response_class=Response,
        response_model=None,
        responses={
            **REFUSALS,
            200: {**_JSON, "content": {"application/json": {}, "text/event-stream": {}}},
        },
    )
    async def complete(asked: CompletionRequest, who: Who) -> Response:
        size = len(asked.prompt) if isinstance(asked.prompt, str) else 0
        engine = lab.find(who, asked.model, size, completes=True)
        found = await ask(lab, who, engine, _task(asked))
        answer = _Answer(asked, engine.name, found)
        if asked.stream:
            return EventStream(answer.chunks(), found.leave, found.headers)
        return WholeAnswer(answer.whole, found.leave, found.headers)

    @app.post(
        "/tokenize",
        summary="A text's token ids (as vLLM's)",
        response_class=Response,
        response_model=None,
        responses={**REFUSALS, 200: _JSON},
    )
    async def tokenize(asked: TokenizeRequest, who: Who) -> Response:
        engine = lab.find(who, asked.model, len(asked.prompt), completes=True)
        task = {"do": "tokenize", "prompt": asked.prompt, "special": asked.add_special_tokens}
        found = await ask(lab, who, engine, task, counted=False)

        async def made() -> tuple[int, Any]:
            async for event in found.events():
                told = json.loads(event or b"{}")
                if told.get("event") == "error":
                    return _refused(told)
                if told.get("event") == "tokens":
                    ids = told["tokens"]
                    length = engine.context
                    return 200, {"count": len(ids), "max_model_len": length, "tokens": ids}
            raise AssertionError("a prediction ends with a result or an error")

        return WholeAnswer(made, found.leave, found.headers)


def _task(asked: CompletionRequest) -> dict[str, Any]:
    stop = [asked.stop] if isinstance(asked.stop, str) else asked.stop
    return {
        "do": "complete",
        "prompt": asked.prompt,
        "max_tokens": asked.max_tokens,
        "stop": sorted({*(stop or ())}),
        "stop_ids": sorted({*(asked.stop_token_ids or ())}),
        "skip": asked.skip_special_tokens,
        "special": asked.add_special_tokens,
    }


def _refused(told: dict[str, Any]) -> tuple[int, Any]:
    status = int(told["status"])
    return (400 if status == 422 else status), error_body(str(told["message"]), status)


class _Answer:
    """One completion, in OpenAI's form."""

    def __init__(self, asked: CompletionRequest, model: str, found: Asked) -> None:
        self._asked, self._found = asked, found
        self._head = {
            "id": f"cmpl-{found.prediction.key[:24]}",
            "object": "text_completion",
            "created": int(time.time()),
            "model": model,
        }

    async def chunks(self) -> AsyncIterator[bytes | None]:
        """Chunks of a stream, the last with the reason why it ends."""
        async for event in self._found.events():
            told: dict[str, Any] = json.loads(event or b'{"event":"queued"}')
            match told["event"]:
                case "piece":
                    yield self._chunk([self._choice(told["text"], told["ids"], told["logs"])])
                case "completed":
                    yield self._chunk([self._choice("", [], [], told["reason"])])
                    if self._asked.stream_options and self._asked.stream_options.include_usage:
                        yield self._chunk([], usage=_usage(told))
                case "error":
                    yield json.dumps(_refused(told)[1]).encode()
                case _:
                    yield None

    async def whole(self) -> tuple[int, Any]:
        """(status, the document)."""
        text: list[str] = []
        ids: list[int] = []
        logs: list[float] = []
        async for event in self._found.events():
            told: dict[str, Any] = json.loads(event or b'{"event":"queued"}')
            match told["event"]:
                case "piece":
                    text.append(told["text"])
                    ids += told["ids"]
                    logs += told["logs"]
                case "completed":
                    choice = self._choice("".join(text), ids, logs, told["reason"])
                    return 200, {**self._head, "choices": [choice], "usage": _usage(told)}
                case "error":
                    return _refused(told)
        raise AssertionError("a prediction ends with a result or an error")

    def _chunk(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        return json.dumps({**self._head, "choices": choices, **more}).encode()

    def _choice(
        self, text: str, ids: list[int], logs: list[float], reason: str | None = None
    ) -> dict[str, Any]:
        choice: dict[str, Any] = {"index": 0, "text": text, "finish_reason": reason}
        choice["logprobs"] = {"token_logprobs": logs} if self._asked.logprobs is not None else None
        if self._asked.return_token_ids:
            choice["token_ids"] = ids
        return choice


def _usage(told: dict[str, Any]) -> dict[str, int]:
    prompt, count = told["prompt"], told["count"]
    return {"prompt_tokens": prompt, "completion_tokens": count, "total_tokens": prompt + count}
