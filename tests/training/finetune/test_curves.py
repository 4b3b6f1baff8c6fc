"""Curves as SVG: readable axes, nothing outside the frame, nothing that is not escaped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cwm_lab.training.finetune.curves import Curves, Line, chart, thinned

SVG = "{http://www.w3.org/2000/svg}"


def numbers_of(svg: str) -> list[list[float]]:
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    return [
        [float(part) for part in re.split("[ ,]", line.get("points", ""))]
        for line in root.iter(f"{SVG}polyline")
    ]


@pytest.mark.parametrize("seconds", [0.0, 3.0, 59.0, 61.0, 250.0, 900.0, 86_400.0])
@pytest.mark.parametrize("height", [0.0, 0.003, 0.9, 2.4, 71.0])
def test_every_point_is_inside_and_axes_have_round_numbers(seconds: float, height: float) -> None:
    svg = chart("t", [Line("a", [(0.0, height), (seconds, height / 2)], "red")], longest=seconds)
    ((x1, y1, x2, y2),) = numbers_of(svg)
    assert 44 <= x1 <= x2 <= 306
    assert 30 <= y1 <= y2 <= 158
    labels = [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    ticks = [float(label) for label in labels if re.fullmatch(r"[\d.e-]+", label)]
    assert 6 <= len(ticks) <= 14
    assert all(len(f"{tick:g}") <= 6 for tick in ticks)


def test_a_name_is_only_text() -> None:
    svg = chart(
        "<script>",
        [Line("</svg>", [(0.0, 1.0)], "red"), Line("b", [(1.0, 1.0)], "red")],
        longest=1.0,
    )
    texts = [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert {"<script>", "</svg>", "b"} <= set(texts)


def test_both_charts_and_the_same_in_words() -> None:
    curves = Curves(
        [(1.0, 2.5), (60.0, 0.4)], [(0.0, 0.41), (60.0, 0.78)], [(0.0, 0.9), (60.0, 0.9)]
    )
    html = curves.svg()
    assert html.count("<svg") == 2
    assert 'aria-label="Held-out answers right, %: your course from 41 to 78;' in html
    assert curves.text() == (
        "loss 2.50 → 0.40, held-out answers right: your course 41 % → 78 %, "
        "other programs 90 % → 90 %"
    )
    assert Curves().svg().count("nothing yet") == 2


def test_long_curves_are_thinned_and_keep_their_end() -> None:
    points = [(float(k), 1.0) for k in range(10_001)]
    assert len(thinned(points)) < 310
    assert (thinned(points)[0], thinned(points)[-1]) == (points[0], points[-1])
    assert list(thinned(points[:7])) == points[:7]
