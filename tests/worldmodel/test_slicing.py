"""The bounds of a slice, one at a time: they lead to the places that Python takes."""

from __future__ import annotations

import itertools
import random

from cwm_lab.worldmodel.course import ranges
from cwm_lab.worldmodel.course.slicing import sliced
from cwm_lab.worldmodel.course.working import Working, truly

_EDGES = (None, 0, 1, 2, 5, 6, 9, 150, -1, -2, -5, -6, -12, -150)


def test_the_truth_leads_to_the_places_that_python_takes() -> None:
    for size, start, stop in itertools.product((0, 1, 2, 5, 12), _EDGES, _EDGES):
        for step in (1, 2, -1, -7):
            steps, places = truly(sliced(size, (start, stop, step)))
            assert list(places) == list(range(size)[start:stop:step])
            assert len(steps) <= 5
        places = truly(sliced(size, (start, stop, 1), put=True))[1]
        assert places.start == slice(start, stop).indices(size)[0]
        assert list(places) == list(range(size)[start:stop])


def test_ranges_are_as_long_hold_and_give_what_python_says() -> None:
    for start, stop, step in itertools.product((0, 3, 20), (-2, 0, 4, 21), (1, 2, 5, -1, -3)):
        numbers = range(start, stop, step)
        assert "".join(truly(ranges.length(numbers))[1]) == str(len(numbers))
        for number in (-3, 0, 3, 4, 8, 20, 25):
            assert truly(ranges.contains(numbers, number))[1] == (str(number in numbers),)
        for edges in ((None, None, -1), (1, -1, 1), (2, None, 2), (-3, 9, 1), (5, 1, -2)):
            told = "".join(truly(ranges.part(numbers, edges))[1]).replace("i0", "")
            assert told.replace("i1", ", ").replace("i2", ", ") == str(numbers[slice(*edges)])


def test_wrong_answers_lead_to_places_that_there_are() -> None:
    rng = random.Random(7)
    for start, stop, step in itertools.product(_EDGES, _EDGES, (1, 3, -1, -2)):
        places = _answered_anyhow(sliced(5, (start, stop, step), put=True), rng)
        assert {*places} <= {*range(5)}


def _answered_anyhow(steps: Working[range], rng: random.Random) -> range:
    answer: str | None = None
    while True:
        try:
            asked = next(steps) if answer is None else steps.send(answer)
        except StopIteration as ended:
            places: range = ended.value
            return places
        answer = rng.choice(asked.answers or ("-40", "-1", "0", "3", "5", "40"))
