"""What a reader can set, by `c.CWMLab.model = ...` in a file or `%config CWMLab.model = ...`."""

from __future__ import annotations

from traitlets import Enum, Float, Int, Unicode, default
from traitlets.config import Configurable


class CWMLab(Configurable):
    """Defaults of the `%%predict` magic."""

    model = Unicode(
        help="World model that predicts: builtin, local:PATH_OR_HUB_NAME, openai:URL#MODEL or "
        "hosted:URL, each also with ?adapter=NAME. By default what `cwm-lab adapters default` "
        "tells: builtin, or an adapter that was chosen.",
    ).tag(config=True)
    max_steps = Int(1000, min=1, help="Most steps that are predicted and recorded.").tag(
        config=True
    )
    me = Enum(
        ("off", "questions", "table"),
        default_value="off",
        help="Whether you predict first in every cell; `--me` of a cell comes before it.",
    ).tag(config=True)
    learner = Unicode(
        "", help="Name under which answers are saved; by default that of the user."
    ).tag(config=True)
    predict_seconds = Float(
        60.0, min=0.001, help="Longest time that the model may predict, in seconds."
    ).tag(config=True)
    max_seconds = Float(
        10.0, min=0.001, help="Longest time that the cell may really run, in seconds."
    ).tag(config=True)

    @default("model")
    def _default_model(self) -> str:
        from cwm_lab.notebook.shell import tell
        from cwm_lab.worldmodel.registry import usual_model

        model, problem = usual_model()
        if problem:
            tell(problem)
        return model
