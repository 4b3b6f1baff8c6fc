"""Keys stay hidden where a student and a teacher look: notebook, widget, logs; and who is told what
about keys and connections that do not do."""

from __future__ import annotations

import logging
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from cwm_lab.errors import ModelError
from cwm_lab.notebook.player import Player
from cwm_lab.worldmodel.registry import _LARGER
from cwm_lab.worldmodel.remote import RemoteWriter
from cwm_lab.worldmodel.specs import parse_spec
from tests.fixtures.completions_server import MODEL, CompletionsServer, Fault, Tokens
from tests.notebook.conftest import Notebook
from tests.notebook.conftest import notebook as notebook

KEY = "sk-of-the-teacher-0123456789"
SPEC = "openai:{url}?timeout=20#" + MODEL


@pytest.fixture
def locked(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> Iterator[CompletionsServer]:
    server = CompletionsServer(tokens, key=KEY)
    monkeypatch.setenv("CWM_LAB_API_KEY", KEY)
    yield server
    _LARGER.clear()
    server.shutdown()
    server.server_close()


def test_a_key_is_nowhere_in_a_notebook(
    locked: CompletionsServer,
    notebook: Notebook,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    spec = SPEC.format(url=locked.url)
    players: list[Player] = []
    kept = Player.__init__

    def keep(self: Player, *args: object, **kwargs: object) -> None:
        players.append(self)
        kept(self, *args, **kwargs)  # type: ignore[arg-type]

    Player.__init__ = keep  # type: ignore[method-assign]
    try:
        shown = [notebook.run(f"%cwm model {spec}"), notebook.run("%cwm status")]
        shown.append(notebook.run("%%predict\na = 3\nprint(a)\n"))
        locked.key = "changed"
        locked.faults = []
        shown += [notebook.run("%cwm status"), notebook.run("%%predict\na = 4\nprint(a)\n")]
    finally:
        Player.__init__ = kept  # type: ignore[method-assign]
    assert "refuses the key (401" in shown[3].plain + shown[4].plain
    assert players[0].get_state()["counts"]["predicted"] > 0
    book = nbformat.v4.new_notebook()
    for one in shown:
        outputs = [nbformat.v4.new_output("display_data", data=b) for b in one.bundles]
        book.cells.append(nbformat.v4.new_code_cell(outputs=outputs))
        book.cells[-1].outputs.append(nbformat.v4.new_output("stream", text=one.text))
    seen = nbformat.writes(book) + caplog.text + "".join(capfd.readouterr())
    seen += "".join(repr(vars(p)) + str(p.get_state()) + repr(p) for p in players)
    seen += repr(InteractiveShell.instance().user_ns) + repr(_LARGER)
    assert KEY not in seen


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"error": {"message": "token has expired"}}', "refuses the key"),
        (b"", "refuses the key"),
    ],
    ids=["expired", "wrong"],
)
def test_wrong_and_expired_tokens_are_one_sentence(
    locked: CompletionsServer, body: bytes, says: str
) -> None:
    writer = RemoteWriter(parse_spec(SPEC.format(url=locked.url)), first_wait=0.01)
    locked.faults = [Fault(status=401, body=body)]
    with pytest.raises(ModelError, match=says) as caught:
        list(writer.write(["x"], max_tokens=3, cancel=lambda: False))
    assert "\n" not in str(caught.value)
    if body:
        assert "token has expired" in str(caught.value)


def test_too_small_a_context_is_told_before_anything_is_sent(locked: CompletionsServer) -> None:
    from cwm_lab import predict

    spec = f"openai:{locked.url}?context=64#{MODEL}"
    with pytest.raises(ModelError, match=r"takes \d+ tokens, and the model has room for 32"):
        predict("x = 1\n" * 30, model=spec)
    assert not locked.requests


def test_a_certificate_that_nobody_trusts_is_told(tokens: Tokens, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split()
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = CompletionsServer(tokens)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = server.url.replace("http", "https")
    with pytest.raises(ModelError, match=r"the certificate of .* is not trusted; ask who runs it"):
        RemoteWriter(parse_spec(f"openai:{url}#{MODEL}"), attempts=1)
    server.server_close()
