"""What the player says beside the steps: what the model is not told, and why a run was stopped."""

from __future__ import annotations

from collections.abc import Mapping

from cwm_lab.trace import OutcomeKind, Program

_LIMITS = {
    "step-limit": "Python was stopped after {steps:,} steps: perhaps the program never ends. "
    "Give it more with --max-steps.",
    "time-limit": "Python was stopped after {seconds:g} seconds: perhaps the program never ends, "
    "or it waits for something. Give it more with --max-seconds.",
    "output-limit": "Python was stopped because the program printed too much.",
    "memory-limit": "Python was stopped because the program used too much memory.",
    "input-exhausted": "The program asked for more input than the --input lines given.",
}
_PAST = (
    "Only the first {steps:,} steps are recorded; the cell went on without. Record more with "
    "--max-steps."
)
_NOBODY_PREDICTS = "Nobody can answer here, so the steps are shown at once."


def limit_told(
    kind: OutcomeKind,
    *,
    steps: int,
    seconds: float,
    went_on: bool = False,
    then: OutcomeKind | None = None,
) -> str:
    """Which limit ended the run, and how to give it more; empty if none did.

    went_on: past the step limit the cell went on unrecorded. then: the limit that ended it, if any.
    """
    told = [_LIMITS.get(kind, "")]
    if kind == "step-limit" and went_on:
        told = [_PAST, _LIMITS.get(then or "finished", "")]
    return " ".join(filter(None, told)).format(steps=steps, seconds=seconds)


def outside(program: Program, model: str) -> tuple[str, ...]:
    """What of the cell the built-in model does not know, said before it predicts."""
    from cwm_lab.worldmodel.specs import names_builtin

    if not names_builtin(model):
        return ()
    from cwm_lab.worldmodel import envelope

    notices = envelope(program)
    if not notices:
        return ()
    return ("Outside of what the model knows: " + "; ".join(map(str, notices)) + ".",)


def notes(left_out: Mapping[str, str], *, sandbox: bool, unattended: bool) -> tuple[str, ...]:
    """Said before anything runs. left_out: names that the model is not told of, and their kinds."""
    said = []
    if unattended:
        said.append(_NOBODY_PREDICTS)
    if left_out:
        names = ", ".join(f"{name} ({kind})" for name, kind in left_out.items())
        said.append(
            f"The model is not told about {names}: only functions, classes, modules and plain "
            "values can be described to it."
        )
    if sandbox:
        said.append("The cell ran in a process of its own; its names are not in the notebook.")
    return tuple(said)
