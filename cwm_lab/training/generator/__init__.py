"""Random CS1-style Python programs, from which the built-in world model learns to run code."""

from cwm_lab.training.generator.families import (
    DENSE_WEIGHTS,
    FAMILIES,
    FORM_WEIGHTS,
    HELD_OUT_FAMILIES,
    WEIGHTS,
    generate_program,
)
from cwm_lab.training.generator.program import GeneratedProgram

__all__ = [
    "DENSE_WEIGHTS",
    "FAMILIES",
    "FORM_WEIGHTS",
    "HELD_OUT_FAMILIES",
    "WEIGHTS",
    "GeneratedProgram",
    "generate_program",
]
