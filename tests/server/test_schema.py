"""schemathesis against the OpenAPI document of a running server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.conftest import Serve, add_token


@pytest.mark.slow
def test_schemathesis_finds_nothing(serving: Serve, database: str, tmp_path: Path) -> None:
    token = add_token(database, "schemathesis")
    options = ["--workers", "1", "--database", database, "--each", "1000", "--max-seconds", "5"]
    server = serving(*options).wait()
    run = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            *("--config-file", Path(__file__).with_name("schemathesis.toml")),
            *("run", f"{server.url}/openapi.json", "--max-examples", "15", "--seed", "1"),
            *("--no-color", "--request-timeout", "60", "-H", f"Authorization: Bearer {token}"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-500:]
    assert "Tested: 8" in run.stdout
    assert server.end() == 0
