"""Compiles the recorder with mypyc as the package is built, where there is a C compiler.

Without one the same modules run as they are written, and slower. Hatchling calls the hook for
wheels and editable installs; `python hatch_build.py` compiles by hand.
"""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent
PACKAGE = ROOT / "cwm_lab" / "recorder"
FRESHNESS = runpy.run_path(str(PACKAGE / "freshness.py"))
INTO = PACKAGE / FRESHNESS["FOLDER"]
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
MODULES = (
    "aims codes composed display entries identities kinds leaving names nodes objects "
    "purity rereading rows sight spoken states suspects syntax telling traced tracer "
    "watching worker_incoming worker_outgoing worker_units world"
).split()
SET_UP = """
import sys
from mypyc.build import mypycify
from setuptools import setup

files = sys.argv.pop().split(",")
how = "--config-file= --no-site-packages --ignore-missing-imports --follow-imports=silent".split()
options = {"opt_level": "3", "debug_level": "0", "group_name": "cwm_lab.recorder.compiled"}
setup(name="compiled", packages=[], ext_modules=mypycify([*how, *files], **options))
"""


def compile_recorder() -> None:
    """Make the compiled modules for this interpreter, unless they are those of these sources.

    Raises CalledProcessError, whose output is what the compiler said, where there is none or it
    fails.
    """
    INTO.mkdir(exist_ok=True)
    stamp: Path = FRESHNESS["stamp"](PACKAGE)
    sums = FRESHNESS["checksums"](PACKAGE, MODULES)
    if stamp.exists() and json.loads(stamp.read_text("utf-8")) == sums:
        return
    stamp.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = ",".join(f"cwm_lab/recorder/{name}.py" for name in MODULES)
        script = Path(folder, "setup.py")
        script.write_text(SET_UP, "utf-8")
        out = Path(folder, "out")
        command = [
            sys.executable,
            str(script),
            "build",
            "--build-lib",
            str(out),
            "--build-temp",
            folder,
        ]
        # mypyc writes its C into ./build.
        Path(folder, "cwm_lab").symlink_to(ROOT / "cwm_lab")
        subprocess.run(
            [*command, files],
            cwd=folder,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # All of them are new files, for processes may have loaded those that there are.
        for before in INTO.glob(f"*{SUFFIX}"):
            before.unlink()
        for made in (out / "cwm_lab" / "recorder").iterdir():
            shutil.copy(made, INTO / made.name)
    stamp.write_text(json.dumps(sums), "utf-8")


class CompilingHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's hook."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            compile_recorder()
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "output", "") or str(error)
            self.app.display_warning(f"the recorder is not compiled, and slower: {said[-500:]}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        made = INTO.relative_to(ROOT).as_posix()
        build_data["artifacts"] += (
            f"/{made}/*{SUFFIX}",
            f"/{made}/{sys.implementation.cache_tag}*",
        )


if __name__ == "__main__":
    try:
        compile_recorder()
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "output", "") or str(error)
        sys.stderr.write(f"The recorder is not compiled, and slower:\n{said}\n")
