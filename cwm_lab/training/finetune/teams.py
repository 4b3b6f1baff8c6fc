"""One process, or several that `accelerate launch` has started: the first prepares, judges and
saves; all train."""

from __future__ import annotations

import os
from typing import Any


class Team:
    """The processes of a run. first: whether this is the one that speaks."""

    def __init__(self) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.first = True
        if self.size > 1:
            import torch
            from accelerate import PartialState

            state = PartialState(cpu=not torch.cuda.is_available())
            self.first = bool(state.is_main_process)

    def shared(self, said: Any = None) -> Any:
        """What the first process says; the others wait for it."""
        if self.size == 1:
            return said
        from accelerate.utils import broadcast_object_list

        holder = [said]
        broadcast_object_list(holder, from_process=0)
        return holder[0]
