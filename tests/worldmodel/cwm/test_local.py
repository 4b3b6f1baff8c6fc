"""The tiny checkpoint through transformers: quantised, with an adapter, cut off, stepped."""

from __future__ import annotations

from pathlib import Path

import pytest

from cwm_lab import predict
from cwm_lab.errors import ModelError
from cwm_lab.trace import Program
from cwm_lab.worldmodel.cwm.asked import ask_about
from cwm_lab.worldmodel.cwm.model import CwmModel
from cwm_lab.worldmodel.local import LocalWriter
from cwm_lab.worldmodel.memory import Need, check_room
from cwm_lab.worldmodel.specs import parse_spec

TINY = Path(__file__).parents[2] / "fixtures" / "cwm_tiny"
PROGRAM = Program("a = 3\nprint(a)\n")


def test_a_program_is_predicted_from_its_text_to_its_output(local: CwmModel) -> None:
    trace = local.predict(PROGRAM)
    assert (trace.output, trace.outcome.kind, trace.model) == ("3\n", "finished", local.name)


def test_the_kept_cache_changes_nothing(writer: LocalWriter) -> None:
    prompt = ask_about(PROGRAM).prompt
    fresh = list(writer.write(prompt, max_tokens=60, cancel=lambda: False))
    list(writer.write(ask_about(Program("b = 1\n")).prompt, max_tokens=5, cancel=lambda: False))
    again = list(writer.write(prompt, max_tokens=60, cancel=lambda: False))
    assert [part.pieces for part in again] == [part.pieces for part in fresh]
    for one, other in zip(fresh, again, strict=True):
        assert one.logprob == pytest.approx(other.logprob, abs=1e-3)


def test_too_few_tokens_and_a_stop_have_outcomes(local: CwmModel, writer: LocalWriter) -> None:
    (part,) = writer.write(ask_about(PROGRAM).prompt, max_tokens=3, cancel=lambda: False)
    assert part.cut
    seen: list[object] = []
    trace = local.predict(PROGRAM, on_step=seen.append, cancel=lambda: bool(seen))
    assert (len(trace), trace.outcome.message) == (1, "the prediction was stopped")


def test_a_session_goes_forth_and_back(local: CwmModel) -> None:
    whole = local.predict(PROGRAM)
    session = local.session(PROGRAM)
    assert session.index == 0
    assert [step.line for step in session.run()] == [step.line for step in whole.steps[1:]]
    assert session.finished
    assert session.trace == whole
    assert session.back() == whole.steps[-2]
    assert session.go_to(0) == whole.steps[0]


@pytest.mark.slow
@pytest.mark.parametrize("quantize", ["8bit", "4bit"])
def test_quantised_on_a_processor(quantize: str) -> None:
    writer = LocalWriter(parse_spec(f"local:{TINY}?device=cpu&quantize={quantize}"))
    assert CwmModel(writer).predict(PROGRAM).output == "3\n"
    assert writer.loaded.bytes == pytest.approx(writer.need.weights, rel=0.1)


@pytest.mark.slow
def test_an_adapter_is_loaded_on_top(tmp_path: Path, local: CwmModel) -> None:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    names = "q_proj k_proj v_proj o_proj gate_proj up_proj down_proj".split()
    config = LoraConfig(r=2, target_modules=names)  # begins as nothing: B is zero
    get_peft_model(AutoModelForCausalLM.from_pretrained(TINY), config).save_pretrained(tmp_path)
    writer = LocalWriter(parse_spec(f"local:{TINY}?device=cpu&adapter={tmp_path}"))
    assert writer.loaded.parameters > local.writer.loaded.parameters  # type: ignore[attr-defined]
    assert CwmModel(writer).predict(PROGRAM).output == "3\n"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("local:/no/such/folder", "there is no checkpoint folder"),
        ("local:{tmp}", "no config.json"),
        ("local:{tiny}?adapter=/no/such", "there is no adapter at"),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, spec: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        predict("x = 1", model=spec.format(tmp=tmp_path, tiny=TINY))


def test_a_checkpoint_of_another_kind_is_told(tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((TINY / name).read_bytes())
    text = (TINY / "tokenizer.json").read_text(encoding="utf-8")
    (tmp_path / "tokenizer.json").write_text(text.replace("<|frame_sep|>", "<|other|>"))
    with pytest.raises(ModelError, match=r"no Code World Model: .* no token <\|frame_sep\|>"):
        LocalWriter(parse_spec(f"local:{tmp_path}"))


def test_too_little_memory_is_told_before_loading() -> None:
    with pytest.raises(ModelError, match=r"needs about 21 GB, and the GPU has 8.0 GB free; use a"):
        check_room(Need(17 * 10**9, 2 * 10**9), 8 * 10**9, "the GPU", quantize="4bit")
    check_room(Need(17 * 10**9, 2 * 10**9), 24 * 10**9, "the GPU", quantize="4bit")


def test_a_graphics_processor_that_is_not_there_is_told() -> None:
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="no device cuda"):
            LocalWriter(parse_spec(f"local:{TINY}?device=cuda"))
