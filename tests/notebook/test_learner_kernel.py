"""`%%predict --me` in a real kernel: questions on stdin, and the widget's comm messages."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from cwm_lab import record
from cwm_lab.courses.quiz import Quiz

SOURCE = "xs = [1, 2]\nys = xs\nys.append(3)\nfor x in xs:\n    if x == 2:\n        print(x)\n"
SECONDS = 300

pytestmark = pytest.mark.notebook


@dataclass
class Heard:
    """All that one request made the kernel say."""

    reply: dict[str, Any] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def plain(self) -> list[str]:
        return [
            m["content"]["data"]["text/plain"]
            for m in self.messages
            if m["msg_type"] in ("display_data", "update_display_data")
        ]

    def quiz(self) -> dict[str, Any] | None:
        """The last state of the widget's trait `quiz`."""
        found = None
        for message in self.messages:
            data = message["content"].get("data", {})
            if message["msg_type"] in ("comm_open", "comm_msg") and "quiz" in data.get("state", {}):
                found = data["state"]["quiz"]
        return found


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(SECONDS, "python3")
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def listen(client: BlockingKernelClient, request: str) -> list[dict[str, Any]]:
    """What the kernel publishes about a request, until it is idle."""
    heard = []
    while True:
        message = client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return heard
        heard.append(message)


def run(client: BlockingKernelClient, code: str, typed: Callable[[str], str] = str) -> Heard:
    heard = Heard()
    request = client.execute(code, allow_stdin=True)
    while True:
        try:
            message = client.get_stdin_msg(timeout=0.2)
            heard.prompts.append(message["content"]["prompt"])
            client.input(typed(message["content"]["prompt"]))
        except queue.Empty:
            try:
                reply = client.get_shell_msg(timeout=0.1)
            except queue.Empty:
                continue
            if reply["parent_header"].get("msg_id") == request:
                heard.reply = reply["content"]
                break
    heard.messages = listen(client, request)
    return heard


def test_a_real_kernel(client: BlockingKernelClient) -> None:
    run(client, "%load_ext cwm_lab")
    quiz = Quiz(record(SOURCE, sandbox=False))

    # In plain text, through the notebook's input box.
    script: list[str] = []
    for question in quiz.questions:
        lines = question.truth.text.splitlines() if question.form == "output" else None
        script += [*lines, ""] if lines is not None else [question.truth.text]
        script.append("100%")
    answers = iter(script)
    heard = run(client, f"%%predict --me --plain\n{SOURCE}", lambda _: next(answers, ":stop"))
    assert heard.reply["status"] == "ok"
    assert len(heard.prompts) == len(script)
    texts = heard.plain()
    asked = [i for i, text in enumerate(texts) if text.startswith("Question ")]
    shown = [i for i, text in enumerate(texts) if "Python: 1" in text]
    assert len(asked) == len(quiz.questions)
    assert max(asked) < min(shown)
    assert any("You: 100% of the points" in text for text in texts)

    # In the player: the cell ends at once, and gives nothing away.
    heard = run(client, f"%%predict --me\n{SOURCE}1 / 0")
    assert heard.reply["status"] == "ok"
    assert heard.prompts == []
    assert not any("ZeroDivisionError" in str(m["content"]) for m in heard.messages)
    state = heard.quiz()
    assert state is not None
    assert not state["done"]
    (opened,) = {
        m["content"]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        for m in heard.messages
        if m["msg_type"] == "display_data"
    }

    # A notebook goes on while questions are open, and answers come between its cells.
    assert run(client, "len(ys)").reply["status"] == "ok"
    content = {"kind": "quiz.answer", "id": state["question"]["id"], "text": "'wrong'"}
    state = say(client, opened, content).quiz() or state
    assert state["judgement"]["verdict"] in ("wrong", "unreadable")
    heard = say(client, opened, {"kind": "quiz.stop"})
    state = heard.quiz()
    assert state is not None
    assert state["done"]
    assert state["results"]
    assert any("ZeroDivisionError" in text for text in heard.plain())


def say(client: BlockingKernelClient, model: str, content: dict[str, Any]) -> Heard:
    """What a view of the widget sends, and what comes back."""
    data = {"method": "custom", "content": content}
    message = client.session.msg("comm_msg", {"comm_id": model, "data": data})
    client.shell_channel.send(message)
    return Heard(messages=listen(client, message["header"]["msg_id"]))
