"""Curves of a training as SVG: no library draws them, and every viewer of notebooks shows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from cwm_lab.training.finetune.progress import Point

Points = Sequence[tuple[float, float]]
"""(seconds of training, value), in order."""
_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 30, 32
_MOST = 300
"""Points of a line that are drawn at most."""
DARK = "--cwm-course: #82b5fa; --cwm-general: #e9b15c; --cwm-loss: #c5a3f7;"
"""CSS of their colours on a dark page."""
STYLE = f"""<style>
.cwm-curves {{ display: flex; flex-wrap: wrap; gap: 12px; --cwm-course: #1a62b5;
  --cwm-general: #935600; --cwm-loss: #7440b8; }}
[data-jp-theme-light="false"] .cwm-curves {{ {DARK} }}
.cwm-curves text {{ fill: currentColor; font: 11px system-ui, sans-serif; }}
.cwm-curves .cwm-title {{ font-weight: 600; font-size: 12px; }}
.cwm-curves svg {{ max-width: 100%; height: auto; }}
</style>"""


@dataclass(frozen=True)
class Line:
    """A curve. colour: a CSS colour. dots: whether each point was measured by itself."""

    name: str
    points: Points
    colour: str
    dots: bool = False


@dataclass(frozen=True)
class Curves:
    """What a training has told so far: shares from 0 to 1, and the loss in nats a token."""

    loss: Points = ()
    course: Points = ()
    general: Points = ()

    @classmethod
    def of(cls, points: Sequence[Point]) -> Curves:
        """Those of a training that is over."""
        return cls(
            [(p.seconds, p.loss) for p in points if p.loss is not None],
            [(p.seconds, p.held_out) for p in points],
            [(p.seconds, p.general) for p in points],
        )

    def svg(self) -> str:
        """Both charts, with their style."""
        loss = Line("loss", self.loss, "var(--cwm-loss, #7440b8)")
        right = (
            Line("your course", _percent(self.course), "var(--cwm-course, #1a62b5)", dots=True),
            Line(
                "other programs", _percent(self.general), "var(--cwm-general, #935600)", dots=True
            ),
        )
        lines = (loss, *right)
        longest = max((line.points[-1][0] for line in lines if line.points), default=0.0)
        charts = chart("Loss while training", (loss,), longest=longest) + chart(
            "Held-out answers right, %", right, top=100.0, longest=longest
        )
        return f'{STYLE}<div class="cwm-curves" style="color: {TEXT}">{charts}</div>'

    def text(self) -> str:
        """The same in a line, for those who see no picture."""
        parts = []
        for name, points, form in (
            ("loss", self.loss, "{:.2f}"),
            ("held-out answers right: your course", _percent(self.course), "{:.0f} %"),
            ("other programs", _percent(self.general), "{:.0f} %"),
        ):
            if points:
                first, last = form.format(points[0][1]), form.format(points[-1][1])
                parts.append(f"{name} {first} → {last}")
        return ", ".join(parts)


TEXT = "var(--jp-content-font-color1, currentColor)"
_GRID = "var(--jp-border-color2, #8885)"


def chart(title: str, lines: Sequence[Line], *, longest: float, top: float | None = None) -> str:
    """A chart of some lines over the time in minutes, which starts at 0; as an SVG element.

    longest: seconds that are to be seen. top: where the vertical axis ends; by default above the
    highest value.
    """
    known = [line for line in lines if line.points]
    highest = max((value for line in known for _, value in line.points), default=0.0)
    across, up = _steps(longest / 60 or 1.0), _steps(top or highest or 1.0)
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(seconds: float, value: float) -> tuple[float, float]:
        x = _LEFT + width * min(1.0, seconds / 60 / across[-1])
        return round(x, 1), round(_TOP + height * (1 - min(1.0, max(0.0, value / up[-1]))), 1)

    told = "; ".join(
        f"{line.name} from {line.points[0][1]:.3g} to {line.points[-1][1]:.3g}" for line in known
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}: {escape(told or "nothing yet")}">'
    )
    parts = [svg, f'<text class="cwm-title" x="{_LEFT}" y="14">{escape(title)}</text>']
    for value in up:
        _, y = at(0, value)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{_GRID}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{value:g}</text>'
        )
    for value in across:
        x, _ = at(60 * value, 0)
        parts.append(
            f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 15}" text-anchor="middle">{value:g}</text>'
        )
    middle = _LEFT + width / 2
    parts.append(f'<text x="{middle}" y="{_HEIGHT - 3}" text-anchor="middle">minutes</text>')
    for number, line in enumerate(known):
        places = [at(*point) for point in thinned(line.points)]
        path = " ".join(f"{x},{y}" for x, y in places)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2" '
            f'stroke-linejoin="round"{_DASHES[number % len(_DASHES)]}/>'
        )
        if line.dots:
            parts += [
                f'<circle cx="{x}" cy="{y}" r="2.5" fill="{line.colour}"/>' for x, y in places
            ]
    parts += _legend(known if len(lines) > 1 else [])
    return "".join([*parts, "</svg>"])


_DASHES = ("", ' stroke-dasharray="5 3"')


def _legend(lines: Sequence[Line]) -> list[str]:
    """Names beside a piece of each line, in the lower right corner, where curves seldom go."""
    parts = []
    for number, line in enumerate(lines):
        y = _HEIGHT - _BOTTOM - 10 - 14 * (len(lines) - 1 - number)
        x = _WIDTH - _RIGHT - 118
        parts.append(
            f'<line x1="{x}" x2="{x + 22}" y1="{y - 4}" y2="{y - 4}" stroke="{line.colour}" '
            f'stroke-width="2"{_DASHES[number % len(_DASHES)]}/>'
            f'<text x="{x + 28}" y="{y}">{escape(line.name)}</text>'
        )
    return parts


def thinned(points: Points) -> Points:
    """At most some hundred points, the last among them."""
    stride = math.ceil(len(points) / _MOST) or 1
    return [*points[:-1:stride], points[-1]] if points else points


def _steps(most: float) -> list[float]:
    """Round numbers from 0 to one that is not below `most`: three to six of them."""
    size = 10.0 ** math.floor(math.log10(most))
    step = next(s for s in (0.2 * size, 0.5 * size, size, 2 * size, 5 * size) if most / s <= 5)
    return [round(step * k, 10) for k in range(math.ceil(round(most / step, 6)) + 1)]


def _percent(points: Points) -> Points:
    return [(seconds, 100 * share) for seconds, share in points]
