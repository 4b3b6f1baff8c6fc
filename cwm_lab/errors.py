"""The project's exceptions: each message says what went wrong and what to do next."""


class CWMLabError(Exception):
    """Base of all errors that are the caller's to mend."""


class BadProgramError(CWMLabError):
    """The program cannot be read: not text, too large, or not Python."""


class BadTraceError(CWMLabError):
    """A stored trace or comparison cannot be read."""


class ModelError(CWMLabError):
    """A world model cannot be found, loaded or asked."""


class FinetuneError(CWMLabError):
    """A fine-tuning cannot begin, or cannot be finished, with what it was given."""
