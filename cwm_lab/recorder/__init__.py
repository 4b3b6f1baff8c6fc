"""Reality: what Python really does with a program, recorded step by step. Imports only `trace`."""

from cwm_lab.recorder.api import Recording, record, record_here, record_what_if
from cwm_lab.recorder.sandbox import sandbox_protections

__all__ = ["Recording", "record", "record_here", "record_what_if", "sandbox_protections"]
