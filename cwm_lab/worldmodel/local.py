"""A checkpoint on this machine, through transformers: text in, text out, token by token.

The keys and values of the last text are kept, so that going on, and asking again about a cell that
changed at its end, costs only what is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import ModelError
from cwm_lab.trace.cwm_text import CONTROL_NAMES, Control, Piece
from cwm_lab.worldmodel.cwm.constraint import CwmConstraint, State, Symbol, symbols
from cwm_lab.worldmodel.cwm.writing import END, STEP_END, Cancel, Written
from cwm_lab.worldmodel.loading import Loaded, explained, find_folder, load_checkpoint
from cwm_lab.worldmodel.specs import ModelSpec

if TYPE_CHECKING:
    import torch

CHUNK = 2048
"""Tokens of a prompt that are read at once; between chunks it can be stopped."""
LIKELY = 64
"""Tokens that are tried first where a grammar decides; then all of them."""
_REQUIRED = ("frame_sep", "action_sep", "arg_sep", "trace_context_start", "begin_of_text")


class LocalWriter:
    """A loaded checkpoint of CWM's dialect. Raises ModelError where it cannot be had, does not fit,
    or is no model of that dialect.

    read: how many tokens the network has been given.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self.name = str(spec)
        self.quantize = spec.options.get("quantize", "none")
        self.constrained = spec.options.get("grammar", "on") == "on"
        folder = find_folder(spec)
        from transformers import AutoTokenizer

        with explained(spec):
            self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self.controls = _controls(self.tokenizer, spec)
        self.loaded: Loaded = load_checkpoint(spec, folder)
        self.context, self.need = self.loaded.context, self.loaded.need
        self.ends = _ends(self.loaded.config, self.tokenizer)
        self.vocabulary = int(self.loaded.config.vocab_size)
        self.read = 0
        self._names = {number: name for name, number in self.controls.items()}
        self._spelled: dict[int, tuple[Symbol, ...] | None] = {}
        self._ids: list[int] = []
        self._cache: Any = None

    def __repr__(self) -> str:
        return f"<LocalWriter {self.name} on {self.loaded.device}>"

    # --- as a Writer --------------------------------------------------------------------------

    def count(self, pieces: Sequence[Piece]) -> int:
        """How many tokens the pieces take."""
        return len(self.encode(pieces))

    def encode(self, pieces: Sequence[Piece]) -> list[int]:
        """Token ids: control tokens by their id, text with special tokens off."""
        ids: list[int] = []
        for piece in pieces:
            if isinstance(piece, Control):
                ids.append(self.controls[piece.name])
                continue
            ids += self.tokenizer(
                piece, add_special_tokens=False, split_special_tokens=True, verbose=False
            ).input_ids
        return ids

    def write(
        self,
        pieces: Sequence[Piece],
        *,
        max_tokens: int,
        cancel: Cancel,
        grammar: CwmConstraint | None = None,
        told: Sequence[Piece] = (),
    ) -> Iterator[Written]:
        """What the network writes, greedily; see `Writer`."""
        state: State | None = None
        if grammar is not None and self.constrained:
            state = grammar.after(grammar.start(), symbols(told))
        made: list[Piece] = []
        text: list[int] = []
        total = 0.0
        ids = self.encode([*pieces, *told])
        for token, logprob in self.tokens(ids, max_tokens, cancel, grammar, state):
            total += logprob
            name = self._names.get(token)
            if name is None and token not in self.ends:
                text.append(token)
            else:
                made += self._text(text)
                text = []
                made.append(END if name is None else Control(name))
            last = made[-1:] == [END] or token in self.ends
            if last or (name == STEP_END.name):
                yield Written(tuple(made), total)
                made, total = [], 0.0
            if last:
                return
        made += self._text(text)
        yield Written(tuple(made), total, cut=not cancel())

    def tokens(
        self,
        ids: list[int],
        max_tokens: int,
        cancel: Cancel,
        grammar: CwmConstraint | None = None,
        state: State | None = None,
    ) -> Iterator[tuple[int, float]]:
        """The tokens that the network writes after `ids`, each with its log probability, until an
        end token, which is given too. state: where in the grammar the text is."""
        logits = self._read(ids, cancel)
        for left in range(max_tokens, 0, -1):
            if logits is None or cancel():
                return
            token, logprob, state = self._choose(logits, grammar, state)
            yield token, logprob
            if token in self.ends:
                return
            logits = self._read([*self._ids, token], cancel) if left > 1 else None

    def ids(self, text: str, *, special: bool) -> list[int]:
        """A text's ids, in which what looks like a control token is one. special: begun as the
        tokenizer begins a text."""
        found: list[int] = self.tokenizer(text, add_special_tokens=special, verbose=False).input_ids
        return found

    def decode(self, ids: Sequence[int], *, special: bool) -> str:
        """The text of ids. special: with the names of control tokens."""
        text: str = self.tokenizer.decode(
            list(ids), skip_special_tokens=not special, clean_up_tokenization_spaces=False
        )
        return text

    def health(self) -> str:
        """Where it runs, and in which format."""
        loaded, number = self.loaded, self.loaded.parameters
        size = f"{number / 1e9:.1f} B" if number >= 1e8 else f"{number:,}"
        how = self.quantize if self.quantize != "none" else str(loaded.dtype).removeprefix("torch.")
        return f"loaded on {loaded.device}, {size} parameters in {how}"

    # --- choosing -----------------------------------------------------------------------------

    def _choose(
        self, logits: torch.Tensor, grammar: CwmConstraint | None, state: State | None
    ) -> tuple[int, float, State | None]:
        """The likeliest token, of those that may come if a grammar decides; the state after it."""
        logs = logits.float().log_softmax(-1)
        if grammar is not None and state is not None:
            likely = logs.topk(min(LIKELY, len(logs))).indices.tolist()
            for token in likely:
                if (after := self._after(grammar, state, token)) is not None:
                    return token, float(logs[token]), after
            for token in logs.argsort(descending=True)[len(likely) :].tolist():
                if (after := self._after(grammar, state, token)) is not None:
                    return token, float(logs[token]), after
        best = int(logs.argmax())
        return best, float(logs[best]), None

    def _after(self, grammar: CwmConstraint, state: State, token: int) -> State | None:
        if token not in self._spelled:
            self._spelled[token] = self._spell(token)
        spelled = self._spelled[token]
        return None if spelled is None else grammar.after(state, spelled)

    def _spell(self, token: int) -> tuple[Symbol, ...] | None:
        """The symbols for which a token stands; None for one that never stands in a trace."""
        if token in self._names:
            return (self._names[token],)
        if token in self.ends:
            return (END.name,)
        if token in self._special:
            return None
        piece = self.tokenizer.convert_ids_to_tokens(token)
        if piece is None:
            return None
        if self._by_bytes and all(letter in _BYTES for letter in piece):
            return tuple(_BYTES[letter] for letter in piece)
        return tuple(self.tokenizer.decode([token]).encode()) or None

    @cached_property
    def _special(self) -> frozenset[int]:
        return frozenset(self.tokenizer.all_special_ids)

    @cached_property
    def _by_bytes(self) -> bool:
        """Whether its tokens are bytes, written as GPT-2's tokenizer writes them."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        return backend is not None and "ByteLevel" in repr(backend.decoder)

    # --- the network --------------------------------------------------------------------------

    def _text(self, ids: list[int]) -> list[Piece]:
        text = self.decode(ids, special=True)
        return [text] if text else []

    def _read(self, ids: list[int], cancel: Cancel) -> torch.Tensor | None:
        """The logits after `ids`, with as much of the kept cache as fits; None if cancelled."""
        import torch

        same = _common(self._ids, ids)
        same = min(same, len(ids) - 1)  # at least one token is read, for its logits
        over = len(self._ids) - same
        if self._cache is not None and over:
            try:
                self._cache.crop(-over)
            except (RuntimeError, ValueError):
                self._cache = None  # a sliding window has let go of what would be needed
        if self._cache is None:
            self._cache, same = self.loaded.new_cache(), 0
        self._ids = ids[:same]
        logits = None
        for start in range(same, len(ids), CHUNK):
            if cancel():
                return None
            part = ids[start : start + CHUNK]
            self.read += len(part)
            try:
                with torch.inference_mode():
                    out = self.loaded.forward(
                        torch.tensor([part], device=self.loaded.device),
                        self._cache,
                        logits_to_keep=1,
                    )
            except BaseException as error:
                # Half a forward pass leaves a cache that nothing can be built on.
                self._cache, self._ids = None, []
                if isinstance(error, torch.OutOfMemoryError):
                    raise ModelError(
                        f"{self.name} ran out of memory after {start:,} tokens; "
                        "give it a smaller context=..., or use quantize=4bit."
                    ) from None
                raise
            self._ids = ids[: start + len(part)]
            logits = out.logits[0, -1]
        return logits


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many ids two texts share from the start."""
    if other[: len(one)] == one:
        return len(one)
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(other))


def _controls(tokenizer: Any, spec: ModelSpec) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for name in sorted(CONTROL_NAMES):
        number = tokenizer.convert_tokens_to_ids(f"<|{name}|>")
        if number is not None and number != tokenizer.unk_token_id:
            found[name] = number
    missing = [name for name in _REQUIRED if name not in found]
    if missing:
        raise ModelError(
            f"{spec.place} is no Code World Model: its tokenizer has no token <|{missing[0]}|>."
        )
    return found


def _ends(config: Any, tokenizer: Any) -> frozenset[int]:
    ends = config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return frozenset(one for one in (*several, tokenizer.eos_token_id) if one is not None)


def _letters() -> dict[str, int]:
    """How GPT-2's tokenizer writes bytes: printable ones as themselves, the others from 256 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + n): b for n, b in enumerate(rest)}


_BYTES = _letters()
