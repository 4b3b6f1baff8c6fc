"""Fine-tuning with LoRA: an instructor makes a model good at the course's own programs.

`finetune` is the whole of it; `docs/finetuning.md` tells how it works and what it reached.
"""

from cwm_lab.training.finetune.collecting import LeftOut
from cwm_lab.training.finetune.outcome import FinetuneReport, Judged
from cwm_lab.training.finetune.progress import Point, Progress, Stage
from cwm_lab.training.finetune.run import finetune
from cwm_lab.training.finetune.settings import Settings
from cwm_lab.training.finetune.verdict import Change, Verdict

__all__ = [
    "Change",
    "FinetuneReport",
    "Judged",
    "LeftOut",
    "Point",
    "Progress",
    "Settings",
    "Stage",
    "Verdict",
    "finetune",
]
