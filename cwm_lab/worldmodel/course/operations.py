"""What is known of operations from the kinds of their operands, without their values: which cannot
fail, which always have a note, which working steps they carry."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from cwm_lab.worldmodel.course.bits import OF_BITS
from cwm_lab.worldmodel.course.operands import Tokens
from cwm_lab.worldmodel.course.working import are_plain
from cwm_lab.worldmodel.values import MAX_TEXT, Form, Text
from cwm_lab.worldmodel.vocabulary import CLOSE, INDICES, OPEN, spell, unspell

SYMBOLS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<",
    ast.RShift: ">>", ast.MatMult: "@", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<",
    ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is", ast.IsNot: "is not",
    ast.In: "in", ast.NotIn: "not in",
    ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_ARITHMETIC = ("+", "-", "*")
_DIVISIONS = ("/", "//", "%")
_ZERO = frozenset("-0.")
NUMBERS = ("int", "float")
READ = {
    "int": re.compile(r"\s*[+-]?[0-9]{1,9}\s*"),
    "float": re.compile(r"\s*[+-]?[0-9]{1,6}(\.[0-9]{0,6})?\s*"),
}
_NO_FLOAT = "could not convert string to float"
ENDS = ("startswith", "endswith")
"""Methods of texts that compare with a text's beginning or end."""
FILLERS = ("ljust", "rjust", "center", "zfill")
"""Methods of texts that fill them up to a width."""
MOST_ADDED = 24
"""A sum of more numbers has no working steps."""
_ORDER = ("<", "<=", ">", ">=")
_EQUALITY = ("==", "!=")
_DIGITS = frozenset("0123456789")
_MOST_LETTERS = 20
_LITERALS = frozenset(["True", "False", "None"])
_VALUED = frozenset(
    "abs all any bool chr dict enumerate float int isinstance len list ord range repr reversed "
    "round set sorted str sum tuple zip hasattr callable divmod bin hex format".split()
)
"""Builtins whose result is noted, whatever they are given."""
_CLASSES = frozenset("bool dict float int list set str tuple".split())
KEEPS_LENGTH = frozenset("capitalize lower swapcase title upper".split())
"""Methods of texts whose result is as long as the text, of plain letters."""
APPLIED = ("len", "abs")
"""Builtin functions whose calls by `map` are noted one by one."""
APPLIED_METHODS = (*KEEPS_LENGTH, "casefold")
"""The same of methods of texts."""
_TEXT_METHODS = frozenset(
    "capitalize center count endswith find format index isalnum isalpha isdigit islower isspace "
    "isupper join ljust lower lstrip replace rfind rjust rstrip split splitlines startswith strip "
    "swapcase title upper zfill".split()
)
_SAFE_TEXT_METHODS = frozenset(
    "capitalize isalnum isalpha isdigit islower isspace isupper lower lstrip rstrip split strip "
    "swapcase title upper splitlines".split()
)
_SHORT = frozenset(
    "all any bool callable count endswith find float hasattr int isalnum isalpha isdigit islower "
    "isinstance isspace isupper len ord round startswith".split()
)
_PURE = _VALUED | frozenset(
    "min max type copy count get index items keys values isdisjoint issubset issuperset union "
    "intersection difference symmetric_difference".split()
)
_SILENT = {
    "list": frozenset("append clear extend insert remove reverse sort".split()),
    "set": frozenset("add clear discard remove update".split()),
    "dict": frozenset("clear update".split()),
}
"""Methods that give None, which has no note."""


def number_of(tokens: Tokens | None) -> str | None:
    """The text of a number, None for other values."""
    if not tokens or tokens[-1] not in _DIGITS:
        return None
    return "".join(tokens)


def integer_of(tokens: Tokens | None) -> int | None:
    """An integer that is written out, None for other values."""
    text = number_of(tokens)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        return None


def is_added(tokens: Tokens | None) -> bool:
    """Whether `sum` takes it: a number or a truth value."""
    return number_of(tokens) is not None or tokens in (("True",), ("False",))


def is_zero(tokens: Tokens | None) -> bool:
    """Whether a number or truth value is zero."""
    return tokens == ("False",) or _ZERO.issuperset(tokens or ())


def is_text(tokens: Tokens | None) -> bool:
    return tokens is not None and tokens[0] == OPEN


def is_literal_value(tokens: Tokens | None) -> bool:
    """Whether a value is a number, a text, True, False or None."""
    return (
        is_text(tokens)
        or number_of(tokens) is not None
        or (tokens is not None and len(tokens) == 1 and tokens[0] in _LITERALS)
    )


def is_lettered(text: str) -> bool:
    """Whether a text that is compared is told letter by letter: it is short, and plain."""
    return len(text) <= _MOST_LETTERS and are_plain(text)


def written(text: str) -> Tokens:
    """A text's tokens."""
    return (OPEN, *spell(text), CLOSE)


def lettered(text: str) -> Tokens:
    """A text's tokens, each letter with its place before it."""
    letters = (token for pair in zip(INDICES, text, strict=False) for token in pair)
    return (OPEN, *letters, CLOSE)


def is_recased(text: str, method: str) -> bool:
    """Whether a method gives a text's letters, each as it is or in the other case."""
    return method in APPLIED_METHODS and text.isascii()


def affix(text: str, part: str, method: str) -> tuple[str, str] | None:
    """What `startswith` and `endswith` compare letter by letter: as much of the text, and the part;
    None where that is too long to be told so."""
    if not part:
        return "", ""
    end = text[: len(part)] if method == "startswith" else text[-len(part) :]
    return (end, part) if is_lettered(part) and is_lettered(end) else None


def binary_is_safe(symbol: str, left: Tokens | None, right: Tokens | None) -> bool:
    """Whether an operation cannot raise and calls no code of the program."""
    numbers = is_added(left) and is_added(right)
    if symbol in _ARITHMETIC:
        return numbers or (symbol == "+" and is_text(left) and is_text(right))
    if symbol in OF_BITS:
        places = integer_of(right)
        counts = integer_of(left) is not None and places is not None
        return counts and (symbol not in ("<<", ">>") or (places or 0) >= 0)
    return numbers and symbol in _DIVISIONS and not is_zero(right)


def comparison_is_safe(symbol: str, left: Tokens | None, right: Tokens | None) -> bool:
    """The same for a comparison."""
    if symbol in ("is", "is not"):
        return True
    if symbol in _EQUALITY:
        return is_literal_value(left) and is_literal_value(right)
    numbers = number_of(left) is not None and number_of(right) is not None
    texts = is_text(left) and is_text(right)
    return texts or (numbers and symbol in _ORDER)


def filled(text: str | None, method: str, args: Sequence[str | int | None]) -> str | None:
    """What `ljust` and the like make of a text; None if that is not known, or too long."""
    width, fill = args[0] if args else None, args[1] if len(args) > 1 else " "
    if text is None or not isinstance(width, int) or width > MAX_TEXT or len(args) > 2:
        return None
    if not isinstance(fill, str) or len(fill) != 1 or (method == "zfill" and len(args) > 1):
        return None
    if method == "zfill":
        return text.zfill(width)
    return {"ljust": text.ljust, "rjust": text.rjust, "center": text.center}[method](width, fill)


def printed(tokens: Tokens | None) -> Tokens | None:
    """The characters that `print` writes of a number, a text, True, False or None."""
    if tokens is None or not is_literal_value(tokens):
        return None
    if tokens[0] == OPEN:
        return tokens[1:-1]
    return tuple(spell("".join(tokens)))


def text_in(value: object) -> str | None:
    """The text that a known value is, None for others."""
    if not isinstance(value, tuple) or not is_text(value):
        return None
    return unspell(value[1:-1])


def argument_of(value: object) -> str | int | None:
    """The text or integer that a known value is; None for others."""
    text = text_in(value)
    if text is not None or not isinstance(value, tuple):
        return text
    return integer_of(value)


def text_of(parts: Sequence[Tokens | None]) -> Tokens | None:
    """A text that is put together of others, if all are known and it is not too long to be told."""
    known = [token for part in parts if part is not None for token in part]
    if None in parts or len(known) > MAX_TEXT:
        return None
    return (OPEN, *known, CLOSE)


def builtin_call(
    name: str, args: Sequence[Tokens | None], kinds: Sequence[str]
) -> tuple[bool, bool]:
    """(cannot fail, always has a note) of a builtin function. kinds: of its arguments' cells."""
    safe = False
    if len(args) == 1:
        if name == "len":
            safe = is_text(args[0]) or (args[0] is not None and args[0][0] == "(")
            safe = safe or kinds[0] in _SILENT
        elif name in ("str", "repr", "bool"):
            safe = is_literal_value(args[0])
        elif name in ("abs", "round", "float", "int"):
            safe = number_of(args[0]) is not None
        elif name == "ord":
            safe = len(text_in(args[0]) or "") == 1
        elif name == "chr":
            code = integer_of(args[0])
            safe = code is not None and 0 <= code < 0x110000
    elif name == "round" and len(args) == 2:
        safe = number_of(args[0]) is not None and integer_of(args[1]) is not None
    elif name == "divmod" and len(args) == 2:
        safe = number_of(args[0]) is not None and number_of(args[1]) is not None
        safe = safe and not is_zero(args[1])
    elif name in ("min", "max") and args:
        safe = all(number_of(arg) is not None for arg in args)
    elif name == "isinstance" and len(args) == 2:
        safe = args[0] is not None and args[1] is not None and args[1][0] in _CLASSES
    # A list of hundreds of numbers is not noted.
    long = any(arg is not None and arg[0] == "range" for arg in args)
    return safe, name in _VALUED and not (long and name in ("list", "sorted", "set", "tuple"))


def is_pure(name: str, *, known: bool) -> bool:
    """Whether a builtin function or method changes nothing and prints nothing. known: whether that
    is clear without its name."""
    return known or name in _PURE


def is_short_builtin(name: str) -> bool:
    """Whether a builtin function or method of texts gives a number or a truth value."""
    return name in _SHORT


def method_call(
    owner: Tokens | None, kind: str, method: str, arguments: int
) -> tuple[bool, bool, bool]:
    """(cannot fail, always has a note, never has one) of a method. kind: of the owner's cell."""
    if is_text(owner):
        return not arguments and method in _SAFE_TEXT_METHODS, method in _TEXT_METHODS, False
    if owner is not None and owner[0] == "<module>":
        return False, True, False
    silent = method in _SILENT.get(kind, ())
    return silent and method in ("append", "clear"), False, silent


def unread(kind: str, value: object) -> Form | None:
    """How `int` or `float` fails on a text that is no number."""
    text = text_in(value)
    if text is None:
        return None
    said = "invalid literal for int() with base 10" if kind == "int" else _NO_FLOAT
    return Form("ValueError", (Text(f"{said}: {text!r}"),))


def as_float(kind: str, value: object) -> Tokens | None:
    """What `float` makes of a known number; None of others."""
    text = number_of(value) if kind == "float" and isinstance(value, tuple) else None
    if text is None or len(text) > 12:
        return None
    return tuple(repr(float(text)))


def number_read(kind: str, value: object) -> Tokens | None:
    """What `int` or `float` reads in a text, or an integer that `int` is given; None for others."""
    text = text_in(value)
    if text is None:
        whole = isinstance(value, tuple) and integer_of(value) is not None
        return value if whole and kind == "int" else None  # type: ignore[return-value]
    if not READ[kind].fullmatch(text):
        return None
    return tuple(spell(str(int(text)) if kind == "int" else repr(float(text))))
