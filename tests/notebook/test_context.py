from __future__ import annotations

import ast

from cwm_lab.notebook.context import Context, gather_context
from cwm_lab.notebook.shell import history_of
from tests.notebook.conftest import Notebook


def context(notebook: Notebook, cell: str) -> Context:
    return gather_context(ast.parse(cell), notebook.names, history_of(notebook.shell))


def test_functions_come_with_all_they_reach(notebook: Notebook) -> None:
    notebook.run("import math\nfrom collections import Counter as C\nLIMIT = 3")
    notebook.run("def unused():\n    pass\n\ndef base(x, k=LIMIT):\n    return math.floor(x) + k")
    notebook.run("def top(x):\n    return base(x) if x else C()")
    found = context(notebook, "top(2)")
    namespace: dict[str, object] = {}
    exec(found.text, namespace)
    assert namespace["top"](2.5) == 5  # type: ignore[operator]
    assert "unused" not in found.text
    assert found.left_out == {}


TWO = """def same(f): return f

def first():
    return 1

@same
def second():
    return 2
"""


def test_context_lines_lead_back_to_the_cells(notebook: Notebook) -> None:
    notebook.run(TWO)
    found = context(notebook, "second(); first()")
    shown = found.text.splitlines()
    assert len(found.lines) == 6
    for (_, real), negative in found.lines.items():
        assert shown[-negative - 1] == TWO.splitlines()[real - 1]


def test_plain_values_become_assignments_and_share_objects(notebook: Notebook) -> None:
    notebook.run("xs = [1, {'k': (2.5, None)}]\nys = xs\nname = 'Ada'")
    found = context(notebook, "print(xs, ys, name)")
    namespace: dict[str, object] = {}
    exec(found.text, namespace)
    assert namespace["xs"] == [1, {"k": (2.5, None)}]
    assert namespace["ys"] is namespace["xs"]


def test_what_cannot_be_said_is_named_and_never_asked_for_its_repr(notebook: Notebook) -> None:
    notebook.run(
        "class Loud:\n    def __repr__(self):\n        raise RuntimeError('asked')\n"
        "loud = [Loud()]\n"
        "nan = float('nan')\nbig = list(range(100_000))"
    )
    found = context(notebook, "loud, nan, big")
    assert found.left_out == {"loud": "list", "nan": "float", "big": "list"}
    assert found.text == ""


def test_classes_with_and_without_methods(notebook: Notebook) -> None:
    notebook.run("class Base:\n    kind = 'base'")
    notebook.run("class Dog(Base):\n    def bark(self):\n        return self.kind + '!'")
    notebook.run("%%predict\nclass Later:\n    x = 1")
    found = context(notebook, "Dog().bark(); Later")
    assert found.text.index("class Base") < found.text.index("class Dog")
    namespace: dict[str, object] = {}
    exec(found.text, namespace)
    assert "Later" in namespace


def test_the_newest_definition_counts(notebook: Notebook) -> None:
    notebook.run("def f():\n    return 1")
    notebook.run("def f():\n    return 2")
    assert "return 2" in context(notebook, "f()").text
    assert "return 1" not in context(notebook, "f()").text


def test_wrapped_functions_keep_their_decorators(notebook: Notebook) -> None:
    notebook.run("from functools import lru_cache")
    notebook.run("@lru_cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)")
    text = context(notebook, "fib(5)").text
    assert "@lru_cache\ndef fib" in text
    assert "from functools import lru_cache" in text
