"""A checkpoint of transformers into memory: found or downloaded, checked for room, quantised.

Everything heavy is imported inside functions. Whatever goes wrong is a ModelError of one sentence.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.adapters import Adapter, find_adapter
from cwm_lab.worldmodel.download import downloaded, someone_watches
from cwm_lab.worldmodel.memory import Need, check_room, needed
from cwm_lab.worldmodel.specs import ModelSpec

if TYPE_CHECKING:
    import torch

SMALL = 4 * 10**9
"""Bytes up to which a network on a processor is held in float32, its fastest format there."""
DEFAULT_CONTEXT = 16_384
"""Unless the specification says more: each token's keys and values take memory."""
EXTRA = "pip install 'cwm-lab[local]'"
_BLOCK, _ROWS = 64, 32
"""What bitsandbytes' packed format for processors with AVX-512 divides a matrix by."""


@dataclass(frozen=True)
class Loaded:
    """model: of transformers, in evaluation mode. context: the most tokens of one text. keeps_all:
    whether there is memory to keep the keys and values of every token in every layer."""

    folder: Path
    config: Any
    model: Any
    device: str
    dtype: torch.dtype
    context: int
    need: Need
    keeps_all: bool

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(_numbers(parameter) for parameter in self.model.parameters())

    @property
    def bytes(self) -> int:
        """How much memory they take."""
        return int(self.model.get_memory_footprint())

    def forward(self, ids: torch.Tensor, cache: Any, **more: Any) -> Any:
        """One pass through the network, which adds to the cache."""
        return self.model(input_ids=ids, use_cache=True, **{_cache_name(self.model): cache}, **more)

    def new_cache(self) -> Any:
        """An empty cache of keys and values; one that keeps all can be cut back to any place."""
        from transformers import DynamicCache

        return DynamicCache() if self.keeps_all else DynamicCache(config=self.model.config)


def _cache_name(model: Any) -> str:
    """What the network calls its cache: transformers has two names for it by version."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return "cache" if "cache" in signature(base.forward).parameters else "past_key_values"


def find_folder(spec: ModelSpec) -> Path:
    """The checkpoint's folder; what the hub has is downloaded first."""
    path = Path(spec.place).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(f"{path} is no checkpoint: it holds no config.json.")
        return path
    hub = spec.place.count("/") == 1 and not spec.place.startswith((".", "/", "~"))
    if not hub or path.exists():
        raise ModelError(f"there is no checkpoint folder {path}.")
    _need_packages()
    with explained(spec):
        return downloaded(spec.place)


def load_checkpoint(spec: ModelSpec, folder: Path) -> Loaded:
    """The network of a folder, as the specification wants it."""
    _need_packages()
    from transformers import AutoConfig, AutoModelForCausalLM

    device = _device(spec.options.get("device", "auto"))
    quantize = spec.options.get("quantize", "none")
    adapter = None
    if value := spec.options.get("adapter"):
        adapter = find_adapter(value)
        adapter.check_fits(folder)
    with explained(spec):
        config = AutoConfig.from_pretrained(folder)
    longest = getattr(config, "max_position_embeddings", DEFAULT_CONTEXT)
    context = min(longest, spec.number("context", None) or DEFAULT_CONTEXT)
    free, where = _free(device)
    dtype, need = _format(config, quantize, device, context, free)
    check_room(need, free, where, quantize=quantize)
    with explained(spec), quietly():
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            device_map={"": device},
            quantization_config=_quantization(quantize, dtype),
        )
    if device == "cpu" and quantize == "4bit":
        _unpack_odd(model)
    if adapter is not None:
        with _without_hints():
            model = _with_adapter(model, adapter)
    return Loaded(
        folder, config, model.eval(), device, dtype, context, need, need.keeping_all <= free
    )


def _need_packages() -> None:
    try:
        import accelerate  # noqa: F401 - to say here, and not deep inside, that it is missing
        import transformers  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModelError(f"local models need {error.name}: {EXTRA}.") from error


def _format(
    config: Any, quantize: str, device: str, context: int, free: int
) -> tuple[torch.dtype, Need]:
    import torch

    def need(width: int) -> Need:
        return needed(config, quantize=quantize, width=width, context=context)

    if quantize == "8bit":
        return torch.float16, need(2)  # what bitsandbytes' 8-bit products take
    if device == "cpu":
        wide = need(4)
        if quantize == "none" and wide.all <= min(free, SMALL):
            return torch.float32, wide
        return torch.bfloat16, need(2)
    if device == "cuda" and torch.cuda.is_bf16_supported():
        return torch.bfloat16, need(2)
    return torch.float16, need(2)


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


def _quantization(quantize: str, dtype: torch.dtype) -> Any:
    if quantize == "none":
        return None
    try:
        with _without_hints():
            import bitsandbytes  # noqa: F401 - to say here, not deep inside, that it is missing
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


def _unpack_odd(model: Any) -> None:
    """Matrices that bitsandbytes' packed format cannot hold (it fails in the first forward pass)
    stay in its plain one."""
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu") and (
            module.in_features % _BLOCK or module.out_features % _ROWS
        ):
            module.support_avx512bf16_for_cpu = False


def _with_adapter(model: Any, adapter: Adapter) -> Any:
    try:
        from peft import LoraConfig, PeftModel
    except ModuleNotFoundError as error:
        raise ModelError(f"adapters need {error.name}: pip install 'cwm-lab[finetune]'.") from error
    # Of its configuration only what has been checked is believed.
    config = LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.config["lora_alpha"],
        use_rslora=bool(adapter.config.get("use_rslora")),
        target_modules=list(adapter.modules),
        task_type="CAUSAL_LM",
        inference_mode=True,
    )
    try:
        return PeftModel.from_pretrained(model, str(adapter.folder), config=config)
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelError(
            f"the adapter {adapter.name!r} does not fit this model: {first_line(error)}"
        ) from error


def _numbers(parameter: Any) -> int:
    """How many numbers a parameter holds; 4-bit ones are packed two to a byte."""
    packed = type(parameter).__name__ == "Params4bit"
    return int(parameter.numel()) * (2 if packed else 1)


@contextmanager
def quietly(*, always: bool = False) -> Iterator[None]:
    """Without transformers' bar of loading where nobody would see it; always: nor anywhere."""
    from transformers.utils import logging as hints

    shown = hints.is_progress_bar_enabled()
    if shown and (always or not someone_watches()):
        hints.disable_progress_bar()
    try:
        with _without_hints():
            yield
    finally:
        if shown:
            hints.enable_progress_bar()


@contextmanager
def _without_hints() -> Iterator[None]:
    """Without bitsandbytes' advice to install something that fetches kernels from the hub."""
    logger = logging.getLogger("bitsandbytes.backends.cpu.ops")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextmanager
def explained(spec: ModelSpec) -> Iterator[None]:
    """Turns what transformers, httpx and the hub's library raise into one sentence."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        sentence = _sentence(spec.place, error)
        if sentence is None:
            raise
        raise ModelError(sentence) from error


def _sentence(place: str, error: Exception) -> str | None:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return (
            f"there is no room left on the disk for {place}; free some, or point HF_HOME to "
            "another disk. What is there is kept, and the download goes on."
        )
    names = {type(one).__name__ for one in _chain(error)}
    status = next((_status(one) for one in _chain(error) if _status(one)), 0)
    if "GatedRepoError" in names or status in (401, 403):
        if "RepositoryNotFoundError" in names:
            return f"the hub knows no model {place}, or it is private: log in with `hf auth login`."
        return (
            f"{place} is gated: accept its licence on its hub page, then log in with "
            "`hf auth login`."
        )
    if "RepositoryNotFoundError" in names or status == 404:
        return f"the hub knows no model {place}."
    if names & {"LocalEntryNotFoundError", "ConnectError", "ConnectionError", "ProxyError"}:
        return f"{place} is not on this machine, and the hub cannot be reached."
    if isinstance(error, OSError | ValueError | RuntimeError | KeyError | ImportError) or status:
        return f"cannot load {place}: {first_line(error)}"
    return None


def _status(error: BaseException) -> int:
    return int(getattr(getattr(error, "response", None), "status_code", 0) or 0)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def first_line(error: BaseException) -> str:
    """An error's message, cut to a line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200] + ("" if lines[0].endswith(".") else ".")
