"""A model behind an OpenAI-compatible completions server; vLLM is the one this is made for.

Prompts go as token ids, which the server itself makes (`/tokenize`), text with look-alikes of
control tokens in parts, so that none is taken for one. A server that cannot do that is sent text
in which look-alikes carry a backslash. A stream that breaks is gone on with after its last whole
step.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cwm_lab.errors import ModelError
from cwm_lab.trace.cwm_text import CONTROL_NAMES, Control, Piece, pieces_to_text, text_to_pieces
from cwm_lab.worldmodel.cwm.constraint import CwmConstraint
from cwm_lab.worldmodel.cwm.writing import END, STEP_END, Cancel, Written
from cwm_lab.worldmodel.http import POLL_SECONDS, Server, ServerError
from cwm_lab.worldmodel.keys import find_key
from cwm_lab.worldmodel.specs import ModelSpec

DEFAULT_CONTEXT = 8192
"""Where neither the server nor the specification says."""
ATTEMPTS = 5
"""How often in a row a request may fail before it is given up."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
CHARACTERS_A_TOKEN = 2.0
"""Fewer than any tokenizer makes of programs: for servers that do not count tokens."""
MAX_REMEMBERED = 256
_NAMES = "|".join(sorted(CONTROL_NAMES))
_CONTROL = re.compile(rf"<\|({_NAMES})\|>")
_LOOKS_LIKE_CONTROL = re.compile(r"(?<=<)(?=\|)")
_BEGINS_CONTROL = re.compile(r"<(\|[a-z_]{0,24}\|?)?$")
_LINE = re.compile(r"[^\n]*\n")


class RemoteWriter:
    """A server's model. Raises ModelError if the server cannot be reached or has not the model.

    attempts, first_wait: see ATTEMPTS and FIRST_WAIT.
    """

    def __init__(
        self, spec: ModelSpec, *, attempts: int = ATTEMPTS, first_wait: float = FIRST_WAIT
    ) -> None:
        self.name, self._under = str(spec), spec.model
        self.model = spec.options.get("adapter", spec.model)  # vLLM takes an adapter for a model
        file = spec.options.get("key_file")
        seconds = float(spec.options.get("timeout", 60))
        path = urlsplit(spec.place).path
        self.base = spec.place if path else f"{spec.place}/v1"
        self.server = Server(self.base, find_key(Path(file) if file else None), seconds)
        self._attempts, self._first_wait = attempts, first_wait
        self._known: dict[str, list[int]] = {}
        self._remembering = threading.Lock()
        longest = self._find_model()
        self.controls = self._find_controls()
        self.context = min(longest or 1 << 30, spec.number("context", None) or 1 << 30)
        if self.context == 1 << 30:
            self.context = DEFAULT_CONTEXT

    def __repr__(self) -> str:
        return f"<RemoteWriter {self.name}>"

    # --- as a Writer --------------------------------------------------------------------------

    def count(self, pieces: Sequence[Piece]) -> int:
        """How many tokens the pieces take; with servers that do not tell, no fewer."""
        if self.controls is None:
            text = sum(len(piece) for piece in pieces if isinstance(piece, str))
            return len(pieces) + int(text / CHARACTERS_A_TOKEN)
        return len(self._encode(pieces))

    def write(
        self,
        pieces: Sequence[Piece],
        *,
        max_tokens: int,
        cancel: Cancel,
        grammar: CwmConstraint | None = None,
        told: Sequence[Piece] = (),
    ) -> Iterator[Written]:
        """What the model writes, as it comes; see `Writer`. The grammar is not sent."""
        sent, made = [*pieces, *told], list[Piece]()
        left, failed = max_tokens, 0
        while left > 0:
            answer = _Answer(self.controls)
            try:
                with closing(self._ask([*sent, *made], left, cancel)) as chunks:
                    for chunk in chunks:
                        for part in answer.take(chunk):
                            made += part.pieces
                            left -= answer.count()
                            failed = 0
                            yield part
                        if answer.ended:
                            return
                if cancel():
                    return
                problem = ServerError(f"the stream from {self.base} broke off.", passing=True)
            except ServerError as error:
                problem = error
            if answer.bare and (made or told):
                raise ModelError(
                    f"the stream from {self.base} broke off, and the server drops control tokens, "
                    "so that the text cannot be gone on with; ask again."
                )
            failed += 1
            self._wait_or_give_up(problem, failed, cancel)
            if cancel():
                return
        yield Written((), cut=True)

    def health(self) -> str:
        """Asks the server once more."""
        self._find_model()
        ids = "token ids" if self.controls is not None else "text, for it has no /tokenize"
        on = "" if self.model == self._under else f" with the adapter {self.model}"
        return f"{self.base} answers and serves {self._under}{on}; prompts go as {ids}"

    # --- the server ---------------------------------------------------------------------------

    def _ask(
        self, pieces: Sequence[Piece], max_tokens: int, cancel: Cancel
    ) -> Generator[Any, None, None]:
        text = self.controls is None
        ends = [] if self.controls is None else [self.controls[END.name]]
        body: dict[str, Any] = {
            "model": self.model,
            "prompt": pieces_to_text(pieces) if text else self._encode(pieces),
            "stream": True,
            "max_tokens": max_tokens,
            "temperature": 0,
            "logprobs": 1,
            "skip_special_tokens": False,
            "spaces_between_special_tokens": False,
            "add_special_tokens": False,
            "return_token_ids": True,
            "stop_token_ids": ends,
        }
        if text:
            body["stop"] = ["<|end_of_text|>"]
        events = self.server.events(f"{self.base}/completions", body, cancel)
        yield from events

    def _find_model(self) -> int | None:
        """The model's context length, if the server tells. Raises ModelError if it is not there."""
        data = self.server.get(f"{self.base}/models")
        try:
            models = {one["id"]: one for one in data["data"]}
        except (KeyError, TypeError):
            raise ModelError(
                f"{self.base} does not answer like an OpenAI-compatible server; check the URL."
            ) from None
        there = ", ".join(sorted(models)[:8]) or "none"
        if self._under not in models:
            raise ModelError(f"{self.base} has no model {self._under!r}; it serves: {there}.")
        if self.model not in models:
            raise ModelError(
                f"{self.base} has no adapter {self.model!r}; it serves: {there}. vLLM has those it "
                f"was started with: --enable-lora --lora-modules {self.model}=FOLDER."
            )
        parent = models[self.model].get("parent")
        if self.model != self._under and parent not in (None, self._under):
            raise ModelError(f"{self.base}: {self.model!r} is an adapter of {parent!r}.")
        longest = models[self._under].get("max_model_len")
        return longest if isinstance(longest, int) and longest > 0 else None

    def _find_controls(self) -> Mapping[str, int] | None:
        """The ids of the control tokens; None if the server makes no tokens for us."""
        names = sorted(CONTROL_NAMES)
        try:
            ids = self._tokenize("".join(f"<|{name}|>" for name in names))
        except ServerError as error:
            if error.status in (404, 405, 501):
                return None
            raise
        if len(ids) != len(names) or len(set(ids)) != len(ids):
            raise ModelError(
                f"{self.model} at {self.base} is no Code World Model: "
                "its tokenizer does not know the control tokens."
            )
        return dict(zip(names, ids, strict=True))

    def _tokenize(self, text: str) -> list[int]:
        root = self.base.removesuffix("/v1")
        body = {"model": self._under, "prompt": text, "add_special_tokens": False}
        data = self.server.post(f"{root}/tokenize", body)
        try:
            return [int(number) for number in data["tokens"]]
        except (KeyError, TypeError, ValueError):
            raise ModelError(f"{root}/tokenize answers otherwise than vLLM does.") from None

    def _encode(self, pieces: Sequence[Piece]) -> list[int]:
        assert self.controls is not None
        ids: list[int] = []
        for piece in pieces:
            if isinstance(piece, Control):
                ids.append(self.controls[piece.name])
                continue
            for part in _LOOKS_LIKE_CONTROL.split(piece):
                found = self._known.get(part)
                if found is None:
                    found = self._tokenize(part) if part else []
                    with self._remembering:  # a class server asks from several threads
                        while len(self._known) >= MAX_REMEMBERED:
                            del self._known[next(iter(self._known))]
                        self._known[part] = found
                ids += found
        return ids

    def _wait_or_give_up(self, problem: ServerError, failed: int, cancel: Cancel) -> None:
        if not problem.passing:
            raise problem
        if failed >= self._attempts:
            raise ModelError(f"{problem} It was tried {failed} times.")
        seconds = problem.wait
        if seconds is None:
            seconds = self._first_wait * 2 ** (failed - 1)
        until = time.monotonic() + min(seconds, LONGEST_WAIT)
        while not cancel() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, POLL_SECONDS))


@dataclass
class _Answer:
    """One stream, taken apart into steps.

    controls: ids of the control tokens; where a chunk tells its ids, only they make one.
    bare: whether text came, and never a control token. ended: whether the stream said so.
    """

    controls: Mapping[str, int] | None
    ended: bool = False
    bare: bool = False
    _pieces: list[Piece] = field(default_factory=list)
    _held: str = ""
    _logprob: float | None = 0.0
    _tokens: int = 0
    _counted: int = 0
    _seen: bool = False

    def count(self) -> int:
        """How many tokens came since this was last asked."""
        new, self._counted = self._tokens - self._counted, self._tokens
        return new

    def take(self, chunk: Any) -> Iterator[Written]:
        """The parts that a chunk completes. Raises ServerError for what is no chunk."""
        if isinstance(chunk, dict) and "error" in chunk:
            told = chunk["error"]
            message = told.get("message") if isinstance(told, dict) else told
            raise ServerError(f"the server stopped: {message}", passing=True)
        try:
            choice = chunk["choices"][0] if chunk["choices"] else {}
            text, reason = str(choice.get("text") or ""), choice.get("finish_reason")
            ids = choice.get("token_ids")
            logs = (choice.get("logprobs") or {}).get("token_logprobs")
        except (KeyError, TypeError, AttributeError, IndexError):
            raise ServerError("the server's stream is not one of completions.") from None
        yield from self._text(text, ids, logs)
        if reason:
            self.ended = True
            yield from self._rest(reason)

    def _text(self, text: str, ids: Any, logs: Any) -> Iterator[Written]:
        self._tokens += len(ids) if ids else bool(text)
        if logs and all(isinstance(one, float | int) for one in logs):
            self._logprob = None if self._logprob is None else self._logprob + sum(logs)
        elif text:
            self._logprob = None
        for piece in self._split(text, ids):
            self._pieces.append(piece)
            if isinstance(piece, Control):
                self._seen = True
            if piece in (STEP_END, END):
                yield self._part()
            elif isinstance(piece, str) and not self._seen:
                self.bare = self.bare or bool(piece.strip())
                yield from self._lines()

    def _split(self, text: str, ids: Any) -> list[Piece]:
        """The pieces of a chunk's text; the beginning of a control token is held back."""
        if ids and self.controls is not None:
            wanted = [name for name in map(self._name, ids) if name is not None]
            return _matched(text, wanted)
        text = self._held + text
        self._held = ""
        if (begun := _BEGINS_CONTROL.search(text)) is not None:
            text, self._held = text[: begun.start()], begun[0]
        return text_to_pieces(text) if self.controls is None else _as_they_stand(text)

    def _name(self, number: int) -> str | None:
        assert self.controls is not None
        return next((name for name, one in self.controls.items() if one == number), None)

    def _lines(self) -> Iterator[Written]:
        """Whole lines, while no control token has come."""
        text = "".join(piece for piece in self._pieces if isinstance(piece, str))
        end = 0
        for line in _LINE.finditer(text):
            end = line.end()
            yield Written((line[0],))
        if end:
            self._pieces = [text[end:]] if text[end:] else []

    def _part(self) -> Written:
        part = Written(tuple(_joined(self._pieces)), self._logprob)
        self._pieces, self._logprob = [], 0.0
        return part

    def _rest(self, reason: str) -> Iterator[Written]:
        if self._held:
            self._pieces.append(self._held)
        if reason == "stop" and self._pieces[-1:] != [END]:
            self._pieces.append(END)
        part = self._part()
        yield Written(part.pieces, part.logprob, cut=reason == "length")


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The same with one text where several stand side by side."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield text
        text = ""
        yield piece
    if text:
        yield text


def _as_they_stand(text: str) -> list[Piece]:
    """Control tokens and text, from a server that was sent ids: nothing carries a backslash."""
    return _matched(text, [match[1] for match in _CONTROL.finditer(text)])


def _matched(text: str, wanted: Sequence[str]) -> list[Piece]:
    """The text, of which these control tokens, in this order, are control tokens and nothing else
    is. One that the text lacks (an end token is often left out) is put behind it."""
    pieces: list[Piece] = []
    at = 0
    for name in wanted:
        token = f"<|{name}|>"
        found = text.find(token, at)
        if found < 0:
            if name == END.name:
                pieces += [text[at:]] if text[at:] else []
                pieces.append(END)
                return pieces
            continue
        pieces += [text[at:found]] if found > at else []
        pieces.append(Control(name))
        at = found + len(token)
    return [*pieces, text[at:]] if text[at:] else pieces
