"""A second, minimal tracer on `bdb`, to check the recorder against. Shares no code with it.

It works the other way round: `bdb` only notes down raw events, and `steps_of` afterwards makes
steps of the whole list by the rules of docs/steps.md. Values are compared where their `repr` needs
no rules: ints, floats, bools, None and short strings.
"""

from __future__ import annotations

import ast
import bdb
import builtins
import dis
import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from types import CodeType, FrameType
from typing import Any

FILE = "<checked>"
INSIDE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp)
OTHER = "..."
"""Stands for a value that is not compared."""


def plain(value: object) -> str:
    """`repr`, if no rule of the display could make it look otherwise."""
    if value is None or type(value) in (float, bool):
        return repr(value)
    if type(value) is int and abs(value) < 2**1000:
        return repr(value)
    if type(value) is str and len(value) < 300 and " at 0x" not in value:
        return repr(value)
    return OTHER


def plain_error(error: BaseException) -> str:
    """Class and arguments, as exceptions are shown."""
    args = [plain(arg) for arg in error.args]
    if OTHER in args:
        return OTHER
    return f"{type(error).__name__}({', '.join(args)})"


@dataclass(frozen=True)
class Raw:
    """One event as `bdb` told it.

    activation: counts frames; a generator keeps its number. inside: a comprehension.
    """

    event: str
    activation: int
    code: CodeType
    real: int
    offset: int
    inside: bool
    names: dict[str, str] | None
    value: str
    error: type | None
    handled: str
    written: int


@dataclass(frozen=True)
class Seen:
    """One step; `names` are all of the frame's, None where they cannot be compared."""

    event: str
    line: int
    function: str
    depth: int
    names: dict[str, str] | None
    value: str | None
    detail: str | None
    stdout: str = field(default="", compare=False)


class _Notes(bdb.Bdb):
    """Steps through everything and notes the events of one file."""

    def __init__(self, written: io.StringIO, tree: ast.Module) -> None:
        super().__init__()
        self.raw: list[Raw] = []
        self._written = written
        self._comprehensions = [node for node in ast.walk(tree) if isinstance(node, COMPREHENSION)]
        self._numbers: dict[int, int] = {}
        self._lines: dict[int, int] = {}
        self._count = 0

    def user_call(self, frame: FrameType, argument_list: Any) -> None:
        self._note("call", frame, None)

    def user_line(self, frame: FrameType) -> None:
        self._note("line", frame, None)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        self._note("return", frame, return_value)
        if frame.f_code.co_filename != FILE or id(frame) not in self._numbers:
            return
        number = self._numbers[id(frame)]
        before = [raw for raw in self.raw[-2:-1] if raw.activation == number]
        thrown = bool(before) and before[0].event == "exception" and return_value is None
        if thrown or not _sleeps(frame.f_code, frame.f_lasti):
            del self._numbers[id(frame)]

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        self._note("exception", frame, exc_info[1])

    def _note(self, event: str, frame: FrameType, value: Any) -> None:
        code = frame.f_code
        name = code.co_name
        if code.co_filename != FILE or name in INSIDE or name.startswith("<generic parameters"):
            return
        begins = event == "call" and _op(code, frame.f_lasti) == "RESUME"
        # 3.13 does not tell of a generator that went before it began: another may have its place.
        if id(frame) not in self._numbers or (begins and not code.co_code[frame.f_lasti + 1] & 3):
            self._count += 1
            self._numbers[id(frame)] = self._count
        raised = isinstance(value, BaseException) and event == "exception"
        handled = sys.exc_info()[1]
        self.raw.append(
            Raw(
                event,
                self._numbers[id(frame)],
                code,
                frame.f_lineno or 0,
                frame.f_lasti,
                self._comprehends(code, frame.f_lasti),
                self._names(event, frame),
                plain_error(value) if raised else plain(value),
                type(value) if raised else None,
                plain_error(handled) if handled is not None else "",
                self._written.tell(),
            )
        )

    def _names(self, event: str, frame: FrameType) -> dict[str, str] | None:
        code, number = frame.f_code, self._numbers[id(frame)]
        line, before = frame.f_lineno or 0, self._lines.get(number)
        self._lines[number] = line
        starts = event == "line" and line != before
        if sys.version_info >= (3, 12) and not starts and self._comprehends(code, frame.f_lasti):
            # The variables of the comprehension are among the frame's; 3.13.0 may even crash.
            return None
        names = frame.f_globals if code.co_name == "<module>" else frame.f_locals
        return {name: plain(value) for name, value in names.items() if _shown(code, name)}

    def _comprehends(self, code: CodeType, offset: int) -> bool:
        first, last, left, right = list(code.co_positions())[offset // 2]
        return any(
            (node.lineno, node.col_offset) <= (first or 0, left or 0)
            and (last or 0, right or 0) <= (node.end_lineno or 0, node.end_col_offset or 0)
            for node in self._comprehensions
        )


def _shown(code: CodeType, name: str) -> bool:
    in_class = code.co_name != "<module>" and not code.co_flags & 0x2
    if in_class and name[0] == name[-1] == "_":
        return False
    return not (name.startswith("__") and name.endswith("__")) and not name.startswith(".")


def _sleeps(code: CodeType, offset: int) -> bool:
    """Whether a frame that returns here yields."""
    behind = offset >= 2 and dis.opname[code.co_code[offset - 2]] == "YIELD_VALUE"
    return _op(code, offset) == "YIELD_VALUE" or (_op(code, offset) == "RESUME" and behind)


def _op(code: CodeType, offset: int) -> str:
    return dis.opname[code.co_code[offset]]


@dataclass(frozen=True)
class Run:
    """What the second tracer saw of one program."""

    steps: list[Seen]
    output: str
    error: type | None


def watch(source: str, stdin: Sequence[str] = ()) -> Run:
    """Run the program under `bdb`."""
    tree = ast.parse(source)
    written = io.StringIO()
    notes = _Notes(written, tree)
    lines = iter(stdin)

    def scripted(prompt: object = "", /) -> str:
        written.write(str(prompt))
        for line in lines:
            written.write(line + "\n")
            return line
        raise EOFError("EOF when reading a line")

    code = compile(source, FILE, "exec", dont_inherit=True)
    namespace = {"__name__": "__main__", "__builtins__": builtins}
    before, real_input, real_stdin = sys.gettrace(), builtins.input, sys.stdin
    builtins.input = scripted
    sys.stdin = _Typed(lines, written)  # type: ignore[assignment]
    ended: type | None = None
    try:
        with redirect_stdout(written):
            notes.run(code, namespace)
    except BaseException as error:  # noqa: BLE001 - whatever it raises is the result
        ended = type(error)
    finally:
        builtins.input, sys.stdin = real_input, real_stdin
        sys.settrace(before)
    output = written.getvalue()
    return Run(list(_steps_of(notes.raw, tree, output)), without_addresses(output), ended)


def without_addresses(text: str) -> str:
    return re.sub(" at 0x[0-9a-f]+", " at 0x...", text)


class _Typed:
    """`sys.stdin` for a program that loops over it."""

    def __init__(self, lines: Iterator[str], written: io.StringIO) -> None:
        self._lines, self._written = lines, written

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._written.write(line + "\n")
            yield line + "\n"


@dataclass
class _Live:
    """A frame while the list is gone through."""

    line: int
    fresh: bool = True
    offset: int = -1
    last_error: str = ""
    errored_here: bool = False
    bare: str = ""
    real: int = -1
    errors: set[str] = field(default_factory=set)
    stars: set[int] = field(default_factory=set)


def _steps_of(raw: list[Raw], tree: ast.Module, output: str) -> Iterator[Seen]:
    """Steps by the rules, with the output that was written between them."""
    told = 0
    for step, written in _plain_steps(raw, tree):
        yield replace(step, stdout=without_addresses(output[told:written]))
        told = written


def _plain_steps(raw: list[Raw], tree: ast.Module) -> Iterator[tuple[Seen, int]]:
    unit = _units(tree)
    docs, bare, loops = _docstrings(tree, unit), _bare_raises(tree, unit), _flat_loops(tree, unit)
    star_nodes = [node for node in ast.walk(tree) if isinstance(node, ast.TryStar)]
    star_tries = {unit[node.lineno] for node in star_nodes}
    stars = {unit[handler.lineno] for node in star_nodes for handler in node.handlers}
    async_loops = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFor) or (isinstance(node, ast.comprehension) and node.is_async)
        for node in [node.target]
    }
    live: dict[int, _Live] = {}
    stack: list[int] = []
    for number, now in enumerate(raw):
        code = now.code
        parts = [part for part in code.co_qualname.split(".") if part not in INSIDE[:3]]
        function = ".".join(part for part in parts if part != "<locals>")
        is_module = code.co_name == "<module>"
        is_class = not is_module and not code.co_flags & 0x2
        first = now.activation not in live
        if first:
            start = 1 if is_module else unit[code.co_firstlineno]
            live[now.activation] = _Live(start)
        frame = live[now.activation]
        if now.activation not in stack:
            stack.append(now.activation)
        depth = stack.index(now.activation)

        def step(
            event: str,
            value: str | None = None,
            detail: str | None = None,
            at: _Live = frame,
            now: Raw = now,
            function: str = function,
            depth: int = depth,
        ) -> tuple[Seen, int]:
            seen = Seen(event, at.line, function, depth, now.names, value, detail)
            return seen, now.written

        if now.event == "call":
            frame.errored_here = False
            if is_module:
                continue
            if not _just_closed(raw, number):
                yield step("call", None, None if first else "resume")
        elif now.event == "line":
            line = unit.get(now.real)
            on_header = is_class and frame.fresh and line == frame.line
            back = now.offset <= frame.offset or now.real == frame.real
            frame.offset, frame.real = now.offset, now.real
            again = line in loops and back and not now.inside and not frame.errored_here
            begun = not frame.fresh and line == frame.line and not again
            # 3.11 comes back to an `except*` when all handlers are done.
            if line is None or line in docs or begun or on_header or line in frame.stars:
                continue
            if line in star_tries:
                frame.stars.clear()
            elif line in stars:
                frame.stars.add(line)
            if frame.bare:
                # Names are only noted at the next line, when the handler's may be gone.
                seen, written = step("exception", frame.bare)
                yield replace(seen, names=None), written
                frame.last_error = frame.bare
            frame.line, frame.fresh, frame.errored_here = line, False, False
            frame.bare = now.handled if line in bare else ""
            yield step("line")
        elif now.event == "exception":
            op = _op(code, now.offset)
            if now.error is StopIteration and op in ("FOR_ITER", "SEND", "END_SEND"):
                continue
            if (
                now.error is StopAsyncIteration
                and now.real in async_loops
                and op != "RAISE_VARARGS"
            ):
                continue
            repeated = frame.errored_here and frame.last_error == now.value
            resumed = raw[number - 1].event == "call"
            closing = now.error is GeneratorExit and resumed
            frame.last_error, frame.errored_here, frame.bare = now.value, True, ""
            frame.errors.add(now.value)
            if not repeated and not closing:
                yield step("exception", now.value)
        else:
            sleeps = _sleeps(code, now.offset) and not (frame.errored_here and now.value == "None")
            returns = _op(code, now.offset) in ("RETURN_VALUE", "RETURN_CONST")
            if sleeps or returns:
                value = "None" if is_class else now.value
                yield step("return", value, "yield" if sleeps else None)
            elif not frame.errored_here:
                # Which of several it was could only be seen from the caller.
                one = frame.bare or (frame.last_error if len(frame.errors) == 1 else OTHER)
                seen, written = step("exception", one)
                yield replace(seen, names=None) if frame.bare else seen, written
            stack.remove(now.activation)
            if not sleeps:
                del live[now.activation]


def _just_closed(raw: list[Raw], number: int) -> bool:
    """Whether the generator called here only gets a GeneratorExit, of which no line of it runs."""
    following = [r for r in raw[number : number + 3] if r.activation == raw[number].activation]
    events = [r.event for r in following]
    return events == ["call", "exception", "return"] and following[1].error is GeneratorExit


def _units(tree: ast.Module) -> dict[int, int]:
    """Real line -> the line that its step shows: lines that a statement or header spans, or that
    statements share, are joined."""
    joined: dict[int, int] = {}
    starts: dict[int, int] = {}
    for start, first, last in _spans(tree):
        group = {joined.get(line, line) for line in range(first, last + 1)}
        target = min(group)
        starts.setdefault(target, starts.get(min(group), start))
        for line in range(first, last + 1):
            joined[line] = target
        for line, old in joined.items():
            if old in group:
                joined[line] = target
    return {line: starts[target] for line, target in joined.items()}


def _spans(tree: ast.Module) -> list[tuple[int, int, int]]:
    """(line shown, first line, last line) of all simple statements and all headers."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            parts = [
                part
                for name, value in ast.iter_fields(node)
                if name not in ("body", "orelse", "finalbody", "handlers", "cases")
                for part in (value if isinstance(value, list) else [value])
                if isinstance(part, ast.AST)
            ]
        elif isinstance(node, ast.ExceptHandler):
            parts = [node.type] if node.type else []
        elif isinstance(node, ast.match_case):
            parts = [node.pattern, *([node.guard] if node.guard else [])]
        else:
            continue
        inner = [n for part in parts for n in ast.walk(part) if hasattr(n, "lineno")]
        own = [node] if not isinstance(node, ast.match_case) else parts[:1]
        first = min(n.lineno for n in [*own, *inner])
        last = max([n.lineno for n in own] + [n.end_lineno or 0 for n in inner])
        if not any(hasattr(node, name) for name in ("body", "cases")):
            last = max(last, node.end_lineno or 0)
        found.append((own[0].lineno, first, last))
    return sorted(found, key=lambda span: (span[1], -span[2]))


def _docstrings(tree: ast.Module, unit: dict[int, int]) -> set[int]:
    """Lines that hold a docstring and nothing else."""
    lines: list[int] = [start for start, _, _ in _spans(tree)]
    found = set()
    for node in ast.walk(tree):
        scope = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if scope and ast.get_docstring(node, clean=False) is not None:
            line = node.body[0].lineno
            if [unit[other] for other in lines].count(unit[line]) == 1:
                found.add(unit[line])
    return found


def _bare_raises(tree: ast.Module, unit: dict[int, int]) -> set[int]:
    return {
        unit[node.lineno]
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is None
    }


def _flat_loops(tree: ast.Module, unit: dict[int, int]) -> set[int]:
    """Lines with a loop and its body."""
    return {
        unit[node.lineno]
        for node in ast.walk(tree)
        if isinstance(node, ast.For | ast.AsyncFor | ast.While)
        and unit[node.body[0].lineno] == unit[node.lineno]
    }
