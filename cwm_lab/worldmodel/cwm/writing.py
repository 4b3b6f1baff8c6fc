"""What the dialect needs of whatever writes the text: a network here, or a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cwm_lab.trace.cwm_text import Control, Piece

if TYPE_CHECKING:
    from cwm_lab.worldmodel.cwm.constraint import CwmConstraint

Cancel = Callable[[], bool]
END = Control("end_of_text")
STEP_END = Control("frame_sep")


@dataclass(frozen=True)
class Written:
    """A part of an answer: a whole step, up to its `<|frame_sep|>` or the end token; or, where the
    writer drops control tokens, whole lines; or what is left when the writer stops.

    logprob: of all of its tokens together, where known. cut: whether the writer stopped here for
    want of room, and not because the text ends.
    """

    pieces: tuple[Piece, ...]
    logprob: float | None = None
    cut: bool = False


class Writer(Protocol):
    """Continues a text. All methods raise ModelError if it cannot be asked."""

    name: str
    context: int
    """The most tokens of prompt and answer together."""

    def count(self, pieces: Sequence[Piece]) -> int:
        """How many tokens the pieces take."""
        ...

    def write(
        self,
        pieces: Sequence[Piece],
        *,
        max_tokens: int,
        cancel: Cancel,
        grammar: CwmConstraint | None = None,
        told: Sequence[Piece] = (),
    ) -> Iterator[Written]:
        """What the model writes after the prompt `pieces` and the steps `told`, greedily, part by
        part, until the end token, until `max_tokens`, or until `cancel` says so. A writer that can
        keeps to the grammar. Closing the iterator stops the writer."""
        ...

    def health(self) -> str:
        """One clause that says whether it can be asked, and of what it consists."""
        ...
