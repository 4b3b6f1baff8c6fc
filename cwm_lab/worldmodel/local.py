"""A checkpoint on this machine, through transformers: text in, text out, token by token.

Everything heavy is imported here, inside functions. The keys and values of the last text are kept,
so that going on, and asking again about a cell that changed at its end, costs only what is new.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import ModelError
from cwm_lab.trace.cwm_text import CONTROL_NAMES, Control, Piece
from cwm_lab.worldmodel.cwm.writing import END, STEP_END, Cancel, Written
from cwm_lab.worldmodel.memory import Need, check_room, needed
from cwm_lab.worldmodel.specs import ModelSpec

if TYPE_CHECKING:
    import torch

CHUNK = 2048
"""Tokens of a prompt that are read at once; between chunks it can be stopped."""
SMALL = 4 * 10**9
"""Bytes up to which a network on a processor is held in float32, its fastest format there."""
DEFAULT_CONTEXT = 16_384
"""Unless the specification says more: each token's keys and values take memory."""
_REQUIRED = ("frame_sep", "action_sep", "arg_sep", "trace_context_start", "begin_of_text")
EXTRA = "pip install 'cwm-lab[local]'"


class LocalWriter:
    """A loaded checkpoint. Raises ModelError where it cannot be had, does not fit, or is no model
    of CWM's dialect."""

    def __init__(self, spec: ModelSpec) -> None:
        self.name = str(spec)
        self.quantize = spec.options.get("quantize", "none")
        self._load(spec)
        self._ids: list[int] = []
        self._cache: Any = None

    def __repr__(self) -> str:
        return f"<LocalWriter {self.name} on {self.device}>"

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
        self, pieces: Sequence[Piece], *, max_tokens: int, cancel: Cancel
    ) -> Iterator[Written]:
        """What the network writes, greedily; see `Writer`."""
        ids = self.encode(pieces)
        names = {number: name for name, number in self.controls.items()}
        made: list[Piece] = []
        text: list[int] = []
        total = 0.0
        logits = self._read(ids, cancel)
        for left in range(max_tokens, 0, -1):
            if logits is None or cancel():
                break
            token, logprob = _greedy(logits)
            total += logprob
            name = names.get(token)
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
            logits = self._read([*self._ids, token], cancel) if left > 1 else None
        made += self._text(text)
        yield Written(tuple(made), total, cut=not cancel())

    def health(self) -> str:
        """Where it runs, and in which format."""
        size = (
            f"{self.parameters / 1e9:.1f} B" if self.parameters >= 1e8 else f"{self.parameters:,}"
        )
        how = self.quantize if self.quantize != "none" else str(self.dtype).removeprefix("torch.")
        return f"loaded on {self.device}, {size} parameters in {how}"

    # --- the network --------------------------------------------------------------------------

    def _text(self, ids: list[int]) -> list[Piece]:
        text = self.tokenizer.decode(
            ids, skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        return [text] if text else []

    def _read(self, ids: list[int], cancel: Cancel) -> torch.Tensor | None:
        """The logits after `ids`, with as much of the kept cache as fits; None if cancelled."""
        import torch
        from transformers import DynamicCache

        same = _common(self._ids, ids)
        same = min(same, len(ids) - 1)  # at least one token is read, for its logits
        over = len(self._ids) - same
        if self._cache is not None and over:
            try:
                self._cache.crop(-over)
            except (RuntimeError, ValueError):
                self._cache = None  # a sliding window has let go of what would be needed
        if self._cache is None:
            self._cache, same = DynamicCache(config=self.model.config), 0
        self._ids = ids[:same]
        logits = None
        for start in range(same, len(ids), CHUNK):
            if cancel():
                return None
            part = ids[start : start + CHUNK]
            try:
                with torch.inference_mode():
                    out = self.model(
                        input_ids=torch.tensor([part], device=self.device),
                        past_key_values=self._cache,
                        use_cache=True,
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

    def _load(self, spec: ModelSpec) -> None:
        try:
            import accelerate  # noqa: F401 - to say here, and not deep inside, that it is missing
            from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
        except ModuleNotFoundError as error:
            raise ModelError(f"local models need {error.name}: {EXTRA}.") from error
        place = _place(spec)
        self.device = _device(spec.options.get("device", "auto"))
        with _explained(spec):
            config = AutoConfig.from_pretrained(place)
            self.tokenizer: Any = AutoTokenizer.from_pretrained(place)
        self.controls = _controls(self.tokenizer, spec)
        self.ends = _ends(config, self.tokenizer)
        longest = getattr(config, "max_position_embeddings", DEFAULT_CONTEXT)
        self.context = min(longest, spec.number("context", None) or DEFAULT_CONTEXT)
        free, where = _free(self.device)
        self.dtype, self.need = self._format(config, free)
        check_room(self.need, free, where, quantize=self.quantize)
        with _explained(spec):
            model: Any = AutoModelForCausalLM.from_pretrained(
                place,
                dtype=self.dtype,
                device_map={"": self.device},
                quantization_config=_quantization(self.quantize, self.dtype),
            )
        if adapter := spec.options.get("adapter"):
            model = _with_adapter(model, adapter)
        self.model = model.eval()
        self.parameters = sum(_numbers(p) for p in self.model.parameters())
        self.bytes = self.model.get_memory_footprint()

    def _format(self, config: Any, free: int) -> tuple[torch.dtype, Need]:
        import torch

        def need(width: int) -> Need:
            return needed(config, quantize=self.quantize, width=width, context=self.context)

        if self.quantize == "8bit":
            return torch.float16, need(2)  # what bitsandbytes' 8-bit products take
        if self.device == "cpu":
            wide = need(4)
            if self.quantize == "none" and wide.all <= min(free, SMALL):
                return torch.float32, wide
            return torch.bfloat16, need(2)
        if self.device == "cuda" and torch.cuda.is_bf16_supported():
            return torch.bfloat16, need(2)
        return torch.float16, need(2)


def _greedy(logits: torch.Tensor) -> tuple[int, float]:
    logs = logits.float().log_softmax(-1)
    best = int(logs.argmax())
    return best, float(logs[best])


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many ids two texts share from the start."""
    if other[: len(one)] == one:
        return len(one)
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(other))


def _place(spec: ModelSpec) -> str:
    """The folder, or a name of the hub. Raises ModelError for a path where nothing is."""
    path = Path(spec.place).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(f"{path} is no checkpoint: it holds no config.json.")
        return str(path)
    hub = spec.place.count("/") == 1 and not spec.place.startswith((".", "/", "~"))
    if not hub or path.exists():
        raise ModelError(f"there is no checkpoint folder {path}.")
    return spec.place


def _device(wanted: str) -> str:
    import torch

    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[wanted]:
        raise ModelError(f"this machine has no device {wanted} that torch can use; leave it out.")
    return wanted


def _free(device: str) -> tuple[int, str]:
    """(bytes that are free, of what)."""
    import psutil
    import torch

    if device == "cuda":
        return torch.cuda.mem_get_info()[0], "the GPU"
    return int(psutil.virtual_memory().available), "this machine"


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


def _quantization(quantize: str, dtype: torch.dtype) -> Any:
    if quantize == "none":
        return None
    try:
        import bitsandbytes  # noqa: F401 - to say here, and not deep inside, that it is missing
    except ModuleNotFoundError as error:
        raise ModelError(f"quantize={quantize} needs {error.name}: {EXTRA}.") from error
    from transformers import BitsAndBytesConfig

    if quantize == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def _with_adapter(model: Any, adapter: str) -> Any:
    try:
        from peft import PeftModel
    except ModuleNotFoundError as error:
        raise ModelError(f"adapters need {error.name}: pip install 'cwm-lab[finetune]'.") from error
    folder = Path(adapter).expanduser()
    if not (folder / "adapter_config.json").is_file():
        raise ModelError(f"there is no adapter at {folder}: it holds no adapter_config.json.")
    try:
        return PeftModel.from_pretrained(model, str(folder))
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelError(
            f"the adapter at {folder} does not fit this model: {_first_line(error)}"
        ) from error


def _numbers(parameter: Any) -> int:
    """How many numbers a parameter holds; 4-bit ones are packed two to a byte."""
    packed = type(parameter).__name__ == "Params4bit"
    return int(parameter.numel()) * (2 if packed else 1)


class _explained:  # noqa: N801 - reads as the phrase it makes: `with _explained(spec)`
    """Turns what transformers and the hub raise into one sentence."""

    def __init__(self, spec: ModelSpec) -> None:
        self._place = spec.place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, ModelError):
            return
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise ModelError(
                f"there is no room left on the disk for {self._place}; free some, or point "
                "HF_HOME to another disk. What is there is kept, and the download goes on."
            ) from error
        names = {type(one).__name__ for one in _chain(error)}
        if "GatedRepoError" in names:
            raise ModelError(
                f"{self._place} is gated: accept its licence on its hub page, then log in with "
                "`hf auth login`."
            ) from error
        if "RepositoryNotFoundError" in names:
            raise ModelError(f"the hub knows no model {self._place}.") from error
        if names & {"LocalEntryNotFoundError", "ConnectError", "ConnectionError", "ProxyError"}:
            raise ModelError(
                f"{self._place} is not on this machine, and the hub cannot be reached."
            ) from error
        if isinstance(error, OSError | ValueError | RuntimeError | KeyError | ImportError):
            raise ModelError(f"cannot load {self._place}: {_first_line(error)}") from error


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200] + ("" if lines[0].endswith(".") else ".")
