"""Judging one typed answer: right, partly, wrong, or not readable; and the hint that helps.

A hint names the rule that was broken and never the answer. Judging never raises and runs nothing.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cwm_lab.courses.quiz.question import END, NO_CRASH, Question
from cwm_lab.courses.quiz.rivals import RULES, rivals, stale_line
from cwm_lab.courses.quiz.values import (
    MAX_ANSWER,
    Value,
    common,
    is_expression,
    is_near,
    looks_equal,
    read_answer,
    read_value,
    same_items,
    share_right,
)
from cwm_lab.courses.quiz.walk import Walk

Verdict = Literal["right", "partly", "wrong", "unreadable"]

_PARTS = 0.8
"""Credit for a container or an output of which all but nothing is right: never the whole."""
_NEARLY = 0.8
"""Credit for a right value written wrongly (no quotes, rounded)."""
_HALF = 0.5
"""Credit for a right idea with a wrong type or order."""

_YES = frozenset("true yes y t ja 1 same".split())
_NO = frozenset("false no n f nein 0 different".split())
_NO_ERROR = frozenset("no none nein finished finishes no_error noerror without ok".split())
_END = frozenset("end ends ended the_end none nothing return returns stop over finished".split())
_NUMBER = re.compile(r"(?:line|zeile)?\s*(\d{1,7})\.?", re.IGNORECASE)
_COUNT = re.compile(r"(-?\d{1,9})\s*(?:x|times?|rounds?)?\.?", re.IGNORECASE)
_ERROR_NAME = re.compile(r"[^\W\d]\w*")
_CAPITALS = {"true": "True", "false": "False", "none": "None", "null": "None", "nil": "None"}
_READ_ME = "This cannot be read as a Python value. Write it as Python would: 3, 'abc' or [1, 2]."


@dataclass(frozen=True)
class Mark:
    """What one answer is worth.

    verdict: "unreadable" says that the answer is no answer of the kind that was asked for (it
    should not count as a try). credit: 1 for right, below 1 otherwise, 0 for wrong.
    hint: a sentence for the learner, empty if right. rule: the broken rule's name, if one is known.
    """

    verdict: Verdict
    credit: float = 0.0
    hint: str = ""
    rule: str | None = None


_RIGHT = Mark("right", 1.0)


def judge(asked: Question, text: str, walk: Walk) -> Mark:
    """Judge an answer to a question about the recorded trace that `walk` has walked."""
    if len(text) > MAX_ANSWER:
        return Mark("unreadable", hint=f"That is too long: at most {MAX_ANSWER:,} characters.")
    match asked.form:
        case "output":
            return judge_output(text, asked.truth.text, walk)
        case "line":
            return _line(asked, text, walk)
        case "count":
            return _count(asked, text, walk)
        case "crash":
            return _crash(asked, text, walk)
        case "yesno":
            return _yesno(asked, text)
        case "value":
            wrong = {rival.text: rival.rule for rival in rivals(asked, walk)}
            return judge_value(text, asked.truth.text, wrong, _names(walk))


def judge_value(
    text: str,
    truth: str,
    rules: dict[str, str] | None = None,
    names: frozenset[str] = frozenset(),
) -> Mark:
    """Judge a typed value against a recorded one.

    rules: wrong value -> the rule that it breaks. names: the program's names, which are no values.
    """
    text = text.strip()
    if text and text == truth:
        return _RIGHT
    right = read_value(truth)
    value = read_answer(text)
    if value is None:
        return _unread(text, truth, right, names)
    if right is None:
        return Mark("wrong", hint="Python shows something else here.")
    if value == right:
        return _RIGHT
    if rule := _broken(value, rules or {}):
        return Mark("wrong", hint=RULES[rule], rule=rule)
    return _nearly(value, right)


def _broken(value: Value, rules: dict[str, str]) -> str | None:
    return next((rule for wrong, rule in rules.items() if read_value(wrong) == value), None)


def _unread(text: str, truth: str, right: Value | None, names: frozenset[str]) -> Mark:
    """An answer that is not a value as Python writes it."""
    if not text:
        return Mark("unreadable", hint="Type a value first.")
    if capital := _CAPITALS.get(text.lower()):
        if capital == truth:
            return Mark("partly", _NEARLY, f"Python writes {capital}.", "capital")
        if text not in names:
            return Mark("wrong", hint=f"Not that; and Python would write {capital}.")
    if right is not None and right.kind == "str" and text == right.key:
        return Mark(
            "partly",
            _NEARLY,
            "It is a text, and Python writes texts in quotes: 'like this'.",
            "quotes",
        )
    if text in names:
        return Mark("unreadable", hint=f"`{text}` is a name: type the value that it stands for.")
    if re.fullmatch(r"[^\W\d][\w ,.!?-]*", text) and not keyword.iskeyword(text):
        return Mark("unreadable", hint="If you mean a text, put it in quotes: 'like this'.")
    if is_expression(text):
        return Mark("unreadable", hint="Type the value that comes out, not how to work it out.")
    return Mark("unreadable", hint=_READ_ME)


def _nearly(value: Value, right: Value) -> Mark:
    """Partial credit for a value that is not the right one."""
    if looks_equal(value, right):
        return Mark("partly", _HALF, _type_hint(value, right), "type")
    if is_near(value, right):
        hint = "Very near: floats keep many digits, and not all fractions exactly."
        return Mark("partly", _NEARLY, hint, "rounding")
    if value.kind == right.kind == "str":
        return _text(str(value.key), str(right.key))
    if value.kind != right.kind and not (value.parts or right.parts):
        return Mark("wrong", hint="Neither the value nor its type is right.", rule="type")
    if value.kind != right.kind:
        return Mark("wrong", hint="The type of the value is another one.", rule="type")
    if same_items(value, right):
        return Mark("partly", _HALF, "The right items, in another order.", "order")
    share = share_right(value, right)
    if share:
        size, count = len(value.parts), len(right.parts)
        hint = "Some of it is right."
        if size != count and not right.names:
            hint += f" {'More' if size < count else 'Fewer'} items belong in it."
        return Mark("partly", round(_PARTS * min(share, 1.0), 4), hint, "parts")
    return Mark("wrong", hint="Not that. Go through the lines before it once more, one by one.")


_TYPE_HINTS = {
    "float": "Python makes a float here: it is written with a point, as in 2.0.",
    "int": "Python has a whole number here (an int): without a point and without quotes.",
    "bool": "It is True or False, not a number.",
    "str": "It is a text here: it needs quotes.",
    "list": "The right items, but it is a list: in square brackets.",
    "tuple": "The right items, but it is a tuple: in round brackets.",
    "set": "The right items, but it is a set: in curly brackets.",
}


def _type_hint(value: Value, right: Value) -> str:
    if value.kind == "str":
        return "It is no text here: without quotes."
    return _TYPE_HINTS.get(right.kind, "The type is another one.")


def _text(given: str, truth: str) -> Mark:
    if "".join(given.split()) == "".join(truth.split()):
        return Mark("partly", _HALF, "Look at the blanks: each one counts.", "blanks")
    if given.lower() == truth.lower():
        return Mark("partly", _HALF, "Look at capital and small letters.", "capitals")
    return Mark("wrong", hint="Another text. Go through it letter by letter, or part by part.")


def _names(walk: Walk) -> frozenset[str]:
    return frozenset(name for step in walk.steps for name in step.locals)


def judge_output(text: str, truth: str, walk: Walk | None = None) -> Mark:
    """Judge printed text, line by line. Blanks at a line's end and empty last lines, which cannot
    be seen, do not count; all others do.

    walk: the recorded trace, for hints about lines that show a value as it was earlier.
    """
    given, right = _lines(text), _lines(truth)
    if given == right:
        return _RIGHT
    if not right:
        hint = "A value that is worked out or returned is not printed, unless `print` prints it."
        return Mark("wrong", hint=hint, rule="not-printed")
    if not given:
        return Mark("wrong", hint="The program does print something: find its `print` lines.")
    if mark := _output_form(given, right):
        return mark
    good = common(given, right)
    share = good / max(len(given), len(right))
    first = next(
        (i for i, (a, b) in enumerate(zip(given, right, strict=False), start=1) if a != b),
        min(len(given), len(right)) + 1,
    )
    if first > len(given):
        hint, rule = "All of that is printed, and then more.", "lines-missing"
    elif first > len(right):
        hint, rule = "It begins rightly, but fewer lines are printed.", "lines-extra"
    else:
        hint, rule = f"Look at line {first} of your output again.", "output-line"
        if walk and (stale := stale_line(given[first - 1], right[first - 1], walk)):
            hint, rule = f"{hint} {RULES[stale]}", stale
    if not good:
        return Mark("wrong", hint=hint, rule=rule)
    return Mark("partly", round(_PARTS * share, 4), hint, rule)


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _output_form(given: Sequence[str], right: Sequence[str]) -> Mark | None:
    """The right things printed in the wrong form."""
    if Counter(given) == Counter(right):
        hint = "The right lines, printed in another order."
        return Mark("partly", _HALF, hint, "print-order")
    if [_bare(line) for line in given] == [_bare(line) for line in right]:
        hint = "`print` shows a text without its quotes; inside a list it keeps them."
        return Mark("partly", _NEARLY, hint, "print-quotes")
    if ["".join(line.split()) for line in given] == ["".join(line.split()) for line in right]:
        hint = "Look at the blanks: `print` puts one between its values, and adds no others."
        return Mark("partly", _NEARLY, hint, "blanks")
    if "".join("".join(given).split()) == "".join("".join(right).split()):
        hint = "Look at where lines end: each `print` ends its line, unless `end=` says otherwise."
        return Mark("partly", _HALF, hint, "line-ends")
    if [line.lower() for line in given] == [line.lower() for line in right]:
        return Mark("partly", _HALF, "Look at capital and small letters.", "capitals")
    if [_whole(line) for line in given] == [_whole(line) for line in right]:
        hint = "Look at the numbers: a float is printed with its point, an int without."
        return Mark("partly", _HALF, hint, "type")
    return None


def _bare(line: str) -> str:
    return line.replace("'", "").replace('"', "")


def _whole(line: str) -> str:
    return re.sub(r"(?<![\w.])(\d+)\.0(?![\w.])", r"\1", line)


def _line(asked: Question, text: str, walk: Walk) -> Mark:
    answer = line_number(text, walk)
    if answer is None:
        hint = "Type a line's number, or end if nothing more runs in this call (or program)."
        return Mark("unreadable", hint=hint)
    if answer == asked.truth.text:
        return _RIGHT
    for rival in rivals(asked, walk):
        if rival.text == answer:
            return Mark("wrong", hint=RULES[rival.rule], rule=rival.rule)
    if answer != END and int(answer) not in walk.statements:
        hint = f"Nothing runs on line {answer} itself: name the line of a statement."
        return Mark("wrong", hint=hint, rule="no-step")
    return Mark("wrong", hint="Python does not go there next.")


def line_number(text: str, walk: Walk) -> str | None:
    """A line's number as text, or END; a line may also be given by its own text."""
    text = text.strip()
    if match := _NUMBER.fullmatch(text):
        return str(int(match[1]))
    if "_".join(text.lower().rstrip(".").split()) in _END:
        return END
    same = [n for n, line in enumerate(walk.trace.program.lines, start=1) if line.strip() == text]
    return str(same[0]) if text and len(same) == 1 else None


def _count(asked: Question, text: str, walk: Walk) -> Mark:
    text = text.strip()
    match = _COUNT.fullmatch(text)
    if match is None:
        return Mark("unreadable", hint="Type a whole number, such as 3.")
    answer = str(int(match[1]))
    if answer == asked.truth.text:
        return _RIGHT
    for rival in rivals(asked, walk):
        if rival.text == answer:
            return Mark("wrong", hint=RULES[rival.rule], rule=rival.rule)
    more = int(answer) < int(asked.truth.text)
    return Mark("wrong", hint=f"It runs {'more' if more else 'less'} often than that.")


def _crash(asked: Question, text: str, walk: Walk) -> Mark:
    kind, line = _error(text)
    truth_kind, truth_line = _error(asked.truth.text)
    if kind is None and line is None:
        hint = "Answer no, or an error's type and line, such as ValueError on line 3."
        return Mark("unreadable", hint=hint)
    if asked.truth.text == NO_CRASH:
        if kind == NO_CRASH:
            return _RIGHT
        if any(step.event == "exception" for step in walk.steps):
            hint = "What becomes of that error: is there an `except` for it further out?"
            return Mark("wrong", hint=hint, rule="caught")
        hint = "Look at the values on that line again: is anything wrong with them?"
        return Mark("wrong", hint=hint, rule="no-crash")
    if kind == NO_CRASH:
        return Mark("wrong", hint="It does not come to its end.", rule="crash")
    if (kind, line) == (truth_kind, truth_line):
        return _RIGHT
    if kind == truth_kind:
        hint = "The right type of error. Which line is running at that moment?"
        if line is None:
            return Mark("partly", 0.7, "The right type of error. On which line?", "crash-line")
        if line in _callers(walk):
            hint = "The right type. That line makes the call; the error is raised further in."
        return Mark("partly", 0.6, hint, "crash-line")
    if line == truth_line:
        return Mark("partly", 0.6, "The right line. Which type of error?", "crash-type")
    return Mark("partly", 0.3, "There is an error, but another one, elsewhere.", "crash")


def _error(text: str) -> tuple[str | None, int | None]:
    """(type of error or `NO_CRASH`, line) that an answer names."""
    words = _ERROR_NAME.findall(text[:MAX_ANSWER])
    number = re.search(r"(?<!\w)\d{1,7}(?!\w)", text)
    line = int(number[0]) if number else None
    named = [word for word in words if word.lower() not in ("on", "in", "line", "at", "a", "an")]
    if not named:
        return None, line
    if line is None and (named[0].lower() in _NO_ERROR or " ".join(named).lower() == "no error"):
        return NO_CRASH, None
    named = [word for word in named if word.lower() not in ("yes", "error", "the", "with")]
    return (named[0] if named else None), line


def _callers(walk: Walk) -> set[int]:
    """Lines that were waiting for a call when the last exception was raised."""
    last = next((m for m in reversed(walk.moments) if m.step.event == "exception"), None)
    if last is None:
        return set()
    return {m.step.line for m in walk.moments if m.step.event == "exception"}


def _yesno(asked: Question, text: str) -> Mark:
    word = text.strip().rstrip(".!").lower()
    if word not in _YES | _NO:
        return Mark("unreadable", hint="Answer True or False.")
    if (word in _YES) == (asked.truth.text == "True"):
        return _RIGHT
    if asked.truth.text == "True":
        hint = "An assignment copies nothing: both names stand for the one object."
        return Mark("wrong", hint=hint, rule="alias")
    hint = "They may be equal, but a new object was made: a change of one is not seen in the other."
    return Mark("wrong", hint=hint, rule="copy")
