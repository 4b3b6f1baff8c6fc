"""Memory and speed of the `local` path, quantised or not, on a processor.

    python -m tests.benchmarks.larger_models

Two networks: the tests' tiny checkpoint, and one of CWM's architecture with 100 million random
numbers. Each case runs in a process of its own with one thread; speeds are by processor time, since
a machine is seldom idle. Memory is what loading adds to the process, and what it has at most.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TINY = Path(__file__).parents[1] / "fixtures" / "cwm_tiny"
WAYS = ("none", "8bit", "4bit")
PROMPT, ANSWER = 512, 48


def make_random(folder: Path) -> None:
    """A checkpoint with 100 million random numbers and the tiny one's tokenizer."""
    import torch
    from transformers import AutoTokenizer, CwmConfig, CwmForCausalLM

    tokenizer = AutoTokenizer.from_pretrained(TINY)
    torch.manual_seed(1)
    config = CwmConfig(
        vocab_size=512,
        hidden_size=768,
        intermediate_size=2048,
        num_hidden_layers=16,
        num_attention_heads=12,
        num_key_value_heads=4,
        head_dim=64,
        max_position_embeddings=8192,
        sliding_window=2048,
        layer_types=["full_attention", *["sliding_attention"] * 3] * 4,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    CwmForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def measure(folder: str, quantize: str) -> dict[str, Any]:
    """One case, in this process."""
    import torch
    import transformers  # noqa: F401 - its memory is not the checkpoint's

    torch.set_num_threads(1)
    from cwm_lab.worldmodel.local import LocalWriter
    from cwm_lab.worldmodel.specs import parse_spec

    before, began = _resident(), time.process_time()
    spec = parse_spec(f"local:{folder}?device=cpu&context=2048&grammar=off&quantize={quantize}")
    writer = LocalWriter(spec)
    loading, added = time.process_time() - began, _resident() - before
    text = "total = total + value\n" * PROMPT
    ids = writer.encode([text])[:PROMPT]
    began = time.process_time()
    writer._read(ids, lambda: False)
    reading = time.process_time() - began
    began = time.process_time()
    for token in ids[:ANSWER]:
        writer._read([*writer._ids, token], lambda: False)
    writing = time.process_time() - began
    return {
        "parameters": writer.loaded.parameters,
        "dtype": str(writer.loaded.dtype).removeprefix("torch."),
        "weights": writer.loaded.bytes,
        "reckoned": writer.need.weights,
        "added": added,
        "peak": _most_resident(),
        "loading": loading,
        "read": PROMPT / reading,
        "written": ANSWER / writing,
    }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _most_resident() -> int:
    """Not getrusage's: that begins with what the parent process had."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _case(folder: Path, quantize: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.larger_models", "--one", str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [*command, "--quantize", quantize], capture_output=True, text=True, env=environment
    )
    if run.returncode:
        raise RuntimeError(run.stderr)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def table(rows: dict[tuple[str, str], dict[str, Any]]) -> str:
    """The figures in Markdown."""
    columns = ["network", "quantize", "held as", "weights MB (reckoned)", "loading adds MB"]
    columns += ["peak MB", "load s", "read tokens/s", "write tokens/s"]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for (name, quantize), row in rows.items():
        size = {key: f"{row[key] / 1e6:.1f}" for key in ("weights", "reckoned", "added", "peak")}
        lines.append(
            f"| {name}, {row['parameters'] / 1e6:.1f} M | {quantize} | {row['dtype']} "
            f"| {size['weights']} ({size['reckoned']}) | {size['added']} | {size['peak']} "
            f"| {row['loading']:.1f} | {row['read']:.0f} | {row['written']:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", help="measure this folder only, as JSON")
    parser.add_argument("--quantize", default="none", choices=WAYS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.quantize)))
        return
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as made:
        make_random(Path(made))
        for name, folder in (("tiny", TINY), ("random", Path(made))):
            for quantize in WAYS:
                rows[name, quantize] = _case(folder, quantize)
    print(table(rows))


if __name__ == "__main__":
    main()
