"""The engine's matrix products run on one thread, and everybody else's as before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cwm_lab.trace import Program
from cwm_lab.worldmodel import load_model, threads


@pytest.fixture
def two_threads() -> None:
    found = threads._functions()
    if found is None:
        pytest.skip("numpy's matrix products are not OpenBLAS's here")
    get, put = found
    before = get()
    put(2)
    yield
    put(before)


@pytest.mark.usefixtures("two_threads")
def test_one_thread_within_and_as_many_as_before_afterwards() -> None:
    get, _ = threads._functions()
    with threads.one_thread():
        assert get() == 1
        with threads.one_thread():
            assert get() == 1
        assert get() == 1
    assert get() == 2


@pytest.mark.usefixtures("two_threads")
def test_an_error_within_puts_the_threads_back() -> None:
    get, _ = threads._functions()
    with pytest.raises(ZeroDivisionError), threads.one_thread():
        raise ZeroDivisionError
    assert get() == 2


@pytest.mark.usefixtures("two_threads")
def test_the_threads_are_put_back_whichever_python_thread_ends_last() -> None:
    get, _ = threads._functions()

    def work(rounds: int) -> None:
        for _ in range(rounds):
            with threads.one_thread():
                assert get() == 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [50] * 8))
    assert get() == 2


@pytest.mark.usefixtures("two_threads")
def test_a_prediction_leaves_the_threads_alone() -> None:
    get, _ = threads._functions()
    seen: list[int] = []
    model = load_model()
    model.decoder.forget()
    forward = model.decoder.engine.forward

    def watched(*args: object) -> object:
        seen.append(get())
        return forward(*args)

    model.decoder.engine.forward = watched
    try:
        model.predict(Program("x = 1 + 1\n"))
    finally:
        del model.decoder.engine.forward
    assert set(seen) == {1}
    assert get() == 2
