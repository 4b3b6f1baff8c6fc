"""`python -m cwm_lab.training.generator --seed 1 --count 20`: programs to read."""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from cwm_lab.training.generator import FAMILIES, generate_program


def main() -> None:
    """Print generated programs, separated by a line that names family, tags and input."""
    parser = argparse.ArgumentParser(
        prog="python -m cwm_lab.training.generator", description=main.__doc__
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--family", choices=sorted(FAMILIES))
    parser.add_argument("--out", type=Path, help="write one file a program here, for evaluate")
    options = parser.parse_args()
    if options.out is not None:
        _write(options.out, options.seed, options.count, options.family)
        return
    rng = random.Random(options.seed)
    for _ in range(options.count):
        program = generate_program(rng, options.family)
        about = f"{program.family} ({' '.join(program.tags)})"
        if program.stdin:
            about += f" stdin={list(program.stdin)}"
        sys.stdout.write(f"# ---- {about}\n")
        sys.stdout.write(program.source + "\n")


def _write(folder: Path, seed: int, count: int, family: str | None) -> None:
    """The programs number `seed` and following, as training numbers them, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(seed, seed + count):
        program = generate_program(random.Random(number), family)
        lines = [f"# tags: {' '.join((program.family, *program.tags))}"]
        if program.stdin:
            lines.append(f"# stdin: {json.dumps(program.stdin)}")
        text = "\n".join([*lines, program.source])
        (folder / f"{number}.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
