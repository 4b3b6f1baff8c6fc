"""`cwm-lab adapters`: what there is, what it is worth, and handing it on."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from cwm_lab.errors import CWMLabError, ModelError
from cwm_lab.worldmodel.adapters.archive import export_adapter, import_adapter
from cwm_lab.worldmodel.adapters.card import score_lines
from cwm_lab.worldmodel.adapters.files import Adapter
from cwm_lab.worldmodel.adapters.store import (
    adapter_names,
    adapters_folder,
    default_adapter,
    default_model,
    list_adapters,
    load_adapter,
    remove_adapter,
    set_default,
)
from cwm_lab.worldmodel.registry import builtin_folder, usual_model

LIST_SCHEMA = "cwm-lab/adapters@1"


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status. Raises CWMLabError."""
    options = _parser().parse_args(arguments)
    options.run(options)
    return 0


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise CWMLabError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cwm-lab adapters",
        description="Adapters made by cwm-lab finetune: use one as builtin?adapter=NAME.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        return sub

    listing = command("list", _list, "all adapters and what they are worth")
    show = command("show", _show, "one adapter: its base, data, scores, folder")
    show.add_argument("name", metavar="NAME")
    for sub in (listing, show):
        sub.add_argument("--json", action="store_true", help="print one JSON document")
    default = command("default", _default, "see or choose what predicts where no model is named")
    choice = default.add_mutually_exclusive_group()
    choice.add_argument("name", nargs="?", metavar="NAME", help="an adapter, on its base")
    choice.add_argument("--model", metavar="SPEC", help="any model, as in --model SPEC elsewhere")
    choice.add_argument("--none", action="store_true", help="the built-in model as it is")
    remove = command("remove", _remove, "delete an adapter for good")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    export = command("export", _export, "write an adapter into a zip file")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", metavar="FILE.zip", type=Path)
    bring = command("import", _import, "take an adapter from a zip file or a folder")
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--name", help="what to call it here")
    bring.add_argument("--replace", action="store_true", help="the one of that name may go")
    return parser


def _list(options: argparse.Namespace) -> None:
    found = list_adapters()
    if options.json:
        rows = [_row(one) for one in found]
        told = {"schema": LIST_SCHEMA, "folder": str(adapters_folder()), "default": default_model()}
        _say(json.dumps({**told, "adapters": rows}))
        return
    if not found:
        _say(f"There are no adapters in {adapters_folder()}; cwm-lab finetune makes one.")
    chosen = default_adapter()
    for one in found:
        if isinstance(one, Adapter):
            mark = " (default)" if one.name == chosen else ""
            says = "made for other weights, see show" if _problem(one) else one.verdict
            _say(f"{one.name}{mark}: {says or 'no verdict'} [{_base(one)}]")
        else:
            _say(f"{one[0]}: cannot be used: {one[1]}")
    _say_usual()


def _show(options: argparse.Namespace) -> None:
    adapter = load_adapter(options.name)
    problem = _problem(adapter)
    if options.json:
        _say(json.dumps({**_row(adapter), "about": dict(adapter.about)}))
        return
    about = adapter.about
    base: Any = about["base"]
    rows = {
        "adapter": adapter.name + (" (default)" if _is_default(adapter) else ""),
        "verdict": adapter.verdict,
        "base": f"{base['model']}, SHA-256 {base['sha256'][:12]}...",
        "licence": f"{base['licence']} (of the base)",
        "made": f"{about.get('created')} with CWM Lab {about.get('cwm_lab')}",
        "size": f"{adapter.size:,} bytes, rank {adapter.rank}",
        "data": ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in about.get("data", {}).items()),
        "folder": str(adapter.folder),
        "problem": problem,
    }
    for name, text in rows.items():
        if text:
            _say(f"{name + ':':10}{text}")
    for line in score_lines(about.get("scores", {})):
        _say(line)


def _default(options: argparse.Namespace) -> None:
    if options.name is not None:
        adapter = load_adapter(options.name)
        base = "" if adapter.base is None else adapter.base.model
        if base != "builtin":
            raise ModelError(
                f"{adapter.name} is for {base}; say where that is: "
                f"--model 'local:FOLDER?adapter={adapter.name}'."
            )
        if problem := _problem(adapter):
            raise ModelError(problem)
        set_default(f"builtin?adapter={adapter.name}")
    elif options.model is not None:
        set_default(options.model)
    elif options.none:
        set_default(None)
    _say_usual()


def _say_usual() -> None:
    model, problem = usual_model()
    _say(f"Where no model is named: {model}{f' ({problem})' if problem else ''}")


def _remove(options: argparse.Namespace) -> None:
    name = options.name
    if name not in adapter_names():
        load_adapter(name)  # says what there is
    if not options.yes:
        if not sys.stdin.isatty():
            raise CWMLabError(f"removing {name} cannot be undone; say --yes.")
        sys.stderr.write(f"Remove the adapter {name} for good? [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            _say("It is kept.")
            return
    remove_adapter(name)
    _say(f"{name} is removed.")
    _say_usual()


def _export(options: argparse.Namespace) -> None:
    export_adapter(options.name, options.file)
    _say(f"{options.file}: {options.file.stat().st_size:,} bytes")


def _import(options: argparse.Namespace) -> None:
    adapter = import_adapter(options.file, options.name, replace=options.replace)
    _say(f"{adapter.name} is here: {adapter.verdict or 'no verdict'} [{_base(adapter)}]")


def _row(one: Adapter | tuple[str, str]) -> dict[str, Any]:
    if not isinstance(one, Adapter):
        return {"name": one[0], "problem": one[1]}
    return {
        "name": one.name,
        "base": None if one.base is None else one.base.to_json(),
        "verdict": one.verdict,
        "helps": one.helps,
        "created": one.about.get("created"),
        "bytes": one.size,
        "sha256": one.sha256,
        "folder": str(one.folder),
        "default": _is_default(one),
        "problem": _problem(one),
    }


def _problem(adapter: Adapter) -> str | None:
    """Why an adapter of the built-in model cannot be used just now."""
    if adapter.base is None or adapter.base.model != "builtin":
        return None
    try:
        adapter.check_fits(builtin_folder())
    except ModelError as error:
        return str(error)
    return None


def _is_default(adapter: Adapter) -> bool:
    return default_adapter() == adapter.name


def _base(adapter: Adapter) -> str:
    return "no base" if adapter.base is None else adapter.base.model


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
