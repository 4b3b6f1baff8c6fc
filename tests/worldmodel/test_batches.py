"""Questions side by side: the same answers as one by one, whatever shares a batch with them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from cwm_lab.trace import Program
from cwm_lab.training.generator import generate_program
from cwm_lab.training.true_trace import true_trace
from cwm_lab.worldmodel import batches, load_model, predict
from cwm_lab.worldmodel.builtin import SHIPPED
from cwm_lab.worldmodel.decoding import Client, Completion, Decoder, side_by_side
from cwm_lab.worldmodel.dialect import Prompt
from cwm_lab.worldmodel.engine import Engine
from cwm_lab.worldmodel.registry import BuiltinModel

FAMILIES = (
    "idiom_lists idiom_dicts idiom_text idiom_recursion idiom_classes idiom_errors micro_floats "
    "micro_sets micro_grids probe_formatting"
).split()
LONG_LIST = f"xs = {list(range(30))}\ny = xs[3]\nxs.append(2)\nz = len(xs)\n"


def prompts(count: int) -> list[Prompt]:
    """Different questions, short and long ones, shuffled."""
    found: dict[tuple[str, ...], Prompt] = {}
    sources = [LONG_LIST]
    sources += [generate_program(random.Random(5), name).source for name in FAMILIES]
    for source in sources:
        for question in true_trace(Program(source))[1][:8]:
            found.setdefault(question.transition.prompt, question.prompt)
    out = list(found.values())[:count]
    random.Random(0).shuffle(out)
    return out


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(SHIPPED)


@pytest.mark.parametrize("places", [12_288, 900])
def test_side_by_side_is_one_by_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, places: int
) -> None:
    """With few places most rows do not fit, and are gone on with by themselves."""
    asked = prompts(40)
    alone = Decoder(engine, max_answer=60)
    expected = [alone.complete([prompt])[0] for prompt in asked]
    monkeypatch.setattr(batches, "_CACHED", places * engine.cache(1, 1).token_size)
    monkeypatch.setattr(batches, "_ROOM", 75)
    monkeypatch.setattr(batches, "MAX_TOGETHER", 12)
    together = Decoder(engine, max_answer=60)
    found = together.complete([*asked, *asked[:5]])
    assert [c.tokens for c in found] == [c.tokens for c in [*expected, *expected[:5]]]
    for ours, theirs in zip(found, expected, strict=False):
        assert ours.logs == pytest.approx(theirs.logs, abs=1e-3)
    assert alone.generated == together.generated


def test_what_prompts_share_is_read_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    forward = engine.forward

    def counted(*args: object) -> object:
        nonlocal read
        read += int(args[1].sum())  # type: ignore[attr-defined]
        return forward(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "forward", counted)
    source = f"xs = {list(range(20))}\nfor i in [4, 5, 6, 7]:\n    y = xs[i]\n"
    asked = {q.transition.prompt: q.prompt for q in true_trace(Program(source))[1]}
    shared = [p for p in asked.values() if {"i19", "<exec>"} <= set(p.tokens)]
    assert len(shared) == 4
    decoder = Decoder(engine, max_answer=1)
    decoder.complete(shared[:1])
    first = read
    assert first > 60
    decoder.complete(shared[1:])
    assert read - first < first


def test_clients_ask_several_questions_and_go_on(engine: Engine) -> None:
    asked = prompts(12)
    expected = Decoder(engine).complete(asked)

    def client(groups: Sequence[Sequence[Prompt]]) -> Client[list[Completion]]:
        found: list[Completion] = []
        for group in groups:
            found += yield group
        return found

    groups = [[asked[:3], [], asked[3:5]], [asked[1:2]], [], [asked[5:12], asked[:1]]]
    spent = [0.0] * 4
    decoder = Decoder(engine)
    found = decoder.serve([client(group) for group in groups], spent)
    nested = Decoder(engine).serve([side_by_side([client(group) for group in groups])])[0]
    wanted = [expected[:5], expected[1:2], [], [*expected[5:12], expected[0]]]
    for answers in (found, nested):
        assert [[c.tokens for c in one] for one in answers] == [
            [c.tokens for c in one] for one in wanted
        ]
    assert spent[0] > 0
    assert spent[3] > 0
    assert spent[2] < spent[0]


def test_an_edited_cell_asks_only_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process: answers are remembered from one prediction to the next."""
    model = load_model()
    assert isinstance(model, BuiltinModel)
    model.decoder.forget()
    row, asked = model.decoder.row, []

    def watched(prompt: Prompt) -> object:
        asked.append(" ".join(prompt.tokens))
        return row(prompt)

    monkeypatch.setattr(model.decoder, "row", watched)
    cell = "def double(n):\n    return n + n\n\ntotal = 0\nfor k in [1, 2]:\n    total += k\n"
    predict(cell + "print(total)\n")
    before = len(asked)
    assert before > 4
    asked.clear()
    predict(cell + "print(total)\n")
    assert asked == []
    renamed = cell.replace("total", "sum_of_all").replace("# ", "#  ")
    predict(f"# one more line\n{renamed}print(sum_of_all)\n")
    assert asked == []
    predict(cell + "print(total * 7)\n")
    assert len(asked) == 1
    assert "print" in asked[0]
