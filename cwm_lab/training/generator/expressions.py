"""Random expressions over the variables of a scene, chosen with an eye on their values.

Each `_kind` method returns the text of an expression of that kind (see `scene.kind_of`). The text
may raise when run; the callers decide whether that is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cwm_lab.training.generator.draw import Draw
from cwm_lab.training.generator.scene import Scene, kind_of

Maker = Callable[[int], str]


def literal(draw: Draw, kind: str) -> str:
    """A literal of the kind, as a person would write it."""
    if kind == "int":
        return str(draw.number())
    if kind == "float":
        return repr(draw.decimal())
    if kind == "bool":
        return draw.pick(("True", "False"))
    if kind == "str":
        return draw.quoted(draw.text())
    if kind == "ints":
        return repr(draw.numbers())
    if kind == "strs":
        return "[" + ", ".join(draw.quoted(word) for word in draw.words()) + "]"
    if kind == "grid":
        width = draw.between(1, 3)
        rows = [[draw.small() for _ in range(width)] for _ in range(draw.between(1, 3))]
        return repr(rows)
    if kind == "dict":
        keys = list(dict.fromkeys(draw.words(0, 5)))
        return "{" + ", ".join(f"{draw.quoted(key)}: {draw.number()}" for key in keys) + "}"
    if kind == "set":
        items = sorted(set(draw.numbers(1, 6)) or {draw.small()})
        return "{" + ", ".join(map(str, draw.shuffled(items))) + "}"
    if kind == "tuple":
        items_text = [
            draw.quoted(draw.word()) if draw.chance(0.3) else str(draw.number())
            for _ in range(draw.between(2, 4))
        ]
        return "(" + ", ".join(items_text) + ")"
    return "None"


def needs_parentheses(text: str) -> bool:
    """Whether an operand should be put in parentheses: it is more than one name, call or literal."""
    depth = 0
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == " " and depth == 0:
            return True
    return text.startswith(("-", "~"))


def is_number(text: str) -> bool:
    return text.lstrip("-").isdigit()


def wrap(text: str) -> str:
    return f"({text})" if needs_parentheses(text) else text


class Expressions:
    """Writes expressions for a scene. depth: how many more levels of operators may be nested."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.draw = scene.draw

    # -- entry points ----------------------------------------------------------------------------
    def of(self, kind: str, depth: int = 1) -> str:
        """An expression of the kind, at best with an operator in it."""
        makers: dict[str, Maker] = {
            "int": self.int_,
            "float": self.float_,
            "bool": self.bool_,
            "str": self.str_,
            "ints": self.ints,
            "strs": self.strs,
            "dict": self.dict_,
            "set": self.set_,
            "tuple": self.tuple_,
            "grid": self.grid,
        }
        return makers[kind](depth)

    def leaf(self, kind: str, variable: float = 0.75) -> str:
        """A variable of the kind, or else a literal."""
        names = self.scene.of_kind(kind)
        if names and self.draw.chance(max(variable, self.scene.thrift)):
            return self.draw.pick(names)
        return literal(self.draw, kind)

    def operand(self, kind: str, depth: int) -> str:
        if depth > 0 and self.draw.chance(0.35):
            return wrap(self.of(kind, depth - 1))
        return wrap(self.leaf(kind))

    def likely(self, weight: float, kind: str) -> float:
        """The weight of a form that needs a variable of the kind; small where there is none."""
        return weight if self.scene.of_kind(kind) else weight * 0.06

    def value(self, text: str, default: Any) -> Any:
        """What the text evaluates to now, or the default if it raises."""
        try:
            return self.scene.evaluate(text)
        except Exception:  # whatever the text raises, a default serves to choose what goes with it
            return default

    # -- numbers ---------------------------------------------------------------------------------
    def near(self, value: int) -> int:
        """A number that makes comparing with `value` interesting."""
        return value + self.draw.weighted(
            (
                (0, 3),
                (1, 2),
                (-1, 2),
                (2, 1),
                (-2, 1),
                (10, 1),
                (-10, 1),
                (self.draw.between(-50, 50), 3),
            )
        )

    def int_(self, depth: int) -> str:
        d = self.draw
        form = d.weighted(
            (
                ("operator", 6),
                ("call", 2),
                ("of_text", self.likely(1.5, "str")),
                ("of_list", self.likely(3, "ints")),
                ("of_dict", self.likely(1.5, "dict")),
                ("choice", 0.6),
            )
        )
        if form == "operator":
            return self.arithmetic(depth)
        if form == "call":
            a, b = self.operand("int", depth - 1), self.operand("int", depth - 1)
            if a == b:
                b = str(d.number())
            return d.pick(
                (
                    f"abs({a})",
                    f"max({a}, {b})",
                    f"min({a}, {b})",
                    f"abs({a} - {b})",
                    f"int({self.leaf('float')})",
                    f"round({self.leaf('float')})",
                    f"int({d.quoted(d.digits(1, 3))})",
                    f"int({self.leaf('bool')})",
                    f"max({a}, {b}, {d.number()})",
                    f"pow({d.between(2, 9)}, {d.between(0, 3)})",
                )
            )
        if form == "of_text":
            return self.int_of_text(depth)
        if form == "of_list":
            return self.int_of_list(depth)
        if form == "of_dict" and self.scene.of_kind("dict"):
            return self.int_of_dict()
        a, b = self.operand("int", 0), self.operand("int", 0)
        return f"{a} if {self.bool_(0)} else {b}"

    def arithmetic(self, depth: int) -> str:
        d = self.draw
        left = self.operand("int", depth)
        value = self.value(left, 1)
        operator = d.weighted(
            (
                ("+", 5), ("-", 5), ("*", 4), ("//", 3), ("%", 4), ("**", 0.7),
                ("&", 0.25), ("|", 0.25), ("^", 0.25), ("<<", 0.2), (">>", 0.25), ("~", 0.15), ("neg", 0.3),
            )
        )  # fmt: skip
        if operator == "~":
            return f"~{left}"
        if operator == "neg":
            return f"-{left}"
        if operator in ("//", "%"):
            right = str(d.between(2, 20)) if d.chance(0.6) else self.operand("int", depth - 1)
            if self.value(right, 0) == 0 and d.chance(0.9):
                right = str(d.between(2, 12))
            if d.chance(0.05):
                right = f"(-{d.between(2, 12)})" if d.chance(0.3) else f"-{d.between(2, 12)}"
            return f"{left} {operator} {right}"
        if operator == "**":
            if not isinstance(value, int) or abs(value) > 30:
                left, value = str(d.between(2, 12)), 10
            return f"{left} ** {d.between(0, 4 if abs(value) < 6 else 2)}"
        if operator in ("<<", ">>"):
            return f"{left} {operator} {d.between(0, 4)}"
        if operator == "*":
            small = d.between(2, 12) if d.chance(0.7) else d.between(-9, 99)
            right = str(small) if d.chance(0.6) else self.operand("int", depth - 1)
            product = self.value(f"{left} * {right}", 0)
            if isinstance(product, int) and abs(product) > 10_000:
                return f"{left} - {abs(d.number())}"
            return f"{right} * {left}" if d.chance(0.25) else f"{left} * {right}"
        right = self.operand("int", depth - 1) if d.chance(0.6) else str(abs(d.number()))
        if right == left and d.chance(0.8):
            right = str(abs(d.number()))
        return f"{left} {operator} {right}"

    def int_of_text(self, depth: int) -> str:
        d = self.draw
        text = self.leaf("str", 0.85)
        value = str(self.value(text, ""))
        part = d.quoted(self.part_of(value))
        forms = [
            f"len({text})",
            f"{text}.count({part})",
            f"{text}.find({part})",
            f"{text}.rfind({part})",
        ]
        if value:
            index = self.index(len(value))
            forms += [f"ord({text}[{index}])", f"len({text}.strip())", f"len({text}.split())"]
            forms += [
                f"{text}.index({d.quoted(d.pick(value))})",
                f"len({text}) {d.pick('+-*%')} {d.between(1, 5)}",
            ]
        if value.isdigit():
            forms += [f"int({text})"] * 4
        return d.pick(forms)

    def int_of_list(self, depth: int) -> str:
        d = self.draw
        xs = self.operand("ints", 0)
        value = self.value(xs, [])
        if not isinstance(value, list) or not value:
            return f"len({xs})" if d.chance(0.6) else f"sum({xs})"
        item = d.pick(value) if d.chance(0.75) else d.small()
        condition = self.item_condition("x", value)
        return d.pick(
            (
                f"{xs}[{self.index(len(value))}]",
                f"{xs}[{self.index(len(value))}]",
                f"{xs}[{self.index(len(value))}] {d.pick('+-*')} {xs}[{self.index(len(value))}]",
                f"len({xs})",
                f"sum({xs})",
                f"max({xs})",
                f"min({xs})",
                f"max({xs}) - min({xs})",
                f"{xs}.count({item})",
                f"{xs}.index({item if item in value else value[0]})",
                f"sum({xs}[{self.slice_(len(value))}])",
                f"sum(x for x in {xs} if {condition})",
                f"len([x for x in {xs} if {condition}])",
                f"sum({xs}) // len({xs})",
                f"sorted({xs})[{self.index(len(value))}]",
                f"sum(x * x for x in {xs})" if max(map(abs, value)) < 50 else f"sum({xs})",
            )
        )

    def int_of_dict(self) -> str:
        d = self.draw
        name = d.pick(self.scene.of_kind("dict"))
        table: dict[str, int] = self.scene.values[name]
        key = d.pick(list(table)) if table and d.chance(0.75) else d.noun()
        forms = [
            f"len({name})",
            f"{name}.get({d.quoted(key)}, {d.small()})",
            f"sum({name}.values())",
        ]
        if key in table:
            forms += [f"{name}[{d.quoted(key)}]"] * 3
        if table:
            forms += [f"max({name}.values())", f"min({name}.values())"]
        return d.pick(forms)

    def float_(self, depth: int) -> str:
        d = self.draw
        a, b = self.operand("float", depth - 1), self.operand("float", depth - 1)
        n = self.operand("int", depth - 1)
        percent = d.pick((5, 10, 15, 20, 25, 50))
        return d.pick(
            (
                f"{a} + {b}",
                f"{a} - {b}",
                f"{a} * {d.between(2, 10)}",
                f"{a} / {d.pick((2, 4, 5, 10))}",
                f"{n} / {d.pick((2, 4, 5, 8, 10, 3))}",
                f"{a} + {n}",
                f"{n} * {d.pick((0.5, 0.25, 1.5, 0.1, 2.0))}",
                f"round({a} * {d.pick((1.1, 0.9, 1.25, 0.75))}, 2)",
                f"round({a}, 1)",
                f"float({n})",
                f"{a} * {percent} / 100",
                f"round({n} / {d.between(2, 9)}, {d.between(1, 3)})",
                f"{a} // {d.between(1, 4)}",
                f"abs({a} - {b})",
                f"max({a}, {b})",
            )
        )

    # -- truth -----------------------------------------------------------------------------------
    def item_condition(self, item: str, values: list[int]) -> str:
        """A condition on an int item that holds for some of the values and not for others."""
        d = self.draw
        middle = sorted(values)[len(values) // 2] if values else 5
        divisor = d.between(2, 5)
        return d.weighted(
            (
                (f"{item} % 2 == {d.between(0, 1)}", 3),
                (f"{item} {d.pick(('>', '<', '>=', '<='))} {middle}", 4),
                (f"{item} % {divisor} == {d.between(0, divisor - 1)}", 2),
                (f"{item} != {d.pick(values) if values else 0}", 1),
                (f"{item} > {d.pick(values) if values else 0}", 1),
            )
        )

    def bool_(self, depth: int) -> str:
        d = self.draw
        form = d.weighted(
            (
                ("ints", 5), ("parity", 2), ("text", self.likely(2.5, "str")), ("list", self.likely(2, "ints")), ("logic", 2.2 if depth > 0 else 0),
                ("not", 0.8), ("chain", 0.8), ("mixed", 0.4), ("all", self.likely(0.8, "ints")), ("flag", self.likely(1, "bool")),
            )
        )  # fmt: skip
        if form == "ints":
            left = self.operand("int", depth - 1)
            right = self.leaf("int") if d.chance(0.4) else self._number_near(left)
            if right == left or (is_number(left) and is_number(right)):
                left = self.leaf("int", 1)
                right = self._number_near(left)
            return f"{left} {d.pick(('<', '>', '<=', '>=', '==', '!='))} {right}"
        if form == "parity":
            divisor = d.between(2, 6)
            return f"{self.leaf('int', 0.95)} % {divisor} {d.pick(('==', '==', '!='))} {d.between(0, divisor - 1)}"
        if form == "text":
            return self.bool_of_text()
        if form == "list":
            return self.bool_of_list()
        if form == "logic":
            left, right = self.bool_(depth - 1), self.bool_(depth - 1)
            operator = d.pick(("and", "or"))
            if d.chance(0.25):
                left = f"not {wrap(left)}"
            return f"{self._in_logic(left, operator)} {operator} {self._in_logic(right, operator)}"
        if form == "not":
            return f"not {wrap(self.bool_(depth - 1))}"
        if form == "chain":
            middle = self.leaf("int", 0.95)
            value = self.value(middle, 0)
            value = value if isinstance(value, int) else 0
            low, high = value - d.between(0, 12), value + d.between(-2, 12)
            return f"{low} {d.pick(('<', '<='))} {middle} {d.pick(('<', '<='))} {high}"
        if form == "mixed":
            a, b = (
                self.leaf(d.pick(("int", "str", "float"))),
                self.leaf(d.pick(("int", "str", "bool"))),
            )
            names = self.scene.names
            if names and d.chance(0.4):
                return f"{d.pick(names)} {d.pick(('is', 'is not'))} None"
            return f"{a} {d.pick(('==', '!='))} {b}"
        if form == "all":
            xs = self.leaf("ints", 0.9)
            value = self.value(xs, [])
            return f"{d.pick(('any', 'all'))}({self.item_condition('x', value)} for x in {xs})"
        return self.leaf("bool", 0.95)

    def _number_near(self, text: str) -> str:
        value = self.value(text, 0)
        return str(self.near(value if isinstance(value, int) else 0))

    @staticmethod
    def _in_logic(text: str, operator: str) -> str:
        """A part of `and`/`or`, in parentheses where the other operator stands in it."""
        mixed = (" or " in text and operator == "and") or " if " in text
        return f"({text})" if mixed or (" and " in text and operator == "or") else text

    def bool_of_text(self) -> str:
        d = self.draw
        text = self.leaf("str", 0.85)
        value = str(self.value(text, ""))
        part = d.quoted(self.part_of(value))
        other = self.leaf("str", 0.6)
        test = d.pick(("isdigit", "isalpha", "isupper", "islower", "isalnum", "isspace", "istitle"))
        forms = [
            f"{part} in {text}",
            f"{part} not in {text}",
            f"{text}.startswith({part})",
            f"{text}.endswith({part})",
            f"{text}.{test}()",
            f"{text}.{test}()",
            f"{text} {d.pick(('==', '!=', '<', '>'))} {other}",
            f"len({text}) {d.pick(('>', '<', '==', '>='))} {max(0, self.near(len(value)))}",
            f"{text} == {text}[::-1]",
            f"{text}.lower() == {other}.lower()",
        ]
        if value:
            forms.append(
                f"{text}[{self.index(len(value))}] {d.pick(('==', '!=', '<', '>='))} {d.quoted(d.pick(value))}"
            )
        return d.pick(forms)

    def bool_of_list(self) -> str:
        d = self.draw
        xs = self.leaf("ints", 0.85)
        value = self.value(xs, [])
        item = d.pick(value) if value and d.chance(0.6) else d.small()
        forms = [
            f"{item} in {xs}",
            f"{item} not in {xs}",
            f"len({xs}) {d.pick(('>', '<', '==', '>='))} {len(value)}",
        ]
        forms += [f"not {xs}", f"{xs} == []", f"bool({xs})"]
        if value:
            forms += [
                f"{xs}[{self.index(len(value))}] {d.pick(('<', '>', '=='))} {xs}[{self.index(len(value))}]"
            ] * 2
            forms += [f"{xs} == sorted({xs})", f"max({xs}) > {self.near(max(value))}"]
        return d.pick(forms)

    # -- text ------------------------------------------------------------------------------------
    def part_of(self, text: str) -> str:
        """A piece of the text, or something that is not in it."""
        d = self.draw
        if not text or d.chance(0.25):
            return d.pick(("a", "e", " ", ",", "z", "an", "er", "x", "l", "1"))
        start = d.pick((0, len(text) - 1, d.between(0, len(text) - 1)))
        return text[start : start + d.weighted(((1, 5), (2, 3), (3, 1)))] or text[0]

    def index(self, length: int) -> int:
        """An index into something of this length; ends are likelier than the middle."""
        d = self.draw
        if length <= 1:
            return d.pick((0, 0, -1))
        return d.weighted(
            ((0, 3), (-1, 3), (length - 1, 1), (1, 2), (-2, 1), (d.between(-length, length - 1), 4))
        )

    def slice_(self, length: int) -> str:
        """A slice, without brackets, whose ends fall in, on and outside the length."""
        d = self.draw

        def end() -> str:
            if d.chance(0.28):
                return ""
            if d.chance(0.2):
                return str(-d.between(1, max(1, length)))
            return str(d.between(0, length + (2 if d.chance(0.15) else 0)))

        start, stop = end(), end()
        if d.chance(0.22):
            return f"{start if d.chance(0.5) else ''}:{stop if d.chance(0.4) else ''}:{d.pick((-1, -1, 2, 2, 3, -2))}"
        if (
            start
            and stop
            and not start.startswith("-")
            and not stop.startswith("-")
            and d.chance(0.85)
        ):
            start, stop = sorted((start, stop), key=int)
        return f"{start}:{stop}"

    def str_(self, depth: int) -> str:
        d = self.draw
        text = self.operand("str", depth - 1) if d.chance(0.5) else self.leaf("str", 0.9)
        raw = self.value(text, "")
        value = raw if isinstance(raw, str) else ""
        form = d.weighted(
            (
                ("method", 5),
                ("slice", 3),
                ("join", 2.5),
                ("format", 3),
                ("convert", 1.2),
                ("repeat", 1),
                ("index", 1.5),
            )
        )
        if form == "method":
            return self.method_of(text, value)
        if form == "slice":
            return f"{text}[{self.slice_(len(value))}]"
        if form == "index" and value:
            return f"{text}[{self.index(len(value))}]"
        if form == "join":
            return d.pick(
                (
                    f"{text} + {self.operand('str', depth - 1)}",
                    f"{text} + {d.quoted(d.pick(('!', '?', ' ', '-', '.', 's', '...', ', ')))}",
                    f"{d.quoted(d.pick((', ', '-', '', ' ', '/', '_', '+')))}.join({self.leaf('strs')})",
                    f"{text} + str({self.operand('int', 0)})",
                    f"{d.quoted(d.pick(('-', '.', '', ' ')))}.join({text})",
                )
            )
        if form == "format":
            return self.format_string()
        if form == "convert":
            return d.pick(
                (
                    f"str({self.operand('int', depth - 1)})",
                    f"str({self.leaf('float')})",
                    f"chr({d.between(97, 122)})",
                    f"bin({d.between(0, 40)})",
                    f"str({self.leaf('ints')})",
                    f"str({self.leaf('bool')})",
                    f"repr({text})",
                    f"max({text}, {self.leaf('str')})",
                    f"type({self.leaf(d.pick(('int', 'str', 'float', 'ints')))}).__name__",
                )
            )
        if form == "repeat":
            return (
                f"{text} * {d.between(0, 4)}"
                if len(value) <= 8
                else f"{text}[:{d.between(1, 4)}] * 2"
            )
        return f"{text} + {self.leaf('str')}"

    def method_of(self, text: str, value: str) -> str:
        """A string method that gives a string."""
        d = self.draw
        plain = d.pick(
            (
                "upper",
                "lower",
                "title",
                "capitalize",
                "swapcase",
                "strip",
                "lstrip",
                "rstrip",
                "casefold",
            )
        )
        part, other = self.part_of(value), d.pick(("", "-", "_", "o", "X", "*", " ", "ee", "a"))
        width = len(value) + d.between(-1, 6)
        fill = d.pick(("", "", ", '*'", ", '-'", ", '.'", ", '0'"))
        edge = value[:1] + value[-1:] if value.strip() else " "
        return d.weighted(
            (
                (f"{text}.{plain}()", 6),
                (f"{text}.replace({d.quoted(part)}, {d.quoted(other)})", 3),
                (f"{text}.replace({d.quoted(part)}, {d.quoted(other)}, 1)", 0.4),
                (f"{text}.{d.pick(('center', 'ljust', 'rjust'))}({width}{fill})", 1.2),
                (f"{text}.zfill({width})", 0.8),
                (f"{text}.{d.pick(('strip', 'lstrip', 'rstrip'))}({d.quoted(edge)})", 0.8),
                (f"{text}.{plain}().{d.pick(('strip', 'upper', 'lower', 'title'))}()", 0.8),
                (f"{text}.{d.pick(('removeprefix', 'removesuffix'))}({d.quoted(part)})", 0.3),
            )
        )

    def format_string(self) -> str:
        """An f-string over variables, with a simple format now and then."""
        d = self.draw
        scene = self.scene
        parts: list[str] = []
        for _ in range(d.between(1, 2)):
            label = d.pick(
                (
                    "",
                    "",
                    f"{d.noun()}: ",
                    f"{d.noun()} = ",
                    "x",
                    "",
                    "#",
                    "Total: ",
                    "Hi, ",
                    f"{d.noun()} ",
                )
            )
            names = scene.of_kind("int", "str", "float", "bool")
            if not names or d.chance(0.15):
                parts.append(label + "{" + self.arithmetic(0) + "}")
                continue
            name = d.pick(names)
            spec = d.weighted(self._specs(kind_of(scene.values[name])))
            parts.append(label + "{" + name + spec + "}")
        text = d.pick((" ", ", ", "-", "", " and ")).join(parts) + d.pick(("", "", "!", ".", "%"))
        return f'f"{text}"' if '"' not in text else f"f'{text}'"

    def _specs(self, kind: str) -> list[tuple[str, float]]:
        d = self.draw
        width = d.between(2, 8)
        plain: list[tuple[str, float]] = [
            ("", 6),
            (f":>{width}", 1),
            (f":<{width}", 0.6),
            (f":^{width}", 0.5),
        ]
        if kind == "int":
            plain += [
                (":03d", 0.5),
                (f":{width}d", 0.5),
                (":04", 0.3),
                (":,", 0.3),
                (":b", 0.2),
                (":+", 0.2),
                (":.2f", 0.4),
            ]
        elif kind == "float":
            plain += [(":.2f", 4), (":.1f", 3), (":.0f", 0.8), (f":{width}.2f", 0.8)]
        elif kind == "str":
            plain += [
                ("!r", 1),
                (f":*^{width + 4}", 0.3),
                (f":-<{width + 3}", 0.2),
                (".upper()", 0.5),
            ]
        return plain

    # -- collections -----------------------------------------------------------------------------
    def ints(self, depth: int) -> str:
        d = self.draw
        xs = self.leaf("ints", 0.85)
        value = self.value(xs, [])
        n = d.between(0, 7)
        start = d.between(-3, 6)
        item = d.pick(("x", "n", "i", "k", "v"))
        change = d.pick(
            (f"{item} * 2", f"{item} + {d.between(1, 10)}", f"{item} ** 2", f"{item} - {d.between(1, 5)}",
             f"-{item}", f"{item} % {d.between(2, 5)}", f"{item} // 2", f"abs({item})")
        )  # fmt: skip
        text = self.leaf("strs", 0.8)
        return d.pick(
            (
                f"sorted({xs})",
                f"sorted({xs}, reverse=True)",
                f"{xs}[{self.slice_(len(value))}]",
                f"{xs}[{self.slice_(len(value))}]",
                f"[{change} for {item} in {xs}]",
                f"[{change} for {item} in {xs} if {self.item_condition(item, value)}]",
                f"[{item} for {item} in {xs} if {self.item_condition(item, value)}]",
                f"[{change} for {item} in range({n})]",
                f"{xs} + [{d.small()}]",
                f"{xs} + {self.leaf('ints')}",
                f"[{d.small()}] * {d.between(0, 5)}",
                f"list(range({n}))",
                f"list(range({start}, {start + d.between(-1, 6)}))",
                f"list(range({start}, {start + d.between(4, 15)}, {d.between(2, 4)}))",
                f"list(range({n + 3}, {d.between(0, 3)}, -{d.between(1, 3)}))",
                f"list(reversed({xs}))",
                f"[len(w) for w in {text}]",
                f"list(map(len, {text}))",
                f"list(map(lambda {item}: {change}, {xs}))",
                f"list(filter(lambda {item}: {self.item_condition(item, value)}, {xs}))",
                f"[i for i, {item} in enumerate({xs}) if {self.item_condition(item, value)}]"
                if item != "i"
                else f"{xs}.copy()",
                f"[a {d.pick('+-*')} b for a, b in zip({xs}, {self.leaf('ints')})]",
                f"sorted(set({xs}))",
                f"[int(c) for c in {d.quoted(d.digits(1, 6))}]",
                f"sorted({xs}, key=lambda {item}: {change})",
            )
        )

    def strs(self, depth: int) -> str:
        d = self.draw
        ws = self.leaf("strs", 0.8)
        value = self.value(ws, [])
        text = self.leaf("str", 0.85)
        raw = str(self.value(text, ""))
        separator = d.pick([c for c in ", -:;/_" if c in raw] or [" "])
        return d.pick(
            (
                f"{text}.split()",
                f"{text}.split({d.quoted(separator)})",
                f"list({text})" if len(raw) <= 10 else f"list({text}[:{d.between(2, 6)}])",
                f"sorted({ws})",
                f"sorted({ws}, key=len)",
                f"sorted({ws}, reverse=True)",
                f"[w.{d.pick(('upper', 'title', 'lower', 'capitalize'))}() for w in {ws}]",
                f"[w[0] for w in {ws} if w]",
                f"[w for w in {ws} if len(w) {d.pick('<>')} {d.between(3, 5)}]",
                f"[w for w in {ws} if {d.quoted(d.pick('aeor'))} in w]",
                f"{ws}[{self.slice_(len(value))}]",
                f"{ws} + [{self.leaf('str')}]",
                f"[c for c in {text} if c.{d.pick(('isalpha', 'isdigit', 'isupper'))}()]",
                f"[w[::-1] for w in {ws}]",
                f"[str(x) for x in {self.leaf('ints')}]",
                f"list(map(str, {self.leaf('ints')}))",
                f"[w + {d.quoted(d.pick(('s', '!', '-', '1')))} for w in {ws}]",
                f"sorted({text})[:{d.between(2, 5)}]",
            )
        )

    def dict_(self, depth: int) -> str:
        d = self.draw
        ws = self.leaf("strs", 0.85)
        names = self.scene.of_kind("dict")
        forms = [
            f"{{w: len(w) for w in {ws}}}",
            f"{{c: {self.leaf('str')}.count(c) for c in {d.quoted(d.letters(1, 4))}}}",
            f"dict(zip({ws}, {self.leaf('ints')}))",
            f"{{w: i for i, w in enumerate({ws})}}",
            literal(d, "dict"),
        ]
        if names:
            name = d.pick(names)
            limit = d.pick([*self.scene.values[name].values(), 5])
            forms += [
                f"{{k: v for k, v in {name}.items() if v {d.pick('<>')} {limit}}}",
                f"{{k: v {d.pick('+-*')} {d.between(1, 5)} for k, v in {name}.items()}}",
                f"dict(sorted({name}.items()))",
                f"{name}.copy()",
            ]
        return d.pick(forms)

    def set_(self, depth: int) -> str:
        d = self.draw
        a, b = self.leaf("set", 0.8), self.leaf("set", 0.8)
        return d.pick(
            (
                f"{a} {d.pick(('|', '&', '-', '^'))} {b}",
                f"{a}.{d.pick(('union', 'intersection', 'difference'))}({b})",
                f"set({self.leaf('ints')})",
                f"{{x % {d.between(2, 5)} for x in {self.leaf('ints')}}}",
                f"set(range({d.between(0, 3)}, {d.between(3, 8)}))",
            )
        )

    def tuple_(self, depth: int) -> str:
        d = self.draw
        a, b = self.leaf("int"), self.leaf("int")
        name = self.leaf("tuple", 0.8)
        value = self.value(name, ())
        return d.pick(
            (
                f"({a}, {b})",
                f"divmod({a}, {d.between(2, 12)})",
                f"({self.leaf('str')}, {a})",
                f"{name}[{self.slice_(len(value))}]",
                f"{name} + ({d.small()},)",
                f"tuple({self.leaf('ints')})",
                f"({a}, {self.arithmetic(0)}, {b})",
                f"(min({a}, {b}), max({a}, {b}))",
            )
        )

    def grid(self, depth: int) -> str:
        d = self.draw
        rows, columns = d.between(1, 3), d.between(1, 3)
        return d.pick(
            (
                f"[[0] * {columns} for _ in range({rows})]",
                f"[[i {d.pick('+*-')} j for j in range({columns})] for i in range({rows})]",
                f"[[x, x {d.pick('+*')} {d.between(2, 5)}] for x in {self.leaf('ints')}]",
                f"[{self.leaf('ints')}, {self.leaf('ints')}]",
                literal(d, "grid"),
            )
        )
