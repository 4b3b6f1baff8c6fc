"""What one step does, in plain words, read from the trace that it belongs to.

Nothing is said that the trace does not show; values of sub-expressions are worked out from the
recorded state (`expressions`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cwm_lab.notebook.expressions import evaluate
from cwm_lab.notebook.sentences import MAX_CODE, Sentence, cut, parts_changed
from cwm_lab.notebook.statements import Loop, inside, last_line, statements
from cwm_lab.notebook.value_texts import NotKnownError
from cwm_lab.trace import Program, Step

MAX_TOLD = 2
"""Most sub-expressions whose values are told."""
MAX_CHANGES = 3
"""Most names whose change is told."""
MAX_CALL_STEPS = 2_000
"""What a longer call printed is not gathered."""

EXPRESSION_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What an expression may raise when it is worked out."""


@dataclass(frozen=True)
class Moment:
    """The state at a step: its index, the frame's names -> texts, their identities, and the call
    stack as (function, line), outermost first."""

    index: int
    names: Mapping[str, str]
    ids: Mapping[str, int]
    stack: Sequence[tuple[str, int]]


class Explainer:
    """Says what the steps of one complete trace do."""

    def __init__(self, program: Program, steps: Sequence[Step]) -> None:
        self._statements = statements(program)
        self._steps = steps
        self._next, self._rounds = _links(steps, self._statements)

    def say(self, at: Moment) -> Sentence:
        """What happens at this step: told by its event, or by what comes after its line."""
        step = self._steps[at.index]
        if step.event == "call":
            return _called(step)
        if step.event == "return":
            return _returned(step, at)
        if step.event == "exception":
            return self._raised(step, at)
        after = self._next.get(at.index)
        if after is None:
            return [f"{_place(step.line)} runs; the trace ends before it is done"]
        node = self._statements.get(step.line)
        if self._steps[after].event == "exception" and not isinstance(node, ast.Raise):
            said = [*self._calls(at.index, after), "here ", _code(self._steps[after].value or "")]
            return [*said, " is raised", *_values(_telling_parts(_expression(node)), at)]
        return self._line(step, node, at, after)

    def _line(self, step: Step, node: ast.AST | None, at: Moment, after: int) -> Sentence:
        calls = self._calls(at.index, after)
        match node:
            case ast.For() | ast.AsyncFor():
                return calls + self._for(node, at, after)
            case ast.While() | ast.If():
                return calls + self._condition(node, at, after)
            case ast.Return():
                return calls + self._return(node, at, after)
            case ast.Assert(test=test):
                said = [*calls, "the assertion ", _code(test), " holds"]
                return said + _values(_telling_parts(test), at)
            case ast.ExceptHandler():
                return self._handler(node, after)
        known = _plain(node)
        return [known] if known else calls + self._effects(step, node, at, after)

    def _for(self, node: ast.For | ast.AsyncFor, at: Moment, after: int) -> Sentence:
        later = self._steps[after]
        done = self._rounds.get(at.index, 1) - 1
        if later.event == "return" or not inside(later.line, node.body):
            if done == 0:
                return ["the loop has no items: its body does not run"]
            return [f"the loop has no more items: it is done after {_count(done, 'round')}"]
        said: Sentence = [f"the loop takes its {_ordinal(done + 1)} item"]
        targets = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        for number, name in enumerate(targets):
            value = later.locals.get(name, at.names.get(name))
            if value is not None:
                said += [", " if number else ": ", [name], " is ", _code(value)]
        return said

    def _condition(self, node: ast.While | ast.If, at: Moment, after: int) -> Sentence:
        later = self._steps[after]
        said: Sentence = ["the condition ", _code(node.test)]
        if node.body[0].lineno == node.lineno:  # on one line: the steps do not tell
            held = _known(node.test, at)
            if held is None:
                return [*said, " is tested"]
            truth = held not in ("False", "None", "0", "''", "[]", "{}", "()", "0.0")
        else:
            truth = later.event != "return" and inside(later.line, node.body)
        said += [" is ", [str(truth)], *_values(_telling_parts(node.test), at)]
        if isinstance(node, ast.If):
            return [*said, f", so {_place(later.line)} is next"] if later.event == "line" else said
        done = self._rounds.get(at.index, 1) - 1
        if truth:
            return [*said, f": the loop's {_ordinal(done + 1)} round begins"]
        return [*said, f": the loop is done after {_count(done, 'round')}"]

    def _return(self, node: ast.Return, at: Moment, after: int) -> Sentence:
        later = self._steps[after]
        if later.event != "return" or later.value is None:
            return ["the function is about to return"]
        parts = [] if node.value is None else [node.value, *_telling_parts(node.value)]
        parts = [part for part in parts if _known(part, at) != later.value]
        return ["the function returns ", _code(later.value), *_values(parts, at)]

    def _handler(self, node: ast.ExceptHandler, after: int) -> Sentence:
        caught = inside(self._steps[after].line, node.body)
        if node.type is None:
            return ["any exception is caught here"]
        return [f"the exception is {'' if caught else 'not '}caught by ", _code(node.type)]

    def _effects(self, step: Step, node: ast.AST | None, at: Moment, after: int) -> Sentence:
        """The names that the line changes, and what it prints."""
        later = self._steps[after]
        changes: dict[str, str | None] = dict.fromkeys(later.removed)
        changes.update(later.locals)
        phrases = [
            _change(name, value, later, at) for name, value in list(changes.items())[:MAX_CHANGES]
        ]
        printed = self._printed(at.index, after)
        if printed:
            phrases.append(["it prints " if phrases else "prints ", _code(repr(printed))])
        target = _target(node)
        if not phrases and target in at.names:
            phrases.append([[str(target)], " stays ", _code(at.names[str(target)])])
        if not phrases:
            return [f"{_place(step.line)} runs; no name of this frame changes"]
        said = phrases[0]
        for phrase in phrases[1:]:
            said = [*said, "; ", *phrase]
        known = {changes.get(str(target)), at.names.get(str(target))}
        return said + _values(_parts_to_tell(node), at, known)

    def _calls(self, index: int, after: int) -> Sentence:
        """The calls that the line made first; of a single one, what it gave."""
        if after <= index + 1 or self._steps[index + 1].event != "call":
            return []
        function, end = self._steps[index + 1].function, index + 1
        while end in self._next and end - index < MAX_CALL_STEPS:
            end = self._next[end]
        if end + 1 < after:
            return ["after calls of ", [function], ", "]
        value = self._steps[end].value
        if self._steps[end].event == "return" and value not in (None, "None"):
            return ["after ", [function], " has returned ", _code(value or ""), ", "]
        return ["after the call of ", [function], ", "]

    def _printed(self, index: int, after: int) -> str:
        if after - index > MAX_CALL_STEPS:
            return ""
        return "".join(self._steps[i].stdout for i in range(index + 1, after + 1))

    def _raised(self, step: Step, at: Moment) -> Sentence:
        said: Sentence = [_code(step.value or "an exception"), " is raised"]
        after = self._next.get(at.index)
        if after is not None:
            return [*said, f"; this frame goes on at {_place(self._steps[after].line)}"]
        if len(at.stack) < 2:
            return [*said, "; nothing catches it, so the program ends"]
        function, line = at.stack[-2]
        return [*said, " and leaves ", [step.function], f", back to {_place(line, function)}"]


def _called(step: Step) -> Sentence:
    if step.detail == "resume":
        return ["the generator ", [step.function], " goes on where it had stopped"]
    said: Sentence = [[step.function], " is called"]
    for number, (name, value) in enumerate(step.locals.items()):
        if number == MAX_CHANGES:
            return [*said, f" and {len(step.locals) - number} more"]
        said += [", " if number else " with ", [f"{name} = {cut(value, 40)}"]]
    return said


def _returned(step: Step, at: Moment) -> Sentence:
    if step.depth == 0:
        return ["the program has finished"]
    verb = "yields" if step.detail == "yield" else "returns"
    said: Sentence = [[step.function], f" {verb} ", _code(step.value or "None")]
    if len(at.stack) < 2:
        return said
    function, line = at.stack[-2]
    return [*said, f" to {_place(line, function)}"]


def _plain(node: ast.AST | None) -> str:
    """Statements of which there is one thing to say."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return f"the function {name} is defined; its body runs when it is called"
        case ast.ClassDef(name=name):
            return f"the class {name} is made: its body runs now"
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return f"{', '.join(a.asname or a.name for a in names)} can be used from here on"
        case ast.Break():
            return "the loop is left"
        case ast.Continue():
            return "the loop goes on with its next round"
        case ast.Pass():
            return "nothing is done"
        case ast.Try() | ast.TryStar():
            return "an exception from here on can be caught below"
        case ast.Raise():
            return "an exception is raised"
    return ""


def _change(name: str, new: str | None, later: Step, at: Moment) -> Sentence:
    old = at.names.get(name)
    if new is None:
        return [[name], " is gone"]
    if old is None or old == new:
        said: Sentence = [[name], " is now ", _code(new)]
    else:
        whole: Sentence = [[name], " goes from ", _code(old, 40), " to ", _code(new, 40)]
        said = parts_changed(name, old, new) or whole
    identity = later.ids.get(name)
    if identity is not None and at.ids.get(name) != identity:
        others = [other for other, known in at.ids.items() if known == identity and other != name]
        if others:
            said += [", the same object as ", [others[0]]]
    return said


def _values(parts: Iterable[ast.expr], at: Moment, known: Iterable[str | None] = ()) -> Sentence:
    """` (x + 1 is 3, y is 4)`: values that can be worked out; nothing where none can."""
    told: dict[str, str] = {}
    for part in parts:
        text, value = _text(part), _known(part, at)
        if value is not None and value != text and value not in known:
            told.setdefault(text, value)
        if len(told) == MAX_TOLD:
            break
    said: Sentence = []
    for number, (text, value) in enumerate(told.items()):
        said += [", " if number else " (", [cut(text, 40)], " is ", [cut(value, 40)]]
    return [*said, ")"] if said else []


def _telling_parts(expression: ast.expr | None) -> list[ast.expr]:
    """Parts of an expression that a reader has to work out; of a comparison its sides."""
    if expression is None or isinstance(expression, ast.Name):
        return []
    if isinstance(expression, ast.Compare):
        sides = [expression.left, *expression.comparators]
        return [side for side in sides if not isinstance(side, ast.Constant)]
    inner = [n for n in ast.walk(expression) if isinstance(n, ast.expr) and n is not expression]
    telling = (ast.BinOp, ast.BoolOp, ast.Compare, ast.Call, ast.Subscript, ast.Attribute)
    found: list[ast.expr] = [n for n in inner if isinstance(n, telling)]
    if isinstance(expression, ast.BinOp | ast.BoolOp | ast.UnaryOp):
        found += [n for n in inner if isinstance(n, ast.Name)]
    return found


def _parts_to_tell(node: ast.AST | None) -> list[ast.expr]:
    """What to tell of a simple statement: of a call its arguments, else parts of its value."""
    expression = _expression(node)
    if isinstance(node, ast.Expr) and isinstance(expression, ast.Call):
        arguments = [a for a in expression.args if not isinstance(a, ast.Constant | ast.Name)]
        return [part for a in arguments for part in (a, *_telling_parts(a))]
    if isinstance(node, ast.AugAssign):
        return [node.value] if isinstance(node.value, ast.Name) else _telling_parts(node.value)
    return _telling_parts(expression)


def _expression(node: ast.AST | None) -> ast.expr | None:
    for field in ("value", "test", "iter"):
        expression = getattr(node, field, None)
        if isinstance(expression, ast.expr):
            return expression
    return None


def _known(expression: ast.expr, at: Moment) -> str | None:
    try:
        return repr(evaluate(expression, at.names))
    except (NotKnownError, *EXPRESSION_ERRORS):
        return None


def _target(node: ast.AST | None) -> str | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AugAssign(target=ast.Name(id=name)) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _links(
    steps: Sequence[Step], nodes: Mapping[int, ast.AST]
) -> tuple[dict[int, int], dict[int, int]]:
    """The next step of the same frame; and of loop headers, which round they begin, from 1."""
    following: dict[int, int] = {}
    rounds: dict[int, int] = {}
    last: list[int] = []
    open_loops: list[list[list[int]]] = []  # for each frame: first line, last line, round
    for index, step in enumerate(steps):
        depth = step.depth
        del last[depth + 1 :], open_loops[depth + 1 :]
        if step.event == "call" and len(last) > depth:
            del last[depth], open_loops[depth]
        elif len(last) > depth:
            following[last[depth]] = index
        while len(last) <= depth:
            last.append(index)
            open_loops.append([])
        last[depth] = index
        if step.event != "line":
            continue
        here, line = open_loops[depth], abs(step.line)
        while here and not here[-1][0] <= line <= here[-1][1]:
            here.pop()
        node = nodes.get(step.line)
        if isinstance(node, Loop):
            if not here or here[-1][0] != line:
                here.append([line, last_line(node), 0])
            here[-1][2] += 1
            rounds[index] = here[-1][2]
    return following, rounds


def _place(line: int, function: str = "<module>") -> str:
    where = "" if function == "<module>" else f" of {function}"
    return f"line {line}{where}" if line > 0 else f"line {-line} of the earlier cells"


def _code(part: ast.expr | str, limit: int = MAX_CODE) -> list[str]:
    return [cut(part if isinstance(part, str) else _text(part), limit)]


@lru_cache(maxsize=1024)
def _text(expression: ast.expr) -> str:
    return ast.unparse(expression)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
