"""The tiny checkpoint, loaded once, here and behind a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cwm_lab.trace import Program, Trace
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.remote import RemoteWriter
from cwm_lab.worldmodel.specs import parse_spec
from tests.fixtures.completions_server import MODEL, CompletionsServer, Tokens

PROGRAM = Program("a = 3\nprint(a)\n")
TINY = Path(__file__).parents[2] / "fixtures" / "cwm_tiny"


@pytest.fixture(scope="session")
def writer() -> LocalWriter:
    import torch

    torch.set_num_threads(1)  # for a network this small, more of them only wait for each other
    return LocalWriter(parse_spec(f"local:{TINY}?device=cpu"))


@pytest.fixture(scope="session")
def local(writer: LocalWriter) -> CwmModel:
    return CwmModel(writer)


@pytest.fixture(scope="session")
def expected(local: CwmModel) -> Trace:
    """What the checkpoint predicts for `PROGRAM`."""
    return local.predict(PROGRAM)


@pytest.fixture(scope="session")
def tokens(writer: LocalWriter) -> Tokens:
    return Tokens(writer)


@pytest.fixture
def server(tokens: Tokens) -> Iterator[CompletionsServer]:
    server = CompletionsServer(tokens)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def remote(server: CompletionsServer) -> CwmModel:
    spec = parse_spec(f"openai:{server.url}?timeout=20#{MODEL}")
    return CwmModel(RemoteWriter(spec, first_wait=0.01))
