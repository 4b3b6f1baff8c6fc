"""Random expressions over variables whose values are known.

Kinds are those of `scene.kind_of`; each kind's forms have a module here.
"""

from cwm_lab.training.generator.expressions.literals import is_number, literal, wrap
from cwm_lab.training.generator.expressions.writer import Expressions

__all__ = ["Expressions", "is_number", "literal", "wrap"]
