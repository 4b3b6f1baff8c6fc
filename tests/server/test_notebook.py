"""A notebook whose model is a class server's: steps in the player, the place in the queue, which
model answered."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from cwm_lab import predict, record
from cwm_lab.notebook.live import Live
from cwm_lab.notebook.player import Player
from cwm_lab.notebook.what_if import Limits
from cwm_lab.worldmodel.registry import _LARGER
from tests.notebook.conftest import Notebook
from tests.notebook.conftest import notebook as notebook
from tests.notebook.test_what_if import ask as request
from tests.server.conftest import Running, Serve, add_token
from tests.server.holding import held
from tests.server.test_server import ask


def test_a_cell_is_predicted_by_the_server_and_told_its_place(
    server: Running,
    database: str,
    notebook: Notebook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CWM_LAB_API_KEY", add_token(database, "student"))
    before = add_token(database, "before")
    told: list[str] = []
    players: list[Player] = []
    kept = Player.set_status

    def keep(self: Player, status: str, message: str = "") -> None:
        told.append(message)
        players.append(self)
        kept(self, status, message)  # type: ignore[arg-type]

    monkeypatch.setattr(Player, "set_status", keep)
    notebook.run(f"%cwm model hosted:{server.url}")
    status = notebook.run("%cwm status").plain
    assert "ready: builtin" in status
    with ExitStack() as still, ThreadPoolExecutor(2) as pool:
        still.enter_context(held(server))
        busy = [
            pool.submit(
                ask,
                server,
                before,
                {"source": f"t = {n}\nfor k in range(90):\n    t += k * {n}\n"},
            )
            for n in (91, 92)
        ]
        time.sleep(0.5)
        threading.Timer(2, still.close).start()
        shown = notebook.run("%%predict\nx = 2\nprint(x * 3)\n")
        assert all(one.result()[-1]["event"] == "trace" for one in busy)
    player = players[-1]
    actual, model = record("x = 2\nprint(x * 3)\n"), f"hosted:{server.url}"
    # As a cell is tied to its player where somebody looks at it in a browser.
    player.live = Live(player, actual, model=model, limits=Limits(), predicted=True)
    request(player, what="whatif", at=1, values={"x": "5"})
    (branch,) = player.branches
    assert branch["status"] == "done", branch
    last = branch["pack"]["tracks"]["predicted"][0]["steps"][-1]
    assert "15" in str(last)
    _LARGER.clear()
    assert shown.ok
    assert f"hosted:{server.url} (builtin)" in str(shown.bundles)
    assert any(text.startswith("Waiting at the server: place 1 of") for text in told)
    assert told[-1] == ""


def test_the_first_healthy_model_answers_and_is_named(serving: Serve) -> None:
    options = ["--model", "local:/no/such/folder", "--model", "builtin", "--workers", "1", "--open"]
    server = serving(*options).wait()
    trace = predict("x = 1\n", model=f"hosted:{server.url}")
    _LARGER.clear()
    assert (trace.outcome.kind, trace.model) == ("finished", f"hosted:{server.url} (builtin)")
    (refused,) = ask(server, "", {"source": "x = 1\n"}, model="local:/no/such/folder")
    assert refused["status"] == 503
    assert "no checkpoint folder /no/such/folder" in refused["message"]
