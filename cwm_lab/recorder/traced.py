"""One live frame under the tracer: its local trace function, which makes steps of its events."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from cwm_lab.recorder.codes import AFTER_STAR, RESUME, RETURNING, YIELD, Code, Place, ends
from cwm_lab.recorder.display import SCALARS, display
from cwm_lab.recorder.entries import Entries
from cwm_lab.recorder.names import NO_NAMES, UNSEEN
from cwm_lab.recorder.nodes import Node
from cwm_lab.recorder.rows import NOTHING, Entry, new_row, with_value
from cwm_lab.recorder.states import can_wait
from cwm_lab.trace import Event

if TYPE_CHECKING:
    from cwm_lab.recorder.tracer import Tracer

TOO_DEEP: Final = "maximum recursion depth exceeded"


class Traced(Entries):
    """What the tracer knows of one live frame; holds no reference to the frame itself.

    place: where the frame stands, as steps show it. places: of its code at its depth.
    lines: real line -> its Place, as far as they were come to and make a step each time.
    raised: texts of the exceptions that were raised or arrived here.
    raised_at: offset of the instruction that raised, until another line runs.
    reraise: text of what the bare ``raise`` on this line raises, until that is recorded.
    pending: a generator's call step, held back until it is known not to be just closed.
    While one of the last three is set, the frame is not `plain`.
    """

    raised: tuple[str, ...]
    raised_at: int | None
    reraise: str | None
    pending: Entry | None
    spinning: bool = False
    last_offset: int = -1
    last_real: int = -1

    def __init__(self, tracer: Tracer, code: Code, depth: int) -> None:
        # Here and not in the base class, because each call of a function pays for it.
        self.world = tracer.world
        self.code = code
        self.version = self.raised_at = self.reraise = self.pending = None
        self.unshown, self.raised = NO_NAMES, ()
        self.seen = {}
        self.boxes = {}
        self.told = tracer.world.new_frame()
        self.tracer = tracer
        self.output = output = tracer.output
        self.written = output.parts
        self.depth = depth
        self.places = places = code.depths.get(depth) or code.at_depth(depth)
        self.lines = places.plain
        self.place = places.start

    def is_tracked(self, name: str) -> bool:
        return self.tracer.tracked(name)

    def trace(self, frame: FrameType, event: str, arg: Any) -> None:
        """The local trace function of this frame. It stays that, since it returns None."""
        try:
            if event == "line":
                place = self.lines.get(frame.f_lineno)
                before = self.place
                if place is None or not self.plain:
                    self._on_slow_line(frame)
                elif place is not before:
                    self.place = place
                    entry: Entry | None
                    tracer, world = self.tracer, self.world
                    if tracer.steps_left <= 0:
                        tracer.full()
                        return
                    tracer.steps_left -= 1
                    tracer.latest_line = place.line
                    if (
                        world.dirty
                        or self.version is not world.version
                        or self.written
                        or world.updates
                    ):
                        entry = self.entry(frame, place.row, before.bound)
                    elif before.one:
                        entry = self.entry_of_one(frame, place.row, before.one)
                        entry = entry or self.entry(frame, place.row, before.bound)
                    elif before.bound:
                        entry = self.entry(frame, place.row, before.bound)
                    else:
                        # A step without news is one row, however often the program comes to it.
                        entry = place.row
                    tracer.sink(entry)  # looked up now: making the entry may have changed it
                    if place.calm:
                        world.dirty = False
                    elif place.wild:
                        world.dirty, world.aims, world.aimer = True, place.aims, self
                    elif type(self.seen.get(place.unless, UNSEEN)) in SCALARS:
                        world.dirty = False
                    else:
                        world.expect(self, place)
            elif event == "return":
                self._on_return(frame, arg)
            elif event == "exception":
                self._on_exception(frame, arg[1])
            elif event == "opcode" and frame.f_lasti in self.code.spins:
                self._on_spin(frame)
        except RecursionError:
            # The program went so deep in C that there is no room left to look at it.
            self.world.tell_all()
            self.tracer.leave(self)
            self.tracer.go_on_after_error()
            raise RecursionError(TOO_DEEP) from None
        except MemoryError:
            self.tracer.no_memory()

    def resume(self, frame: FrameType, depth: int) -> None:
        """A generator or coroutine goes on."""
        if depth != self.depth:
            at, line = self.place.at, self.place.line
            self.depth = depth
            self.places = self.code.at_depth(depth)
            self.lines = self.places.plain
            self.place = self.places.start if at is None else self.places.of(line)
        self.raised_at = None
        if self.code.inlined:
            self.pending = self.tracer.hold_back(self.row("call", frame, detail="resume"))
        else:
            self.pending = self.tracer.hold_back(self.all(frame, self.place.resumed))
            self.world.expect_anything()
        self.plain = False

    def flush(self) -> None:
        if self.pending is not None:
            row, self.pending = self.pending, None
            self.tracer.emit(row)

    def _on_slow_line(self, frame: FrameType) -> None:
        """A line that makes no step each time it is come to, or is come to for the first time, or
        in a frame that is not plain."""
        place = self.places.find(frame.f_lineno)
        before = self.place
        if place is None:
            self._on_odd_line(frame)
        elif place is not before:
            self._begin_line(place)
            if self.settled:
                entry = self.entry(frame, place.row, before.bound)
            else:
                self.world.catch_up()
                entry = self.full(frame, place.row, None, None)
            self.plain = self.settled
            self.world.expect(self, place)
            self.tracer.emit(entry)

    def _begin_line(self, place: Place) -> None:
        self.flush()
        if self.reraise is not None:
            self._record_reraise()
        self.place = place
        self.raised_at = None

    def _on_odd_line(self, frame: FrameType) -> None:
        source, offset = self.code.source, frame.f_lasti
        real = frame.f_lineno or 0
        jumped = offset <= self.last_offset or real == self.last_real
        self.last_offset, self.last_real = offset, real
        shown = source.shown.get(real)
        if shown is None or shown in source.silent:
            return
        # Within one statement Python goes to and fro between its lines, and since 3.12 jumps back
        # in comprehensions; only a loop with its body on the same line begins anew.
        if shown == self.place.at:
            again = jumped and shown in source.loops and offset not in self.code.inlined
            # Where an exception passes an `await`, 3.13 clears up after it.
            if not again or self.raised_at is not None:
                return
        if shown in source.star_handlers and self.code.bytecode[offset] in AFTER_STAR:
            return
        self._begin_line(self.places.of(shown))
        self.tracer.emit(self.row("line", frame))
        self.plain = self.settled
        if shown in source.reraises:
            # The interpreter has no event for a bare `raise`.
            error = sys.exc_info()[1]
            self.reraise = None if error is None else self._display(error)
            self.plain = self.plain and self.reraise is None

    def _on_spin(self, frame: FrameType) -> None:
        """An empty loop on one line goes round; the first time its `line` was told already."""
        if self.spinning:
            self._on_odd_line(frame)
        self.spinning = True

    def _on_return(self, frame: FrameType, value: Any) -> None:
        code, place = self.code, self.place
        row = place.back
        if value is None or code.sleeps or code.is_class:
            bytecode, offset = code.bytecode, frame.f_lasti
            op = bytecode[offset]
            # Since 3.13 a generator that yields already stands behind its YIELD_VALUE.
            yielding = op == YIELD or (op == RESUME and offset and bytecode[offset - 2] == YIELD)
            thrown = self.raised_at == offset
            if value is None and op not in RETURNING and (thrown or not yielding):
                self._unwind(frame)
                self.tracer.leave(self)
                return
            self.flush()
            if yielding and code.inlined:
                self.tracer.emit(self.row("return", frame, self._display(value), "yield"))
                self.tracer.leave(self)
                return
            if yielding:
                row = place.yielded
        world, tracer = self.world, self.tracer
        # A class body may return its `__class__` cell, which is nobody's business.
        if code.is_class:
            row = with_value(row, "None")
        if not self.settled:
            world.catch_up()
            entry = self.full(frame, row, None, None)
        elif (
            place.bound
            or world.dirty
            or self.version is not world.version
            or self.written
            or world.updates
        ):
            entry = self.entry(frame, row, place.bound)
        else:
            entry = row
        if not code.is_class:
            now = value if can_wait(type(value), value) else self._seen_whole(value)
            if now is None and value is not None:
                entry = with_value(entry, self._display(value))
            elif entry is row:
                entry = (row, self.told, now)
            else:
                entry = (*entry[:2], now, *entry[2:])
        if tracer.steps_left > 0:
            tracer.steps_left -= 1
            tracer.latest_line = place.line
            tracer.sink(entry)
        else:
            tracer.full()
        if self.boxes:
            given = self.seen.get(code.makes) if code.makes else value
            world.given = given if type(given) is tuple else (given,)
        tracer.leave(self)
        world.given = ()

    def _seen_whole(self, value: Any) -> Node | None:
        """The node of an object of which all is told that its text is made of."""
        world = self.world
        unsure = world.careful or world.overfull or world.opaque
        return None if unsure else world.known(value)

    def _unwind(self, frame: FrameType) -> None:
        if self.pending is not None and self.raised_at is not None:
            # Closed, and no line of it ran.
            self.tracer.drop(self.pending)
            self.pending = None
            return
        self.flush()
        if self.reraise is not None:
            self._record_reraise()
        elif self.raised_at is None:
            text = self.raised[-1] if self.raised else None
            self.tracer.unwinding(self.row("exception", frame, text), self.raised)

    def _on_exception(self, frame: FrameType, error: BaseException) -> None:
        offset = frame.f_lasti
        text = self._display(error)
        if isinstance(error, StopIteration | StopAsyncIteration) and ends(
            self.code.bytecode, offset, error
        ):
            return
        again = self.raised_at is not None and self.raised[-1] == text
        self._note(text)
        self.raised_at = offset
        self.reraise = None
        self.plain = False
        if isinstance(error, GeneratorExit) and self.pending is not None:
            return
        self.flush()
        self.tracer.arrived(text)
        if not again:
            self.tracer.emit(self.row("exception", frame, text))

    def _record_reraise(self) -> None:
        text, self.reraise = self.reraise, None
        assert text is not None
        self._note(text)
        row = new_row("exception", self.place.line, self.code.name, self.depth)
        out = self.tracer.output.take()
        self.tracer.emit((*row[:6], text, out, *row[8:]))

    def _note(self, text: str) -> None:
        self.raised = (*self.raised, text)

    def _display(self, value: object) -> str:
        return display(value, hidden=self.tracer.hidden)

    def row(
        self, event: Event, frame: FrameType, value: str | None = None, detail: str | None = None
    ) -> Entry:
        """A row at the frame's line, with what changed in it since its last row."""
        code = self.code
        # A statement that begins is in no comprehension yet.
        inside = code.inlined.get(frame.f_lasti) if code.inlined and event != "line" else None
        bound = None
        if self.settled and not inside and event in ("return", "exception"):
            bound = self.place.bound
        self.world.catch_up()
        row = (
            event, self.place.line, code.name, self.depth, NOTHING, (), value, "", detail,
            NOTHING, NOTHING, NOTHING,
        )  # fmt: skip
        self.world.expect_anything()
        return self.full(frame, row, inside, bound)
