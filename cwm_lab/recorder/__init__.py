"""Reality: what Python really does with a program, recorded step by step. Imports only `trace`."""

from cwm_lab.recorder.api import Recording, record, record_here

__all__ = ["Recording", "record", "record_here"]
