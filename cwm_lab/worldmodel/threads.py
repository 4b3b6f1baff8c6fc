"""One thread for numpy's matrix products, while the built-in engine works.

The network's matrices are so small that sharing a product between threads costs more than it
saves; on a busy machine the threads also wait for each other's processor. OpenBLAS, which numpy's
wheels for Linux and Windows bring, is told so through its own functions; where numpy has another
library (Accelerate on macOS), or was built otherwise, nothing is changed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from numpy.linalg import _umath_linalg

_NAMES = (
    "scipy_openblas_{}_num_threads64_",
    "openblas_{}_num_threads64_",
    "openblas_{}_num_threads",
)


@cache
def _functions() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """How many threads OpenBLAS uses, and what sets it; None where it is not found."""
    # A name is looked for in the extension module and in the libraries that it was linked with.
    try:
        library = ctypes.CDLL(_umath_linalg.__file__)
    except OSError:
        return None
    for name in _NAMES:
        get = getattr(library, name.format("get"), None)
        put = getattr(library, name.format("set"), None)
        if get is not None and put is not None:
            get.argtypes, get.restype = [], ctypes.c_int
            put.argtypes, put.restype = [ctypes.c_int], None
            return get, put
    return None


class _Users:
    """How many are inside `one_thread`, and the number of threads before the first of them."""

    def __init__(self) -> None:
        self.lock, self.inside, self.before = Lock(), 0, 1


_USERS = _Users()


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it numpy uses one thread; afterwards as many as before. Costs microseconds; several
    Python threads may be inside at a time."""
    found = _functions()
    if found is None:
        yield
        return
    get, put = found
    with _USERS.lock:
        if not _USERS.inside:
            _USERS.before = get()
            put(1)
        _USERS.inside += 1
    try:
        yield
    finally:
        with _USERS.lock:
            _USERS.inside -= 1
            if not _USERS.inside:
                put(_USERS.before)
