"""The `sys.settrace` function: events of the interpreter in, rows of a trace out.

The rules that it follows are in docs/steps.md. What the Python versions do differently is made the
same here, with the help of `lines.Source`; how values look is the business of `display`; where the
rows go and when a run ends is the caller's.
"""

from __future__ import annotations

import dis
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from cwm_lab.recorder import hooks
from cwm_lab.recorder.display import SCALARS, display, has_identity, type_name
from cwm_lab.recorder.identities import Identities
from cwm_lab.trace import MODULE, Event
from cwm_lab.trace.lines import Source

_NOT_STEPPED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_INLINED_SINCE_312 = re.compile(r"<(?:list|set|dict)comp>\.(?:<locals>\.)?")
"""A part of qualified names that goes when comprehensions are no functions."""


def _ops(*names: str) -> frozenset[int]:
    """The opcodes of these names that this version of Python has."""
    return frozenset(dis.opmap[name] for name in names if name in dis.opmap)


_ITERATING = _ops("FOR_ITER", "SEND", "END_SEND")
_RETURNING = _ops("RETURN_VALUE", "RETURN_CONST")
_YIELD = dis.opmap["YIELD_VALUE"]
_RESUME = dis.opmap["RESUME"]
_AFTER_STAR = _ops("LIST_APPEND", "LOAD_CONST", "NOP", "POP_TOP", "PREP_RERAISE_STAR")
"""Instructions on which 3.11 comes back to an `except*` when all handlers are done."""
_STABLE = SCALARS | {FunctionType, BuiltinFunctionType, ModuleType, type, range}
"""Types whose values keep their text, so that `is` tells whether a name changed."""
_MUTABLE: Any = object()
_CO_NEWLOCALS = 0x2
_CO_SLEEPS = 0x20 | 0x80 | 0x200
"""Generators, coroutines and async generators."""

_SHALLOW = 50
_TOO_DEEP = "maximum recursion depth exceeded"
RECURSION_ROOM = 1500
"""Calls that the interpreter allows beyond those of the program: the recorder's own and others."""

TraceFunction = Callable[[FrameType, str, Any], Any]


@dataclass(slots=True)
class Row:
    """A step in the making, with the fields of `Step`; its value may still change after `emit`."""

    event: Event
    line: int
    function: str
    depth: int
    locals: dict[str, str]
    removed: tuple[str, ...]
    value: str | None
    stdout: str
    detail: str | None
    types: dict[str, str]
    ids: dict[str, int]


@dataclass(frozen=True)
class _Code:
    """What is known of one code object that is stepped.

    inlined: offsets of instructions inside comprehensions -> the names that those bind.
    """

    source: Source
    name: str
    line: int
    bytecode: bytes
    inlined: Mapping[int, frozenset[str]]
    is_class: bool


class Tracer:
    """Turns the trace events of one run into rows.

    sources: file name of a compiled text -> its Source; all other code is not stepped.
    emit: takes each row; may raise to end the run.
    patch: told of an emitted row whose value has changed since.
    output: gives what was written to standard output since it was last asked.
    tracked: whether a name of the module is shown.
    hidden: texts of the recorder's own stand-ins, by `id`.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        emit: Callable[[Row], None],
        patch: Callable[[Row], None],
        output: Callable[[], str],
        tracked: Callable[[str], bool],
        hidden: Mapping[int, str],
    ) -> None:
        self.tracked = tracked
        self.hidden = hidden
        self.identities = Identities()
        self._sources = sources
        self._emit = emit
        self._patch = patch
        self._output = output
        self._carried = ""
        self._codes: dict[int, tuple[CodeType, _Code | None]] = {}
        self._stack: list[_Frame] = []
        self._unwound: tuple[Row, _Frame] | None = None
        self._lost: list[int] = []

    def trace(self, frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
        """The global trace function: called for each Python frame that starts or is resumed."""
        known = self._codes.get(id(frame.f_code))
        code = known[1] if known is not None else self._examine(frame.f_code)
        if code is None:
            return None
        depth = len(self._stack)
        try:
            return self._enter(frame, code)
        except RecursionError:
            del self._stack[depth:]
            self.go_on_after_error()
            raise RecursionError(_TOO_DEEP) from None

    def line_of(self, code: CodeType, line: int | None) -> int | None:
        """The line that a step at this place shows; None for code that is not stepped."""
        known = self._codes.get(id(code))
        if known is None or known[1] is None or line is None:
            return None
        return known[1].source.shown.get(line)

    @property
    def current_line(self) -> int | None:
        """Where the innermost frame stands."""
        return self._stack[-1].line if self._stack else None

    def finish(self, error: BaseException | None) -> None:
        """Told how the run ended, after tracing was switched off."""
        if error is not None:
            self.arrived(display(error, hidden=self.hidden))

    def _examine(self, code: CodeType) -> _Code | None:
        found = None
        source = self._sources.get(code.co_filename)
        if source is not None and _is_stepped(code, source):
            found = _Code(
                source,
                _INLINED_SINCE_312.sub("", code.co_qualname).replace("<locals>.", ""),
                source.shown.get(code.co_firstlineno, 1),
                code.co_code,
                _inlined(code, source),
                is_class=not code.co_flags & _CO_NEWLOCALS and code.co_name != MODULE,
            )
        self._codes[id(code)] = (code, found)
        return found

    def _enter(self, frame: FrameType, code: _Code) -> TraceFunction:
        if self._stack:
            self._stack[-1].flush()
        # Asking is dear, so it is not done where no limit would be.
        depth = len(self._stack)
        if depth >= _SHALLOW and depth >= sys.getrecursionlimit():
            raise RecursionError(_TOO_DEEP)
        state = getattr(frame.f_trace, "__self__", None)
        if isinstance(state, _Frame) and state.tracer is self:
            state.depth = len(self._stack)
            self._stack.append(state)
            state.resume(frame)
        else:
            state = _Frame(self, code, len(self._stack))
            self._stack.append(state)
            if frame.f_code.co_flags & _CO_SLEEPS:
                # It may have been closed before it began, of which 3.13 tells nothing.
                state.pending = state.row("call", frame)
            elif code.name != MODULE:
                self.emit(state.row("call", frame))
        return state.trace

    def go_on_after_error(self) -> None:
        """Let tracing survive a RecursionError that the trace function is about to raise.

        When calls go too deep, it has to be raised in the program: by the tracer, which counts the
        program's frames, because the interpreter counts the recorder's calls too and so has more
        room than the program. An exception out of a trace function switches tracing off; the
        profile function, called as the next frame is left, switches it on again.
        """
        before = hooks.getprofile()

        def again(frame: FrameType, event: str, arg: Any) -> None:
            hooks.setprofile(before)
            hooks.settrace(self.trace)

        hooks.setprofile(again)

    def lose(self, numbers: Iterable[int | None]) -> None:
        """Names no longer hold these objects; whether anything does is seen at the next step."""
        self._lost.extend(number for number in numbers if number is not None)

    def release(self) -> None:
        """Let go of lost objects."""
        if self._lost:
            self.identities.release(self._lost)
            self._lost.clear()

    def leave(self, state: _Frame) -> None:
        """A frame is done, or sleeps."""
        self.lose(number for _, _, number in state.seen.values())
        if state in self._stack:
            del self._stack[self._stack.index(state) :]

    def take_output(self) -> str:
        text, self._carried = self._carried + self._output(), ""
        return text

    def emit(self, row: Row) -> None:
        self._unwound = None
        self._emit(row)

    def drop(self, row: Row) -> None:
        """A row that is not to be: its output belongs to the next one."""
        self._carried = row.stdout + self._carried

    def unwinding(self, row: Row, state: _Frame) -> None:
        """The last row of a frame that an exception leaves; by which one is known in a moment."""
        self.emit(row)
        self._unwound = (row, state)

    def arrived(self, text: str) -> None:
        """This exception came out of the frame that was unwound last."""
        if self._unwound is not None:
            row, state = self._unwound
            if row.value != text and text in state.raised:
                row.value = text
                self._patch(row)
        self._unwound = None


class _Frame:
    """What the tracer knows of one live frame; holds no reference to the frame itself.

    line: where the frame stands, as steps show it.
    started: whether a line of it has run.
    seen: name -> (the value if it is stable, text, identity number) at its last step.
    raised: texts of the exceptions that were raised or arrived here.
    raised_at: offset of the instruction that raised, until another line runs.
    reraise: text of what the bare ``raise`` on this line raises, until that is recorded.
    pending: a generator's call step, held back until it is known not to be just closed.
    """

    __slots__ = (
        "code",
        "depth",
        "last_offset",
        "last_real",
        "line",
        "pending",
        "raised",
        "raised_at",
        "reraise",
        "seen",
        "started",
        "tracer",
    )

    def __init__(self, tracer: Tracer, code: _Code, depth: int) -> None:
        self.tracer = tracer
        self.code = code
        self.depth = depth
        self.line = code.line
        # A class body's first event is on its header, for `__module__`: that is no step.
        self.started = code.is_class
        self.last_offset = self.last_real = -1
        self.seen: dict[str, tuple[Any, str, int | None]] = {}
        self.raised: list[str] = []
        self.raised_at: int | None = None
        self.reraise: str | None = None
        self.pending: Row | None = None

    def trace(self, frame: FrameType, event: str, arg: Any) -> TraceFunction:
        """The local trace function of this frame."""
        try:
            if event == "line":
                self._on_line(frame)
            elif event == "return":
                self._on_return(frame, arg)
            elif event == "exception":
                self._on_exception(frame, arg[1])
        except RecursionError:
            # The program went so deep in C that there is no room left to look at it.
            self.tracer.leave(self)
            self.tracer.go_on_after_error()
            raise RecursionError(_TOO_DEEP) from None
        return self.trace

    def resume(self, frame: FrameType) -> None:
        """A generator or coroutine goes on."""
        self.seen.clear()
        self.raised_at = None
        self.pending = self.row("call", frame, detail="resume")

    def flush(self) -> None:
        if self.pending is not None:
            row, self.pending = self.pending, None
            self.tracer.emit(row)

    def _on_line(self, frame: FrameType) -> None:
        source, offset = self.code.source, frame.f_lasti
        real = frame.f_lineno or 0
        jumped = offset <= self.last_offset or real == self.last_real
        self.last_offset, self.last_real = offset, real
        shown = source.shown.get(real)
        if shown is None or shown in source.silent:
            return
        # Within one statement Python goes to and fro between its lines, and since 3.12 jumps back
        # in comprehensions; only a loop with its body on the same line begins anew.
        if shown == self.line and self.started:
            again = jumped and shown in source.loops and offset not in self.code.inlined
            if not again:
                return
        if shown in source.star_handlers and self.code.bytecode[offset] in _AFTER_STAR:
            return
        self.flush()
        if self.reraise is not None:
            self._record_reraise()
        self.line = shown
        self.started = True
        self.raised_at = None
        self.tracer.emit(self.row("line", frame))
        if shown in source.reraises:
            # The interpreter has no event for a bare `raise`.
            error = sys.exc_info()[1]
            self.reraise = None if error is None else self._display(error)

    def _on_return(self, frame: FrameType, value: Any) -> None:
        bytecode, offset = self.code.bytecode, frame.f_lasti
        op = bytecode[offset]
        # Since 3.13 a generator that yields already stands behind its YIELD_VALUE.
        yielding = op == _YIELD or (op == _RESUME and offset and bytecode[offset - 2] == _YIELD)
        thrown = self.raised_at == offset
        if value is None and op not in _RETURNING and (thrown or not yielding):
            self._unwind(frame)
        else:
            self.flush()
            # A class body may return its `__class__` cell, which is nobody's business.
            text = "None" if self.code.is_class else self._display(value)
            detail = "yield" if yielding else None
            self.tracer.emit(self.row("return", frame, text, detail))
        self.tracer.leave(self)

    def _unwind(self, frame: FrameType) -> None:
        if self.pending is not None:
            self.tracer.drop(self.pending)
            self.pending = None
        elif self.reraise is not None:
            self._record_reraise()
        elif self.raised_at is None:
            text = self.raised[-1] if self.raised else None
            self.tracer.unwinding(self.row("exception", frame, text), self)

    def _on_exception(self, frame: FrameType, error: BaseException) -> None:
        offset = frame.f_lasti
        text = self._display(error)
        iterating = self.code.bytecode[offset] in _ITERATING
        if iterating and isinstance(error, StopIteration | StopAsyncIteration):
            return
        again = self.raised_at is not None and self.raised[-1] == text
        self.raised.append(text)
        self.raised_at = offset
        self.reraise = None
        if isinstance(error, GeneratorExit) and self.pending is not None:
            return
        self.flush()
        self.tracer.arrived(text)
        if not again:
            self.tracer.emit(self.row("exception", frame, text))

    def _record_reraise(self) -> None:
        text, self.reraise = self.reraise, None
        assert text is not None
        self.raised.append(text)
        row = Row(
            "exception",
            self.line,
            self.code.name,
            self.depth,
            {},
            (),
            text,
            self.tracer.take_output(),
            None,
            {},
            {},
        )
        self.tracer.emit(row)

    def _display(self, value: object) -> str:
        return display(value, hidden=self.tracer.hidden)

    def row(
        self, event: Event, frame: FrameType, value: str | None = None, detail: str | None = None
    ) -> Row:
        """A row at the frame's line, with what changed in it since its last row."""
        self.tracer.release()
        changed: dict[str, str] = {}
        types: dict[str, str] = {}
        ids: dict[str, int] = {}
        seen = self.seen
        # A statement that begins is in no comprehension yet.
        bound = () if event == "line" else self.code.inlined.get(frame.f_lasti, ())
        present = 0
        # In 3.12 a module's f_locals can be a stale copy, if it holds comprehensions.
        names = frame.f_globals if self.code.name == MODULE else frame.f_locals
        for name, now in list(names.items()):
            old = seen.get(name)
            if old is not None:
                present += 1
                if old[0] is now or name in bound:
                    continue
            elif name in bound or not self._is_shown(name):
                continue
            text = self._display(now)
            number = self.tracer.identities.number(now) if has_identity(now) else None
            if old is None or text != old[1]:
                changed[name] = text
                types[name] = type_name(now)
            elif number == old[2]:
                continue
            if number is not None:
                ids[name] = number
            if old is not None and old[2] != number:
                self.tracer.lose((old[2],))
            seen[name] = (now if type(now) in _STABLE else _MUTABLE, text, number)
            present += old is None
        removed: tuple[str, ...] = ()
        if present != len(seen):
            removed = tuple(name for name in seen if name not in names)
            self.tracer.lose(seen.pop(name)[2] for name in removed)
        return Row(
            event,
            self.line,
            self.code.name,
            self.depth,
            changed,
            removed,
            value,
            self.tracer.take_output(),
            detail,
            types,
            ids,
        )

    def _is_shown(self, name: str) -> bool:
        if name.startswith(".") or (name.startswith("__") and name.endswith("__")):
            return False
        if self.code.is_class:
            # What `Enum` and its like put there by themselves.
            return not (len(name) > 2 and name.startswith("_") and name.endswith("_"))
        return self.code.name != MODULE or self.tracer.tracked(name)


def _is_stepped(code: CodeType, source: Source) -> bool:
    if code.co_name == MODULE:
        return True
    if code.co_name in _NOT_STEPPED or code.co_name.startswith("<generic parameters"):
        return False
    return code.co_firstlineno in source.shown


def _inlined(code: CodeType, source: Source) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    if not source.comprehensions:
        return found
    for index, (first, last, column, end) in enumerate(code.co_positions()):
        if first is None or last is None or column is None or end is None:
            continue
        for span, names in source.comprehensions:
            if span[:2] <= (first, column) and (last, end) <= span[2:]:
                found[2 * index] = found.get(2 * index, frozenset()) | names
    return found
