"""The `sys.settrace` function: events of the interpreter in, rows of a trace out.

The rules that it follows are in docs/steps.md. What the Python versions do differently is made the
same here, with the help of `lines.Source`; how values look is the business of `display`; where the
rows go and when a run ends is the caller's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any, Final, cast

from cwm_lab.recorder import hooks
from cwm_lab.recorder.aims import Aims
from cwm_lab.recorder.codes import Code, examine
from cwm_lab.recorder.display import display
from cwm_lab.recorder.purity import Purity
from cwm_lab.recorder.rows import LINE, OBJECTS, STDOUT, VALUE, Entry, Row
from cwm_lab.recorder.streams import Output
from cwm_lab.recorder.telling import Telling
from cwm_lab.recorder.traced import TOO_DEEP, Traced
from cwm_lab.recorder.world import World
from cwm_lab.trace.lines import Source

_SHALLOW: Final = 50
RECURSION_ROOM: Final = 1500
"""Calls that the interpreter allows beyond those of the program: the recorder's own and others."""

TraceFunction = Callable[[FrameType, str, Any], Any]


def _drop(entry: Entry) -> None:
    pass


def _drop_text(index: int, text: str) -> None:
    pass


class Tracer:
    """Turns the trace events of one run into rows.

    sources: file name of a compiled text -> its Source; all other code is not stepped.
    telling: makes the texts. take: takes each step's entry, and keeps it in `telling`.
    emit: takes each step's complete row, if there is no `take`, or once texts are made at each
        step; None: they are then made where `take` keeps the entries.
    patch: told the index of an emitted row whose value has changed since, and that value.
    steps: how many rows are emitted; then `full` is called instead, which may raise to end the run.
    no_memory: called when there is no memory left to record in; may raise to end the run.
    output: where the program writes.
    tracked: whether a name of the module is shown. shared: names of the module that code outside of
        its frame may bind; None: any. pure: file name -> lines that change no object.
        aims: file name -> what others may change.
    hidden: texts of the recorder's own stand-ins, by `id`.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        telling: Telling,
        take: Callable[[Entry], None] | None,
        emit: Callable[[Row], None] | None,
        patch: Callable[[int, str], None],
        steps: int,
        full: Callable[[], None],
        no_memory: Callable[[], None],
        output: Output,
        tracked: Callable[[str], bool],
        shared: frozenset[str] | None,
        pure: Mapping[str, Purity],
        aims: Mapping[str, Aims],
        hidden: Mapping[int, str],
    ) -> None:
        self.tracked = tracked
        self._shared = shared
        self._pure = pure
        self._aims = aims
        self.hidden = hidden
        self.latest_line: int | None = None
        self.steps_left = steps
        self._sources = sources
        self._emit_row = emit
        self.sink: Callable[[Entry], None] = take or self._tell
        self.steps = steps
        self._patch = patch
        self.full = full
        self.no_memory = no_memory
        self.output = output
        self._codes: dict[int, tuple[CodeType, Code | None]] = {}
        self.unwound: tuple[int, str | None, tuple[str, ...]] | None = None
        self.world = World(hidden, self._at_once, patient=any(pure.values()))
        telling.hidden, telling.gone, telling.make_now = hidden, self.world.gone, self._at_once
        self._telling = telling
        self._tells_at_once = take is None
        self._stack = cast("list[Traced]", self.world.frames)
        self._profile: Any = None

    def trace(self, frame: FrameType, event: str, arg: Any) -> TraceFunction | None:
        """The global trace function: called for each Python frame that starts or is resumed."""
        known = self._codes.get(id(frame.f_code))
        code = known[1] if known is not None else self._examine(frame.f_code)
        if code is None:
            return None
        if code.spins:
            frame.f_trace_opcodes = True
        depth = len(self._stack)
        try:
            return self._enter(frame, code)
        except RecursionError:
            del self._stack[depth:]
            self.world.tell_all()
            self.go_on_after_error()
            raise RecursionError(TOO_DEEP) from None
        except MemoryError:
            self.no_memory()
            return None

    def line_of(self, code: CodeType, line: int | None) -> int | None:
        """The line that a step at this place shows; None for code that is not stepped."""
        known = self._codes.get(id(code))
        if known is None or known[1] is None or line is None:
            return None
        return known[1].source.shown.get(line)

    def finish(self, error: BaseException | None) -> None:
        """Told how the run ended, after tracing was switched off."""
        if error is not None:
            self.arrived(display(error, hidden=self.hidden))
        self.world.let_go()
        self._telling.make_now = None
        # What was recorded is then not part of a cycle, and goes when nobody has it any more.
        self.sink, self._patch, self._telling = _drop, _drop_text, Telling()
        for _, code in self._codes.values():
            if code is not None:
                code.depths.clear()

    def _examine(self, code: CodeType) -> Code | None:
        source = self._sources.get(code.co_filename)
        name = code.co_filename
        found = (
            None
            if source is None
            else examine(
                code, source, self._shared, self._pure.get(name, {}), self._aims.get(name, {})
            )
        )
        self._codes[id(code)] = (code, found)
        return found

    def _enter(self, frame: FrameType, code: Code) -> TraceFunction:
        stack = self._stack
        depth = len(stack)
        if depth:
            if stack[-1].pending is not None:
                stack[-1].flush()
            # Asking is dear, so it is not done where no limit would be.
            if depth >= _SHALLOW and depth >= sys.getrecursionlimit():
                raise RecursionError(TOO_DEEP)
        state = getattr(frame.f_trace, "__self__", None) if code.sleeps else None
        if isinstance(state, Traced) and state.tracer is self:
            stack.append(state)
            state.resume(frame, depth)
        else:
            state = Traced(self, code, depth)
            stack.append(state)
            if code.sleeps:
                # It may have been closed before it began, of which 3.13 tells nothing.
                state.pending = self.hold_back(state.row("call", frame))
            elif not code.is_module:
                entry = state.all(frame, state.places.call)
                state.plain = state.settled
                if self.steps_left > 0:
                    self.steps_left -= 1
                    self.latest_line = code.line
                    self.sink(entry)
                else:
                    self.full()
                self.world.dirty = False  # nothing runs before the first line
        return state.trace

    def go_on_after_error(self) -> None:
        """Let tracing survive a RecursionError that the trace function is about to raise.

        When calls go too deep, it has to be raised in the program: by the tracer, which counts the
        program's frames, because the interpreter counts the recorder's calls too and so has more
        room than the program. An exception out of a trace function switches tracing off; the
        profile function, called as the next frame is left, switches it on again.
        """
        self._profile = hooks.getprofile()
        hooks.setprofile(self._trace_again)

    def _trace_again(self, frame: FrameType, event: str, arg: Any) -> None:
        hooks.profile_again(self._profile)
        hooks.settrace(self.trace)

    def leave(self, state: Traced) -> None:
        """A frame is done, or sleeps."""
        stack = self._stack
        if stack and stack[-1] is state:
            del stack[-1]
        elif state in stack:
            del stack[stack.index(state) :]
        else:
            return
        if state.boxes or state.code.sleeps:
            state.forget()
        if not stack:
            return
        caller = stack[-1]
        place = caller.place
        if place.calm:
            self.world.dirty = False
        elif place.aims is None or place.direct:
            self.world.expect(caller, place)
        else:
            # What ran may have put other objects where the line's own is found.
            self.world.expect_anything()

    def _at_once(self) -> None:
        """From now on the texts of each step are made before the program goes on."""
        if self._tells_at_once:
            return
        self._tells_at_once = True
        if self._emit_row is None:
            self.sink = self._settle
        else:
            self._telling.drop()
            self.sink = self._tell

    def _settle(self, entry: Entry) -> None:
        self._telling.entries.append(entry)
        self._telling.settle()

    def _tell(self, entry: Entry) -> None:
        assert self._emit_row is not None
        self._emit_row(self._telling.complete(entry))
        self._telling.forget()

    def hold_back(self, entry: Entry) -> Entry:
        """An entry that is emitted later, if at all."""
        if not self._tells_at_once:
            return entry
        if self._emit_row is None:
            self._telling.settle()
        return self._telling.complete(entry)

    def emit(self, entry: Entry) -> None:
        if self.steps_left <= 0:
            self.full()
            return
        self.steps_left -= 1
        first = entry[0]
        self.latest_line = entry[LINE] if type(first) is str else first[LINE]
        self.sink(entry)

    def drop(self, entry: Entry) -> None:
        """A row that is not to be: its output belongs to the next one."""
        row = entry if type(entry[0]) is str else entry[0]
        if row[STDOUT]:
            self.output.parts.insert(0, row[STDOUT])
        if row is not entry:
            self.world.updates[:0] = row[OBJECTS]

    def unwinding(self, entry: Entry, raised: tuple[str, ...]) -> None:
        """The last row of a frame that an exception leaves; by which one is known in a moment.

        raised: texts of the exceptions that it can be.
        """
        row = entry if type(entry[0]) is str else entry[0]
        self.unwound = (self.steps - self.steps_left, row[VALUE], raised)
        self.emit(entry)

    def arrived(self, text: str) -> None:
        """This exception came out of the frame that was unwound last."""
        if self.unwound is not None:
            index, value, raised = self.unwound
            latest = self.steps - self.steps_left - 1
            if index == latest and value != text and text in raised:
                self._patch(index, text)
        self.unwound = None
