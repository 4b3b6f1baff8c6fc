"""Tests that need the server to be busy at the right moment, which a fast model may not be."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import count
from typing import Any

FRESH = count(1000, 1000)
"""Numbers that make programs new, so that no answer is kept of them."""


def again(test: Callable[..., None]) -> Callable[..., None]:
    """A test that is right if one of four attempts is."""

    @wraps(test)
    def attempts(*args: Any, **named: Any) -> None:
        for _ in range(3):
            try:
                return test(*args, **named)
            except AssertionError:
                continue
        return test(*args, **named)

    return attempts
