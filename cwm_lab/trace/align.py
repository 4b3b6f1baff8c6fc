"""Which positions of two traces belong together: the shortest way to turn one into the other.

Myers' greedy algorithm (E. W. Myers 1986, "An O(ND) difference algorithm and its variations"). Its
scripts are minimal, so a dozen wrong turns in a long loop stay a dozen differences, where a
longest-block heuristic may pair each round of the loop with the next one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

Pairs = list[tuple[int | None, int | None]]
MAX_EDITS = 600
"""More differences than this are not aligned by content: the rest is paired by position."""


def align(left: Sequence[Hashable], right: Sequence[Hashable]) -> Pairs:
    """Pairs of indices (None where a side has no partner), in order, each index once.

    Equal items are paired where a shortest edit script keeps them; between those, what is left on
    both sides is paired by position.
    """
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    middle = _kept(left[start : len(left) - end], right[start : len(right) - end])
    kept = [(i, i) for i in range(start)]
    kept += [(start + i, start + j) for i, j in middle]
    kept += [(len(left) - k, len(right) - k) for k in range(end, 0, -1)]
    pairs: Pairs = []
    i = j = 0
    for a, b in [*kept, (len(left), len(right))]:
        for k in range(max(a - i, b - j)):
            pairs.append((i + k if i + k < a else None, j + k if j + k < b else None))
        pairs.append((a, b))
        i, j = a + 1, b + 1
    return pairs[:-1]


def _kept(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The matches of a shortest edit script; none if it would be longer than MAX_EDITS."""
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(min(len(left) + len(right), MAX_EDITS) + 1):
        trail.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < len(left) and y < len(right) and left[x] == right[y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            if x >= len(left) and y >= len(right):
                return _walk_back(trail, len(left), len(right))
    return []


def _walk_back(trail: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for edits in range(len(trail) - 1, -1, -1):
        furthest, diagonal = trail[edits], x - y
        down = diagonal == -edits or (
            diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]
        )
        previous = diagonal + 1 if down else diagonal - 1
        before_x = furthest[previous] if edits else 0
        before_y = before_x - previous if edits else 0
        while x > before_x and y > before_y:
            x, y = x - 1, y - 1
            kept.append((x, y))
        x, y = before_x, before_y
    return kept[::-1]
