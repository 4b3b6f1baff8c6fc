"""`python -m cwm_lab.training.generator --seed 1 --count 20`: programs to read."""

from __future__ import annotations

import argparse
import random
import sys

from cwm_lab.training.generator import FAMILIES, generate_program


def main() -> None:
    """Print generated programs, separated by a line that names family, tags and input."""
    parser = argparse.ArgumentParser(
        prog="python -m cwm_lab.training.generator", description=main.__doc__
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--family", choices=sorted(FAMILIES))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for _ in range(options.count):
        program = generate_program(rng, options.family)
        about = f"{program.family} ({' '.join(program.tags)})"
        if program.stdin:
            about += f" stdin={list(program.stdin)}"
        sys.stdout.write(f"# ---- {about}\n")
        sys.stdout.write(program.source + "\n")


if __name__ == "__main__":
    main()
