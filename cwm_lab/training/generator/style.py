"""Another hand for the same program: names, quotes, operators, comments, blank lines, `main()`.

Works on the text, so that comments and layout stay as they are.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from typing import Final

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw

# Names that mean the same and may stand for each other, wherever they occur in a program.
SYNONYMS: Final = tuple(
    group.split()
    for group in (
        "i j k idx index pos",
        "n num number m limit size",
        "nums numbers xs values data lst arr a_list readings scores my_list",
        "items things elements values seq stuff parts collection",
        "words tokens names strings terms ws",
        "word w term token name text s",
        "text s string phrase txt line msg message input_text",
        "sentence phrase line text message",
        "ch c char letter character symbol",
        "result res out output answer r ans built new_text",
        "total tot s sum_so_far running acc total_sum subtotal",
        "count cnt n counter c num_found how_many",
        "counts freq counter tally table occurrences histogram d",
        "best biggest max_so_far top current_best largest_so_far winner champion",
        "best_word longest_so_far winner",
        "value val v x item",
        "target wanted goal needle key_value looking_for",
        "low lo left start_pos first lower",
        "high hi right end_pos last upper",
        "mid middle m center",
        "a x first p u",
        "b y second q w",
        "x item n value v e el",
        "row line r record",
        "grid matrix table board rows m",
        "seen found visited known already",
        "player user person member student guest",
        "balance money amount funds",
        "price cost fee",
        "age years",
        "flag ok is_ok good status",
        "steps moves turns rounds",
        "name label title who",
        "score points mark",
        "stack pile st",
        "queue line waiting q",
        "temp tmp t old saved",
        "e err error exc",
        "account acc acct my_account",
        "dog pet animal",
        "factor f d divisor",
        "check verify validate inspect is_fine",
        "compute calc work_out evaluate_it calculate",
        "process handle run_it go",
        "is_prime prime check_prime isPrime",
        "count_letters countLetters letter_count num_of",
        "is_palindrome palindrome isPalindrome check_word",
        "reverse flip backwards reverse_it turned",
        "average mean avg get_average calcAverage",
        "factorial fact fac",
        "fib fibonacci fibo F",
        "gcd hcf common_divisor greatest",
        "find search locate find_item index_of",
        "unique dedupe no_repeats distinct remove_duplicates",
    )
)
# Identifiers that are not the program's to rename.
_FIXED: Final = frozenset(
    "self cls super key reverse sep end start print input len range sum min max sorted "
    "reversed any all abs round int str float list dict set tuple bool divmod ord chr "
    "isinstance map filter enumerate zip type repr iter next main args kwargs math Exception "
    "object property default".split()
)
_METHODS: Final = frozenset(
    "append insert pop remove sort extend index count clear copy get items keys values update "
    "setdefault add discard union split join replace find upper lower title strip".split()
)


def restyle(source: str, draw: Draw) -> str:
    """The same program in another style, chosen at random."""
    if draw.chance(0.1):
        source = with_hints(source)
    if draw.chance(0.85):
        source = rename(source, draw, share=draw.pick((0.3, 0.6, 0.9)))
    if draw.chance(0.25):
        source = spell_out_augmented(source)
    if draw.chance(0.3):
        source = requote(source, draw.pick(("'", '"')))
    if draw.chance(0.12):
        source = in_main(source, draw)
    if draw.chance(0.15):
        source = with_debug_print(source, draw)
    if draw.chance(0.25):
        source = with_comments(source, draw)
    if draw.chance(0.15):
        source = with_blank_lines(source, draw)
    return source


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(source).readline))


def _names(source: str) -> list[str]:
    """Identifiers in order of first appearance, those in f-strings included."""
    found: dict[str, None] = {}
    for token in _tokens(source):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            found[token.string] = None
    return list(found)


def rename(source: str, draw: Draw, share: float) -> str:
    """Put synonyms for a share of the names; consistently, and never two names for one."""
    names = _names(source)
    used = set(names) | _FIXED
    attributes = set(re.findall(r"\.(\w+)", source)) | set(re.findall(r"(\w+)=(?!=)", source))
    mapping: dict[str, str] = {}
    for name in names:
        fixed = name in _FIXED or name in _METHODS or name in attributes or name.startswith("__")
        if fixed or not draw.chance(share):
            continue
        options = [
            other for group in SYNONYMS if name in group for other in group if other not in used
        ]
        if not options and draw.chance(0.1) and re.search(rf"\bdef {name}\(", source):
            options = [other for other in v.FUNCTION_NAMES if other not in used]
        if options:
            mapping[name] = draw.pick(options)
            used.add(mapping[name])
    return substitute(source, mapping)


def substitute(source: str, mapping: dict[str, str]) -> str:
    """Replace identifiers outside plain strings and comments, inside f-strings' braces too."""
    if not mapping:
        return source
    pattern = re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, mapping)) + r")(?!\w)")

    def swap(text: str) -> str:
        return pattern.sub(lambda match: mapping[match[1]], text)

    lines = source.splitlines(keepends=True)
    edits: list[tuple[int, int, int, str]] = []
    for token in _tokens(source):
        if token.start[0] != token.end[0]:
            continue
        new = token.string
        if token.type == tokenize.NAME:
            before = lines[token.start[0] - 1][: token.start[1]]
            if not before.endswith(".") or before.endswith(".."):
                new = mapping.get(new, new)
        elif token.type == tokenize.STRING and token.string[:1] in "fF":
            new = re.sub(r"\{[^{}]*\}", lambda match: _swap_field(match[0], swap), new)
        if new != token.string:
            edits.append((token.start[0] - 1, token.start[1], token.end[1], new))
    for row, start, end, new in reversed(edits):
        lines[row] = lines[row][:start] + new + lines[row][end:]
    return "".join(lines)


def _swap_field(field: str, swap: object) -> str:
    """Rename in the expression of a replacement field, not in its format."""
    assert callable(swap)
    expression, colon, form = field.partition(":")
    return str(swap(expression)) + colon + form


_HINTS: Final = {
    **dict.fromkeys("n num a b k low high limit amount age score size stop seconds".split(), "int"),
    **dict.fromkeys(
        "text word name letter s phrase sentence password line greeting".split(), "str"
    ),
    **dict.fromkeys("nums items xs numbers values words".split(), "list"),
}


def with_hints(source: str) -> str:
    """Annotate the parameters of module-level functions whose names tell a type.

    The hints may be wrong for a call, as hints may be; they have no effect on the run.
    """

    def hinted(match: re.Match[str]) -> str:
        parameters = [
            f"{name}: {_HINTS[name]}" if name in _HINTS else name for name in match[2].split(", ")
        ]
        return f"{match[1]}({', '.join(parameters)}):"

    return re.sub(r"^(def \w+)\(([\w, ]+)\):", hinted, source, flags=re.MULTILINE)


def spell_out_augmented(source: str) -> str:
    """`x += 1` becomes `x = x + 1`, where both mean the same."""
    pattern = re.compile(
        r"^(\s*)(\w+) ([-+*%]|//) ?= ([\w.]+|\"[^\"]*\")$".replace(" ?=", "="), re.MULTILINE
    )
    return pattern.sub(r"\1\2 = \2 \3 \4", source)


def requote(source: str, quote: str) -> str:
    """Write plain strings with one kind of quote, where that needs no escapes."""
    lines = source.splitlines(keepends=True)
    for token in reversed(_tokens(source)):
        text = token.string
        if token.type != tokenize.STRING or token.start[0] != token.end[0]:
            continue
        if text[0] in "'\"" and not text.startswith(("'''", '"""')):
            inside = text[1:-1]
            if "'" not in inside and '"' not in inside and "\\" not in inside:
                row = token.start[0] - 1
                line = lines[row]
                if _in_f_string(line, token.start[1]):
                    continue
                lines[row] = line[: token.start[1]] + quote + inside + quote + line[token.end[1] :]
    return "".join(lines)


def _in_f_string(line: str, column: int) -> bool:
    """Whether a string token stands inside an f-string, as newer tokenizers report them."""
    return bool(re.search(r"\bf[\"']", line[:column]))


def in_main(source: str, draw: Draw) -> str:
    """Move the module's statements that follow its definitions into `def main():`."""
    lines = source.splitlines()
    if "global " in source or '"""' in source or "main" in source:
        return source
    last_definition = -1
    for i, line in enumerate(lines):
        if line.startswith(("def ", "class ", "@")) or (
            line.startswith(" ") and last_definition >= 0
        ):
            last_definition = i
    first = 0
    if any(line.startswith(("def ", "class ")) for line in lines):
        first = last_of_definitions(lines) + 1
    head, rest = lines[:first], lines[first:]
    while rest and not rest[0].strip():
        rest.pop(0)
    if not rest or any(line.startswith(("def ", "class ", "import ", "from ")) for line in rest):
        return source
    body = ["    " + line if line.strip() else "" for line in rest]
    call = draw.pick((["main()"], ["main()"], ['if __name__ == "__main__":', "    main()"]))
    gap = [""] if head else []
    return "\n".join([*head, *gap, "def main():", *body, "", *call]) + "\n"


def last_of_definitions(lines: list[str]) -> int:
    """Index of the last line that belongs to a `def` or `class` of the module."""
    last, inside = -1, False
    for i, line in enumerate(lines):
        if line.startswith(("def ", "class ", "@")):
            inside = True
        elif line.strip() and not line.startswith(" "):
            inside = False
        if inside and line.strip():
            last = i
    return last


def with_debug_print(source: str, draw: Draw) -> str:
    """Add a print of a variable right after a line that changes it."""
    lines = source.splitlines()
    places = [i for i, line in enumerate(lines) if re.match(r"\s*\w+ ([-+*]|//)?= [^=]", line)]
    places = [i for i in places if not lines[i].rstrip().endswith(("(", "[", "{", ",", "\\"))]
    if not places:
        return source
    at = draw.pick(places)
    match = re.match(r"(\s*)(\w+)", lines[at])
    assert match is not None
    name = match[2]
    text = draw.pick(
        (
            f'print("{name}:", {name})',
            f"print({name})",
            f'print("{name} =", {name})',
            f'print(f"{name}={{{name}}}")',
        )
    )
    lines.insert(at + 1, match[1] + text)
    return "\n".join(lines) + "\n"


def with_comments(source: str, draw: Draw) -> str:
    lines = source.splitlines()
    for _ in range(draw.between(1, 2)):
        at = draw.between(0, len(lines) - 1)
        line = lines[at]
        if not line.strip() or line.strip().startswith(
            ("else", "elif", "except", "finally", "#", '"')
        ):
            continue
        comment = "# " + draw.pick(v.COMMENTS)
        if draw.chance(0.4) and "#" not in line:
            lines[at] = f"{line}  {comment}"
        else:
            space = line[: len(line) - len(line.lstrip())]
            lines.insert(at, space + comment)
    return "\n".join(lines) + "\n"


def with_blank_lines(source: str, draw: Draw) -> str:
    lines = source.splitlines()
    starts = [
        i
        for i, line in enumerate(lines)
        if i and line and not line.startswith((" ", "el", "exc", "fin"))
    ]
    for at in sorted(draw.sample(starts, 2), reverse=True):
        if lines[at - 1].strip():
            lines.insert(at, "")
    return "\n".join(lines) + "\n"
