"""Which world model a specification names, and the one function that predicts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cwm_lab.errors import ModelError
from cwm_lab.trace import Program, Step, Trace
from cwm_lab.trace.program import stdin_lines
from cwm_lab.worldmodel.adapters import Adapter, default_model, find_adapter
from cwm_lab.worldmodel.builtin import SHIPPED, BuiltinModel
from cwm_lab.worldmodel.checkpoint import read_metadata
from cwm_lab.worldmodel.model import WorldModel
from cwm_lab.worldmodel.specs import ModelSpec, parse_spec

CHECKPOINT_VARIABLE = "CWM_LAB_BUILTIN"
"""Environment variable: another checkpoint folder for the built-in engine, for those who train."""


_LARGER: dict[tuple[str, str], WorldModel] = {}
"""The larger model that was used last. A local one takes much memory, so there is one at a time."""
MAX_BUILTIN = 4
"""How many of the built-in model's variants (with adapters) stay in memory."""
_BUILTIN: dict[tuple[Path, str, str], BuiltinModel] = {}


def builtin_folder() -> Path:
    """The checkpoint of the built-in model."""
    return Path(os.environ.get(CHECKPOINT_VARIABLE) or SHIPPED)


def load_model(spec: str = "builtin") -> WorldModel:
    """The model that a specification names (``builtin``, ``builtin?adapter=week3``, ``local:...``,
    ``openai:...``; see `parse_spec`). Loaded once in a process, and once more when its adapter has
    been replaced; a larger model makes room for the next one.

    Raises ModelError for a specification that is not known, or a model that cannot be had.
    """
    parsed = parse_spec(spec)
    if parsed.kind == "builtin":
        return _builtin(parsed)
    key = _key(parsed)
    if key not in _LARGER:
        _LARGER.clear()
        _LARGER[key] = _written(parsed)
    return _LARGER[key]


def usual_model() -> tuple[str, str]:
    """(the specification that predicts where no model is named, why it is not the one that was
    chosen for that, mostly ""): an adapter that is gone, or was made for weights that have changed
    since, makes way for the built-in model as it is."""
    chosen = default_model()
    spec = parse_spec(chosen)
    if spec.kind == "builtin":
        try:
            if (adapter := _adapter(spec)) is not None:
                adapter.check_fits(builtin_folder())
        except ModelError as error:
            return "builtin", (
                f"{chosen} was chosen to predict where no model is named, but {str(error)[:-1]}. "
                "Until then the built-in model predicts as it is; `cwm-lab adapters default "
                "--none` chooses it for good."
            )
    return chosen, ""


def is_loaded(spec: ModelSpec) -> bool:
    """Whether a larger model is in this process already."""
    return _key(spec) in _LARGER


def _builtin(spec: ModelSpec) -> BuiltinModel:
    folder, adapter = builtin_folder(), _adapter(spec)
    key = (folder, str(spec), "" if adapter is None else adapter.sha256)
    if key not in _BUILTIN:
        model = BuiltinModel(folder, str(spec), adapter=adapter)
        while len(_BUILTIN) >= MAX_BUILTIN:
            del _BUILTIN[next(iter(_BUILTIN))]
        _BUILTIN[key] = model
    return _BUILTIN[key]


def _adapter(spec: ModelSpec) -> Adapter | None:
    """The adapter that is put on here; a server has its own."""
    value = spec.options.get("adapter") if spec.kind in ("builtin", "local") else None
    return None if value is None else find_adapter(value)


def _key(spec: ModelSpec) -> tuple[str, str]:
    adapter = _adapter(spec)
    return str(spec), "" if adapter is None else adapter.sha256


def _written(spec: ModelSpec) -> WorldModel:
    if spec.kind == "hosted":
        from cwm_lab.worldmodel.hosted import HostedModel

        return HostedModel(spec)
    from cwm_lab.worldmodel.cwm.model import CwmModel

    if spec.kind == "local":
        from cwm_lab.worldmodel.loading import find_folder
        from cwm_lab.worldmodel.local import LocalWriter

        folder = find_folder(spec)
        if "dialect" in read_metadata(folder / "model.safetensors"):  # the built-in model's own
            from cwm_lab.worldmodel.torch_engine import TorchEngine

            engine = TorchEngine(spec)
            return BuiltinModel(folder, str(spec), engine=engine, adapter=_adapter(spec))
        return CwmModel(LocalWriter(spec))
    from cwm_lab.worldmodel.remote import RemoteWriter

    return CwmModel(RemoteWriter(spec))


def predict(
    source: str | Program,
    *,
    model: str = "builtin",
    stdin: Sequence[str] = (),
    entry: str | None = None,
    max_steps: int = 1000,
    max_seconds: float | None = None,
    on_step: Callable[[Step], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Trace:
    """Imagine a program's trace: nothing of it is run.

    source: the program's text, or a `Program` (then stdin and entry, if given, replace its own).
    model: which world model; see `load_model`. max_steps: the most steps to predict.
    max_seconds: the longest time to predict, then the trace ends with the outcome time-limit.
    on_step: called with each `Step` as soon as it is predicted. cancel: asked now and then; once it
    says so, the trace ends with the outcome truncated.
    Returns a `Trace` of origin "model"; a program that is not Python gives one without steps and
    the outcome syntax-error. Raises ModelError if the model cannot be had, BadProgramError for text
    that is no program at all, ValueError for a negative max_steps.
    """
    if max_steps < 0:
        raise ValueError("max_steps must not be negative")
    if isinstance(source, Program):
        program = Program(
            source.source,
            source.filename,
            source.context,
            stdin_lines(stdin) or source.stdin,
            entry if entry is not None else source.entry,
        )
    else:
        program = Program(source, stdin=stdin_lines(stdin), entry=entry)
    return load_model(model).predict(
        program, max_steps=max_steps, max_seconds=max_seconds, on_step=on_step, cancel=cancel
    )
