"""Values survive being written as tokens and read again, with who shares what."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from cwm_lab.recorder.display import display as recorded_display
from cwm_lab.training.snapshot import Snapshotter
from cwm_lab.worldmodel.display import display
from cwm_lab.worldmodel.places import decode, encode
from cwm_lab.worldmodel.values import Cell, Names, Reader, Value, Writer
from cwm_lab.worldmodel.vocabulary import NEW_LABELS, spell, unspell

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=20),
)
keys = st.one_of(st.integers(-99, 99), st.text(max_size=5))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner, max_size=3),
        st.sets(keys, max_size=4),
    ),
    max_leaves=8,
)


def snapshot(thing: object) -> Value:
    return Snapshotter({}, lambda code: False, {}, list, ()).value(thing)


@given(values)
def test_writing_and_reading_a_value_gives_it_back(thing: object) -> None:
    value = snapshot(thing)
    writer = Writer(Names())
    writer.switch_to_answer()
    tokens = decode(encode(writer.value(value)))
    reader = Reader(tokens, Names(), {})
    assert display(reader.value()) == display(value)
    assert reader.at == len(tokens)


@given(values)
def test_predicted_and_recorded_values_are_shown_alike(thing: object) -> None:
    assert display(snapshot(thing)) == recorded_display(thing)


@given(st.text(max_size=30))
def test_spelling_is_reversible(text: str) -> None:
    assert unspell(decode(encode(spell(text)))) == text


def test_sharing_is_kept() -> None:
    inner = [0]
    value = snapshot([inner, inner, [0]])
    writer = Writer(Names())
    writer.switch_to_answer()
    tokens = writer.value(value)
    assert [t for t in tokens if t in NEW_LABELS] == ["@0", "@1", "@1", "@2"]
    again = Reader(tokens, Names(), {}).value()
    assert isinstance(again, Cell)
    assert again.items[0] is again.items[1]
    assert again.items[0] is not again.items[2]


def test_a_list_inside_itself_ends() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    writer = Writer(Names())
    writer.switch_to_answer()
    again = Reader(writer.value(snapshot(loop)), Names(), {}).value()
    assert display(again) == "[1, [...]]"
    assert ast.literal_eval(display(snapshot([1, (2,)]))) == [1, (2,)]
