"""Idioms of beginners' courses, with varied values, names, style and surroundings."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from cwm_lab.training.generator.combinations import COMBINATIONS
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.style import restyle
from cwm_lab.training.generator.templates import Template, expand, templates

Family = Callable[[random.Random], GeneratedProgram]

# Templates that training never sees: programs of known parts, put together in new ways, and pairs
# of constructs that no other program has.
HELD_OUT_TOPICS: Final = ("held_out", *COMBINATIONS)
TOPIC_WEIGHTS: Final[dict[str, float]] = {
    "text": 5,
    "numbers": 5,
    "lists": 5,
    "dicts": 4,
    "functions": 5,
    "input": 2,
    "classes": 5,
    "errors": 7,
    "generators": 2.5,
    "recursion": 7,
    "phrases": 7,
    "collections": 8,
    "flow": 8,
    **dict.fromkeys(HELD_OUT_TOPICS, 2),
}


def idiom(topic: str) -> Family:
    """A family of the templates of one topic."""

    def make(rng: random.Random) -> GeneratedProgram:
        draw = Draw(rng)
        template: Template = draw.pick([t for t in templates() if t.topic == topic])
        source, stdin = expand(template, draw)
        tags = ("idiom", template.name, *template.tags)
        return GeneratedProgram(restyle(source, draw), tags, stdin)

    return make


IDIOM_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    f"idiom_{topic}": (idiom(topic), weight) for topic, weight in TOPIC_WEIGHTS.items()
}
