"""One live frame under the tracer: its local trace function, which makes steps of its events."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

from cwm_lab.recorder.codes import AFTER_STAR, RESUME, RETURNING, YIELD, Code, ends
from cwm_lab.recorder.display import SCALARS, display
from cwm_lab.recorder.names import SAME, Look, Names
from cwm_lab.recorder.rows import NOTHING, Row
from cwm_lab.recorder.world import UNHELD
from cwm_lab.trace import Event

if TYPE_CHECKING:
    from cwm_lab.recorder.tracer import Tracer

TOO_DEEP = "maximum recursion depth exceeded"


class Traced:
    """What the tracer knows of one live frame; holds no reference to the frame itself.

    line: where the frame stands, as steps show it. at: the same, once a line of it has run.
    names: what its names held at its last step.
    raised: texts of the exceptions that were raised or arrived here.
    raised_at: offset of the instruction that raised, until another line runs.
    reraise: text of what the bare ``raise`` on this line raises, until that is recorded.
    pending: a generator's call step, held back until it is known not to be just closed.
    """

    raised: tuple[str, ...] = ()
    raised_at: int | None = None
    reraise: str | None = None
    pending: Row | None = None
    spinning = False
    last_offset = -1
    last_real = -1

    def __init__(self, tracer: Tracer, code: Code, depth: int) -> None:
        self.tracer = tracer
        self.world = tracer.world
        self.code = code
        self.depth = depth
        self.line = code.line
        # A class body's first event is on its header, for `__module__`: that is no step.
        self.at: int | None = code.line if code.is_class else None
        self.shared = code.shared.get(depth) or code.shared.setdefault(depth, {})
        self.names = Names(tracer.world, code, tracer.tracked)

    def trace(self, frame: FrameType, event: str, arg: Any) -> None:
        """The local trace function of this frame. It stays that, since it returns None."""
        try:
            if event == "line":
                code = self.code
                line = code.plain.get(frame.f_lineno)
                before = self.at
                if line is None:
                    self._on_odd_line(frame)
                elif line != before:
                    if self.pending is not None:
                        self.flush()
                    if self.reraise is not None:
                        self._record_reraise()
                    self.line = self.at = line
                    self.raised_at = None
                    tracer, world, names = self.tracer, self.world, self.names
                    tracer.unwound = None
                    if tracer.steps_left <= 0:
                        tracer.full()
                        return
                    tracer.steps_left -= 1
                    tracer.latest_line = line
                    stores = names.stores
                    bound = None if stores is None else stores.get(before, code.rest)
                    if bound or bound is None or (world.dirty and world.watch) or world.lost:
                        found = names.look(frame, None, bound)
                    else:
                        found = SAME
                    how = code.pure.get(line)
                    world.dirty = how is None or (
                        how != "" and type(names.seen.get(how, UNHELD)) not in SCALARS
                    )
                    if tracer.output.parts or tracer.carried or world.told or found is not SAME:
                        tracer.sink(self._line_row(line, found))
                    else:
                        # A step without news is one row, however often the program comes to it.
                        tracer.sink(self.shared.get(line) or self._share(line))
            elif event == "return":
                self._on_return(frame, arg)
            elif event == "exception":
                self._on_exception(frame, arg[1])
            elif event == "opcode" and frame.f_lasti in self.code.spins:
                self._on_spin(frame)
        except RecursionError:
            # The program went so deep in C that there is no room left to look at it.
            self.tracer.leave(self)
            self.tracer.go_on_after_error()
            raise RecursionError(TOO_DEEP) from None
        except MemoryError:
            self.tracer.no_memory()

    def _share(self, line: int) -> Row:
        row = self.shared[line] = self._line_row(line, SAME)
        return row

    def _line_row(self, line: int, found: Look) -> Row:
        tracer, world = self.tracer, self.world
        changed, removed, types, ids = found
        return (
            "line",
            line,
            self.code.name,
            self.depth,
            changed,
            removed,
            None,
            tracer.take_output() if tracer.output.parts or tracer.carried else "",
            None,
            types,
            ids,
            world.take_told() if world.told else NOTHING,
        )

    def resume(self, frame: FrameType) -> None:
        """A generator or coroutine goes on."""
        self.raised_at = None
        self.pending = self.row("call", frame, detail="resume")

    def flush(self) -> None:
        if self.pending is not None:
            row, self.pending = self.pending, None
            self.tracer.emit(row)

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
        if shown == self.at:
            again = jumped and shown in source.loops and offset not in self.code.inlined
            # Where an exception passes an `await`, 3.13 clears up after it.
            if not again or self.raised_at is not None:
                return
        if shown in source.star_handlers and self.code.bytecode[offset] in AFTER_STAR:
            return
        self.flush()
        if self.reraise is not None:
            self._record_reraise()
        self.line = self.at = shown
        self.raised_at = None
        self.tracer.emit(self.row("line", frame))
        if shown in source.reraises:
            # The interpreter has no event for a bare `raise`.
            error = sys.exc_info()[1]
            self.reraise = None if error is None else self._display(error)

    def _on_spin(self, frame: FrameType) -> None:
        """An empty loop on one line goes round; the first time its `line` was told already."""
        if self.spinning:
            self._on_odd_line(frame)
        self.spinning = True

    def _on_return(self, frame: FrameType, value: Any) -> None:
        bytecode, offset = self.code.bytecode, frame.f_lasti
        op = bytecode[offset]
        # Since 3.13 a generator that yields already stands behind its YIELD_VALUE.
        yielding = op == YIELD or (op == RESUME and offset and bytecode[offset - 2] == YIELD)
        thrown = self.raised_at == offset
        if value is None and op not in RETURNING and (thrown or not yielding):
            self._unwind(frame)
        else:
            self.flush()
            # A class body may return its `__class__` cell, which is nobody's business.
            text = "None" if self.code.is_class else self._display(value)
            detail = "yield" if yielding else None
            self.tracer.emit(self.row("return", frame, text, detail))
        self.tracer.leave(self)

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
            self.tracer.unwinding(self.row("exception", frame, text), self)

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
        name, out = self.code.name, self.tracer.take_output()
        self.tracer.emit(
            (
                "exception",
                self.line,
                name,
                self.depth,
                NOTHING,
                (),
                text,
                out,
                None,
                NOTHING,
                NOTHING,
                NOTHING,
            )
        )

    def _note(self, text: str) -> None:
        self.raised = (*self.raised, text)

    def _display(self, value: object) -> str:
        return display(value, hidden=self.tracer.hidden)

    def row(
        self, event: Event, frame: FrameType, value: str | None = None, detail: str | None = None
    ) -> Row:
        """A row at the frame's line, with what changed in it since its last row."""
        code, tracer, world = self.code, self.tracer, self.world
        # A statement that begins is in no comprehension yet.
        inside = code.inlined.get(frame.f_lasti) if code.inlined and event != "line" else None
        stores, bound = self.names.stores, None
        if stores is not None and not inside and event in ("return", "exception"):
            bound = stores.get(self.at, code.rest)
        changed, removed, types, ids = self.names.look(frame, inside, bound)
        world.dirty = True
        return (
            event,
            self.line,
            code.name,
            self.depth,
            changed,
            removed,
            value,
            tracer.take_output() if tracer.output.parts or tracer.carried else "",
            detail,
            types,
            ids,
            world.take_told() if world.told else NOTHING,
        )
