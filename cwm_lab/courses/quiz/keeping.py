"""Each answer of one run of questions is kept as an attempt, with the time that it took."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from typing import Any

from cwm_lab.courses.attempts import Attempt
from cwm_lab.courses.quiz.question import program_hash
from cwm_lab.trace import Program


class Keeper:
    """Makes attempts, and gives them to `save`.

    save: None if nothing is kept. who: name of the learner; by default the user's. clock: seconds.
    """

    def __init__(
        self,
        program: Program,
        save: Callable[[Attempt], None] | None,
        who: str,
        clock: Callable[[], float],
    ) -> None:
        self._program = program_hash(program)
        self._session = uuid.uuid4().hex
        self._save = save
        self._who: dict[str, Any] = {"who": who} if who else {}
        self._clock = clock
        self._since = clock()

    def asked(self) -> None:
        """A question is asked: its time begins."""
        self._since = self._clock()

    def keep(self, *, tries: int, **said: Any) -> None:
        """Keep an answer. tries: at this question so far. said: the other fields of an Attempt."""
        now = self._clock()
        seconds, self._since = now - self._since, now
        if self._save is not None:
            attempt = Attempt(
                program=self._program,
                session=self._session,
                attempt=max(tries, 1),
                seconds=seconds if math.isfinite(seconds) else 0.0,
                **said,
                **self._who,
            )
            self._save(attempt)
