"""The README shows what the commands really print.

Environment variable REWRITE_README=1 writes the output anew instead of checking it. What a model
predicts may differ between processors, so only the blocks without a model are checked.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"(?<=```\n)\$ (cwm-lab [^\n]+)\n(.*?)(?=```\n)", re.DOTALL)
WIDTH = 100


def printed(command: str, repo: Path) -> str:
    name, *arguments = shlex.split(command)
    done = subprocess.run(
        [Path(sys.executable).with_name(name), *arguments],
        cwd=repo,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": str(WIDTH)},
        timeout=300,
    )
    return done.stdout


def test_commands_print_what_the_readme_says(repo: Path) -> None:
    readme = repo / "README.md"
    text = readme.read_text()
    blocks = BLOCK.findall(text)
    assert [command.split()[1] for command, _ in blocks] == ["trace", "compare"]
    if os.environ.get("REWRITE_README"):
        readme.write_text(BLOCK.sub(lambda match: f"$ {match[1]}\n{printed(match[1], repo)}", text))
        return
    for command, shown in blocks:
        if "trace" in command:
            assert printed(command, repo) == shown


def test_files_the_readme_links_to_exist(repo: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (repo / "README.md").read_text())
    assert links
    assert [link for link in links if not (repo / link).exists()] == []
