"""Adapters: what fine-tuning with LoRA (Hu et al. 2021) leaves, as folders that can be handed on.

`docs/adapters.md` tells what is in such a folder. Nothing in it is code, nothing is unpickled.
"""

from cwm_lab.worldmodel.adapters.base import Base, base_of, weights_sha256
from cwm_lab.worldmodel.adapters.files import Adapter, read_adapter
from cwm_lab.worldmodel.adapters.store import (
    adapter_names,
    adapters_folder,
    check_name,
    default_model,
    find_adapter,
    list_adapters,
    load_adapter,
    remove_adapter,
    save_adapter,
    set_default,
)

__all__ = [
    "Adapter",
    "Base",
    "adapter_names",
    "adapters_folder",
    "base_of",
    "check_name",
    "default_model",
    "find_adapter",
    "list_adapters",
    "load_adapter",
    "read_adapter",
    "remove_adapter",
    "save_adapter",
    "set_default",
    "weights_sha256",
]
