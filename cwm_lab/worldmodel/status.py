"""What can be said of a model: what it is, where, whether it works, under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.adapters import find_adapter
from cwm_lab.worldmodel.registry import is_loaded, load_model
from cwm_lab.worldmodel.specs import ModelSpec, parse_spec

LICENCE = (
    "CWM's weights are for non-commercial research only; commercial use and use as a chat "
    "assistant are outside of their licence."
)
_PLACES = {
    "builtin": "in this process, on the processor",
    "local": "in this process",
    "openai": "a server",
    "hosted": "a class server",
}


@dataclass(frozen=True)
class ModelStatus:
    """health: one clause. context: in tokens, where the model has a limit. works: whether it can be
    asked; if not, `health` says what to do. licence: a note, where one is due. adapter: its name,
    and what the run that made it found."""

    model: str
    place: str
    health: str
    works: bool
    context: int | None = None
    licence: str | None = None
    adapter: str | None = None

    def __str__(self) -> str:
        context = "no limit" if self.context is None else f"{self.context:,} tokens"
        rows = {
            "model": self.model,
            "place": self.place,
            "adapter": self.adapter,
            "health": self.health,
            "context": context if self.works else "unknown",
            "licence": self.licence,
        }
        return "\n".join(f"{name + ':':9}{text}" for name, text in rows.items() if text)


def model_status(spec: str, *, load: bool = True) -> ModelStatus:
    """The status of a model. load: whether one that is not loaded yet is loaded to see if it works
    (a local one may take minutes). Raises ModelError for a specification that is none."""
    parsed = parse_spec(spec)
    name, place = str(parsed), _place(parsed)
    licence = None if parsed.kind in ("builtin", "hosted") else LICENCE
    adapter = parsed.options.get("adapter")
    try:
        if adapter is not None and parsed.kind in ("builtin", "local"):
            found = find_adapter(adapter)
            adapter = ": ".join(filter(None, (found.name, found.verdict)))
        if parsed.kind == "local" and not load and not is_loaded(parsed):
            return ModelStatus(
                name, place, "not loaded yet", works=False, licence=licence, adapter=adapter
            )
        model = load_model(spec)
        writer: Any = model if parsed.kind == "hosted" else getattr(model, "writer", None)
        health = "ready" if writer is None else writer.health()
        context = None if writer is None else writer.context
    except ModelError as error:
        return ModelStatus(name, place, str(error), works=False, licence=licence, adapter=adapter)
    return ModelStatus(
        name, place, health, works=True, context=context, licence=licence, adapter=adapter
    )


def _place(spec: ModelSpec) -> str:
    return _PLACES[spec.kind] + (f", {spec.place}" if spec.place else "")
