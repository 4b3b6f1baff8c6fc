"""Direct questions: single forms over values that matter, with no program around them.

A *form* is one line of `forms/*.txt`: an expression, or after ``> `` a statement (``¶`` ends a
line). A file's lines ``== name weight: tags`` begin families. In a form

- ``⟨one¦two¦⟩`` is one of the alternatives, as in the templates;
- ``$s`` is an operand: a variable of the kind, declared if need be, or a literal; a capital
  (``$S``) is always a variable. `_OPERANDS` lists the kinds. Some draw near to what was mentioned
  before them: ``$p`` a piece of the last string, ``$j`` an index near the ends of the last
  sequence, ``$m`` a member of the last collection or a stranger, ``$r`` a number near the last one,
  ``$o`` a value equal to the last one or all but equal,  ``$x`` the last operand once more.

An expression is then printed, bound, tested, or used in another expression.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.operands import Operands
from cwm_lab.training.generator.program import GeneratedProgram
from cwm_lab.training.generator.scene import Scene, is_small, kind_of
from cwm_lab.training.generator.templates import choose
from cwm_lab.training.generator.trial import TooMuch

_SLOT: Final = re.compile(r"\$(sl|[a-zA-Z])")
_MAX_LENGTH: Final = 76
_MAX_SHOWN: Final = 120


@dataclass(frozen=True)
class FormFamily:
    """The forms of one family. weight: how often programs are made of it."""

    name: str
    weight: float
    tags: tuple[str, ...]
    forms: tuple[str, ...]


@cache
def form_families() -> tuple[FormFamily, ...]:
    """All families of forms, in the order of file names and of their place in the files."""
    found: list[FormFamily] = []
    folder = resources.files("cwm_lab.training.generator") / "forms"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        text = file.read_text(encoding="utf-8")
        for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
            head, *lines = part.splitlines()
            title, tags = head.split(":")
            name, weight = title.split()
            forms = tuple(line for line in lines if line and not line.startswith("# "))
            found.append(FormFamily(name, float(weight), tuple(tags.split()), forms))
    return tuple(found)


def probe(family: FormFamily) -> Family:
    """A generator family that asks several of the forms in one program."""

    def make(rng: random.Random) -> GeneratedProgram:
        draw = Draw(rng)
        operands = Operands(Scene(draw))
        lines: list[str] = []
        for _ in range(draw.between(3, 8)):
            for _ in range(4):
                made = ask(operands, draw.pick(family.forms))
                if made:
                    lines += made
                    break
        return GeneratedProgram("\n".join(lines) + "\n", ("probe", *family.tags))

    return make


def ask(operands: Operands, form: str) -> list[str]:
    """The lines of one question, run in the scene; none if it does not work there."""
    scene, draw = operands.scene, operands.draw
    before = scene.snapshot()
    written = len(scene.written)
    operands.begin()
    text = _SLOT.sub(lambda match: operands.slot(match[1]), choose(form, draw))
    lines = operands.declared
    if text.startswith("> "):
        statement = text[2:].replace("¶", "\n")
    else:
        try:
            value = scene.evaluate(text)
        except Exception as error:  # noqa: BLE001 - what the form raises is what it is about
            statement = _guarded(draw, text, type(error).__name__)
        else:
            statement = _used(operands, text, value) if _is_shown(value) else ""
    if not statement or max(map(len, statement.split("\n"))) > _MAX_LENGTH:
        scene.restore(before)
        return []
    try:
        try:
            scene.run_block(statement)
        except Exception as error:  # noqa: BLE001 - what the form raises is what it is about
            scene.restore(before)
            for line in lines:
                scene.run(line)
            statement = _guarded(draw, statement, type(error).__name__)
            scene.run_block(statement)
    except TooMuch:
        scene.restore(before)
        return []
    for name in [name for name in scene.names if name == "_" or not _is_plain(scene.values[name])]:
        scene.forget(name)
    shown = sum(map(len, scene.written[written:]))
    if shown > _MAX_SHOWN or not all(_is_shown(scene.values[name]) for name in scene.names):
        scene.restore(before)
        return []
    return [*lines, *statement.split("\n")]


def _is_shown(value: object) -> bool:
    """Whether a result may be printed and bound: small, or a float of any size."""
    if isinstance(value, float):
        return value == value and len(repr(value)) <= 20
    return is_small(value) and not isinstance(value, complex)


def _is_plain(value: object, depth: int = 4) -> bool:
    """Whether later forms may use a value: numbers, texts and containers of these."""
    if depth == 0:
        return False  # perhaps it contains itself
    if isinstance(value, dict):
        return all(_is_plain(item, depth - 1) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple | set):
        return all(_is_plain(item, depth - 1) for item in value)
    return value is None or type(value) in (int, float, bool, str)


def _guarded(draw: Draw, text: str, error: str) -> str:
    """A statement that raises, in a try that catches it."""
    indented = text.replace("\n", "\n    ")
    kind = draw.weighted(((error, 4), ("Exception", 1)))
    shown = draw.pick(("print(e)", "print(e)", "print('error:', e)", "print(type(e).__name__)"))
    return f"try:\n    {indented}\nexcept {kind} as e:\n    {shown}"


def _used(operands: Operands, text: str, value: Any) -> str:
    """A statement that uses an expression with this value."""
    draw, scene = operands.draw, operands.scene
    if isinstance(value, set) and any(isinstance(item, str) for item in value):
        text, value = f"sorted({text})", sorted(value)  # their order is another in each run
    form = draw.rng.random()
    if " for " in text and text.endswith(")") and form < 0.2:
        return f"print({text})"
    if form < 0.3:
        return f"{scene.new_name(kind_of(value))} = {text}"
    if form < 0.52:
        return f"print({text})"
    if form < 0.57:
        return f"print({draw.quoted(draw.noun() + draw.pick((':', ' =', '')))}, {text})"
    if form < 0.61:
        quote = "'" if '"' in text else '"'
        if quote in text or "\\" in text or "{" in text or ":" in text or "!" in text:
            return f"print({text}, {draw.small()})"
        return f"print(f{quote}{draw.noun()}: {{{text}}}{quote})"
    if form < 0.66:
        return f"if {text}:\n    print('yes')\nelse:\n    print('no')"
    if form < 0.7 and "yield" not in text:
        name = draw.pick(("f", "g", "result_of", "check", "compute"))
        return f"def {name}():\n    return {text}\nprint({name}())"
    return _inside(operands, text, value)


def _inside(operands: Operands, text: str, value: Any) -> str:
    """A statement in which the expression is a part of another one."""
    draw, scene = operands.draw, operands.scene
    other = repr(value) if draw.chance(0.5) else repr(operands.value(kind_of(value)))
    bare = text if _SIMPLE.fullmatch(text) else f"({text})"
    forms = list(_AROUND["any"]) + list(_AROUND.get(kind_of(value), ()))
    if "'" in text or "\\" in text:
        forms = [form for form in forms if not form.startswith("f'")]
    counter = draw.pick(scene.of_kind("int") or ["0"])
    made = draw.pick(forms)
    parts = {"@b": bare, "@o": other, "@": text}
    made = re.sub("@[bo]?", lambda found: parts[found[0]], made)
    if made.startswith("+="):
        return f"{counter} {made}" if counter != "0" else f"print({made[3:]})"
    return f"print({made})" if draw.chance(0.6) else f"{scene.new_name('other')} = {made}"


_SIMPLE: Final = re.compile(r"[\w.]+(?:\([^()]*\))?(?:\[[^\[\]]*\])?")
_AROUND: Final[dict[str, tuple[str, ...]]] = {
    "any": ("str(@)", "[@, @o]", "@b == @o", "(@, @o)", "bool(@)", "not @b", "[@]", "@b != @o"),
    "bool": (
        *("int(@)",) * 6,
        *("+= @b", "+= int(@)", "@b and @o", "@b or @o", "sum([@, @o, True])", "@, not @b"),
        *("1 if @ else 0", "'yes' if @ else 'no'", "int(@) + 1", "any([@, False])"),
        *("all([@, True])", "@b == True", "@b == False", "float(@)", "[@, @o].count(True)"),
        *("@b * 5", "@b + @b", "int(not @b)", "bool(@ and @o)", "bool(@b or @o)"),
    ),
    "int": (
        *("+= @", "@b + 1", "abs(@)", "@b * 2", "@b % 2 == 0", "@b > @o", "@b // 2", "-@b"),
        *("list(range(@b % 5))", "len(str(@))", "max(@, @o)", "float(@)", "int(@b == @o)"),
        *("int(@b > @o)", "@b - @o", "[@, @o].index(@)", "@b <= @o", "f'{@b:>5}'", "10 - @b"),
    ),
    "float": ("round(@, 1)", "int(@)", "@b + 1", "@b > @o", "@b * 2", "f'{@b:.2f}'", "abs(@)"),
    "str": (
        *("len(@)", "@b + '!'", "@b * 2", "@b[0:2]", "@b[::-1]", "@b.upper()", "int(@b == @o)"),
        *("'a' in @b", "@b + @o", "@b < @o", "@b.count('a')", "list(@)", "f'[{@b:>9}]'", "[@] * 2"),
        *("@b == @b[::-1]", "sorted(@)", "@b[-1:]", "len(@) > 4", "@b.strip()", "set(@) == set()"),
    ),
    "ints": (
        *("len(@)", "sum(@)", "sorted(@)", "@b + [0]", "@b[::-1]", "@b[:2]", "int(@b == @o)"),
        *("3 in @b", "@b * 2", "max(@, default=0)", "tuple(@)", "@b == @o", "[x * 2 for x in @b]"),
        *("sum(x > 2 for x in @b)", "all(x > 0 for x in @b)", "@b[-2:]", "list(enumerate(@))"),
    ),
    "strs": (
        *("len(@)", "', '.join(@)", "sorted(@)", "''.join(@)", "@b[::-1]", "@b[:1]", "@b == @o"),
        *("[w.upper() for w in @b]", "[len(w) for w in @b]", "'a' in @b", "@b + ['x']"),
        *("sum(len(w) for w in @b)", "sum(w > 'm' for w in @b)", "max(@, key=len, default='')"),
    ),
    "set": (
        *("len(@)", "sorted(@)", "3 in @b", "@b == @o", "@b | {1, 2}", "@b & {1, 2, 3}", "sum(@)"),
        *("list(sorted(@))", "@b <= @o", "@b - {2}", "@b == set()", "max(@, default=0)"),
    ),
    "dict": (
        *("len(@)", "list(@)", "sorted(@)", "list(@b.values())", "list(@b.items())", "'a' in @b"),
        *("sum(@b.values())", "@b.get('x', 0)", "@b == @o", "[k for k in @b]"),
    ),
    "tuple": ("len(@)", "@b[0:1]", "@b + (1,)", "list(@)", "@b == @o", "@b * 2", "@b[::-1]"),
    "grid": ("len(@)", "[len(r) for r in @b]", "[sum(r) for r in @b]", "@b[:1]", "@b[::-1]"),
}

PROBE_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    f"probe_{family.name}": (probe(family), family.weight) for family in form_families()
}
