"""What is known of a code object before it runs: whether and how its lines are stepped."""

from __future__ import annotations

import dis
import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Final

from cwm_lab.recorder.aims import Aims
from cwm_lab.recorder.purity import Purity
from cwm_lab.recorder.rows import new_row
from cwm_lab.trace import MODULE
from cwm_lab.trace.lines import Source

_NOT_STEPPED: Final = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_INLINED_SINCE_312: Final = re.compile(r"<(?:list|set|dict)comp>\.(?:<locals>\.)?")
"""A part of qualified names that goes when comprehensions are no functions."""
_INLINES: Final = sys.version_info >= (3, 12)
"""Whether comprehensions run inside the frame that they stand in."""
_CO_NEWLOCALS: Final = 0x2
_SLEEPERS: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def _ops(*names: str) -> frozenset[int]:
    """The opcodes of these names that this version of Python has."""
    return frozenset(dis.opmap[name] for name in names if name in dis.opmap)


_ITERATING: Final = _ops("FOR_ITER", "SEND", "END_SEND")
RETURNING: Final = _ops("RETURN_VALUE", "RETURN_CONST")
YIELD: Final = dis.opmap["YIELD_VALUE"]
RESUME: Final = dis.opmap["RESUME"]
_BACKWARD: Final = dis.opmap["JUMP_BACKWARD"]
_UNBIND: Final = dis.opmap["DELETE_FAST"]
_CACHE: Final = dis.opmap["CACHE"]
_ASYNC_NEXT: Final = dis.opmap["GET_ANEXT"]
_EXTENDED: Final = dis.opmap["EXTENDED_ARG"]
_BINDS_CELL: Final = _ops("STORE_DEREF", "DELETE_DEREF")
_BINDS_LOCAL: Final = _BINDS_CELL | _ops(
    "STORE_FAST", "STORE_FAST_MAYBE_NULL", "LOAD_FAST_AND_CLEAR", "DELETE_FAST"
)
_BINDS_TWO: Final = _ops("STORE_FAST_STORE_FAST", "STORE_FAST_LOAD_FAST")
_BINDS_NAME: Final = _ops("STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL")
_UNBINDS: Final = _ops("DELETE_FAST", "DELETE_DEREF", "DELETE_NAME", "DELETE_GLOBAL")
_NO_ROLE: Final = 0
_EXTENDS: Final = 1
_BINDS_ONE: Final = 2
_UNBINDS_ONE: Final = 3
_BINDS_BOTH: Final = 4


def _roles(one: frozenset[int], two: frozenset[int]) -> bytes:
    """Opcode -> what an instruction does to names: binds or unbinds the one of its number, or binds
    two of which that holds the numbers; or gives its number on to the next instruction."""
    roles = {_EXTENDED: _EXTENDS, **dict.fromkeys(one, _BINDS_ONE)}
    roles |= dict.fromkeys(one & _UNBINDS, _UNBINDS_ONE) | dict.fromkeys(two, _BINDS_BOTH)
    return bytes(roles.get(op, _NO_ROLE) for op in range(256))


_LOCAL_ROLES: Final = _roles(_BINDS_LOCAL, _BINDS_TWO)
_NAME_ROLES: Final = _roles(_BINDS_NAME, frozenset())
AFTER_STAR: Final = _ops("LIST_APPEND", "LOAD_CONST", "NOP", "POP_TOP", "PREP_RERAISE_STAR")
"""Instructions on which 3.11 comes back to an `except*` when all handlers are done."""


class Place:
    """A line of a frame at some depth, with all that is known of it beforehand.

    line: as steps show it. at: the same; None where a frame stands before its first line.
    bound: the names of the frame that may hold another value once the line has run; None: any.
    one: the only one of these; else empty.
    wild: it may change objects; calm: it does not. unless: if not empty, it may, unless this name
        holds a number, a string or the like.
    aims: all that it may change, if that is known. direct: that is what names hold, no parts of it.
    row: of a step that begins it and has nothing else to tell. back: of a return from it, which
        lacks the value; yielded: of a `yield` there. resumed: of a generator that goes on there.
    """

    __slots__ = (
        "aims",
        "at",
        "back",
        "bound",
        "calm",
        "direct",
        "line",
        "one",
        "resumed",
        "row",
        "unless",
        "wild",
        "yielded",
    )

    def __init__(self, code: Code, depth: int, line: int, at: int | None) -> None:
        self.line = line
        self.at = at
        self.bound = None if code.stores is None else code.stores.get(at, code.rest)
        self.one = self.bound[0] if self.bound and len(self.bound) == 1 else ""
        how = code.pure.get(line) if at is not None else None
        aims = code.aims.get(line) if at is not None and self.bound is not None else None
        # What others may bind need not be what it was when the statement began.
        if how is not None or (aims and any(aim.name in code.rest for aim in aims)):
            aims = None
        self.aims = aims
        self.wild = how is None and aims != ()
        self.unless = how or ""
        self.calm = not (self.wild or self.unless)
        self.direct = self.aims is not None and not any(aim.path for aim in self.aims)
        self.row = new_row("line", line, code.name, depth)
        self.back = new_row("return", line, code.name, depth)
        self.yielded = (*self.back[:8], "yield", *self.back[9:])
        call = new_row("call", line, code.name, depth)
        self.resumed = (*call[:8], "resume", *call[9:])


class Places:
    """Of one code at one depth: real line -> its Place, for lines that make a step whenever they
    are come to, as far as they were; shown line -> its Place; where a frame begins; its first row.
    """

    __slots__ = ("_code", "_depth", "call", "plain", "shown", "start")

    def __init__(self, code: Code, depth: int) -> None:
        self._code = code
        self._depth = depth
        self.plain: dict[int | None, Place] = {}
        self.shown: dict[int, Place] = {}
        self.call = new_row("call", code.line, code.name, depth)
        # A class body's first event is on its header, for `__module__`: that is no step.
        self.start = self.of(code.line) if code.is_class else Place(code, depth, code.line, None)

    def of(self, shown: int) -> Place:
        """The Place of a line as steps show it."""
        place = self.shown.get(shown)
        if place is None:
            place = self.shown[shown] = Place(self._code, self._depth, shown, shown)
        return place

    def find(self, real: int | None) -> Place | None:
        """The Place of a real line, if it makes a step whenever it is come to."""
        place = self.plain.get(real)
        if place is None:
            shown = self._code.plain.get(real)
            if shown is not None:
                place = self.plain[real] = self.of(shown)
        return place


class Code:
    """One code object that is stepped.

    line: where it begins, as steps show it.
    plain: real line -> shown line, for lines that make a step whenever they are come to.
    inlined: offsets of instructions inside comprehensions -> the names that those bind.
    spins: offsets of instructions that jump to themselves, of which 3.11 tells nothing.
    sleeps: whether its frames can be left and resumed.
    makes: the name of what a call of it is about to give to its caller, in `__init__`; else empty.
    shows_all: whether all names of its frames are shown.
    keeps: whether a name of its frames, once bound, stays so to the end.
    stores: shown line -> the names of the frame that may be bound anew while it stands there; None
        if that can be any. rest: those of any other line.
    pure: lines that change no object (see `purity`). aims: what others may change (see `aims`).
    depths: depth -> what is prepared for frames there.
    """

    __slots__ = (
        "aims",
        "bytecode",
        "depths",
        "inlined",
        "is_class",
        "is_module",
        "keeps",
        "line",
        "makes",
        "name",
        "plain",
        "pure",
        "rest",
        "shows_all",
        "sleeps",
        "source",
        "spins",
        "stores",
    )

    def __init__(
        self,
        source: Source,
        name: str,
        line: int,
        bytecode: bytes,
        plain: Mapping[int | None, int],
        inlined: Mapping[int, frozenset[str]],
        spins: frozenset[int],
        *,
        is_module: bool,
        is_class: bool,
        sleeps: bool,
        makes: str,
        shows_all: bool,
        keeps: bool,
        stores: Mapping[int | None, tuple[str, ...]] | None,
        rest: tuple[str, ...],
        pure: Purity,
        aims: Aims,
    ) -> None:
        self.source = source
        self.name = name
        self.line = line
        self.bytecode = bytecode
        self.plain = plain
        self.inlined = inlined
        self.spins = spins
        self.is_module = is_module
        self.is_class = is_class
        self.sleeps = sleeps
        self.makes = makes
        self.shows_all = shows_all
        self.keeps = keeps
        self.stores = stores
        self.rest = rest
        self.pure = pure
        self.aims = aims
        self.depths: dict[int, Places] = {}

    def at_depth(self, depth: int) -> Places:
        """What is prepared for frames of this code at this depth."""
        found = self.depths.get(depth)
        if found is None:
            found = self.depths[depth] = Places(self, depth)
        return found


def examine(
    code: CodeType, source: Source, shared_names: frozenset[str] | None, pure: Purity, aims: Aims
) -> Code | None:
    """What is to be known of `code`, a part of `source`; None if it is not stepped.

    shared_names: names of the module that code outside of its frame may bind; None: any, and
        also those of functions.
    pure: lines that change no object. aims: what others may change.
    """
    if not _is_stepped(code, source):
        return None
    is_module = code.co_name == MODULE
    is_class = not code.co_flags & _CO_NEWLOCALS and not is_module
    stores: Mapping[int | None, tuple[str, ...]] | None = None
    rest: tuple[str, ...] = ()
    hidden = not is_module and any(map(is_hidden, code.co_varnames + code.co_cellvars))
    if not is_class and not hidden and shared_names is not None:
        stores, rest = _stores(code, source, shared_names if is_module else None)
    odd = source.silent | source.reraises | source.star_handlers | source.loops
    return Code(
        source,
        _INLINED_SINCE_312.sub("", code.co_qualname).replace("<locals>.", ""),
        source.shown.get(code.co_firstlineno, 1),
        code.co_code,
        {real: shown for real, shown in source.shown.items() if shown not in odd},
        _inlined(code, source),
        _spins(code.co_code) if sys.version_info < (3, 12) else frozenset(),
        is_module=is_module,
        is_class=is_class,
        sleeps=bool(code.co_flags & _SLEEPERS),
        makes=code.co_varnames[0] if code.co_name == "__init__" and code.co_argcount else "",
        shows_all=not (is_module or is_class or hidden or any(map(is_hidden, code.co_freevars))),
        keeps=_keeps(code),
        stores=stores,
        rest=rest,
        pure=pure,
        aims=aims,
    )


def is_hidden(name: str) -> bool:
    """Whether no frame shows this name."""
    return name.startswith(".") or (name.startswith("__") and name.endswith("__"))


def _keeps(code: CodeType) -> bool:
    plain = bool(code.co_flags & _CO_NEWLOCALS) and not (code.co_cellvars or code.co_freevars)
    return plain and _UNBIND not in code.co_code[::2]


def _stores(
    code: CodeType, source: Source, shared: frozenset[str] | None
) -> tuple[dict[int | None, tuple[str, ...]], tuple[str, ...]]:
    """`Code.stores` and `Code.rest`, from the instructions that bind names.

    Nothing else binds a local variable. One of a closure or a module may be bound from elsewhere:
    then it is among the rest, which is looked at on each line. shared: see `examine`; None for a
    function.
    """
    if shared is None:
        inner = {name for part in _inside(code) for name in _bound_outside(part)}
        rest = {*inner.intersection(code.co_cellvars), *code.co_freevars}
        names, roles = _slots(code), _LOCAL_ROLES
    else:
        rest = set(shared)
        names, roles = code.co_names, _NAME_ROLES
    found: dict[int | None, set[str]] = {}
    bytecode = code.co_code
    telling = bytecode[::2].translate(roles)
    for start, end, line in code.co_lines():
        shown = source.shown.get(line or 0)
        extended = 0
        for at in range(start, end, 2):
            role = telling[at // 2]
            arg, extended = bytecode[at + 1] | extended, 0
            if role == _NO_ROLE:
                continue
            if role == _EXTENDS:
                extended = arg << 8
                continue
            # `except ... as` unbinds its name on whatever line.
            certain = shown is not None and shown not in source.silent and role != _UNBINDS_ONE
            into = found.setdefault(shown, set()) if certain else rest
            if role == _BINDS_BOTH:
                into.update(names[arg >> 4 : (arg >> 4) + 1])
                arg &= 15
            into.update(names[arg : arg + 1])
    order = dict.fromkeys((*names, *sorted(rest)))
    stores = {
        line: tuple(name for name in order if name in bound or name in rest)
        for line, bound in found.items()
    }
    return stores, tuple(sorted(rest))


def _slots(code: CodeType) -> tuple[str, ...]:
    """Names of the local variables by the numbers that instructions have for them."""
    own = code.co_varnames
    return (*own, *(name for name in code.co_cellvars if name not in own), *code.co_freevars)


def _inside(code: CodeType) -> Iterator[CodeType]:
    """The code objects in this one, at any depth."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _inside(part)


def _bound_outside(code: CodeType) -> Iterator[str]:
    """Names of enclosing functions that this code binds."""
    slots, extended, bytecode = _slots(code), 0, code.co_code
    for op, low in zip(bytecode[::2], bytecode[1::2], strict=True):
        arg = low | extended
        extended = arg << 8 if op == _EXTENDED else 0
        if op in _BINDS_CELL and slots[arg] in code.co_freevars:
            yield slots[arg]


def ends(bytecode: bytes, offset: int, error: StopIteration | StopAsyncIteration) -> bool:
    """Whether this exception, arriving at this instruction, only tells a loop, `yield from` or
    `await` that there is no more."""
    while bytecode[offset] == _CACHE:
        offset -= 2  # 3.12 may stand behind the instruction that raised
    if bytecode[offset] not in _ITERATING:
        return False
    # What `await anext(x)` raises is an exception; in `async for` the same instruction ends it.
    return isinstance(error, StopIteration) or bytecode[offset - 4] == _ASYNC_NEXT


def _is_stepped(code: CodeType, source: Source) -> bool:
    if code.co_name == MODULE:
        return True
    if code.co_name in _NOT_STEPPED or code.co_name.startswith("<generic parameters"):
        return False
    return code.co_firstlineno in source.shown


def _spins(bytecode: bytes) -> frozenset[int]:
    """Where `while True: pass` stands on one line: a jump back over nothing but itself."""
    return frozenset(
        offset
        for offset in range(0, len(bytecode), 2)
        if bytecode[offset] == _BACKWARD and bytecode[offset + 1] == 1
    )


def _inlined(code: CodeType, source: Source) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    if not (source.comprehensions and _INLINES):
        return found
    on_line = defaultdict(list)
    for comprehension in source.comprehensions:
        for line in range(comprehension[0][0], comprehension[0][2] + 1):
            on_line[line].append(comprehension)
    for index, (first, last, column, end) in enumerate(code.co_positions()):
        if first is None or last is None or column is None or end is None:
            continue
        for span, names in on_line.get(first, ()):
            if span[:2] <= (first, column) and (last, end) <= span[2:]:
                found[2 * index] = found.get(2 * index, frozenset()) | names
    return found
