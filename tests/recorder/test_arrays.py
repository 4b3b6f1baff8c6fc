"""Arrays and tables: shape, types and a corner, without ever running the program's code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cwm_lab.recorder import record
from cwm_lab.recorder.display import display, has_identity
from cwm_lab.trace import Trace


class Loud:
    """Complains when it is looked at."""

    def __repr__(self) -> str:
        raise AssertionError

    __str__ = __repr__

    def __len__(self) -> int:
        raise AssertionError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.arange(3), "<ndarray (3,) int64 [0, 1, 2]>"),
        (np.eye(2), "<ndarray (2, 2) float64 [[1.0, 0.0], [0.0, 1.0]]>"),
        (np.zeros((7, 1)), "<ndarray (7, 1) float64 [[0.0], [0.0], [0.0], [0.0], [0.0], ...]>"),
        (np.array(5), "<ndarray () int64 5>"),
        (np.array([]), "<ndarray (0,) float64 []>"),
        (np.array(["a", "b"]), "<ndarray (2,) <U1 ['a', 'b']>"),
        (np.array([True]), "<ndarray (1,) bool [True]>"),
        (np.array([Loud()], dtype=object), "<ndarray (1,) object>"),
        (
            np.arange(10**7)[5:],
            f"<ndarray (9999995,) int64 [{', '.join(map(str, range(5, 25)))}, ...]>",
        ),
        (np.int64(3), "int64(3)"),
        (np.float64(2.5), "float64(2.5)"),
        (pd.Series([1.5, 2.0]), "<Series (2,) float64 [1.5, 2.0]>"),
        (
            pd.DataFrame({"n": [1, 2], 3: [1.5, None]}),
            "<DataFrame (2, 2) {'n': [1, 2], 3: [1.5, nan]}>",
        ),
        (
            pd.DataFrame(np.zeros((9, 9), int)).T.iloc[:, :1],
            "<DataFrame (9, 1) {0: [0, 0, 0, 0, 0, ...]}>",
        ),
        (pd.DataFrame(), "<DataFrame (0, 0) {}>"),
        (pd.DataFrame({"x": [Loud()]}), "<DataFrame (1, 1) {'x': [<Loud>]}>"),
    ],
    ids=lambda value: "",
)
def test_form(value: object, text: str) -> None:
    assert display(value) == text


def test_subclasses_are_not_asked() -> None:
    class Mine(np.ndarray):
        def __getitem__(self, key: Any) -> Any:
            raise AssertionError

        @property
        def shape(self) -> Any:
            raise AssertionError

    assert display(np.zeros(3).view(Mine)) == "<Mine>"


def test_only_arrays_can_change() -> None:
    assert has_identity(np.zeros(2))
    assert has_identity(pd.DataFrame())
    assert not has_identity(np.int64(2))


def states(trace: Trace, name: str) -> list[str]:
    return [step.locals[name] for step in trace.steps if name in step.locals]


@pytest.mark.parametrize("sandbox", [True, False])
def test_changes_are_seen(sandbox: bool) -> None:
    source = (
        "import numpy as np\na = np.arange(4)\nb = a[:2]\nb[0] = 9\nc = 1\na.shape = 2, 2\n"
        "import pandas as pd\nd = pd.DataFrame({'x': [1, 2]})\nd.loc[0, 'x'] = 7\nd['y'] = 0\n"
    )
    trace = record(source, sandbox=sandbox, max_seconds=60, max_memory=2**31)
    assert trace.outcome.kind == "finished", trace.outcome
    assert states(trace, "a") == [
        "<ndarray (4,) int64 [0, 1, 2, 3]>",
        "<ndarray (4,) int64 [9, 1, 2, 3]>",
        "<ndarray (2, 2) int64 [[9, 1], [2, 3]]>",
    ]
    assert states(trace, "b") == ["<ndarray (2,) int64 [0, 1]>", "<ndarray (2,) int64 [9, 1]>"]
    assert states(trace, "d") == [
        "<DataFrame (2, 1) {'x': [1, 2]}>",
        "<DataFrame (2, 1) {'x': [7, 2]}>",
        "<DataFrame (2, 2) {'x': [7, 2], 'y': [0, 0]}>",
    ]
