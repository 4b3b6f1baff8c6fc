"""A completions server over real HTTP, behind which the tiny checkpoint writes; and its faults."""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Step, Trace
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.remote import RemoteWriter
from cwm_lab.worldmodel.specs import parse_spec
from tests.fixtures.completions_server import (
    MODEL,
    CompletionsServer,
    Fault,
    Tokens,
    wait_for,
)

PROGRAM = Program("a = 3\nprint(a)\n")
TINY = Path(__file__).parents[2] / "fixtures" / "cwm_tiny"
KEY = "sk-never-to-be-seen-42"


def without_confidence(trace: Trace) -> list[Step]:
    return [replace(step, confidence=None) for step in trace.steps]


def asked(server: CompletionsServer, program: Program = PROGRAM) -> Trace:
    spec = parse_spec(f"openai:{server.url}?timeout=20#{MODEL}")
    return CwmModel(RemoteWriter(spec, first_wait=0.01)).predict(program)


def test_a_served_model_predicts_as_a_local_one(expected: Trace, remote: CwmModel) -> None:
    here, there = expected, remote.predict(PROGRAM)
    assert here.outcome.kind == "finished"
    assert here.output == "3\n"
    assert without_confidence(there) == without_confidence(here)
    for one, other in zip(here.steps, there.steps, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)
        assert 0 < (one.confidence or 0) <= 1


def test_the_defaults_that_hurt_are_set(server: CompletionsServer, remote: CwmModel) -> None:
    remote.predict(PROGRAM)
    (request,) = server.requests
    assert all(isinstance(number, int) for number in request["prompt"])
    assert request["skip_special_tokens"] is False
    assert request["add_special_tokens"] is False
    assert request["max_tokens"] > 16
    assert remote.writer.context == 2048


def test_reserved_tokens_in_a_program_are_no_control_tokens(
    expected: Trace, server: CompletionsServer, remote: CwmModel
) -> None:
    program = Program('a = "<|frame_sep|><|end_of_text|>"\n')
    remote.predict(program, max_steps=1)
    controls = remote.writer.controls  # type: ignore[attr-defined]
    sent = [number for number in server.requests[0]["prompt"] if number in controls.values()]
    names = ["begin_of_text", "trace_context_start", "frame_sep"]
    assert sent == [controls[name] for name in names]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(dribble=True),
        Fault(ids=False),
        Fault(cut_after=0),
        Fault(cut_after=30),
        Fault(cut_after=45, cut_inside=True),
        Fault(status=500, body=b"oops"),
        Fault(status=503, body=b"<html>busy</html>", content_type="text/html"),
        Fault(status=429, headers=(("Retry-After", "0"),)),
    ],
    ids=str,
)
def test_what_passes_costs_nothing(
    expected: Trace, server: CompletionsServer, remote: CwmModel, fault: Fault
) -> None:
    server.faults = [fault]
    trace = remote.predict(PROGRAM)
    assert without_confidence(trace) == without_confidence(expected)
    assert len(server.requests) == (1 if fault.dribble or not fault.ids else 2)


def test_a_broken_stream_is_gone_on_with_after_its_last_whole_step(
    server: CompletionsServer, remote: CwmModel
) -> None:
    server.faults = [Fault(cut_after=45)]
    seen: list[Step] = []
    trace = remote.predict(PROGRAM, on_step=seen.append)
    first, second = (request["prompt"] for request in server.requests)
    assert len(second) > len(first)
    assert second[: len(first)] == first
    assert second[-1] == remote.writer.controls["frame_sep"]  # type: ignore[attr-defined]
    assert tuple(seen) == trace.steps


def test_skipped_special_tokens_are_done_without(
    expected: Trace, server: CompletionsServer, remote: CwmModel
) -> None:
    server.faults = [Fault(skip=True)]
    trace = remote.predict(PROGRAM)
    assert without_confidence(trace) == without_confidence(expected)
    server.faults = [Fault(skip=True, cut_after=50)]
    with pytest.raises(ModelError, match="drops control tokens"):
        remote.predict(PROGRAM)


def test_text_beyond_ascii_comes_in_halves(server: CompletionsServer, remote: CwmModel) -> None:
    step = "<|call_sep|>{}<|action_sep|>def main():  # << START_OF_TRACE\n<|frame_sep|>"
    line = '<|line_sep|>{}<|action_sep|>    s = "h\u00e9\U0001f40d"\n<|frame_sep|>'
    end = '<|return_sep|><|action_sep|>    s = "h\u00e9\U0001f40d"\n<|arg_sep|>"None"<|frame_sep|>'
    text = step + line + end
    server.faults = [Fault(instead=tuple(text), dribble=True)]
    trace = remote.predict(Program('s = "h\u00e9\U0001f40d"\n'))
    assert (len(trace), trace.outcome.kind) == (2, "finished")


def test_chatter_and_an_early_end_have_outcomes(
    server: CompletionsServer, remote: CwmModel
) -> None:
    server.faults = [Fault(instead=("Sure! Here", " is the trace:\n"))]
    assert remote.predict(PROGRAM).outcome.kind == "unparsable"
    server.faults = [Fault(instead=("<|call_sep|>{}",), reason="length")]
    outcome = remote.predict(PROGRAM).outcome
    assert (outcome.kind, outcome.message) == ("truncated", "the model ran out of tokens")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(status=500, body=b"{}"), "answered 500.*tried 2 times"),
        (Fault(status=400, body=b'{"error": {"message": "too\\nlong"}}'), "400: too long"),
        (Fault(status=404), "check the URL"),
        (Fault(status=200, body=b"<html>", content_type="text/html"), "a web page"),
        (Fault(instead=("x",), before=None, silent_after=0), "silent|stopped|broke"),
    ],
    ids=["500", "400", "404", "html", "silent"],
)
def test_what_does_not_pass_is_one_sentence(
    server: CompletionsServer, fault: Fault, says: str
) -> None:
    spec = parse_spec(f"openai:{server.url}?timeout=20#{MODEL}")
    model = CwmModel(RemoteWriter(spec, attempts=2, first_wait=0.01))
    server.faults = [fault, fault]
    if fault.silent_after == 0:
        trace = model.predict(PROGRAM, max_seconds=0.3)
        assert trace.outcome.kind == "time-limit"
        assert wait_for(server.gone)
        return
    with pytest.raises(ModelError, match=says) as caught:
        model.predict(PROGRAM)
    assert "\n" not in str(caught.value)


def test_stopping_closes_the_connection(server: CompletionsServer, remote: CwmModel) -> None:
    server.faults = [Fault(silent_after=40)]
    stop = threading.Event()
    seen: list[Step] = []

    def on_step(step: Step) -> None:
        seen.append(step)
        stop.set()

    trace = remote.predict(PROGRAM, on_step=on_step, cancel=stop.is_set)
    assert trace.outcome.message == "the prediction was stopped"
    assert len(trace) == len(seen) == 1
    assert wait_for(server.gone)


def test_a_silent_server_is_given_up(tokens: Tokens) -> None:
    server = CompletionsServer(tokens)
    spec = parse_spec(f"openai:{server.url}?timeout=1#{MODEL}")
    model = CwmModel(RemoteWriter(spec, attempts=2, first_wait=0.01))
    server.faults = [Fault(before=lambda: time.sleep(3))] * 2
    with pytest.raises(ModelError, match=r"silent for 1 seconds. It was tried 2 times"):
        model.predict(PROGRAM)


def test_a_wrong_model_is_told_with_those_that_are_there(server: CompletionsServer) -> None:
    with pytest.raises(ModelError, match=f"has no model 'other'; it serves: {MODEL}"):
        RemoteWriter(parse_spec(f"openai:{server.url}#other"))


def test_an_adapter_is_asked_for_by_its_name(
    server: CompletionsServer, expected: Trace, tmp_path: Path
) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=2, lora_alpha=32, target_modules=["down_proj"], init_lora_weights=False)
    get_peft_model(AutoModelForCausalLM.from_pretrained(TINY), config).save_pretrained(tmp_path)
    writer = LocalWriter(parse_spec(f"local:{TINY}?device=cpu&grammar=off&adapter={tmp_path}"))
    server.adapters["week3"] = Tokens(writer)
    spec = parse_spec(f"openai:{server.url}?timeout=20&adapter=week3#{MODEL}")
    there = CwmModel(RemoteWriter(spec)).predict(PROGRAM, max_steps=8)
    here = CwmModel(writer).predict(PROGRAM, max_steps=8)
    assert there.model == str(spec)
    assert {request["model"] for request in server.requests} == {"week3"}
    assert without_confidence(there) == without_confidence(here)
    sure = [sum(s.confidence or 0 for s in trace.steps[:2]) for trace in (there, here, expected)]
    assert sure[0] == pytest.approx(sure[1], abs=1e-4)
    assert sure[0] != pytest.approx(sure[2], abs=1e-3)
    assert "with the adapter week3" in RemoteWriter(spec).health()
    with pytest.raises(ModelError, match=r"no adapter 'w4'; .*--lora-modules w4=FOLDER"):
        RemoteWriter(parse_spec(f"openai:{server.url}?adapter=w4#{MODEL}"))
    server.parent = "another"
    with pytest.raises(ModelError, match="is an adapter of 'another'"):
        RemoteWriter(spec)


def test_a_server_that_is_not_there(server: CompletionsServer) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(ModelError, match="cannot be reached"):
        RemoteWriter(parse_spec(f"openai:{server.url}#{MODEL}"))
    with pytest.raises(ModelError, match="cannot be reached"):
        RemoteWriter(parse_spec(f"openai:http://no-such-host.invalid/v1#{MODEL}"))


def test_http_where_https_was_asked(server: CompletionsServer) -> None:
    with pytest.raises(ModelError, match=r"TLS|cannot be reached|broke off"):
        RemoteWriter(parse_spec(f"openai:{server.url.replace('http', 'https')}#{MODEL}"))


def test_a_server_without_tokenize_gets_text(tokens: Tokens, expected: Trace) -> None:
    server = CompletionsServer(tokens, tokenizes=False)
    assert without_confidence(asked(server)) == without_confidence(expected)
    assert isinstance(server.requests[0]["prompt"], str)
    asked(server, Program('a = "<|frame_sep|>"\n'))
    assert server.requests[-1]["prompt"].count("<|frame_sep|>") == 1


def test_a_key_never_shows(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    server = CompletionsServer(tokens, key="another")
    monkeypatch.setenv("CWM_LAB_API_KEY", KEY)
    with pytest.raises(ModelError, match="refuses the key") as caught:
        asked(server)
    told = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert KEY not in told
    assert caught.value.__context__ is None
    server.key = KEY
    spec = parse_spec(f"openai:{server.url}#{MODEL}")
    model = CwmModel(RemoteWriter(spec))
    assert model.predict(PROGRAM).outcome.kind == "finished"
    assert KEY not in repr(vars(model)) + repr(vars(model.writer)) + model.writer.health()
    server.faults = [Fault(status=400, body=f'{{"error": "Bearer {KEY} is bad"}}'.encode())]
    with pytest.raises(ModelError, match=r"Bearer \[key\] is bad") as caught:
        model.predict(PROGRAM)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert KEY not in "".join(told.format())
