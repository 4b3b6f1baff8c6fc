"""Formats that only lay out what is known are told; those that round are the network's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.worldmodel.course.formats import laid_out
from cwm_lab.worldmodel.vocabulary import CLOSE, OPEN, spell

SPECS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "<", ">", "^", "*^", "-<", "0"]),
    st.sampled_from(["", "1", "4", "9"]),
    st.sampled_from(["", ","]),
    st.sampled_from(["", ".0", ".1", ".2", ".4"]),
    st.sampled_from(["", "d", "f", "s", "x", "e"]),
)
VALUES = st.one_of(
    st.integers(-(10**7), 10**7),
    st.integers(-(10**5), 10**5).map(lambda n: n / 100),
    st.text("ab é", max_size=6),
)


@given(VALUES, SPECS)
def test_what_is_laid_out_is_as_python_formats_it(value: int | float | str, spec: str) -> None:
    tokens = (OPEN, *spell(value), CLOSE) if isinstance(value, str) else tuple(spell(repr(value)))
    told = laid_out(tokens, spec)
    if told is not None:
        assert told == format(value, spec)


def test_rounding_is_left_to_the_network() -> None:
    assert laid_out(tuple("3.25"), ".1f") is None
    assert laid_out(tuple("3.2"), ".2f") == "3.20"
    assert laid_out(tuple("7"), "03d") == "007"
    assert laid_out(tuple("1234"), ",") == "1,234"
    assert laid_out(("True",), ">5") is None
