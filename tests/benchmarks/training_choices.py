"""Small trainings from nothing that differ in one choice each, on equal numbers of tokens:
``python -m tests.benchmarks.training_choices --tokens 1000000 --out choices.jsonl [NAME...]``.

Each writes a line: what it cost, and the share of questions whose whole answer is the most probable
one, for generated programs that no training sees and for the programs of `tests/programs`. Runs
that are in the file already are not made again. Small runs say what learns faster at first, not
what is best after a hundred times as many tokens.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cwm_lab.training.corpus import Example, as_example, held_out, pack, shapes, stream
from cwm_lab.training.generator import families
from cwm_lab.training.program_files import program_files, read_program
from cwm_lab.training.teacher import transitions
from cwm_lab.training.train import Settings, Trainer
from cwm_lab.worldmodel.places import decode
from cwm_lab.worldmodel.vocabulary import ID_OF, OUTCOME

PROGRAMS = Path(__file__).parent.parent / "programs"
OUTCOME_ID = ID_OF[OUTCOME]
DIGITS = frozenset(ID_OF[digit] for digit in "0123456789")
Change = Callable[[Example], Example]


@dataclass(frozen=True)
class Choice:
    """One training. tokens: as a multiple of the others'. only: families to draw programs from, by
    the start of their names."""

    settings: Settings
    change: Change | None = None
    adam: bool = False
    tokens: float = 1.0
    only: tuple[str, ...] = ()


def without_scratchpad(example: Example) -> Example:
    """The answer is the outcome alone."""
    at = example.ids.index(OUTCOME_ID, example.answer)
    return replace(example, ids=(*example.ids[: example.answer], *example.ids[at:]))


def digits_plain(example: Example) -> Example:
    """Digits that do not say what they count."""
    return replace(example, ids=tuple(ID_OF[token] for token in decode(example.ids)))


def digits_backwards(example: Example) -> Example:
    """The same, each run of digits, in question and answer alike, with the units first."""
    ids: list[int] = []
    run: list[int] = []
    for token in digits_plain(example).ids:
        if token in DIGITS:
            run.insert(0, token)
        else:
            ids += [*run, token]
            run = []
    return replace(example, ids=(*ids, *run))


BASE = Settings(
    layers=5, inner=384, batch=3072, rate=0.005, adam_rate=0.0015, seed=31, average=0.99
)
CHOICES = {
    "base": Choice(BASE),
    "without scratchpad": Choice(BASE, without_scratchpad),
    "6 layers, 640 inner (1.98 M)": Choice(replace(BASE, layers=6, inner=640)),
    "3 layers, 256 inner (0.60 M)": Choice(replace(BASE, layers=3, inner=256)),
    "8 layers of 192, 768 inner (4.93 M)": Choice(
        replace(BASE, layers=8, hidden=192, heads=6, inner=768)
    ),
    "AdamW, rate 0.002": Choice(replace(BASE, rate=0.002), adam=True),
    "Muon rate 0.01": Choice(replace(BASE, rate=0.01)),
    "batches of 1,024": Choice(replace(BASE, batch=1024)),
    "batches of 9,216": Choice(replace(BASE, batch=9216)),
    "digits without places": Choice(BASE, digits_plain),
    "digits backwards": Choice(BASE, digits_backwards),
    "whole programs only": Choice(BASE, only=("idiom_", "freeform_")),
    "twice the tokens": Choice(BASE, tokens=2.0),
}


class ByTokens(Trainer):
    """A trainer whose schedule follows the tokens seen, not the time."""

    limit = 0.0

    @property
    def progress(self) -> float:
        return self.tokens / self.limit


def changed(example: Example, choice: Choice) -> Example:
    """An example as a choice has it. All of the answer counts, also what the grammar would tell."""
    whole = replace(example, asked=(), allowed=())
    return choice.change(whole) if choice.change else whole


def examples_of(choice: Choice) -> Iterator[Example]:
    """The stream of examples that a choice trains on."""
    whole = families.WEIGHTS
    if choice.only:
        families.WEIGHTS = {  # type: ignore[misc]
            name: weight for name, weight in whole.items() if name.startswith(choice.only)
        }
    try:
        for example in stream(choice.settings.seed):
            yield changed(example, choice)
    finally:
        families.WEIGHTS = whole  # type: ignore[misc]


def human_questions() -> list[Example]:
    """The different questions that the programs of `tests/programs` ask."""
    found: dict[Sequence[str], Example] = {}
    for path in program_files(PROGRAMS):
        program = read_program(path)
        try:
            asked = transitions(program.source, program.stdin)
        except NotImplementedError:
            continue  # outside of the dialect
        for transition in asked:
            found.setdefault(transition.prompt, as_example(transition))
    return list(found.values())


def run(name: str, tokens: int, judged: dict[str, list[Example]]) -> dict[str, object]:
    """Train as `CHOICES[name]` says; what it cost and how right it is."""
    import torch

    choice = CHOICES[name]
    trainer = ByTokens(choice.settings, Path("nowhere"), "cpu", compiled=True)
    trainer.limit = tokens * choice.tokens
    if choice.adam:
        matrices = trainer.optimizers[0].param_groups[0]["params"]
        trainer.optimizers[0] = torch.optim.AdamW(
            matrices, lr=choice.settings.rate, betas=(0.9, 0.98), weight_decay=0.01
        )
    losses: list[float] = []
    spent = 0.0
    for batch in pack(examples_of(choice), shapes(choice.settings.batch)):
        began = time.process_time()
        losses.append(trainer.train_on(batch))
        spent += time.process_time() - began
        if trainer.progress >= 1:
            break
    last = losses[-max(1, len(losses) // 10) :]
    exact = {}
    for kind, examples in judged.items():
        exact[kind] = round(trainer.exact([changed(e, choice) for e in examples]), 4)
    return {
        "name": name,
        "parameters": sum(p.numel() for p in trainer.model.parameters()),
        "tokens": trainer.tokens,
        "steps": trainer.step,
        "cpu_seconds": round(spent),
        "loss": round(sum(last) / len(last), 4),
        "exact": exact,
        "settings": asdict(choice.settings),
    }


def main() -> None:
    """Make the runs that are not yet in the file, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(CHOICES))
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=Path("runs/choices.jsonl"))
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    done = (
        {json.loads(line)["name"] for line in options.out.read_text().splitlines()}
        if (options.out.exists())
        else set()
    )
    human = human_questions()
    judged = {
        "generated": held_out(768),
        "human": random.Random(3).sample(human, min(len(human), 1500)),
    }
    for name in options.names:
        if name not in done:
            row = run(name, options.tokens, judged)
            print(json.dumps(row), flush=True)
            with options.out.open("a") as file:
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
