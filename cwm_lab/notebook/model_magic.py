"""The `%cwm` line magic: which model predicts, whether it works, and fine-tuning it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_magic, magics_class

from cwm_lab.errors import CWMLabError
from cwm_lab.notebook.config import CWMLab
from cwm_lab.notebook.shell import tell
from cwm_lab.notebook.tracebacks import one_line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

USAGE = (
    "write %cwm status, %cwm finetune, or %cwm model SPEC (builtin, local:PATH_OR_HUB_NAME, "
    "openai:URL#MODEL, hosted:URL; each also with ?adapter=NAME)."
)


@magics_class
class ModelMagics(Magics):
    """`%cwm model SPEC`, `%cwm status` and `%cwm finetune`."""

    @line_magic
    def cwm(self, line: str) -> object:
        """Choose the world model, see which one is chosen and whether it works, or fine-tune it.

        %cwm finetune         a form; or at once, with the report as its value:
        %cwm finetune PROGRAMS... --name NAME [--minutes M] [--model SPEC] [--replace]
        %cwm status
        %cwm model            which model is chosen
        %cwm model SPEC       builtin, local:PATH_OR_HUB_NAME?quantize=4bit, openai:URL#MODEL,
                              hosted:URL; an adapter by builtin?adapter=NAME
        """
        assert self.shell is not None  # magics that were registered have their shell
        command, _, rest = line.strip().partition(" ")
        try:
            return self._run(config_of(self.shell), command, rest.strip())
        except CWMLabError as error:
            raise one_line(error, "%cwm") from None

    def _run(self, config: CWMLab, command: str, rest: str) -> object:
        from cwm_lab.worldmodel.specs import parse_spec
        from cwm_lab.worldmodel.status import LICENCE, model_status

        if command == "finetune":
            from cwm_lab.notebook.finetuning.magic import finetune_magic

            assert self.shell is not None
            return finetune_magic(self.shell, config, rest)
        if command == "status" and not rest:
            tell(str(model_status(config.model, load=False)))
        elif command == "model" and not rest:
            tell(config.model)
        elif command == "model":
            spec = parse_spec(rest.strip("'\""))
            config.model = str(spec)
            note = "" if spec.kind in ("builtin", "hosted") else f" {LICENCE}"
            tell(f"{config.model} predicts from now on; %cwm status shows if it works.{note}")
        else:
            raise CWMLabError(USAGE)
        return None


def config_of(shell: InteractiveShell) -> CWMLab:
    """The shell's `CWMLab` settings."""
    configurables: list[Any] = shell.configurables
    return next((one for one in configurables if isinstance(one, CWMLab)), None) or CWMLab(
        parent=shell
    )
