"""Idiom templates: Python text with choices and slots, read from `templates/*.txt`.

A template starts with a line `== name: tag tag` and ends where the next one starts. In its text

- ``⟨one¦two¦⟩`` is one of the alternatives (nested, over several lines, possibly empty);
- ``$int(1,9)`` is a random value, written as Python text; `SLOTS` lists the kinds;
- a line ``@ name = text`` before the program expands text once; ``$name`` then repeats it;
- a line ``@ stdin = text|text`` gives the lines for `input()`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

from cwm_lab.training.generator import vocabulary as v
from cwm_lab.training.generator.draw import Draw

_SLOT: Final = re.compile(r"\$([a-z_]+)(?:\(([^()$]*)\))?")


@dataclass(frozen=True)
class Template:
    """One idiom, not yet expanded. topic: the name of its file."""

    name: str
    topic: str
    tags: tuple[str, ...]
    text: str


@cache
def templates() -> tuple[Template, ...]:
    """All templates in the order of file names and of their place in the files."""
    found: list[Template] = []
    folder = resources.files("cwm_lab.training.generator") / "templates"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        topic = file.name.removesuffix(".txt")
        for part in re.split(r"^== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, text = part.split("\n", 1)
            name, tags = head.split(":")
            found.append(
                Template(name.strip(), topic, tuple(tags.split()), text.strip("\n") + "\n")
            )
    return tuple(found)


def expand(template: Template, draw: Draw) -> tuple[str, tuple[str, ...]]:
    """(source, stdin lines) with every choice made and every slot filled."""
    named: dict[str, str] = {}
    body: list[str] = []
    for line in template.text.splitlines():
        if line.startswith("@ "):
            name, text = line[2:].split(" = ", 1)
            named[name] = _fill(choose(text, draw), draw, named)
        else:
            body.append(line)
    source = _fill(choose("\n".join(body), draw), draw, named)
    stdin = tuple(named["stdin"].split("|")) if "stdin" in named else ()
    return _tidy(source), stdin


def _tidy(source: str) -> str:
    """Without the traces of choices left empty: spaces at line ends, needless blank lines."""
    source = re.sub(r"[ \t]+$", "", source, flags=re.MULTILINE)
    source = re.sub(r":\n\n+(?= )", ":\n", source)
    return re.sub(r"\n{3,}", "\n\n", source).strip("\n") + "\n"


def choose(text: str, draw: Draw) -> str:
    """Make every choice, the outer ones first."""
    while "⟨" in text:
        start = text.index("⟨")
        depth, cuts = 0, [start]
        position = start
        for position in range(start, len(text)):
            char = text[position]
            if char == "⟨":
                depth += 1
            elif char == "⟩":
                depth -= 1
                if depth == 0:
                    break
            elif char == "¦" and depth == 1:
                cuts.append(position)
        cuts.append(position)
        options = [text[a + 1 : b] for a, b in pairwise(cuts)]
        text = text[:start] + draw.pick(options) + text[position + 1 :]
    return text


def _fill(text: str, draw: Draw, named: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name, arguments = match[1], match[2]
        if name in named:
            return named[name] + ("" if arguments is None else f"({arguments})")
        return SLOTS[name](draw, [] if not arguments else arguments.split(","))

    return _SLOT.sub(value, text)


# -- slots ---------------------------------------------------------------------------------------
Slot = Callable[[Draw, list[str]], str]


def _integers(draw: Draw, arguments: list[str]) -> list[int]:
    """`nums(fewest, most, low, high)`; items may repeat."""
    fewest, most, low, high = (int(item) for item in arguments)
    return [draw.between(low, high) for _ in range(draw.between(fewest, most))]


def _quoted_list(draw: Draw, items: list[str]) -> str:
    quote = draw.pick(('"', '"', "'"))
    return "[" + ", ".join(quote + item + quote for item in items) + "]"


def _words(draw: Draw, arguments: list[str]) -> str:
    count = draw.between(int(arguments[0]), int(arguments[1]))
    return _quoted_list(draw, [draw.noun() for _ in range(count)])


def _people(draw: Draw, arguments: list[str]) -> str:
    return _quoted_list(
        draw, draw.sample(v.PEOPLE, draw.between(int(arguments[0]), int(arguments[1])))
    )


def _table(draw: Draw, arguments: list[str]) -> str:
    """`dict(fewest, most)`: words to ints."""
    keys = draw.sample(sorted(set(v.WORDS)), draw.between(int(arguments[0]), int(arguments[1])))
    top = draw.pick((9, 20, 100))
    return "{" + ", ".join(f'"{key}": {draw.between(0, top)}' for key in keys) + "}"


def _runs(draw: Draw) -> str:
    return "".join(draw.pick("abcxyz") * draw.between(1, 4) for _ in range(draw.between(1, 4)))


SLOTS: Final[dict[str, Slot]] = {
    "int": lambda d, a: str(d.between(int(a[0]), int(a[1]))),
    "pick": lambda d, a: d.pick(a).strip(),
    "num": lambda d, a: str(d.number()),
    "small": lambda d, a: str(d.small()),
    "dec": lambda d, a: repr(d.decimal()),
    "price": lambda d, a: d.pick(
        (f"{d.between(1, 30)}.{d.pick((5, 25, 75, 99, 0))}", str(d.between(1, 50)))
    ),
    "word": lambda d, a: d.quoted(d.noun() if d.chance(0.7) else d.word()),
    "shortword": lambda d, a: d.quoted((d.noun() if d.chance(0.7) else d.letters(1, 6))[:7]),
    "plainword": lambda d, a: f'"{d.noun()}"',
    "text": lambda d, a: d.quoted(d.text()),
    "sent": lambda d, a: d.quoted(" ".join(d.noun() for _ in range(d.between(2, 4)))),
    "person": lambda d, a: d.quoted(d.person()),
    "letter": lambda d, a: d.quoted(d.pick("aeiourtnlsbx")),
    "rawnoun": lambda d, a: d.noun(),
    "rawperson": lambda d, a: d.person(),
    "digits": lambda d, a: d.quoted(d.digits(int(a[0]), int(a[1]))),
    "runs": lambda d, a: d.quoted(_runs(d)),
    "nums": lambda d, a: repr(_integers(d, a)),
    "sorted": lambda d, a: repr(sorted(_integers(d, a))),
    "set": lambda d, a: "{" + ", ".join(map(str, dict.fromkeys(_integers(d, a)))) + "}",
    "words": _words,
    "people": _people,
    "dict": _table,
}
