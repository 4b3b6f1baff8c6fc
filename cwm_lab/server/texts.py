"""Texts that a local checkpoint writes on, in the terms of OpenAI's completions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from cwm_lab.errors import CWMLabError
from cwm_lab.worldmodel.cwm.writing import Cancel

HALF = "\ufffd"
"""What a tokenizer makes of half a character."""


class BadTaskError(CWMLabError):
    """What was asked for cannot be done, whoever asks."""


class Text(Protocol):
    """A writer that works with token ids: `LocalWriter` or `ContinuousWriter`."""

    context: int
    vocabulary: int
    ends: frozenset[int]

    def tokens(
        self, ids: list[int], max_tokens: int, cancel: Cancel
    ) -> Iterator[tuple[int, float]]: ...

    def ids(self, text: str, *, special: bool) -> list[int]: ...

    def decode(self, ids: Sequence[int], *, special: bool) -> str: ...


def token_ids(writer: Text, task: dict[str, Any]) -> list[int]:
    """The ids of a prompt, text or ids already. Raises BadTaskError for ids there are not."""
    prompt = task["prompt"]
    if isinstance(prompt, str):
        return writer.ids(prompt, special=task["special"])
    if any(number >= writer.vocabulary for number in prompt):
        raise BadTaskError(
            f"the model has {writer.vocabulary:,} tokens, and the prompt names others."
        )
    return list(prompt)


def complete(
    writer: Text, task: dict[str, Any], tell: Callable[[dict[str, Any]], None], over: Cancel
) -> dict[str, Any]:
    """Write on after a prompt, greedily. tell: takes {"text", "ids", "logs"} as they come.

    Returns the event that ends it, with OpenAI's `finish_reason`. Raises BadTaskError for a prompt
    that does not fit.
    """
    ids = token_ids(writer, task)
    if not ids:
        raise BadTaskError("the prompt is empty.")
    if len(ids) + task["max_tokens"] > writer.context:
        raise BadTaskError(
            f"the model's texts have at most {writer.context:,} tokens; the prompt has "
            f"{len(ids):,}, and max_tokens is {task['max_tokens']:,}."
        )
    stops = writer.ends | {*task["stop_ids"]}
    shown = _Shown(writer, task["stop"], skip=task["skip"])
    count, reason = 0, "length"
    for token, log in writer.tokens(ids, task["max_tokens"], over):
        count += 1
        ended = token in stops
        text = shown.rest() if ended else shown.take(token)
        tell({"event": "piece", "text": text, "ids": [token], "logs": [log]})
        if ended or shown.stopped:
            reason = "stop"
            break
    else:
        if over():
            raise TimeoutError("the model had no more time for this text.")
    if reason == "length" and (text := shown.rest()):
        tell({"event": "piece", "text": text, "ids": [], "logs": []})
    return {"event": "completed", "reason": reason, "prompt": len(ids), "count": count}


class _Shown:
    """The text of tokens that come one by one: no half characters, nothing behind a stop.

    stopped: whether one of the stops has come.
    """

    def __init__(self, writer: Text, stops: Sequence[str], *, skip: bool) -> None:
        self._writer, self._stops, self._skip = writer, stops, skip
        self._longest = max(map(len, stops), default=1) - 1
        self._tokens: list[int] = []
        self._held = ""
        self.stopped = False

    def take(self, token: int) -> str:
        """What may be shown after one more token."""
        self._tokens.append(token)
        text = self._writer.decode(self._tokens, special=not self._skip)
        if text.endswith(HALF) and len(self._tokens) < 8:
            return ""
        self._tokens = []
        self._held += text
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            shown, self._held = self._held[: min(found)], ""
            return shown
        keep = len(self._held) - self._longest
        shown, self._held = self._held[: max(0, keep)], self._held[max(0, keep) :]
        return shown

    def rest(self) -> str:
        """What was held back."""
        text = self._writer.decode(self._tokens, special=not self._skip) if self._tokens else ""
        shown, self._held, self._tokens = self._held + text, "", []
        return shown
