"""From what an instructor points at to what can be trained on and judged by."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from cwm_lab.errors import FinetuneError
from cwm_lab.trace import Program, Trace
from cwm_lab.training.corpus import HELD_OUT_SEED, Example
from cwm_lab.training.finetune.collecting import Collected, Found, LeftOut, collect
from cwm_lab.training.finetune.progress import Reporter, Stage
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.splitting import Split, split
from cwm_lab.training.finetune.tasks import Material, Task
from cwm_lab.training.finetune.truth import Known, run
from cwm_lab.training.generator import HELD_OUT_FAMILIES, generate_program

JUDGED_VARIATIONS = 2
"""Of each held-out program, judged beside it."""
WATCHED_VARIATIONS = 8
_FEW = 6
"""Variations of a program when time runs short."""
_WATCHED = 100
"""Watched programs and variations that a point of the curve is taken from, at most."""
_GENERAL_FROM = HELD_OUT_SEED + 500_000
_GENERAL_STEPS = 200
_NEAR = 3
_TOLD = 5
"""Reasons in an error's sentence, at most."""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Group:
    """A program to judge by: itself and variations, with their true traces."""

    place: str
    traces: tuple[Trace, ...]


@dataclass(frozen=True)
class Prepared:
    """learn: the course's examples to train on. watch: what is asked about each of the watched
    programs and variations. judge, general: what is predicted before and after. counts: for
    people."""

    learn: tuple[Example, ...]
    watch: tuple[tuple[Example, ...], ...]
    judge: tuple[Group, ...]
    general: tuple[Group, ...]
    counts: dict[str, int]
    left_out: tuple[LeftOut, ...]
    crashing: tuple[LeftOut, ...]


def collected(sources: Iterable[str | Path | Program], reporter: Reporter) -> Collected:
    """Raises FinetuneError if there is no program at all."""
    found = collect(sources)
    if not found.programs:
        first = f" The first thing left out: {_shown(found.left_out[0])}." if found.left_out else ""
        raise FinetuneError(
            f"there is no program here to learn from; give folders, files or notebooks.{first}"
        )
    count = len(found.programs)
    reporter.tell("collect", 1, 1, f"{count} program{'s' if count != 1 else ''}")
    return found


def prepared(found: Collected, task: Task, settings: Settings, reporter: Reporter) -> Prepared:
    """Run, vary and split the programs. Raises FinetuneError if too few can be used."""
    left_out = list(found.left_out)
    known: list[Known] = []

    def usable(one: Found) -> Known | str:
        true = run(one, max_steps=settings.max_steps, max_seconds=settings.max_seconds)
        if isinstance(true, str):
            return true
        made = task.material(true, replace(settings, variations=0))
        return made if isinstance(made, str) else true

    results = _mapped("run", usable, found.programs, settings, reporter)
    for one, result in zip(found.programs, results, strict=True):
        if isinstance(result, str):
            left_out.append(LeftOut(one.place, result))
        else:
            known.append(result)
    if not known:
        raise FinetuneError(
            f"none of the {len(found.programs)} programs can be learned from: "
            f"{'; '.join(map(_shown, left_out[:_TOLD]))}{'; ...' if left_out[_TOLD:] else '.'}"
        )
    reporter.tell("split", 0, 1)
    try:
        parts = split(
            known, held_out=settings.held_out, watched=settings.watched, seed=settings.seed
        )
    except FinetuneError as error:
        more = f" Left out: {len(left_out)}, such as {_shown(left_out[0])}." if left_out else ""
        raise FinetuneError(f"{error}{more}") from None
    learn, watch, judge = map(len, (parts.learn, parts.watch, parts.judge))
    note = f"{learn} to learn from, {watch} to watch, {judge} to judge by"
    reporter.tell("split", 1, 1, note)
    return _varied(known, parts, left_out, task, settings, reporter)


def _varied(
    known: Sequence[Known],
    parts: Split,
    left_out: list[LeftOut],
    task: Task,
    settings: Settings,
    reporter: Reporter,
) -> Prepared:
    limits = dict.fromkeys(parts.learn, settings.variations)
    limits |= dict.fromkeys(parts.watch, min(WATCHED_VARIATIONS, settings.variations))
    limits |= dict.fromkeys(parts.judge, min(_NEAR * JUDGED_VARIATIONS, settings.variations))

    def vary(index: int) -> Material | str:
        late = reporter.clock.spent > 0.3 * reporter.clock.budget
        count = min(limits[index], _FEW) if late else limits[index]
        return task.material(known[index], replace(settings, variations=count))

    order = sorted(limits)
    made = dict(zip(order, _mapped("vary", vary, order, settings, reporter), strict=True))
    kept = {index: one for index, one in made.items() if isinstance(one, Material)}
    left_out += [
        LeftOut(known[index].found.place, one)
        for index, one in made.items()
        if isinstance(one, str)
    ]
    judge = [
        group for index in parts.judge if index in kept
        if (group := _group(known[index], kept[index], settings)) is not None
    ]  # fmt: skip
    apart = {trace.program.text for group in judge for trace in group.traces}
    apart |= {one.text for k in parts.watch if k in kept for one in kept[k].versions}
    learn = [
        examples
        for index in parts.learn if index in kept
        for version, examples in zip(kept[index].versions, kept[index].examples, strict=True)
        if version.text not in apart
    ]  # fmt: skip
    watch = [
        tuple(dict.fromkeys(examples))
        for k in parts.watch if k in kept
        for examples in kept[k].examples if examples
    ]  # fmt: skip
    if not judge or not learn or not watch:
        raise FinetuneError("too few programs are left to learn from and to judge by; give more.")
    random.Random(settings.seed).shuffle(watch)
    general = general_set(settings, reporter)
    flat = tuple(example for examples in learn for example in examples)
    counts = {
        "programs": len(known),
        "programs_to_learn_from": len(parts.learn),
        "programs_to_watch": len(parts.watch),
        "programs_to_judge_by": len(judge),
        "variations_to_learn_from": len(learn) - len(parts.learn),
        "variations_dropped": sum(one.dropped for one in kept.values()),
        "examples": len(flat),
        "different_examples": len(set(flat)),
        "general_programs": len(general),
        "left_out": len(left_out),
    }
    crashing = tuple(
        LeftOut(one.found.place, f"ends with {one.trace.outcome.type}, as it does for a student")
        for one in known if one.trace.outcome.kind == "raised"
    )  # fmt: skip
    return Prepared(
        flat, tuple(watch[:_WATCHED]), tuple(judge), general, counts, tuple(left_out), crashing
    )


def _group(known: Known, material: Material, settings: Settings) -> Group | None:
    """A held-out program with the true traces of itself and of a few variations."""
    traces = [known.trace]
    for version in material.versions[1:]:
        if len(traces) > JUDGED_VARIATIONS:
            break
        place = known.found.place
        true = run(
            Found(version, place, place),
            max_steps=settings.max_steps,
            max_seconds=settings.max_seconds,
        )
        if isinstance(true, Known) and true.trace.outcome.type == known.trace.outcome.type:
            traces.append(true.trace)
    return Group(known.found.place, tuple(traces))


def general_set(settings: Settings, reporter: Reporter) -> tuple[Group, ...]:
    """Generated programs that no training has seen, with their true traces: what may not be
    forgotten. Always the same ones."""
    out: list[Group] = []
    number = 0
    while len(out) < settings.general:
        number += 1
        program = generate_program(random.Random(_GENERAL_FROM + number))
        if program.family in HELD_OUT_FAMILIES:
            continue
        place = f"generated program {number}"
        found = Found(Program(program.source, place, stdin=program.stdin), place, place)
        true = run(found, max_steps=_GENERAL_STEPS, max_seconds=settings.max_seconds)
        if isinstance(true, Known):
            out.append(Group(place, (true.trace,)))
            reporter.tell("general", len(out), settings.general)
    return tuple(out)


def _mapped(
    stage: Stage,
    work: Callable[[T], R],
    items: Sequence[T],
    settings: Settings,
    reporter: Reporter,
) -> list[R]:
    """`work` on each item, side by side, in order, with progress. Raises InterruptedError when it
    is cancelled."""
    out: list[R] = []
    reporter.tell(stage, 0, len(items))
    with ThreadPoolExecutor(workers_of(settings)) as pool:
        futures = [pool.submit(work, item) for item in items]
        for future in futures:
            if reporter.cancelled:
                pool.shutdown(cancel_futures=True)
                raise InterruptedError
            out.append(future.result())
            reporter.tell(stage, len(out), len(items))
    return out


def workers_of(settings: Settings) -> int:
    """Processes in which programs are run side by side."""
    return settings.workers or os.cpu_count() or 1


def _shown(one: LeftOut) -> str:
    return f"{one.place}: {one.reason}"
