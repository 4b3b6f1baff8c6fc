"""Completions of a checkpoint that the server holds: for other clients, and for another server."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from cwm_lab import predict
from cwm_lab.server.tasks import Tasks
from cwm_lab.trace import Program
from cwm_lab.worldmodel.continuous import ContinuousWriter
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.specs import parse_spec
from tests.server.conftest import Running, Serve, add_token
from tests.server.test_server import ask, headers
from tests.worldmodel.cwm.conftest import TINY

PROMPTS = [f"def f(x):\n    return x + {n}\n" for n in range(6)]


@pytest.fixture(scope="module")
def tokens(database: str) -> dict[str, str]:
    return {
        "student": add_token(database, "texts"),
        "server": add_token(database, "other server", "--each", "16"),
        "builtin only": add_token(database, "narrow", "--model", "builtin"),
    }


@pytest.fixture(scope="module")
def first(serving: Serve, database: str) -> Iterator[Running]:
    options = ["--model", f"tiny=local:{TINY}?grammar=off", "--model", "builtin", "--at-once", "4"]
    running = serving(*options, "--workers", "1", "--database", database).wait(150, all_models=True)
    yield running
    running.end(signal.SIGKILL)
    _LARGER.clear()


@pytest.fixture(scope="module")
def alone() -> LocalWriter:
    return LocalWriter(parse_spec(f"local:{TINY}?grammar=off"))


def complete(server: Running, token: str, **body: Any) -> httpx.Response:
    asked = {"model": "tiny", "max_tokens": 12, **body}
    return httpx.post(
        f"{server.url}/v1/completions", json=asked, headers=headers(token), timeout=60
    )


def test_texts_written_side_by_side_are_those_written_alone(
    first: Running, tokens: dict[str, str], alone: LocalWriter
) -> None:
    def one(prompt: str) -> dict[str, Any]:
        answer = complete(
            first,
            tokens["server"],
            prompt=prompt,
            add_special_tokens=False,
            skip_special_tokens=False,
            return_token_ids=True,
            logprobs=1,
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(one, PROMPTS))
    for prompt, answer in zip(PROMPTS, found, strict=True):
        ids = alone.ids(prompt, special=False)
        expected = list(alone.tokens(ids, 12, lambda: False))
        (choice,) = answer["choices"]
        assert choice["token_ids"] == [token for token, _ in expected]
        assert choice["logprobs"]["token_logprobs"] == pytest.approx(
            [log for _, log in expected], abs=1e-3
        )
        ended = expected[-1][0] in alone.ends
        shown = [token for token, _ in expected][: -1 if ended else None]
        assert choice["text"] == alone.decode(shown, special=True)
        assert choice["finish_reason"] == ("stop" if ended else "length")
        assert answer["usage"] == {
            "prompt_tokens": len(ids),
            "completion_tokens": len(expected),
            "total_tokens": len(ids) + len(expected),
        }


def test_a_stream_has_the_same_text_and_stops_where_asked(
    first: Running, tokens: dict[str, str]
) -> None:
    whole = complete(first, tokens["student"], prompt=PROMPTS[0]).json()["choices"][0]["text"]
    stop = whole[3:6]
    chunks = []
    asked = {"model": "tiny", "prompt": PROMPTS[0], "max_tokens": 12, "stream": True, "stop": stop}
    asked["stream_options"] = {"include_usage": True}
    url = f"{first.url}/v1/completions"
    with httpx.stream("POST", url, json=asked, headers=headers(tokens["student"])) as answer:
        lines = [line for line in answer.iter_lines() if line.startswith("data")]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line[6:]) for line in lines[:-1]]
    *shown, usage = chunks
    text = "".join(chunk["choices"][0]["text"] for chunk in shown)
    assert text == whole[: whole.index(stop)]
    assert shown[-1]["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] >= 1


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"prompt": ""}, 422, "prompt"),
        ({"prompt": "x", "temperature": 0.7}, 422, "temperature"),
        ({"prompt": "x", "n": 2}, 422, "n: Input should be 1"),
        ({"prompt": [1, 999_999]}, 400, "tokens, and the prompt names others"),
        ({"prompt": "x", "max_tokens": 90_000}, 400, "at most 2,048 tokens"),
        ({"prompt": "x", "model": "builtin"}, 400, "completes no texts"),
        ({"prompt": "x", "model": "gpt"}, 404, "there are: tiny, builtin"),
        ({"prompt": "x", "odd": 1}, 422, "odd: Extra"),
    ],
)
def test_what_cannot_be_completed_is_one_clear_error(
    first: Running, tokens: dict[str, str], body: dict[str, Any], status: int, says: str
) -> None:
    answer = complete(first, tokens["student"], **body)
    assert (answer.status_code, says in answer.json()["error"]["message"]) == (status, True)


def test_a_token_may_be_for_some_models_only(first: Running, tokens: dict[str, str]) -> None:
    token = tokens["builtin only"]
    there = httpx.get(f"{first.url}/v1/models", headers=headers(token)).json()["data"]
    assert [one["id"] for one in there] == ["builtin"]
    (refused,) = ask(first, token, model="tiny")
    assert refused["status"] == 404
    assert ask(first, token)[-1]["model"] == "builtin"
    assert ask(first, tokens["student"], model="builtin")[-1]["model"] == "builtin"


def test_one_server_feeds_another(
    first: Running,
    serving: Serve,
    tokens: dict[str, str],
    alone: LocalWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """cwm_lab -> second server -> first server -> checkpoint; then the first one dies."""
    spec = f"openai:{first.url}/v1#tiny"
    second = serving(
        *("--open", "--model", f"far={spec}", "--model", "builtin", "--workers", "1"),
        CWM_LAB_API_KEY=tokens["server"],
    ).wait(all_models=True)
    program = Program("x = 3\nprint(x)\n")
    expected = CwmModel(alone).predict(program, max_steps=8)
    monkeypatch.setenv("CWM_LAB_API_KEY", tokens["server"])
    there = predict(program, model=spec, max_steps=8)
    _LARGER.clear()
    monkeypatch.delenv("CWM_LAB_API_KEY")
    through = predict(program, model=f"hosted:{second.url}", max_steps=8)
    _LARGER.clear()
    for trace in (there, through):
        assert [s.locals for s in trace.steps] == [s.locals for s in expected.steps]
        assert trace.outcome == expected.outcome
    assert through.model == f"hosted:{second.url} (far)"

    def dies(event: dict[str, Any]) -> None:
        if event["event"] == "step" and first.process.poll() is None:
            first.end(signal.SIGKILL)

    told = ask(second, "", {"source": "y = 1\nprint(y)\nprint(y + y)\n"}, told=dies, model="far")
    assert next(event["event"] for event in told if event["event"] != "queued") == "step"
    assert told[-1]["event"] == "error"
    assert "cannot be reached" in told[-1]["message"]
    until = time.monotonic() + 20
    while httpx.get(f"{second.url}/healthz").json()["models"]["far"] == "ready":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert ask(second, "", {"source": "y = 1\n"})[-1]["model"] == "builtin"


def test_where_transformers_cannot_batch_texts_come_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def cannot(_: ContinuousWriter) -> None:
        raise ValueError("no such attention")

    monkeypatch.setattr(ContinuousWriter, "_managed", cannot)
    about = Tasks(f"local:{TINY}?device=cpu&grammar=off", 4).about
    assert (about["places"], about["completes"]) == (1, True)
    assert "no such attention" in caplog.text
    assert "one after the other" in caplog.text
