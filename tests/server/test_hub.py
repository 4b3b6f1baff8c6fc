"""A real JupyterHub on loopback, its proxy, the class server as its service, and a student whose
notebook has nothing but what the hub gives it. The configuration is the one of docs/hosting.md."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.server.conftest import COMMAND, add_token
from tests.server.test_server import headers

HUB = Path(__file__).with_name("hub")
PROXY = HUB / "node_modules" / ".bin" / "configurable-http-proxy"
TEACHER = "teacher-" + "0" * 32
MORE = """
import sys
sys.path.insert(0, {folder!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{proxy}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = [{command!r}]
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {folder!r}
c.Spawner.cmd = [sys.executable, {student!r}, {model!r}, {told!r}]
c.Spawner.debug = True
c.JupyterHub.services.append({{"name": "test", "api_token": {teacher!r}}})
scopes = ["admin:users", "admin:servers", "tokens"]
c.JupyterHub.load_roles.append({{"name": "test", "services": ["test"], "scopes": scopes}})
"""


@dataclass
class Hub:
    api: str
    service: str
    told: Path
    log: Path
    database: str

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        return httpx.request(
            method, f"{self.api}{path}", headers=headers(TEACHER), timeout=30, json=more or None
        )


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def documented(repo: Path) -> str:
    """The configuration that docs/hosting.md gives."""
    text = (repo / "docs" / "hosting.md").read_text()
    found = re.search(r"```python\n(# jupyterhub_config\.py\n.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def wait_until(there: Callable[[], bool], log: Path, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, log.read_text()[-4000:]
        time.sleep(0.1)


@pytest.fixture(scope="module")
def hub(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    pytest.importorskip("jupyterhub")
    if not PROXY.exists():
        pytest.skip("needs the hub's proxy: make packages")
    folder = tmp_path_factory.mktemp("hub")
    proxy, port, api, service = free_ports(4)
    told, database = folder / "told.json", f"sqlite:///{folder / 'class.sqlite'}"
    prefix = f"http://127.0.0.1:{proxy}"
    config = documented(repo)
    for name, here in (
        ('"cwm-lab serve --hub', f'"{COMMAND} serve --hub --workers 1'),
        ("http://127.0.0.1:8765", f"http://127.0.0.1:{service}"),
        ("sqlite:////srv/cwm-lab/class.sqlite", database),
    ):
        assert name in config
        config = config.replace(name, here)
    config += MORE.format(
        folder=str(folder),
        proxy=proxy,
        hub=port,
        api=api,
        command=str(PROXY),
        student=str(HUB / "student.py"),
        model=f"hosted:{prefix}/services/cwm-lab",
        told=str(told),
        teacher=TEACHER,
    )
    (folder / "jupyterhub_config.py").write_text(config)
    log = folder / "log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CWM_LAB_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"],
            cwd=folder,
            stdout=out,
            stderr=out,
            env={**environment, "OMP_NUM_THREADS": "1", "NO_PROXY": "*"},
        )
    try:
        found = Hub(f"{prefix}/hub/api", f"{prefix}/services/cwm-lab", told, log, database)

        def ready() -> bool:
            assert process.poll() is None, log.read_text()
            try:
                return httpx.get(f"{found.service}/healthz").status_code == 200
            except httpx.TransportError:
                return False

        wait_until(ready, log)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()


def test_a_student_with_a_hub_login_needs_no_second_token(hub: Hub) -> None:
    assert hub.ask("POST", "/users/ann").status_code == 201
    assert hub.ask("POST", "/users/ann/server").status_code in (201, 202)
    wait_until(hub.told.exists, hub.log)
    told = json.loads(hub.told.read_text())
    assert "error" not in told
    assert told["outcome"]["kind"] == "finished"
    assert told["model"].endswith("/services/cwm-lab (builtin)")
    command = [COMMAND, "serve", "token", "list", "--database", hub.database]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.match(r"ann \(hub\)\tvalid\t.*\t1 of 500 on ", listed)
    log = hub.log.read_text()
    assert '"holder": "ann (hub)"' in log
    revoke = [COMMAND, "serve", "token", "revoke", "ann (hub)", "--database", hub.database]
    subprocess.run(revoke, check=True)
    token = hub.ask("POST", "/users/ann/tokens").json()["token"]
    assert httpx.get(f"{hub.service}/v1/models", headers=headers(token)).status_code == 401


def test_other_tokens_of_the_hub_are_not_enough(hub: Hub) -> None:
    assert hub.ask("POST", "/users/bob").status_code == 201
    whole = hub.ask("POST", "/users/bob/tokens").json()["token"]
    scopes = ["read:users!user=bob"]
    narrow = hub.ask("POST", "/users/bob/tokens", scopes=scopes).json()["token"]
    own = add_token(hub.database, "guest lecturer")
    assert "/services/cwm-lab/openapi.json" in httpx.get(f"{hub.service}/docs").text
    for token, status in (
        (whole, 200),
        (own, 200),
        (narrow, 401),
        (TEACHER, 401),
        ("made-up", 401),
    ):
        found = httpx.get(f"{hub.service}/v1/models", headers=headers(token))
        assert found.status_code == status, found.text
        assert token not in hub.log.read_text()
