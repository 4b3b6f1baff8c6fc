"""The course of a statement's evaluation: which notes its scratchpad holds, in which order.

What is evaluated next, and of which values, follows from the source and from what is known already:
the values that the question shows and the results noted before. So the left side of a note is
written, and only what is behind its `=` is asked of the network. Where the course depends on what
is not known (does `and` go on? is there another item? does the operation raise?) the ways part, and
the network's next token says which one it is.

No operation's result is computed here. What Python only carries is carried: variables and
attributes that are read, arguments, what is bound, returned, stored in an attribute or printed, if
it is known by then.
"""

from cwm_lab.worldmodel.course.operands import Display, Known, Piece, Spelled, can_be_told
from cwm_lab.worldmodel.course.ways import Ended, notes

__all__ = ["Display", "Ended", "Known", "Piece", "Spelled", "can_be_told", "notes"]
