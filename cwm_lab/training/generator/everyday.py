"""Dense questions of what everyday programs ask: amounts of money and time, letters of an alphabet,
whole phrases, pieces cut out, sets of names, sums.

As in `dense.py`, a line asks several things of few values, and they are for training alone.
"""

from __future__ import annotations

import random
from typing import Any, Final

from cwm_lab.training.generator.dense import as_text, asked_of, bound, keys_of, lines_of
from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.micro import Family
from cwm_lab.training.generator.program import GeneratedProgram

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_UNITS: Final = (60, 60, 3600, 24, 7, 12, 10, 100, 1000, 2, 3, 4, 5, 26)
_SHARES: Final = (0.1, 0.2, 0.05, 0.15, 0.25, 0.5, 0.75, 1.1, 1.2, 1.5, 1.8, 0.3, 0.07, 2.5)


def _amount(d: Draw) -> float:
    """A number as people write them: round ones, prices, seconds, marks."""
    made: float = d.weighted(
        (
            (d.between(1, 20) * 10, 3),
            (d.between(1, 20) * 50, 2),
            (d.between(1, 12) * 100, 2),
            (d.between(1, 99), 4),
            (d.between(100, 999), 3),
            (d.between(60, 9999), 1.5),
            (d.between(0, 60) + d.pick((0.5, 0.25, 0.75, 0.99, 0.95, 0.0, 0.5)), 4),
            (round(d.between(0, 999) / 10, 1), 2),
            (round(d.between(0, 9999) / 100, 2), 2),
        )
    )
    return -made if d.chance(0.08) else made


def amounts(rng: random.Random) -> GeneratedProgram:
    """Prices, balances, seconds and shares: added, taken away, multiplied and divided."""
    d = Draw(rng)
    lines: list[str] = []
    values = [_amount(d), _amount(d), d.pick((*_SHARES, d.between(2, 12))), d.pick(_UNITS)]
    held = d.chance(0.3)
    if held:
        names = ["total", "price", "rate", "unit"]
        attribute, owner = d.pick((("balance", "self"), ("total", "cart"), ("score", "p")))
        lines += ["class Thing:", "    pass", f"{owner} = Thing()"]
        lines += [f"{owner}.{attribute} = {values[0]!r}"]
        lines += [f"{name} = {value!r}" for name, value in zip(names[1:], values[1:], strict=True)]
        names[0] = f"{owner}.{attribute}"
    else:
        names = bound(d, lines, values)
    first, second, share, unit = names

    def ask() -> str:
        form = d.rng.random()
        if form < 0.3:
            return f"{d.pick((first, second))} {d.pick('+-')} {d.pick((second, str(_amount(d))))}"
        if form < 0.45:
            return f"{d.pick((first, second))} * {d.pick((share, share, str(d.between(2, 9))))}"
        if form < 0.75:
            sign = "-" if d.chance(0.15) else ""
            whole = d.between(1, 9999) if d.chance(0.5) else d.between(1, 300)
            left = d.pick((first, second, str(whole), str(whole)))
            right = unit if d.chance(0.6) else d.pick(_UNITS)
            return f"{sign}{left} {d.pick(('//', '%', '//', '%', '/'))} {right}"
        if form < 0.85:
            return f"{first} {d.pick(('<', '>=', '>', '<='))} {d.pick((second, str(_amount(d))))}"
        if form < 0.92:
            return f"{d.pick((1, 1, 100))} - {share}"
        return d.pick((f"round({first} * {share}, 2)", f"{first} * {d.between(1, 99)} / 100"))

    for _ in range(d.between(1, 3)):
        lines += lines_of(d, ask, d.between(1, 2))
        lines.append(f"{first} {d.pick(('+=', '-=', '-=', '*='))} {d.pick((second, share, unit))}")
        if d.chance(0.05):
            lines.append(f"best = last = {first} {d.pick('+-')} {second}")
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "ints", "floats"))


def decimals(rng: random.Random) -> GeneratedProgram:
    """Numbers with a few decimals: added, compared, shared out, rounded and laid out in columns."""
    d = Draw(rng)

    def number() -> float:
        places = d.weighted(((1, 4), (2, 4), (3, 1)))
        whole = d.weighted(((d.between(0, 9), 3), (d.between(0, 99), 3), (d.between(0, 2000), 1)))
        made: float = round(whole + d.between(0, 10**places - 1) / 10**places, places)
        return -made if d.chance(0.1) else made

    lines: list[str] = []
    first = number()
    near = round(first + d.pick((0.1, -0.1, 0.01, 1.0, -0.5, 0.25, 10.0)), 3)
    values = [first, d.pick((near, near, number())), number(), d.between(1, 99)]
    a, b, c, n = bound(d, lines, values)

    def ask() -> str:
        form = d.rng.random()
        left, right = d.sample((a, b, c, n), 2)
        if form < 0.35:
            return f"{left} {d.pick('+-')} {d.pick((right, repr(number())))}"
        if form < 0.55:
            return f"{left} {d.pick(('<', '>', '<=', '>=', '=='))} {right}"
        if form < 0.65:
            return f"{left} * {d.pick((n, right, str(d.between(2, 12))))}"
        if form < 0.75:
            return f"{d.pick((left, str(d.between(1, 400))))} / {d.between(2, 9)}"
        if form < 0.8:
            return f"round({left} {d.pick('+-*/')} {d.between(2, 9)}, {d.between(0, 2)})"
        spec = d.pick((".2f", ".1f", ".2f", ".0f", ">8.2f", "<7.1f", ",.2f", "6.2f", "+.1f"))
        part = d.pick((left, f"{left} / {d.between(2, 9)}", f"{left} * {d.between(2, 99)} / 100"))
        return f"f'{{{part}:{spec}}}'"

    for _ in range(d.between(1, 3)):
        lines += lines_of(d, ask, d.between(1, 2))
        lines.append(f"{a} {d.pick(('+=', '-='))} {d.pick((b, c, repr(number())))}")
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "floats"))


def letters(rng: random.Random) -> GeneratedProgram:
    """Letters: their numbers, places in an alphabet, what they are, shifted ones."""
    d = Draw(rng)
    alphabet = d.pick((_ALPHABET, _ALPHABET, _ALPHABET.upper(), "aeiou", "0123456789", "abcdef"))
    letter = d.pick(alphabet) if d.chance(0.7) else d.pick(_ALPHABET + _ALPHABET.upper() + "019 .!")
    lines = [f"letters = {d.quoted(alphabet)}", f"c = {d.quoted(letter)}"]
    lines += [f"k = {d.between(-5, 29)}"]
    known = d.pick(alphabet)

    def ask() -> str:
        form = d.rng.random()
        if form < 0.25:
            return f"letters.{d.pick(('index', 'find'))}({d.quoted(d.pick(alphabet))})"
        if form < 0.4:
            return f"{d.pick(('c', d.quoted(known)))} in letters"
        if form < 0.55:
            return f"ord({d.pick(('c', d.quoted(d.pick(_ALPHABET + _ALPHABET.upper() + '09 ?'))))})"
        if form < 0.65:
            return f"chr({d.pick((65, 97, 48)) + d.between(0, 25) % 26})"
        if form < 0.8:
            check = d.pick(("isupper", "islower", "isalpha", "isdigit", "isspace", "isalnum"))
            return f"{d.pick(('c', d.quoted(d.pick('aZ5 q-B'))))}.{check}()"
        if form < 0.9:
            return f"letters[{d.between(0, len(alphabet) - 1)}]"
        return d.pick((f"letters[(k + {d.between(0, 25)}) % {len(alphabet)}]", "c.upper()"))

    for _ in range(d.between(2, 4)):
        lines += lines_of(d, ask, 1)
        base = 97 if letter.islower() else 65
        lines.append(
            d.pick(
                (
                    f"n = (ord(c) - {base} + k) % 26",
                    f"s = chr({base} + k % 26)",
                    f"c = {d.quoted(d.pick(alphabet))}",
                    f"i = letters.index({d.quoted(d.pick(alphabet))})",
                )
            )
        )
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "strings"))


def phrases(rng: random.Random) -> GeneratedProgram:
    """Methods of texts of several words."""
    d = Draw(rng)
    count = d.between(1, 4) if d.chance(0.75) else d.between(5, 9)
    words = [d.pick((d.noun, d.noun, d.person))() for _ in range(count)]
    words = [d.pick((w, w.upper(), w.title(), w.swapcase(), w)) for w in words]
    between = d.pick((" ", " ", " ", ", ", ",", ":", ";", "-", ".", "_"))
    phrase = between.join(words)
    if d.chance(0.3):
        phrase = f"{' ' * d.between(1, 3)}{phrase}{' ' * d.between(0, 3)}"
    if d.chance(0.3):
        phrase += d.pick(("!", ".", ".txt", ".py", "?", "\n", "..."))
    lines = [f"text = {d.quoted(phrase)}"]

    def ask() -> str:
        form = d.rng.random()
        piece = d.pick((d.pick(words), between, d.pick(phrase), d.pick(words)[:2]))
        if form < 0.35:
            return f"text.{d.pick(('upper', 'lower', 'title', 'strip', 'capitalize', 'lower'))}()"
        if form < 0.55:
            new = d.pick(("", "-", "_", "0", d.noun(), " "))
            return f"text.replace({d.quoted(piece)}, {d.quoted(new)})"
        if form < 0.75:
            by = d.quoted(between) if between != " " else d.pick(("", "", "' '"))
            if d.chance(0.4):
                part = d.quoted(d.pick((between, between, piece, ":", "=")))
                rest = d.pick(("partition({})", "rpartition({})", "split({}, 1)", "rfind({})"))
                return f"text.{rest.format(part)}"
            return f"text.split({by})"
        if form < 0.9:
            return f"text.{d.pick(('startswith', 'endswith', 'count', 'find'))}({d.quoted(piece)})"
        place = d.between(0, len(phrase) - 1)
        return d.pick(
            (
                "len(text)",
                "text.strip().lower()",
                "text[::-1]",
                f"{d.quoted(piece)} in text",
                f"text[{place}]",
                f"text[{place}:{d.pick((place + d.between(1, 6), ''))}]",
                f"text.{d.pick(('strip', 'rstrip', 'lstrip'))}({d.quoted(d.pick(phrase) + '!. ')})",
                f"text.find({d.quoted(piece)}, {place})",
            )
        )

    lines += lines_of(d, ask, d.between(2, 4))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "strings"))


def cuts(rng: random.Random) -> GeneratedProgram:
    """Slices of longer texts and lists, with steps and from the end."""
    d = Draw(rng)
    source: Any
    if d.chance(0.6):
        source = d.pick((d.noun() + d.noun(), d.noun() + "ing", d.letters(6, 14), "0123456789"))[
            :15
        ]
    else:
        source = [d.number() for _ in range(d.between(4, 9))]
    lines = [f"xs = {source!r}"]

    def edge() -> str:
        far = d.pick((50, 100, len(source), len(source) + 2, -len(source)))
        return str(far if d.chance(0.15) else d.between(-len(source), len(source)))

    def ask() -> str:
        first, last = edge() if d.chance(0.6) else "", edge() if d.chance(0.6) else ""
        step = d.weighted((("", 6), (":2", 2), (":-1", 2), (":3", 1), (":-2", 1)))
        return f"xs[{first}:{last}{step}]"

    lines += lines_of(d, ask, d.between(2, 4))
    if isinstance(source, list) and d.chance(0.4):
        new = ", ".join(str(d.number()) for _ in range(d.between(0, 3)))
        lines += [f"xs[{d.between(0, 2)}:{d.between(2, 4)}] = [{new}]", "print(xs)"]
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "slicing"))


def teams(rng: random.Random) -> GeneratedProgram:
    """Sets of names, words or pairs: members, what two share, what is new."""
    d = Draw(rng)
    everyone = keys_of(d, d.between(3, 8))
    while not isinstance(everyone[0], str | tuple):
        everyone = keys_of(d, d.between(3, 8))
    a, b = d.pick((("a", "b"), ("club", "team"), ("seen", "new"), ("mine", "yours"), ("x", "y")))
    lines = []
    for name in (a, b):
        some = d.sample(everyone, d.between(1, min(5, len(everyone))))
        inside = ", ".join(as_text(d, item) for item in some)
        lines.append(f"{name} = {d.pick((f'{{{inside}}}', f'{{{inside}}}', f'set([{inside}])'))}")

    def ask() -> str:
        form = d.rng.random()
        member = asked_of(d, everyone, 0.25)
        if form < 0.35:
            return f"{member} {d.pick(('in', 'in', 'not in'))} {d.pick((a, b))}"
        if form < 0.65:
            made = d.pick((f"{a} & {b}", f"{a} - {b}", f"{b} - {a}", f"{a} | {b}"))
            made = d.pick((made, made, f"{a}.union({b})", f"{a}.intersection({b})"))
            return d.pick((f"sorted({made})", f"len({made})", f"sorted({made})"))
        if form < 0.8:
            return f"sorted({d.pick((a, b))})"
        return d.pick((f"len({a})", f"{a} == {b}", f"{a} <= {b}", f"min({a})", f"max({b})"))

    for _ in range(d.between(1, 3)):
        lines += lines_of(d, ask, 1)
        other = asked_of(d, everyone, 0.3)
        lines.append(
            d.pick(
                (
                    f"{a}.add({other})",
                    f"{a}.add({other})",
                    f"{b}.discard({other})",
                    f"{a} |= {b}",
                    f"if {other} not in {a}:\n    {a}.add({other})",
                    f"c = {a} {d.pick('&-|')} {b}",
                )
            )
        )
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "sets"))


def sums(rng: random.Random) -> GeneratedProgram:
    """Sums and counts over lists, dicts' values, generator expressions and truth values."""
    d = Draw(rng)
    count = d.between(1, 6)
    values: list[Any] = d.weighted(
        (
            ([d.between(0, 99) for _ in range(count)], 4),
            ([d.number() for _ in range(count)], 2),
            ([d.between(0, 20) + d.pick((0.5, 0.25, 0.75, 0.0)) for _ in range(count)], 2),
            ([d.chance(0.5) for _ in range(count)], 1),
        )
    )
    keys = d.sample(("ann", "ben", "cat", "dan", "eve", "flo", "gus"), count)
    pairs = ", ".join(f"{key!r}: {value!r}" for key, value in zip(keys, values, strict=True))
    lines = [f"xs = {values!r}", f"prices = {{{pairs}}}"]
    limit = d.pick((*values, d.between(0, 99)))

    def ask() -> str:
        test = f"x {d.pick(('>', '<', '>=', '=='))} {limit!r}"
        return d.pick(
            (
                "sum(xs)",
                "sum(prices.values())",
                f"sum({test} for x in xs)",
                f"sum(1 for x in xs if {test})",
                f"sum(x for x in xs if {test})",
                f"sum(x * {d.between(2, 9)} for x in xs)",
                "sum(xs) / len(xs)",
                "max(prices.values())",
                "sorted(prices.values())",
                "sorted(prices)",
                f"{keys[0]!r} in prices",
                "max(prices, key=prices.get)",
                "sorted(prices.items(), key=lambda p: p[1])",
            )
        )

    lines += lines_of(d, ask, d.between(1, 3))
    return GeneratedProgram("\n".join(lines) + "\n", ("micro", "lists"))


EVERYDAY_FAMILIES: Final[dict[str, tuple[Family, float]]] = {
    "everyday_amounts": (amounts, 40),
    "everyday_decimals": (decimals, 30),
    "everyday_letters": (letters, 18),
    "everyday_phrases": (phrases, 20),
    "everyday_cuts": (cuts, 12),
    "everyday_teams": (teams, 20),
    "everyday_sums": (sums, 14),
}
