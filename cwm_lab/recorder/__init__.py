"""Reality: what Python really does with a program, recorded step by step. Imports only `trace`."""

from cwm_lab.recorder.freshness import prefer_compiled

COMPILED: bool = prefer_compiled(__name__, __path__)
"""Whether the recorder runs compiled; its source, and what it records, are the same."""

from cwm_lab.recorder.api import Recording, record, record_here, record_what_if  # noqa: E402
from cwm_lab.recorder.sandbox import sandbox_protections  # noqa: E402

__all__ = ["Recording", "record", "record_here", "record_what_if", "sandbox_protections"]
