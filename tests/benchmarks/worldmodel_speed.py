"""How fast the built-in model predicts, against its aims, and against `transformers.generate`.

Run it with `python -m tests.benchmarks.worldmodel_speed` (`--write docs/benchmarks.md` puts the
table there); nothing is asserted. Each figure is the best of several runs, since other work
disturbs; processor time is that of all threads of this process.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cwm_lab.recorder import record
from cwm_lab.trace import Program, header_comments
from cwm_lab.worldmodel import load_model
from cwm_lab.worldmodel.layout import lay_out

PROGRAMS = Path(__file__).parents[1] / "programs"
CHOSEN = (
    "fizzbuzz_classic bubble_sort collatz stack_class word_count_dict factorial_recursive".split()
)
START = (
    "import json, time; p, w = time.process_time(), time.perf_counter(); import cwm_lab; "
    "from cwm_lab.worldmodel import load_model; load_model(); "
    "print(json.dumps([time.perf_counter() - w, time.process_time() - p]))"
)
MAX_STEPS = 100
PROMPTS = 24
MARKS = (
    "<!-- the world model's part, made by `make bench` -->",
    "<!-- end of the world model's part -->",
)


@dataclass(frozen=True)
class Taken:
    """The shortest of several runs, in seconds."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Figure:
    """One line of the table. wall, processor: as measured by either clock."""

    name: str
    aim: str
    wall: float
    processor: float | None = None


def best(times: int, work: Callable[[], object]) -> Taken:
    """The shortest of several runs."""
    wall, processor = [], []
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    return Taken(min(wall), min(processor))


def own_figures(times: int) -> list[Figure]:
    """Start, first step, steps a second, memory. Nothing is remembered from one run to the next."""
    model = load_model()
    programs = []
    for name in CHOSEN:
        source = (PROGRAMS / f"{name}.py").read_text()
        programs.append(Program(source, stdin=header_comments(source)[1]))
    traces = [record(program, max_steps=MAX_STEPS, sandbox=False) for program in programs]
    steps = 0

    def forget() -> None:
        model.decoder.forget()
        lay_out.cache_clear()

    def first() -> None:
        forget()
        for program in programs:
            session = model.session(program)
            while session.step() is not None and session.current.confidence is None:  # type: ignore[union-attr]
                pass  # a def or the like is no prediction of the network

    def free() -> None:
        nonlocal steps
        forget()
        steps = sum(len(model.predict(program, max_steps=MAX_STEPS)) for program in programs)

    def resync() -> None:
        forget()
        for trace in traces:
            model.resync(trace)

    def together() -> None:
        forget()
        model.predict_many(programs, max_steps=MAX_STEPS)

    out = []
    taken = best(times, first)
    count = len(programs) / 1000
    out.append(
        Figure("first predicted step, ms", "< 100", taken.wall / count, taken.processor / count)
    )
    taken = best(times, free)
    out.append(
        Figure("free-running, steps/s", ">= 40", steps / taken.wall, steps / taken.processor)
    )
    taken = best(times, together)
    out.append(
        Figure(
            "free-running, programs side by side, steps/s",
            "",
            steps / taken.wall,
            steps / taken.processor,
        )
    )
    taken, total = best(times, resync), sum(map(len, traces))
    out.append(Figure("re-synced, steps/s", ">= 300", total / taken.wall, total / taken.processor))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out.append(Figure("memory at its height, MB", "< 200", memory))
    starts = [
        json.loads(
            subprocess.run([sys.executable, "-c", START], capture_output=True, check=True).stdout
        )
        for _ in range(times)
    ]
    wall, processor = (min(column) for column in zip(*starts, strict=True))
    out.append(Figure("`import cwm_lab` and weights, s", "< 0.5", wall, processor))
    return out


def against_transformers(times: int) -> list[Figure]:
    """The same prompts one at a time, greedy, on one thread; `generate` makes as many new tokens
    for each as our answer has."""
    import torch
    from transformers import CwmForCausalLM

    from cwm_lab.training.true_trace import true_trace
    from cwm_lab.worldmodel.builtin import SHIPPED
    from cwm_lab.worldmodel.places import encode
    from cwm_lab.worldmodel.vocabulary import EOS_ID, PAD_ID

    torch.set_num_threads(1)
    ours = load_model()
    theirs = CwmForCausalLM.from_pretrained(SHIPPED, dtype=torch.float32).eval()
    source = (PROGRAMS / "bubble_sort.py").read_text()
    asked = {tuple(q.prompt.tokens): q.prompt for q in true_trace(Program(source))[1]}
    prompts = list(asked.values())[:PROMPTS]
    lengths = [len(ours.decoder.complete([prompt])[0].tokens) for prompt in prompts]
    encoded = [torch.tensor([encode(prompt.tokens)]) for prompt in prompts]

    def numpy_engine() -> None:
        ours.decoder.forget()
        for prompt in prompts:
            ours.decoder.complete([prompt])

    def generate() -> None:
        with torch.no_grad():
            for ids, length in zip(encoded, lengths, strict=True):
                made = theirs.generate(
                    ids,
                    attention_mask=torch.ones_like(ids),
                    do_sample=False,
                    min_new_tokens=length,
                    max_new_tokens=length,
                    pad_token_id=PAD_ID,
                    eos_token_id=EOS_ID,
                )
                assert made.shape[1] == ids.shape[1] + length

    mine, its = best(times, numpy_engine), best(max(1, times - 1), generate)
    tokens = sum(lengths)
    return [
        Figure("answers' tokens/s", "", tokens / mine.wall, tokens / mine.processor),
        Figure("tokens/s of `generate`", "", tokens / its.wall, tokens / its.processor),
        Figure("ratio", ">= 4", its.wall / mine.wall, its.processor / mine.processor),
    ]


def table(figures: list[Figure], times: int, note: str) -> str:
    """The figures in Markdown. note: under which circumstances they were taken."""
    where = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    out = [
        "## How fast the built-in model predicts",
        "",
        f"{where}; best of {times}; {len(CHOSEN)} programs, up to {MAX_STEPS} steps of each."
        + (f" {note}" if note else ""),
        "",
        "| what | aim | by the clock | by processor time |",
        "|---|--:|--:|--:|",
    ]
    for figure in figures:
        used = "" if figure.processor is None else f"{figure.processor:.3g}"
        out.append(f"| {figure.name} | {figure.aim} | {figure.wall:.3g} | {used} |")
    return "\n".join(out)


def put_into(document: str, text: str) -> str:
    """A document with the text between the marks, which are added at its end if missing."""
    start, end = MARKS
    if start not in document:
        document = f"{document.rstrip()}\n\n{start}\n{end}\n"
    before, _, rest = document.partition(start)
    return f"{before}{start}\n\n{text}\n\n{end}{rest.partition(end)[2]}"


def main() -> None:
    """Write the table to standard output, or into a document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="runs of which the best counts")
    parser.add_argument("--no-transformers", action="store_true")
    parser.add_argument("--note", default="", help="a sentence on the circumstances")
    parser.add_argument("--write", type=Path, help="a document that the table is put into")
    options = parser.parse_args()
    figures = own_figures(options.times)
    if not options.no_transformers:
        figures += against_transformers(options.times)
    text = table(figures, options.times, options.note)
    if options.write is None:
        sys.stdout.write(text + "\n")
    else:
        options.write.write_text(put_into(options.write.read_text(), text))


if __name__ == "__main__":
    main()
