"""The player without the magic: for marimo, for other notebooks, and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cwm_lab.courses.attempts import store
from cwm_lab.courses.quiz import Quiz, TableQuiz
from cwm_lab.notebook.learner import QuizLink, marks
from cwm_lab.notebook.live import Live
from cwm_lab.notebook.notes import limit_told, outside
from cwm_lab.notebook.player import Player
from cwm_lab.notebook.what_if import Limits
from cwm_lab.recorder import record
from cwm_lab.trace import Comparison, Program, Trace, compare


def show(
    source: str | Program | Comparison | Trace,
    *,
    model: str = "builtin",
    stdin: Sequence[str] = (),
    max_steps: int = 1000,
    max_seconds: float = 10.0,
    predict_seconds: float = 60.0,
) -> Player:
    """A player for a program, which is predicted, run in the sandbox and compared; or for traces.

    Give it back from a cell, or in marimo wrap it in `marimo.ui.anywidget`. Of traces that are
    given, `model` is asked when the reader wants to know what if. stdin: the lines that
    `input()` reads.
    Other limits as for `record` and `predict`. Raises what these raise.
    """
    limits = Limits(max_steps, max_seconds, predict_seconds)
    if isinstance(source, str | Program):
        program = source if isinstance(source, Program) else Program(source)
        if stdin:
            program = replace(program, stdin=tuple(stdin))
        source = _compared(program, model, limits)
    predicted, actual = _traces(source)
    trace = actual or predicted
    assert trace is not None
    player = Player(trace.program, model=model, notes=outside(trace.program, model))
    player.calibrated = _is_calibrated(model)
    if predicted is not None:
        player.set_prediction(predicted)
    if isinstance(source, Comparison):
        player.set_comparison(source)
    elif actual is not None:
        player.set_reality(actual)
    if actual is not None:
        _tie(player, predicted, actual, model, limits)
    kind = "finished" if actual is None else actual.outcome.kind
    player.set_status("done", limit_told(kind, steps=max_steps, seconds=max_seconds))
    return player


def _compared(program: Program, model: str, limits: Limits) -> Comparison:
    # Here, so that the model's code is loaded only when it is asked.
    from cwm_lab.worldmodel import predict

    predicted = predict(
        program,
        model=model,
        max_steps=limits.max_steps,
        max_seconds=limits.predict_seconds,
    )
    actual = record(program, max_steps=limits.max_steps, max_seconds=limits.max_seconds)
    return compare(predicted, actual)


def _traces(source: Comparison | Trace) -> tuple[Trace | None, Trace | None]:
    if isinstance(source, Comparison):
        return source.predicted, source.actual
    return (source, None) if source.origin == "model" else (None, source)


def _is_calibrated(model: str) -> bool:
    from cwm_lab.worldmodel import BuiltinModel, load_model
    from cwm_lab.worldmodel.specs import names_builtin

    loaded = load_model(model) if names_builtin(model) else None
    return isinstance(loaded, BuiltinModel) and bool(loaded.calibration.step_points)


def _tie(
    player: Player, predicted: Trace | None, actual: Trace, model: str, limits: Limits
) -> None:
    asked = 0

    def begin(mode: str) -> None:
        nonlocal asked
        asked += 1
        quiz: Quiz | TableQuiz
        if mode == "table":
            quiz = TableQuiz(actual, save=store().add)
        else:
            quiz = Quiz(actual, seed=asked, save=store().add)
        if quiz.reason:
            player.set_status("done", quiz.reason)
            return
        message = player.message

        def done() -> None:
            if isinstance(quiz, TableQuiz):
                player.set_learner(quiz.compare())
            player.you = marks(quiz)
            player.set_status("done", message)

        player.set_status("asking")
        QuizLink(player, quiz, on_done=done, prediction=predicted)

    player.live = Live(
        player,
        actual,
        model=model,
        limits=limits,
        predicted=predicted is not None,
        begin=begin,
    )
    player.live.resync_if_short()
