"""Random simple statements over a scene: assignments, mutations, prints, assertions."""

from __future__ import annotations

from typing import Final

from cwm_lab.training.generator.expressions import Expressions, literal
from cwm_lab.training.generator.scene import Scene, is_small, kind_of

KINDS: Final = (
    ("int", 10.0),
    ("str", 8.0),
    ("bool", 3.0),
    ("float", 2.5),
    ("ints", 4.0),
    ("strs", 2.0),
    ("dict", 1.2),
    ("set", 0.6),
    ("tuple", 1.0),
    ("grid", 0.4),
)


class Statements:
    """Writes simple statements for a scene and runs each one there to keep the values live."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.draw = scene.draw
        self.expressions = Expressions(scene)

    def kind(self) -> str:
        return self.draw.weighted(KINDS)

    def accept(self, statement: str) -> bool:
        """Run the statement in the scene; False if it raised or made a value grow too large.

        A statement that raises may have changed values before it did; the program's trial run
        judges the whole in the end.
        """
        try:
            self.scene.run(statement)
        except Exception:  # noqa: BLE001 - any error means: do not use this statement
            self.scene.learn()
            return False
        return all(is_small(self.scene.values[name]) for name in self.scene.names)

    def declare(self, kind: str) -> str:
        """`name = literal`, run in the scene."""
        name = self.scene.new_name(kind)
        statement = f"{name} = {literal(self.draw, kind)}"
        self.scene.run(statement)
        return statement

    def compute(self, kind: str, depth: int = 1) -> str | None:
        """`name = expression` that works, or None after a few vain tries."""
        for _ in range(6):
            expression = self.expressions.of(kind, depth)
            if len(expression) > 70 or not self.works(expression):
                continue
            names = self.scene.of_kind(kind)
            again = names and self.draw.chance(0.25)
            name = self.draw.pick(names) if again else self.scene.new_name(kind)
            statement = f"{name} = {expression}"
            if self.accept(statement):
                return statement
        return None

    def show(self, depth: int = 1) -> str:
        """A print of expressions or variables that works."""
        d = self.draw
        for _ in range(8):
            form = d.rng.random()
            if form < 0.35 and self.scene.names:
                text = d.pick(self.scene.names)
            elif form < 0.55 and len(self.scene.names) > 1:
                text = ", ".join(d.sample(self.scene.names, d.between(2, 3)))
            elif form < 0.7 and self.scene.names:
                name = d.pick(self.scene.names)
                label = d.pick(
                    (f"{name}:", f"{name} =", d.noun(), "result:", "Total:", "now", "->")
                )
                text = f"{d.quoted(label)}, {name}"
            else:
                text = self.expressions.of(self.kind(), depth)
            if d.chance(0.06):
                text += d.pick((', sep=""', ", sep='-'", ', end=" "', ", end=''", ', sep=", "'))
            statement = f"print({text})"
            if len(statement) < 80 and self.prints(text):
                return statement
        return f"print({d.quoted(d.word())})"

    def works(self, expression: str) -> bool:
        try:
            return is_small(self.scene.evaluate(expression))
        except Exception:  # noqa: BLE001 - any error means: not this expression
            return False

    def prints(self, arguments: str) -> bool:
        before = len(self.scene.written)
        try:
            self.scene.evaluate(f"print({arguments})")
        except Exception:  # noqa: BLE001 - any error means: not this print
            return False
        written = "".join(self.scene.written[before:])
        return len(written) < 60 and " at 0x" not in written and "<generator" not in written

    def augmented(self) -> str | None:
        d = self.draw
        for _ in range(5):
            kind = d.weighted((("int", 6), ("str", 2), ("float", 1), ("ints", 1)))
            names = self.scene.of_kind(kind)
            if not names:
                continue
            name = d.pick(names)
            if kind == "int":
                operator = d.weighted(
                    (
                        ("+=", 5),
                        ("-=", 4),
                        ("*=", 2),
                        ("//=", 1.5),
                        ("%=", 1.5),
                        ("**=", 0.2),
                        ("|=", 0.1),
                        ("^=", 0.1),
                    )
                )
                right = {
                    "*=": str(d.between(2, 5)),
                    "//=": str(d.between(2, 10)),
                    "%=": str(d.between(2, 12)),
                    "**=": "2",
                }.get(operator, self.expressions.operand("int", 1))
            elif kind == "str":
                operator, right = "+=", self.expressions.leaf("str", 0.3)
                if d.chance(0.15):
                    operator, right = "*=", str(d.between(0, 3))
            elif kind == "float":
                operator = d.pick(("+=", "-=", "*=", "/="))
                right = (
                    str(d.between(2, 10)) if d.chance(0.5) else self.expressions.leaf("float", 0.3)
                )
            else:
                operator, right = "+=", repr(d.numbers(1, 3))
            if right == name and d.chance(0.8):
                right = literal(d, kind)
            statement = f"{name} {operator} {right}"
            if self.works(f"{name} {operator[:-1]} {right}") and self.accept(statement):
                return statement
        return None

    def mutation(self) -> str | None:
        """A statement that changes a list, dict or set in place."""
        d = self.draw
        for _ in range(5):
            names = self.scene.of_kind("ints", "strs", "dict", "set", "grid")
            if not names:
                return None
            name = d.pick(names)
            kind = kind_of(self.scene.values[name])
            if kind in ("ints", "strs"):
                statement = self.list_mutation(name, kind)
            elif kind == "dict":
                statement = self.dict_mutation(name)
            elif kind == "set":
                statement = self.set_mutation(name)
            else:
                statement = self.grid_mutation(name)
            if self.accept(statement):
                return statement
        return None

    def list_mutation(self, name: str, kind: str) -> str:
        d = self.draw
        e = self.expressions
        items = self.scene.values[name]
        item_kind = "int" if kind == "ints" else "str"
        item = e.operand(item_kind, 1)
        at = e.index(len(items))
        target = self.scene.new_name(item_kind)
        old = repr(d.pick(items)) if items else "0"
        other = repr(d.numbers(0, 3)) if kind == "ints" else repr(d.words(0, 2))
        return d.weighted(
            (
                (f"{name}.append({item})", 4),
                (f"{name}.insert({d.between(0, len(items))}, {item})", 1.5),
                (f"{name}[{at}] = {item}", 3),
                (f"{name}.pop()", 1),
                (f"{target} = {name}.pop()", 1.5),
                (f"{target} = {name}.pop({at})", 1.5),
                (f"{name}.remove({old})", 1.5),
                (f"{name}.sort()", 1.5),
                (f"{name}.sort(reverse=True)", 0.7),
                (f"{name}.reverse()", 1),
                (f"{name}.extend({other})", 1.2),
                (f"del {name}[{at}]", 1.2),
                (f"del {name}[{e.slice_(len(items))}]", 0.3),
                (f"{name}[{d.between(0, 2)}:{d.between(2, 3)}] = {other}", 0.3),
                (f"{name}.clear()", 0.2),
                (f"{name} += [{item}]", 0.8),
                (f"{name}[0], {name}[-1] = {name}[-1], {name}[0]", 0.8),
                (f"{name}[{at}] += {item}", 0.8),
            )
        )

    def dict_mutation(self, name: str) -> str:
        d = self.draw
        table: dict[str, int] = self.scene.values[name]
        key = d.quoted(d.pick(list(table)) if table and d.chance(0.65) else d.noun())
        value = self.expressions.operand("int", 1)
        target = self.scene.new_name("int")
        return d.weighted(
            (
                (f"{name}[{key}] = {value}", 4),
                (f"{name}[{key}] = {name}.get({key}, 0) + {d.between(1, 5)}", 2.5),
                (f"{name}[{key}] += {d.between(1, 9)}", 2),
                (f"{target} = {name}.pop({key})", 1.2),
                (f"{target} = {name}.pop({key}, {d.small()})", 0.6),
                (f"del {name}[{key}]", 1),
                (f"{name}.update({{{key}: {value}}})", 0.7),
                (f"{target} = {name}.setdefault({key}, {d.small()})", 0.6),
                (f"{name}.clear()", 0.1),
            )
        )

    def set_mutation(self, name: str) -> str:
        d = self.draw
        items = sorted(self.scene.values[name])
        item = d.pick(items) if items and d.chance(0.5) else d.small()
        return d.pick(
            (
                f"{name}.add({item})",
                f"{name}.discard({item})",
                f"{name}.remove({item})",
                f"{name} |= {{{d.small()}, {d.small()}}}",
                f"{name} -= {{{item}}}",
                f"{name}.update({d.numbers(1, 3)})",
            )
        )

    def grid_mutation(self, name: str) -> str:
        d = self.draw
        rows = self.scene.values[name]
        if not rows:
            return f"{name}.append([{d.small()}])"
        row = d.between(0, len(rows) - 1)
        if not rows[row]:
            return f"{name}[{row}].append({d.small()})"
        column = d.between(0, len(rows[row]) - 1)
        return d.pick(
            (
                f"{name}[{row}][{column}] = {d.number()}",
                f"{name}[{row}][{column}] += {d.between(1, 5)}",
                f"{name}[{row}].append({d.small()})",
                f"{name}.append({d.numbers(1, 3)})",
                f"{name}[{row}] = {d.numbers(1, 3)}",
            )
        )

    def unpacking(self) -> str | None:
        """Several names bound at once: swaps, starred names, chains."""
        d = self.draw
        e = self.expressions
        for _ in range(5):
            pairs = self.scene.of_kind("int", "str")
            a, b, c = (self.scene.new_name("int") for _ in range(3))
            if len({a, b, c}) < 3:
                continue
            xs = e.leaf(d.pick(("ints", "strs", "tuple")), 0.9)
            forms = [
                f"{a}, {b} = {e.leaf('int')}, {e.leaf('int')}",
                f"{a}, {b} = divmod({e.leaf('int')}, {d.between(2, 12)})",
                f"{a}, *{b} = {xs}",
                f"*{a}, {b} = {xs}",
                f"{a}, {b}, *{c} = {xs}",
                f"{a}, *{b}, {c} = {xs}",
                f"{a} = {b} = {e.leaf(d.pick(('int', 'str')), 0.3)}",
                f"{a}, {b} = {xs}",
                f"{a}, {b}, {c} = {xs}",
                f"{a} = {b} = []",
            ]
            if len(pairs) > 1:
                x, y = d.sample(pairs, 2)
                forms += [f"{x}, {y} = {y}, {x}"] * 4
                forms += [f"{x}, {y} = {y}, {x} + {y}"]
            statement = d.pick(forms)
            if self.accept(statement):
                return statement
        return None

    def alias(self) -> str | None:
        """A second name for a mutable value, or a copy of it."""
        d = self.draw
        names = self.scene.of_kind("ints", "strs", "dict", "grid")
        if not names:
            return None
        name = d.pick(names)
        kind = kind_of(self.scene.values[name])
        target = self.scene.new_name(kind)
        source = d.weighted(
            (
                (name, 5),
                (f"{name}.copy()", 1.5),
                (f"{'dict' if kind == 'dict' else 'list'}({name})", 1),
            )
        )
        if kind != "dict" and d.chance(0.12):
            source = f"{name}[:]"
        statement = f"{target} = {source}"
        return statement if self.accept(statement) else None

    def simple(self) -> str:
        """Any simple statement that works now."""
        d = self.draw
        for _ in range(10):
            form = d.weighted(
                (
                    ("compute", 6),
                    ("augmented", 3),
                    ("mutation", 3),
                    ("show", 2),
                    ("unpacking", 1),
                    ("alias", 0.6),
                )
            )
            statement: str | None
            if form == "compute":
                statement = self.compute(self.kind())
            elif form == "augmented":
                statement = self.augmented()
            elif form == "mutation":
                statement = self.mutation()
            elif form == "unpacking":
                statement = self.unpacking()
            elif form == "alias":
                statement = self.alias()
            else:
                statement = self.show()
            if statement is not None:
                return statement
        return self.declare("int")
