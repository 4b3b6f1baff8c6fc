"""The tiny checkpoint through transformers: quantised, with an adapter, cut off, stepped."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from cwm_lab import predict
from cwm_lab.errors import ModelError
from cwm_lab.trace import Program
from cwm_lab.worldmodel.cwm.asked import ask_about
from cwm_lab.worldmodel.cwm.constraint import symbols
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
    assert writer.loaded.bytes < 0.7 * (TINY / "model.safetensors").stat().st_size


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


def read_by(writer: LocalWriter, source: str, max_tokens: int = 1) -> int:
    """How many tokens the network is given to go on with a program."""
    before = writer.read
    prompt = ask_about(Program(source)).prompt
    list(writer.write(prompt, max_tokens=max_tokens, cancel=lambda: False))
    return writer.read - before


def test_keys_and_values_are_kept_between_steps_and_edits(writer: LocalWriter) -> None:
    long = "".join(f"a{n} = {n}\n" for n in range(20))
    whole = read_by(writer, long)
    assert whole > 100
    assert read_by(writer, long) == 1  # asked again: only its last token, for its logits
    assert read_by(writer, long + "b = 1\n") < 12  # a line more
    assert read_by(writer, long.replace("a19 = 19", "a19 = 7")) < 14  # the last line edited
    session = CwmModel(writer).session(PROGRAM)
    seen = [writer.read]
    while session.step() is not None:
        seen.append(writer.read)
    gone_on = [after - before for before, after in pairwise(seen)]
    assert max(gone_on) < 120  # a step costs its own tokens (with those of `print`), not the prompt


def test_keeping_everything_is_as_looking_back_over_windows(writer: LocalWriter) -> None:
    windowed = LocalWriter(parse_spec(f"local:{TINY}?device=cpu&context=2047"))
    windowed.loaded = replace(windowed.loaded, keeps_all=False)
    assert writer.loaded.keeps_all
    long = "".join(f"a{n} = {n}\n" for n in range(120))  # longer than the window of 512
    prompt = ask_about(Program(long)).prompt
    one, other = (
        list(w.write(prompt, max_tokens=40, cancel=lambda: False)) for w in (writer, windowed)
    )
    assert len(writer.encode(prompt)) > 512
    assert [part.pieces for part in one] == [part.pieces for part in other]
    edited = long.replace("a119 = 119", "a119 = 7")
    assert read_by(writer, edited) < 16
    assert read_by(windowed, edited) > 512  # it has let go of what is needed


@pytest.mark.slow
def test_matrices_that_do_not_fit_the_packed_format(tmp_path: Path) -> None:
    """bitsandbytes packs 4-bit weights for processors with AVX-512 in blocks of 64."""
    import torch
    from transformers import AutoConfig, AutoTokenizer, CwmForCausalLM

    config = AutoConfig.from_pretrained(TINY)
    config.hidden_size, config.head_dim, config.intermediate_size = 96, 24, 288
    CwmForCausalLM(config).to(torch.bfloat16).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(TINY).save_pretrained(tmp_path)
    writer = LocalWriter(parse_spec(f"local:{tmp_path}?device=cpu&quantize=4bit"))
    assert writer._read([5, 6, 7], lambda: False) is not None


@pytest.mark.parametrize("grammar", ["on", "off"])
def test_the_grammar_keeps_a_network_that_knows_nothing_to_the_form(
    tmp_path: Path, grammar: str
) -> None:
    import torch
    from transformers import AutoConfig, AutoTokenizer, CwmForCausalLM

    torch.manual_seed(3)
    CwmForCausalLM(AutoConfig.from_pretrained(TINY)).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(TINY).save_pretrained(tmp_path)
    writer = LocalWriter(parse_spec(f"local:{tmp_path}?device=cpu&grammar={grammar}"))
    asked = ask_about(PROGRAM)
    parts = writer.write(asked.prompt, max_tokens=60, cancel=lambda: False, grammar=asked.grammar)
    pieces = [piece for part in parts for piece in part.pieces]
    keeps = asked.grammar.after(asked.grammar.start(), symbols(pieces)) is not None
    assert keeps == (grammar == "on")
