"""`accelerate launch` with two processes on the processor, as docs/finetuning.md has it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
COURSE = "".join(
    f"## {k}\n```python\nx = {k}\n" + "x += 1\n" * k + "print(x)\n```\n" for k in range(4)
)
SMALL = "--steps 2 --general 1 --variations 1 --workers 1 --rank 2 --batch 64 --held-out 0.25"


@pytest.mark.slow
def test_two_processes_train_one_adapter(tmp_path: Path) -> None:
    accelerate, command = (shutil.which(name, path=BIN) for name in ("accelerate", "cwm-lab"))
    if accelerate is None or command is None:
        pytest.skip("needs the commands accelerate and cwm-lab: pip install -e '.[finetune]'")
    lesson = tmp_path / "week3.md"
    lesson.write_text(COURSE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    launch = f"launch --multi_gpu --num_processes 2 --main_process_port {port}".split()
    finetune = ["finetune", str(lesson), "--name", "week3", "--json", *SMALL.split()]
    store = tmp_path / "adapters"
    done = subprocess.run(
        [accelerate, *launch, command, *finetune],
        env={**os.environ, "CWM_LAB_ADAPTERS": str(store), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout)  # one of the two speaks
    assert report["steps"] == 2
    about = json.loads((store / "week3" / "adapter.json").read_text())
    assert about["training"]["processes"] == 2
    assert not (store / ".runs" / "week3").exists()
