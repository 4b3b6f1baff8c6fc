"""Idioms of beginners' courses, with varied values, names and style."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from cwm_lab.training.generator.program import GeneratedProgram

Family = Callable[[random.Random], GeneratedProgram]
IDIOM_FAMILIES: Final[dict[str, tuple[Family, float]]] = {}
