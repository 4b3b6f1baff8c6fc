"""The tiny checkpoint, loaded once, here and behind a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.remote import RemoteWriter
from cwm_lab.worldmodel.specs import parse_spec
from tests.fixtures.completions_server import MODEL, CompletionsServer, Tokens

TINY = Path(__file__).parents[2] / "fixtures" / "cwm_tiny"


@pytest.fixture(scope="session")
def writer() -> LocalWriter:
    return LocalWriter(parse_spec(f"local:{TINY}?device=cpu"))


@pytest.fixture(scope="session")
def local(writer: LocalWriter) -> CwmModel:
    return CwmModel(writer)


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
