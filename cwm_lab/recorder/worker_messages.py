"""How a recording process and the one that asked for it come to an end together."""

from __future__ import annotations

from dataclasses import dataclass

START_SECONDS = 60.0
"""How long a process may take to start, on a machine however busy."""
CHANNEL_LOST = 113
"""Exit status of a process whose way out was closed by the program."""
NOT_STARTED = 112
"""Exit status of a process that failed before its program's turn."""


class LostError(Exception):
    """The process ended before it started the program, or (`server`) the fork server did."""

    def __init__(self, *, server: bool) -> None:
        super().__init__()
        self.server = server


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    status: its exit status, negative for a signal; None if that was not waited for.
    why: what it was ended for: "start" (took too long to), "time", "output", "channel" (wrote where
        only the recorder writes); None if it ended by itself.
    said: the start of what it wrote to its standard output and error.
    """

    status: int | None
    why: str | None
    said: str


class UnreadableError(Exception):
    """What came was not told by a `Report`: the program wrote into the channel itself."""
