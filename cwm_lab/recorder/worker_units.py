"""The form in which a recording process tells what it records: a stream of units of one size.

A unit alone says what most steps need; what does not fit follows it as a document, filled up to
whole units. The stream goes through a pipe; what was not sent yet stands in memory that whoever
reads can look into, after a head that says how far. So nothing is lost when the process is killed,
and yet a step needs no call of the system.

Nothing in here can run code or be taken for something else where it is read: the program could
write here too. The last field of each unit tells that it is one.

What a step has to tell comes first, and then the unit that ends it. Fields by kind; those that are
not named are 0, and *length* stands where a document follows:

    DEFINE *length* 0 0 number     JSON: a name; [event, line, function, depth, detail] of a place;
                                   [category, type, shape] of a sort of objects
    SAY    *length*                JSON: a message, see `worker_report`

    OBJECT *length*                JSON: an object, see `worker_outgoing`
    NEW    number node sort size   the same for one without parts, which may follow
    CUT    0 node shown size       a list has only its first parts
    GONE   0 node                  an object is out of sight
    a value, with CHANGE added:    that part of an object is another one now, or is one more
           ... node part size
    a value, with GROW added:      an instance has one more attribute
           ... node name
    MORE   *length*                JSON: [removed names, output, value]
    a value                        what a name of a frame is bound to; the step goes on
           ... frame name 0

    a value                        the same, and the end of a step at a place
           ... frame name place
    TOLD   0 frame 0 place         a step that has no name to tell of
    ROW    0 0 0 place             a step that has nothing to tell

Places, names, sorts and nodes count from 1. The name 0 has the value that a return step lacks.
Values:

    INT    itself                  FLOAT  itself, in its own bytes
    FIXED  0, 1, 2                 None, False, True
    NODE   number                  an object
    TEXT   *length*                a text, in UTF-8
    OTHER  *length*                JSON: anything, see `worker_outgoing`
"""

from __future__ import annotations

import struct
from typing import Final

UNIT: Final = struct.Struct("=qIIII")
FLOAT_UNIT: Final = struct.Struct("=dIIII")
"""The same for a FLOAT."""
SIZE: Final = UNIT.size
HEAD: Final = struct.Struct("=QQ")
"""Before the units in shared memory: the place in the stream where the first of them stands, and
how many bytes they have."""
SHARED: Final = HEAD.size + SIZE * 2**13
"""Bytes of shared memory."""
FORM: Final = "units@1"
ROW, TOLD, INT, FLOAT, FIXED, NODE, NEW, CUT, GONE, TEXT, OTHER, OBJECT, MORE, DEFINE, SAY = range(
    0x43574D00, 0x43574D0F
)
CHANGE: Final = 0x40
GROW: Final = 0x80
FIXED_VALUES: Final = (None, False, True)
NO_SHAPE, OWN_SHAPE, NAMED_SHAPE = range(3)
"""The shape of an object's text: none, its category's, its type's name with brackets."""
DOCUMENTS: Final = frozenset(
    (
        TEXT,
        OTHER,
        TEXT + CHANGE,
        OTHER + CHANGE,
        TEXT + GROW,
        OTHER + GROW,
        OBJECT,
        MORE,
        DEFINE,
        SAY,
    )
)
"""Kinds that a document follows."""
LARGEST: Final = 2**28
"""Bytes of one document; a longer one is the program's own scribbling."""


def with_document(data: bytes, a: int, b: int, place: int, kind: int) -> bytes:
    """A unit and the document that follows it."""
    return UNIT.pack(len(data), a, b, place, kind) + data + bytes(-len(data) % SIZE)


def filled(length: int) -> int:
    """Bytes of the units that a document of this length fills."""
    return -(-length // SIZE) * SIZE
