"""How fast the built-in model predicts: seconds to the first step, steps a second free-running and
re-synced, start-up, memory, and the ratio to `transformers.generate` on the same prompts.

Run it with `OMP_NUM_THREADS=1 python -m tests.benchmarks.worldmodel_speed`; nothing is asserted.
Each figure is the best of several runs, since other work disturbs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = Path(__file__).parents[1] / "programs"
CHOSEN = (
    "fizzbuzz_classic bubble_sort collatz stack_class word_count_dict factorial_recursive".split()
)
START = (
    "import time; began = time.perf_counter(); import cwm_lab; "
    "from cwm_lab.worldmodel import load_model; load_model(); print(time.perf_counter() - began)"
)


def best(times: int, work: object) -> float:
    """The shortest of several runs, in seconds."""
    assert callable(work)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="runs of which the best counts")
    parser.add_argument("--no-transformers", action="store_true")
    options = parser.parse_args()

    from cwm_lab.recorder import record
    from cwm_lab.trace import Program, header_comments
    from cwm_lab.worldmodel import load_model

    model = load_model()
    programs = []
    for name in CHOSEN:
        source = (PROGRAMS / f"{name}.py").read_text()
        programs.append(Program(source, stdin=header_comments(source)[1]))
    found: dict[str, float] = {}

    def first_step() -> None:
        model.decoder.forget()
        for program in programs:
            model.session(program).step()

    found["first_step_ms"] = best(options.times, first_step) / len(programs) * 1000

    steps = 0

    def free() -> None:
        nonlocal steps
        model.decoder.forget()
        steps = sum(len(model.predict(program, max_steps=200)) for program in programs)

    taken = best(options.times, free)
    found["free_running_steps_per_second"] = steps / taken

    traces = [record(program, max_steps=200, sandbox=False) for program in programs]
    total = sum(map(len, traces))

    def resync() -> None:
        model.decoder.forget()
        for trace in traces:
            model.resync(trace)

    found["resynced_steps_per_second"] = total / best(options.times, resync)
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    starts = [
        float(subprocess.run([sys.executable, "-c", START], capture_output=True, check=True).stdout)
        for _ in range(options.times)
    ]
    found["import_and_load_seconds"] = min(starts)
    if not options.no_transformers:
        found.update(against_transformers(options.times))
    sys.stdout.write(json.dumps({name: round(value, 3) for name, value in found.items()}) + "\n")


def against_transformers(times: int) -> dict[str, float]:
    """Both engines greedy over the same prompts, one at a time, each to its own end."""
    import torch
    from transformers import CwmForCausalLM

    from cwm_lab.trace import Program
    from cwm_lab.training.true_trace import true_trace
    from cwm_lab.worldmodel.builtin import SHIPPED, BuiltinModel
    from cwm_lab.worldmodel.vocabulary import BOS_ID, EOS_ID, PAD_ID, encode

    torch.set_num_threads(1)
    ours = BuiltinModel()
    theirs = CwmForCausalLM.from_pretrained(SHIPPED, dtype=torch.float32).eval()
    source = (PROGRAMS / "bubble_sort.py").read_text()
    asked = {tuple(q.prompt.tokens): q.prompt for q in true_trace(Program(source))[1]}
    prompts = list(asked.values())[:40]
    encoded = [torch.tensor([encode(prompt.tokens)]) for prompt in prompts]

    def numpy_engine() -> None:
        ours.decoder.forget()
        for prompt in prompts:
            ours.decoder.complete([prompt])

    def generate() -> None:
        with torch.no_grad():
            for ids in encoded:
                theirs.generate(
                    ids,
                    attention_mask=torch.ones_like(ids),
                    do_sample=False,
                    max_new_tokens=480,
                    pad_token_id=PAD_ID,
                    bos_token_id=BOS_ID,
                    eos_token_id=EOS_ID,
                )

    mine = min(best(1, numpy_engine) for _ in range(times))
    its = min(best(1, generate) for _ in range(max(1, times - 1)))
    return {
        "answers_per_second": len(prompts) / mine,
        "answers_per_second_of_generate": len(prompts) / its,
        "ratio_to_generate": its / mine,
    }


if __name__ == "__main__":
    main()
