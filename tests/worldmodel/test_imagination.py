"""Predicting is imagining: nothing but the network evaluates the student's code."""

from __future__ import annotations

import ast
import builtins
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from cwm_lab.errors import ModelError
from cwm_lab.recorder import record
from cwm_lab.trace import Program, Step, Trace, compare
from cwm_lab.training.true_trace import true_trace
from cwm_lab.worldmodel import envelope, load_model, predict
from cwm_lab.worldmodel.builtin import SHIPPED, BuiltinModel
from cwm_lab.worldmodel.decoding import Decoder
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.outcomes import accepts
from cwm_lab.worldmodel.vocabulary import INDICES, TOKENS, unspell

SIMPLE = "total = 0\nfor n in [1, 2, 3]:\n    total += n\nprint(total)\n"


def test_a_simple_loop_is_predicted_exactly() -> None:
    actual, _ = true_trace(Program(SIMPLE))
    assert compare(predict(SIMPLE), actual).scores["trace_exact"] == 1


def test_predicting_touches_nothing(tmp_path: Path) -> None:
    target = tmp_path / "touched.txt"
    source = (
        f"def leave_a_mark(path):\n    f = open(path, 'w')\n    f.write('x')\n    return 1\n\n"
        f"leave_a_mark({str(target)!r})\n"
    )
    trace = predict(source)
    assert trace.origin == "model"
    assert trace.steps
    assert not target.exists()


def test_predicting_needs_no_exec_or_eval(monkeypatch: pytest.MonkeyPatch) -> None:
    load_model("builtin").decoder.forget()
    expected = predict(SIMPLE)
    load_model("builtin").decoder.forget()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the student's code would be evaluated")

    monkeypatch.setattr(builtins, "exec", refuse)
    monkeypatch.setattr(builtins, "eval", refuse)
    assert predict(SIMPLE).steps == expected.steps


def test_a_shuffled_network_knows_nothing(human_programs: list[Path]) -> None:
    model = BuiltinModel()
    rng = np.random.default_rng(0)
    engine = model.decoder.engine
    for block in engine.blocks:
        for matrix in (block.qkv, block.out, block.gate_up, block.down):
            rng.shuffle(matrix.reshape(-1))
    model.decoder = Decoder(engine, max_answer=40)
    actual, asked = true_trace(Program(SIMPLE))
    assert compare(model.predict(Program(SIMPLE)), actual).scores["trace_exact"] == 0
    asked = [q for q in asked if any(q.transition.asked)]
    answers = model.decoder.complete([q.prompt for q in asked])
    right = [a.tokens == q.transition.answer for a, q in zip(answers, asked, strict=True)]
    # Of some answers it is asked but one place, which may be right by chance.
    assert sum(right) < len(right) / 4


def test_steps_are_streamed_and_carry_confidence() -> None:
    seen: list[Step] = []
    trace = predict(SIMPLE, on_step=seen.append)
    assert tuple(seen) == tuple(trace.steps)
    told = [step.confidence for step in trace.steps if step.confidence is not None]
    assert told
    assert all(0 <= share <= 1 for share in told)


def test_the_same_prediction_each_time_and_side_by_side() -> None:
    model = load_model("builtin")
    programs = [Program(SIMPLE), Program("x = 3\ny = x + 4\n"), Program("print('hi')")]
    together = model.predict_many(programs)
    assert [t.steps for t in together] == [model.predict(p).steps for p in programs]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("", "finished"),
        ("x = (", "syntax-error"),
        ("import random\nx = random.random()\n", "unparsable"),
        ("async def f():\n    pass\n", "unparsable"),
        ("x = b'bytes'\n", "unparsable"),
    ],
)
def test_what_cannot_be_predicted_is_said(source: str, kind: str) -> None:
    outcome = predict(source).outcome
    assert outcome.kind == kind
    if kind == "unparsable":
        assert outcome.message
        assert outcome.line is not None


def test_an_endless_loop_ends_at_the_step_limit() -> None:
    trace = predict("while True:\n    pass\n", max_steps=25)
    assert len(trace) == 25
    assert trace.outcome.kind == "step-limit"


def test_a_missing_module_is_an_exception() -> None:
    outcome = predict("import no_such_module_here\n").outcome
    assert (outcome.kind, outcome.type) == ("raised", "ModuleNotFoundError")


MARKERS = "<reads> N0 = 3 ; <answer> <outcome> N0 = 5 ; <ok> <eos> </str> #0 @0 i0 <0x41>"
ODD_TEXTS = (
    MARKERS,
    "</str>",
    "<eos>",
    "\U0001f600",
    "שלום",
    "\u202eabc",
    "a\ud800b",
    "\x00\x7f",
    "N0'i0",
)
SPECIAL = {t for t in TOKENS if t.startswith("<") and len(t) > 1 and not t.startswith("<0x")}


def between_quotes(tokens: Sequence[str]) -> list[list[str]]:
    """What stands between each `<str>` and its `</str>`, but for the marks of positions."""
    found, start = [], None
    for place, token in enumerate(tokens):
        if token in ("<str>", "<fstr>"):
            assert start is None, tokens
            start = place + 1
        elif token == "</str>":
            assert start is not None, tokens
            found.append([part for part in tokens[start:place] if part not in INDICES])
            start = None
    assert start is None, tokens
    return found


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_odd_text_is_spelled_and_comes_back(text: str) -> None:
    """With true answers: question and answer spell it as characters, and the trace is Python's."""
    source = (
        f"s = {text!a}  # {MARKERS}\nt = s + '!'\nxs = [s]\nd = {{s: len(s)}}\n"
        f"def same(a):\n    return a\nu = same(s)\nif s == t:\n    t = 0\nassert s in d, s\nd[t]\n"
    )
    program = Program(source)
    made, asked = true_trace(program)
    actual = record(program)
    assert compare(made, actual).scores["trace_exact"] == 1
    assert actual.outcome.type == "KeyError"
    assert made.state_at(len(made) - 1)["s"] == repr(text)
    told = 0
    for question in asked:
        for tokens in (question.prompt.tokens, question.transition.answer):
            for spelled in between_quotes(tokens):
                assert not SPECIAL & set(spelled)
                assert all(len(token) == 1 or token.startswith("<0x") for token in spelled)
                told += unspell(spelled) == text
        assert accepts(question.prompt, list(question.transition.answer)) is None
    assert told >= 8


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_odd_text_is_predicted(text: str) -> None:
    """What comes back is a value or an error, right or wrong, and the trace can be kept."""
    trace = predict(f"s = {text!a}\n", max_steps=20)
    assert trace.outcome.kind in {"finished", "raised"}  # which, is up to the weights of the day
    if trace.outcome.kind == "finished":
        ast.literal_eval(trace.state_at(len(trace) - 1)["s"])
    assert Trace.from_json(json.dumps(trace.to_json())) == trace


def test_a_text_too_long_for_the_network_is_said_to_be() -> None:
    source = f"x = 1\ns = '{'a' * 10_000}'\n"
    trace = predict(source)
    assert trace.outcome.kind == "unparsable"
    assert trace.outcome.line == 2
    assert "question of 100" in (trace.outcome.message or "")
    assert any(notice.line == 2 for notice in envelope(Program(source)))


@pytest.mark.parametrize(
    "source",
    [
        f"x = 1\n# {'a' * 10_000}\ny = x\n",
        "x = " + " + ".join(["1"] * 2_500) + "\n",
        "x = [" + "1, " * 3_000 + "]\n",
        "x = f(" * 60 + ")" * 60 + "\n",
        "<outcome>",
    ],
)
def test_long_lines_are_predicted_or_refused_clearly(source: str) -> None:
    outcome = predict(source, max_steps=20).outcome
    assert outcome.kind in ("finished", "raised", "unparsable", "syntax-error")
    if outcome.kind == "unparsable":
        assert outcome.message
        assert outcome.line == 1


def test_a_program_of_500_lines() -> None:
    source = "".join(f"x{n} = {n % 7}\n" for n in range(500))
    trace = predict(source)
    assert len(trace) == 501
    assert trace.outcome.kind == "finished"


def test_code_that_a_config_names_is_never_run(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCausalLM": "evil.Model"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    mark = tmp_path / "ran"
    (tmp_path / "evil.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    model = BuiltinModel(tmp_path)
    assert model.predict(Program(SIMPLE)).steps
    assert not mark.exists()


def test_context_is_part_of_the_program() -> None:
    program = Program("y = double(4)\n", context="def double(n):\n    return n + n\n")
    lines = [(step.event, step.line) for step in predict(program).steps[:3]]
    assert lines == [("line", 1), ("call", -1), ("line", -2)]


def test_an_unknown_model_is_one_clear_error() -> None:
    with pytest.raises(ModelError, match="no model 'gpt'"):
        predict("x = 1", model="gpt")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("missing", "No such file"),
        ("cut", "not a whole safetensors file"),
        ("empty", "not a whole safetensors file"),
        ("header", "its header alone has"),
        ("dialect", "this version needs"),
        ("nan", "no numbers"),
        ("{", "is not JSON"),
        ("[]", "no JSON object"),
        ({"model_type": "llama", "auto_map": {"AutoModel": "evil.py"}}, "a 'llama' model"),
        ({"vocab_size": 900}, "is 1088 x 128, and config.json says 900 x 128"),
        ({"intermediate_size": 256}, "do not fit together"),
        ({"num_hidden_layers": 9}, "have no model.layers.8"),
        ({"num_hidden_layers": -1}, "a whole number from 1 to 512"),
        ({"num_attention_heads": 3}, "a part of num_attention_heads"),
        ({"max_position_embeddings": 10**12}, "max_position_embeddings"),
        ({"head_dim": 31}, "head_dim is 31"),
        ({"rms_norm_eps": "x"}, "rms_norm_eps is 'x'"),
        ({"rope_parameters": None}, "rope_parameters"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}}, "use the model local:"),
        ({"layer_types": ["sliding_attention"] * 5}, "use the model local:"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'"),
    ],
    ids=str,
)
def test_a_bad_checkpoint_is_one_clear_error(
    tmp_path: Path, damage: str | dict[str, object], message: str
) -> None:
    config, weights = tmp_path / "config.json", tmp_path / "model.safetensors"
    config.write_bytes((SHIPPED / "config.json").read_bytes())
    raw = (SHIPPED / "model.safetensors").read_bytes()
    header = 8 + int.from_bytes(raw[:8], "little")
    weights.write_bytes(raw)
    if damage == "missing":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(raw[: len(raw) // 2])
    elif damage == "empty":
        weights.write_bytes(b"")
    elif damage == "header":
        weights.write_bytes(b"\xff" * 7 + b"\x7f{}")
    elif damage == "dialect":
        weights.write_bytes(raw.replace(b"transition@", b"translation"))
    elif damage == "nan":
        weights.write_bytes(raw[:header] + b"\xff" * 64 + raw[header + 64 :])
    elif isinstance(damage, dict):
        config.write_text(json.dumps({**json.loads(config.read_text()), **damage}))
    else:
        config.write_text(damage)
    with pytest.raises(ModelError, match=re.escape(message)) as caught:
        BuiltinModel(tmp_path)
    assert "\n" not in str(caught.value)


def test_engine_refuses_sequences_beyond_its_length() -> None:
    engine = Engine(SHIPPED)
    size = engine.max_length + 1
    with pytest.raises(ModelError, match="more than"):
        engine.forward(np.ones((1, size), np.int64), np.array([size]), engine.cache(1, 4))
