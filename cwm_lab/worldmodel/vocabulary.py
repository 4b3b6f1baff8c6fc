"""The fixed token inventory of the `transition` dialect.

Values are spelled character by character and digit by digit (`places.py`: a number's digits say
what they count); keywords, operators, builtins and the
methods of builtin types are one token each outside strings. Names of the student's own are not
spelled at all: each prompt renames them to placeholders, so that the network cannot depend on them.
Nothing here is learned, so there is no tokenizer file: this module is the vocabulary, and
`VOCABULARY_VERSION` changes with it and with what answers look like.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable

VOCABULARY_VERSION = 8

PLACEHOLDERS = tuple(f"N{i}" for i in range(32))
LABELS = tuple(f"#{i}" for i in range(40))
NEW_LABELS = tuple(f"@{i}" for i in range(24))
INDICES = tuple(f"i{i}" for i in range(64))

PAD, BOS, EOS = "<pad>", "<bos>", "<eos>"
READS, RETURNED, ANSWER, OUTCOME = "<reads>", "<returned>", "<answer>", "<outcome>"
OPEN, CLOSE = "<str>", "</str>"
FOPEN = "<fstr>"
UNBOUND, UNBOUND_LOCAL, ELIDED = "<unbound>", "<unbound-local>", "<elided>"

_SPECIAL = (
    *(PAD, BOS, EOS, READS, RETURNED, ANSWER, OUTCOME, OPEN, CLOSE, FOPEN),
    *(UNBOUND, UNBOUND_LOCAL, ELIDED),
    # kinds of question
    *("<exec>", "<if>", "<iter>", "<next>", "<eval>", "<except>", "<return>", "<visit>", "<it>"),
    *("<previous>", "<stdin>", "<no-stdin>", "<exc>"),
    # parts of an outcome
    *("<ok>", "<it=>", "<ret>", "<raise>", "<call>", "<done>", "<out>", "<stop>"),
    # kinds of value
    *("<fn>", "<cls>", "<obj>", "<gen>", "<methods>", "<module>", "<set>", "<exception>"),
    *("<items>", "<keys>", "<values>", "<bound>", "<hint>", "<type>"),
)
_OPERATORS = ("== != <= >= // ** << >> += -= *= /= //= %= **= &= |= ^= <<= >>= -> := ...").split()
BUILTINS = (
    "abs all any ascii bin bool bytes callable chr complex dict divmod enumerate eval exec filter "
    "float format frozenset getattr hasattr hash hex id input int isinstance issubclass iter len "
    "list map max min next object oct open ord pow print property range repr reversed round set "
    "setattr slice sorted staticmethod classmethod str sum super tuple type vars zip"
).split()
EXCEPTIONS = (
    "BaseException Exception ArithmeticError AssertionError AttributeError "
    "EOFError FileNotFoundError "
    "FloatingPointError ImportError IndexError KeyError KeyboardInterrupt LookupError "
    "ModuleNotFoundError NameError NotImplementedError OSError OverflowError RecursionError "
    "RuntimeError StopIteration SyntaxError SystemExit TypeError "
    "UnboundLocalError UnicodeDecodeError "
    "UnicodeError ValueError ZeroDivisionError Warning"
).split()
ATTRIBUTES = (
    "append extend insert pop remove sort reverse index count clear copy get items keys values "
    "setdefault update popitem fromkeys add discard union intersection difference "
    "symmetric_difference issubset issuperset isdisjoint upper lower title capitalize strip lstrip "
    "rstrip split rsplit splitlines join replace find rfind rindex startswith endswith isdigit "
    "isalpha isalnum isupper islower isspace istitle isnumeric isdecimal isidentifier zfill center "
    "ljust rjust swapcase casefold partition rpartition expandtabs removeprefix "
    "removesuffix encode "
    "decode translate maketrans format_map is_integer bit_length bit_count as_integer_ratio hex "
    "conjugate real imag numerator denominator send throw close args with_traceback "
    "sqrt floor ceil pi e tau inf nan factorial gcd lcm hypot sin cos tan log log2 log10 exp fabs "
    "isclose isnan trunc prod comb perm dist radians degrees math string "
    "key sep end default start reverse base encoding errors file flush strict "
    "self cls"
).split()
DUNDERS = tuple(
    f"__{name}__"
    for name in (
        "init str repr len eq ne lt le gt ge add radd sub rsub mul rmul truediv floordiv mod "
        "pow neg "
        "pos abs iadd isub imul getitem setitem delitem contains iter next call bool hash "
        "enter exit "
        "name class dict doc new int float index"
    ).split()
)
CHARACTERS = (*(chr(code) for code in range(32, 127)), "\n", "\t")
_BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
WHOLE_PLACES, FRACTION_PLACES = 10, 6
PLACED = {
    (digit, place): f"{digit}e{place}"
    for place in range(-FRACTION_PLACES, WHOLE_PLACES)
    for digit in "0123456789"
}
"""Digits of numbers: 7e2 is a seven that counts hundreds, 7e-1 tenths. The outermost places also
stand for those beyond."""

WORDS = frozenset(
    [*keyword.kwlist, *BUILTINS, *EXCEPTIONS, *ATTRIBUTES, *DUNDERS, "_"],
)
"""Names that are one token each (where they mean the builtin, or stand as an attribute)."""


def _inventory() -> tuple[str, ...]:
    words = sorted(WORDS - set(CHARACTERS))
    tokens = [*_SPECIAL, *PLACEHOLDERS, *LABELS, *NEW_LABELS, *INDICES, *_OPERATORS, *words]
    tokens += [*CHARACTERS, *_BYTES, *PLACED.values()]
    unique = tuple(dict.fromkeys(tokens))
    padding = -len(unique) % 64
    return unique + tuple(f"<spare{i}>" for i in range(padding))


TOKENS: tuple[str, ...] = _inventory()
ID_OF: dict[str, int] = {token: i for i, token in enumerate(TOKENS)}
PAD_ID, BOS_ID, EOS_ID = ID_OF[PAD], ID_OF[BOS], ID_OF[EOS]


def spell(text: str) -> list[str]:
    """The tokens of a text's characters; what is not ASCII goes byte by byte (UTF-8)."""
    out: list[str] = []
    for char in text:
        if char in _SPELLED:
            out.append(char)
        else:
            out += [f"<0x{byte:02X}>" for byte in char.encode("utf-8", "surrogatepass")]
    return out


def unspell(tokens: Iterable[str]) -> str:
    """The text of spelled tokens; a placeholder or other token stands for its own name."""
    raw = bytearray()
    for token in tokens:
        if token.startswith("<0x") and len(token) == 6:
            raw.append(int(token[3:5], 16))
        else:
            raw += token.encode()
    try:
        return raw.decode("utf-8", "surrogatepass")  # as `spell` writes it
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


_SPELLED = frozenset(CHARACTERS)
