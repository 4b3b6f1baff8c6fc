"""The class server over real HTTP: streams, tokens, sharing, and every refusal."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from cwm_lab import predict
from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Step
from cwm_lab.worldmodel.hosted import HostedModel
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.specs import parse_spec
from tests.server.conftest import COMMAND, Running, Serve, add_token, nearly
from tests.server.holding import held

PROGRAM = {"source": "total = 0\nfor n in [3, 4]:\n    total += n\nprint(total)\n"}
SLOW = "total = 0\nfor n in range({}):\n    total += n\nprint(total)\n"


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def ask(
    server: Running,
    token: str,
    program: Any = None,
    told: Callable[[dict[str, Any]], None] = lambda _: None,
    **more: Any,
) -> list[dict[str, Any]]:
    """The events of one request. told: is given each of them as it comes."""
    body = {"program": program or PROGRAM, **more}
    found = []
    with httpx.stream(
        "POST", f"{server.url}/v1/traces", json=body, headers=headers(token), timeout=60
    ) as response:
        if response.status_code != 200:
            response.read()
            return [
                {"event": "refused", "status": response.status_code, **response.json()["error"]}
            ]
        for line in response.iter_lines():
            if line.startswith("data: {"):
                found.append(json.loads(line[6:]))
                told(found[-1])
        assert line == "" or line.startswith("data")
    return found


def test_a_trace_is_streamed_as_the_model_makes_it(server: Running, token: str) -> None:
    events = ask(server, token)
    steps = [Step.from_json(event["step"]) for event in events if event["event"] == "step"]
    ours = predict(Program(PROGRAM["source"]))
    assert steps == nearly(ours.steps)
    assert events[-1]["event"] == "trace"
    assert events[-1]["outcome"]["kind"] == "finished"
    assert events[-1]["count"] == len(steps)


def test_the_client_gives_the_same_trace(
    server: Running, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CWM_LAB_API_KEY", token)
    seen: list[Step] = []
    ours = predict(PROGRAM["source"])
    theirs = predict(PROGRAM["source"], model=f"hosted:{server.url}", on_step=seen.append)
    _LARGER.clear()
    assert tuple(seen) == theirs.steps
    assert seen == nearly(ours.steps)
    assert theirs.outcome == ours.outcome
    assert theirs.model == f"hosted:{server.url} (builtin)"
    broken = predict("x = (", model=f"hosted:{server.url}")
    assert broken.outcome.kind == "syntax-error"


def test_identical_programs_share_one_prediction(server: Running, token: str) -> None:
    program = {"source": SLOW.format(61)}
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ask(server, token, program), range(6)))
    assert all(events[-1]["event"] == "trace" for events in found)
    steps = [[e for e in events if e["event"] == "step"] for events in found]
    assert all(one == steps[0] for one in steps)
    log = [json.loads(line) for line in server.log.read_text().splitlines() if line[:1] == "{"]
    how = [one["how"] for one in log if one["message"] == "asked for a prediction"][-6:]
    assert how.count("made") == 1
    assert "total += n" not in server.log.read_text()


def test_a_stream_is_gone_on_with_after_a_step(server: Running, token: str) -> None:
    whole = ask(server, token)
    rest = ask(server, token, after=3)
    assert [e for e in rest if e["event"] == "step"] == [e for e in whole if e["event"] == "step"][
        3:
    ]


@pytest.mark.parametrize(
    ("path", "more", "status", "says"),
    [
        ("/v1/traces", {"content": b"{"}, 400, "not JSON"),
        ("/v1/traces", {"content": b"[" * 100_000}, 400, "JSON|parsing"),
        ("/v1/traces", {"json": {}}, 422, "program: Field required"),
        ("/v1/traces", {"json": {"program": {"source": "x", "odd": 1}}}, 422, "odd: Extra"),
        ("/v1/traces", {"json": {"program": {"source": 3}}}, 422, "source"),
        ("/v1/traces", {"json": {"program": {"source": "x"}, "max_steps": 0}}, 422, "max_steps"),
        (
            "/v1/traces",
            {"json": {"program": {"source": "x"}, "model": "gpt"}},
            404,
            "no model 'gpt'",
        ),
        ("/v1/traces", {"content": b"x" * 50_000_000}, 413, "the limit is 4,000,000"),
        ("/v1/traces?token=secret", {"json": {}}, 400, "does not belong into a URL"),
        ("/v1/models", {}, 405, "Method Not Allowed"),
        ("/nowhere", {}, 404, "Not Found"),
    ],
)
def test_what_is_wrong_is_one_clear_error(
    server: Running, token: str, path: str, more: dict[str, Any], status: int, says: str
) -> None:
    told = {**headers(token), "Content-Type": "application/json"}
    response = httpx.post(f"{server.url}{path}", headers=told, timeout=30, **more)
    assert response.status_code == status
    message = response.json()["error"]["message"]
    assert re.search(says, message)
    assert "\n" not in message


def test_who_has_no_token_is_refused(server: Running, database: str) -> None:
    for given in ({}, headers("wrong"), {"Authorization": "Basic abc"}, headers("\u00e4")):
        raw = [(k, v.encode()) for k, v in given.items()]
        response = httpx.get(f"{server.url}/v1/models", headers=raw)
        assert response.status_code == 401
        assert response.json()["error"]["message"].count(".") >= 1
    token = add_token(database, "eve")
    assert httpx.get(f"{server.url}/v1/models", headers=headers(token)).status_code == 200
    command = [COMMAND, "serve", "token", "revoke", "eve", "--database", database]
    subprocess.run(command, check=True)
    assert httpx.get(f"{server.url}/v1/models", headers=headers(token)).status_code == 401
    path = Path(database.removeprefix("sqlite:///"))
    assert token.encode() not in path.read_bytes()


def test_the_client_says_what_is_wrong(
    server: Running, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CWM_LAB_API_KEY", "cwm-wrong-but-long")
    with pytest.raises(ModelError, match="refuses the key") as caught:
        HostedModel(parse_spec(f"hosted:{server.url}"))
    assert "cwm-wrong" not in str(caught.value)
    monkeypatch.setenv("CWM_LAB_API_KEY", token)
    with pytest.raises(ModelError, match="has no model 'other'; it has: builtin"):
        HostedModel(parse_spec(f"hosted:{server.url}#other"))
    with pytest.raises(ModelError, match=r"cannot be reached.*model builtin"):
        HostedModel(parse_spec("hosted:http://127.0.0.1:9"))


def test_a_quota_is_kept_over_a_restart(serving: Serve, database: str) -> None:
    token = add_token(database, "bob", "--daily", "2")
    first = serving("--workers", "1", "--database", database).wait()
    assert ask(first, token)[-1]["event"] == "trace"
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = serving("--workers", "1", "--database", database).wait()
    assert ask(second, token)[-1]["event"] == "trace"
    (refused,) = ask(second, token)
    assert refused["status"] == 429
    assert "today's 2 predictions" in refused["message"]
    stream: list[Any] = []
    other = add_token(database, "cid")
    running = threading.Thread(
        target=lambda: stream.extend(ask(second, other, {"source": SLOW.format(150)}))
    )
    running.start()
    time.sleep(0.3)
    assert second.end() == 0  # SIGTERM: what is under way is finished
    running.join(60)
    assert stream[-1]["event"] == "trace"


def test_one_student_cannot_keep_the_rest_waiting(server: Running, database: str) -> None:
    greedy, modest = add_token(database, "greedy"), add_token(database, "modest")
    done: dict[str, float] = {}

    def one(name: str, token: str, number: int) -> list[dict[str, Any]]:
        rounds = 60
        loop = f"for n in range({rounds}):\n    t += n * {number + 13}\n"
        source = f"t = {number}\n{loop}print(t)\n"
        events = ask(server, token, {"source": source})
        done[f"{name}{number}"] = time.monotonic()
        return events

    with ThreadPoolExecutor(8) as pool:
        with held(server):
            many = [pool.submit(one, "greedy", greedy, n) for n in range(7)]
            time.sleep(1)
            mine = pool.submit(one, "modest", modest, 99)
            time.sleep(0.5)
        events = [future.result() for future in many]
        assert mine.result()[-1]["event"] == "trace"
    refused = [e[0] for e in events if e[0]["event"] == "refused"]
    assert all(one["status"] == 429 for one in refused)
    finished = sorted(at for name, at in done.items() if name.startswith("greedy"))
    assert done["modest99"] < finished[-1]
    waited = [e for some in events for e in some if e["event"] == "queued"]
    assert waited
    assert all(1 <= e["place"] <= e["length"] for e in waited)


def test_a_worker_that_dies_costs_one_clear_error(serving: Serve) -> None:
    server = serving("--workers", "1", "--open").wait()
    tasks = Path(f"/proc/{server.process.pid}/task")
    if not tasks.is_dir():
        pytest.skip("needs Linux to find the worker's process")

    killed: list[int] = []

    def kill(event: dict[str, Any]) -> None:
        if event["event"] != "step" or killed:
            return  # after that there is a new worker
        for number in " ".join(c.read_text() for c in tasks.glob("*/children")).split():
            if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes():
                os.kill(int(number), signal.SIGKILL)
                killed.append(int(number))

    found = ask(server, "", {"source": SLOW.format(450)}, told=kill)
    assert found[-1]["event"] == "error"
    assert found[-1]["message"] == "the model's process ended; ask again."
    assert ask(server, "")[-1]["event"] == "trace"
    assert server.end() == 0


def test_half_requests_and_silent_readers_disturb_nobody(server: Running, token: str) -> None:
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    for one in idle[:25]:
        one.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    silent = socket.create_connection(("127.0.0.1", server.port))
    body = json.dumps({"program": {"source": SLOW.format(200)}}).encode()
    silent.sendall(
        b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    assert ask(server, token)[-1]["event"] == "trace"
    for one in (*idle, silent):
        one.close()
    assert ask(server, token)[-1]["event"] == "trace"


def test_metrics_tell_what_happened(server: Running, token: str) -> None:
    ask(server, token)
    text = httpx.get(f"{server.url}/metrics").text
    assert 'cwm_lab_predictions_total{how="kept"}' in text
    assert "cwm_lab_first_step_seconds_bucket" in text
