"""Every form of the envelope is trained on, in 20,000 transitions."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

import pytest

from cwm_lab.training.corpus import stream
from cwm_lab.worldmodel.places import decode
from cwm_lab.worldmodel.vocabulary import CLOSE, FOPEN, OPEN, OUTCOME, READS

COUNT = 20_000

_STRING_METHODS = (
    "upper lower title capitalize swapcase casefold strip lstrip rstrip replace find rfind index "
    "rindex count startswith endswith split rsplit splitlines join partition rpartition isdigit "
    "isalpha isalnum isupper islower isspace istitle isnumeric isdecimal isidentifier zfill "
    "center ljust rjust removeprefix removesuffix format"
).split()
_LIST_METHODS = "append extend insert pop remove sort reverse clear copy".split()
_DICT_METHODS = "get items keys values setdefault update popitem".split()
_SET_METHODS = (
    "add discard union intersection difference symmetric_difference issubset issuperset isdisjoint"
).split()
_BUILTINS = (
    "abs all any bin bool callable chr dict divmod enumerate filter float format hash hex int "
    "isinstance len list map max min next oct ord pow range repr reversed round set sorted "
    "str sum tuple type zip input print"
).split()
_BINARY = "+ - * / // % ** & | ^ << >> == != < > <= >= and or in is".split()
_AUGMENTED = "+= -= *= /= //= %= **= |= &= -= ^=".split()
_ERRORS = (
    "ZeroDivisionError IndexError KeyError ValueError TypeError NameError AttributeError "
    "AssertionError UnboundLocalError StopIteration"
).split()


def _escaped(text: str) -> str:
    return "".join("\\" + char if char in r"+*|^.()[]{}$?" else char for char in text)


STATEMENTS: dict[str, str] = {
    **{f"str.{name}": rf"\. {name} \(" for name in _STRING_METHODS},
    **{f"list.{name}": rf"\. {name} \(" for name in _LIST_METHODS},
    **{f"dict.{name}": rf"\. {name} \(" for name in _DICT_METHODS},
    **{f"set.{name}": rf"\. {name} \(" for name in _SET_METHODS},
    **{f"{name}()": rf"(?<!\. )\b{name} \(" for name in _BUILTINS},
    **{f"operator {op}": rf" {_escaped(op)} " for op in _BINARY},
    **{f"operator {op}": rf" {_escaped(op)} " for op in _AUGMENTED},
    "not": r" not ",
    "not in": r" not in ",
    "is not": r" is not ",
    "~": r"~",
    "unary minus": r"- N\d+",
    "chain": r"<=? (N\d+) and \1 <=? ",
    "conditional expression": r" if .* else ",
    "index": r"N\d+ \[ \d \]",
    "negative index": r"N\d+ \[ - \d \]",
    "index of literal string": r"S \[ ",
    "two indices": r"\] \[ ",
    "slice [a:]": r"\[ (?:\d|N\d+) : \]",
    "slice [:b]": r"\[ : (?:\d|N\d+) \]",
    "slice [a:b]": r"\[ (?:\d|N\d+) : (?:\d|N\d+) \]",
    "slice [:]": r"\[ : \]",
    "slice [-a:]": r"\[ - \d : \]",
    "slice [:-b]": r"\[ : - \d \]",
    "slice [::-1]": r"\[ : : - 1 \]",
    "slice [::2]": r"\[ : : 2 \]",
    "slice [a:b:c]": r"\[ [^\[\]:]+ : [^\[\]:]+ : [^\[\]:]+ \]",
    "slice assignment": r"\[ [^\[\]]*: [^\[\]]*\] = ",
    "del item": r"^<exec> del N\d+ \[ (?!.*:)",
    "del slice": r"^<exec> del N\d+ \[ .*:",
    "list display": r"= \[ ",
    "empty list": r"= \[ \]",
    "dict display": r"= { S : ",
    "empty dict": r"= { }",
    "set display": r"= { (?:\d|N\d+|- )",
    "set()": r"set \( \)",
    "tuple display": r"\( [^()]+ , [^()]+ \)",
    "one-tuple": r", \)",
    "nested list": r"\[ \[ ",
    "list comprehension": r"\[ [^\[\]]+ for N\d+ in ",
    "comprehension with condition": r" for N\d+ in [^\[\]]+ if ",
    "two loops in a comprehension": r" for N\d+ in .* for N\d+ in ",
    "set comprehension": r"{ [^:{}]+ for N\d+ in ",
    "dict comprehension": r"{ [^{}]+ : [^{}]+ for N\d+",
    "generator expression": r"\( (?!\[)[^\[\]()]+ for N\d+ in ",
    "condition summed": r"sum \( [^)]* (?:==|<|>|in) [^)]* for ",
    "comparison as argument": r"\( (?:N\d+|S) (?:==|<|>) ",
    "int(condition)": r"int \( [^()]* (?:==|<|>|<=|>=|in) ",
    "bool(condition)": r"bool \( ",
    "print(condition)": r"^<exec> print \( [^()]* (?:==|<|>|and|or|in) ",
    "chained assignment": r"^<exec> N\d+ = N\d+ = ",
    "unpacking": r"^<exec> N\d+ , N\d+ = |^<exec> \( N\d+ , N\d+ \) = ",
    "starred unpacking": r"^<exec>.*\* N\d+.* = ",
    "swap": r"^<exec> (?:\( )?N0 , N1(?: \))? = (?:\( )?N1 , N0",
    "item swap": r"^<exec> (?:\( )?N\d+ \[ [^=]* = .*\] , N\d+ \[",
    "attribute read": r"N\d+ \. N\d+",
    "attribute written": r"^<exec> N\d+ \. N\d+ (?:[-+*]?=) ",
    "item written": r"^<exec> N\d+ \[ [^=]* \] = ",
    "item augmented": r"^<exec> N\d+ \[ [^=]* \] [-+*]= ",
    "assert": r"^<exec> assert ",
    "raise": r"^<exec> raise ",
    "print sep": r"print \( .* sep = ",
    "print end": r"print \( .* end = ",
    "f-string": r"F",
    "percent format": r"S % ",
    "sorted key": r"sorted \( .* key = ",
    "sort key": r"sort \( .*key = ",
    "sorted reverse": r"sorted \( .* reverse = ",
    "max key": r"max \( .* key = ",
    "min default": r"(?:min|max) \( .* default = ",
    "range one": r"range \( [^,()]+ \)",
    "range two": r"range \( [^,()]+ , [^,()]+ \)",
    "range three": r"range \( [^,()]+ , [^,()]+ , [^,()]+ \)",
    "range backwards": r"range \( .* , - \d \)",
    "enumerate start": r"enumerate \( N\d+ , (?:start = )?\d \)",
    "round digits": r"round \( [^()]+ , \d \)",
    "int base": r"int \( S , \d",
    "sum start": r"sum \( [^()]+ , ",
    "pow modulo": r"pow \( [^()]+ , [^()]+ , ",
    "dict **": r"\*\* N\d+",
    "dict |": r"N\d+ \| ",
    "lambda": r"#0",
    "math": r"math \. |N\d+ \. sqrt",
    "walrus": r":=",
    "type name": r"type \( .*\. __name__",
}
"""Name: pattern of a statement that has the form. A statement is written as its tokens with spaces
between them; strings are `S`, f-strings `F`."""

OUTCOMES: dict[str, str] = {
    # What a `raise` gives is told, and so is the RuntimeError of a dict that changes in a loop.
    **{f"raises {name}": rf"<raise> {name}" for name in _ERRORS},
    "calls": "<call>",
    "returns": "<ret>",
    "returns None": "<ret> None",
    "loop ends": "<done>",
    "prints": "<out>",
    "new list": r"@0 \[",
    "new dict": r"@0 {",
    "new set": r"@0 <set>",
    "new object": r"@0 <obj>",
    "float": r"\d \. \d",
    "exponent": r"\d e [-+] ",
    "alias": r"N\d+ = #0",
}
"""Name: pattern of an answer's outcome."""

KINDS = ("<exec>", "<if>", "<iter>", "<next>", "<eval>", "<except>", "<return>")


def shown(tokens: list[str]) -> str:
    """Tokens with spaces between them, strings as S and f-strings as F."""
    out: list[str] = []
    depth = 0
    for token in tokens:
        if token in (OPEN, FOPEN):
            depth += 1
            if depth == 1:
                out.append("S" if token == OPEN else "F")
        elif token == CLOSE and depth:
            depth -= 1
        elif not depth:
            out.append(token)
    return " ".join(out)


@cache
def seen() -> set[str]:
    """The forms that occur."""
    found: set[str] = set()
    missed = {name: re.compile(pattern) for name, pattern in STATEMENTS.items()}
    missed_outcomes = {name: re.compile(pattern) for name, pattern in OUTCOMES.items()}
    for example in islice(stream(2), COUNT):
        tokens = decode(example.ids)
        found.add(tokens[1])
        answer = tokens[example.answer :]
        for forms, part in (
            (missed, tokens[1 : tokens.index(READS)]),
            (missed_outcomes, answer[answer.index(OUTCOME) :]),
        ):
            text = shown(part)
            new = [name for name, pattern in forms.items() if pattern.search(text)]
            for name in new:
                del forms[name]
            found.update(new)
    return found


TOLD = {
    *("list.reverse", "list.extend", "list.clear", "enumerate start", "filter()", "<except>"),
    *("loop ends", "raises AttributeError", "raises NameError", "raises UnboundLocalError"),
} | {f"str.{name}" for name in ("center", "ljust", "rjust", "zfill")}
"""Forms of which nothing is asked: there is nothing to learn."""


@pytest.mark.slow
@pytest.mark.parametrize("form", sorted({*STATEMENTS, *OUTCOMES, *KINDS} - TOLD))
def test_the_form_is_trained_on(form: str) -> None:
    assert form in seen()
