"""One run of `%%predict`, from the cell's text to the compared traces in the player."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from IPython.display import DisplayHandle, display

from cwm_lab.courses.attempts import store
from cwm_lab.courses.quiz import Quiz, TableQuiz
from cwm_lab.errors import BadProgramError, CWMLabError
from cwm_lab.notebook.cell import calls_input, is_empty, read_cell
from cwm_lab.notebook.context import gather_context
from cwm_lab.notebook.learner import QuizLink, ask_in_text, can_ask, marks, score, stop
from cwm_lab.notebook.live import First, Live
from cwm_lab.notebook.names import deletes, mentions
from cwm_lab.notebook.notes import limit_told, notes, outside
from cwm_lab.notebook.player import Player, Status
from cwm_lab.notebook.shell import (
    Message,
    ask_reader,
    history_of,
    someone_answers,
    tell,
    variables_of,
)
from cwm_lab.notebook.tracebacks import of_the_cell, one_line, syntax_error
from cwm_lab.notebook.what_if import Limits
from cwm_lab.recorder import Recording, record, record_here
from cwm_lab.recorder.run import Stopped
from cwm_lab.trace import Outcome, Program, Step, Trace, compare

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_NO_READER = (
    "The cell asks for input, and nobody can answer here. Give the lines in advance: "
    "%%predict --input TEXT (repeat it for more lines)."
)


_ANSWER_FIRST = (
    "You predict first: answer the questions in the player, then the steps are shown. Where it "
    "cannot be seen, run the cell with %%predict --me --plain."
)


@dataclass(frozen=True)
class Options:
    """What `%%predict` was asked for. max_seconds bounds the run, predict_seconds the model.

    me: "questions" or "table" if the learner predicts first, else empty; plain: asked in text, not
    in the widget; seed: chooses the questions; learner: under which name answers are saved; first:
    sets whether the next cells ask first.
    """

    model: str = "builtin"
    max_steps: int = 1000
    max_seconds: float = 10.0
    predict_seconds: float = 60.0
    stdin: tuple[str, ...] = ()
    sandbox: bool = False
    me: str = ""
    plain: bool = False
    seed: int = 0
    learner: str = ""
    first: First | None = None


def predict_cell(shell: InteractiveShell, source: str, options: Options) -> None:
    """Predict a cell, run it, compare, and show all of it.

    Raises what the cell raises; BadProgramError, before anything is run, for a cell that cannot be
    followed. The errors raised are shown without frames of the lab.
    """
    if is_empty(source):
        # No error: "Run all" must get past a cell that is still to be written.
        display(Message("The cell is empty. Write a small program under the %%predict line."))
        return
    filename = shell.compile.cache(source, shell.execution_count, raw_code=source)
    try:
        tree = read_cell(source, filename)
        session = _Session(shell, source, filename, tree, options)
    except SyntaxError as error:
        raise syntax_error(shell, error) from None
    except CWMLabError as error:
        raise one_line(error) from None
    session.run()


class _Session:
    """One cell on its way through prediction, recording and comparison."""

    def __init__(
        self,
        shell: InteractiveShell,
        source: str,
        filename: str,
        tree: ast.Module,
        options: Options,
    ) -> None:
        self.shell = shell
        self.source = source
        self.options = options
        answers = someone_answers(shell)
        self.asks = calls_input(tree) and not options.stdin
        if self.asks and not answers:
            raise BadProgramError(_NO_READER)
        if self.asks and options.sandbox:
            raise BadProgramError(
                "In a --sandbox the cell cannot ask you. Give its lines with --input TEXT."
            )
        self.tree = tree
        self.context = gather_context(tree, variables_of(shell), history_of(shell))
        self.program = Program(source, filename, self.context.text, options.stdin)
        browser = answers and getattr(shell, "kernel", None) is not None
        self.player = Player(
            self.program,
            model=options.model,
            notes=(
                *notes(
                    self.context.left_out,
                    sandbox=options.sandbox,
                    unattended=bool(options.me) and not answers,
                ),
                *outside(self.program, options.model),
            ),
            interactive=browser,
        )
        self.handle: DisplayHandle | None = None
        self.browser = browser
        self.answers = answers
        self.link: QuizLink | None = None
        self.asked = 0  # times that the learner was asked again
        if browser and (not self.asks_learner or self.asks_in_widget):
            self._show()

    @property
    def asks_learner(self) -> bool:
        """Whether the learner predicts first: nobody can, when a notebook is run unattended."""
        return bool(self.options.me) and self.answers

    @property
    def asks_in_widget(self) -> bool:
        return (
            self.asks_learner and self.browser and not self.options.plain and can_ask(self.player)
        )

    def _show(self) -> None:
        self.handle = display(self.player, display_id=True)

    def run(self) -> None:
        """Both runs and the comparison; then the cell's value or exception, as after any cell.

        Where the widget asks the learner, the cell ends first, and the value or exception is told
        only there: shown below the cell it would give the answers away.
        """
        if self.asks_in_widget:
            self._run_behind_questions()
            return
        try:
            if self.asks_learner:
                ran = self._run_for_real()
                quiz = self._ask_in_text(ran.trace)
                if self.browser:
                    self._show()
                prediction = self._predict()
                display(score(quiz, None if isinstance(prediction, CWMLabError) else prediction))
            elif self.asks:
                # The model is to get the reader's answers, so Python goes first.
                ran = self._run_for_real("Python runs first: the model gets the same answers.")
                prediction = self._predict()
            else:
                prediction = self._predict()
                ran = self._run_for_real()
        except KeyboardInterrupt as interrupt:
            self._finish("failed", "Stopped by you while the model was predicting.")
            raise of_the_cell(self.shell, interrupt.with_traceback(None)) from None
        except BaseException:
            self._finish("failed", "Something went wrong in CWM Lab itself; see below.")
            raise
        self._compare(prediction, ran)
        # A limit that ended the cell is told in the player; it is no exception of the cell.
        past = ran.trace.outcome.kind == "step-limit" and not isinstance(ran.error, Stopped)
        if ran.error is not None and (past or ran.trace.outcome.kind == "raised"):
            raise of_the_cell(self.shell, ran.error)
        if ran.value is not None:
            self.shell.displayhook(ran.value)

    def _quiz(self, trace: Trace, mode: str) -> Quiz | TableQuiz:
        save, who = store().add, self.options.learner
        if mode == "table":
            return TableQuiz(trace, save=save, who=who)
        return Quiz(trace, seed=self.options.seed + self.asked, save=save, who=who)

    def _ask_in_text(self, trace: Trace) -> Quiz | TableQuiz:
        """Ask all questions below the cell before anything is revealed; an interrupt ends them."""
        quiz = self._quiz(trace, self.options.me)
        try:
            ask_in_text(
                quiz,
                lambda prompt: ask_reader(self.shell, prompt),
                tell,
            )
        except KeyboardInterrupt:
            stop(quiz)
        return quiz

    def _run_behind_questions(self) -> None:
        """Run and predict without showing either; the widget asks, and then reveals both."""
        try:
            ran = self._run_for_real("Python runs the cell; you predict first.")
            prediction = self._predict(hidden=True)
        except KeyboardInterrupt as interrupt:
            self._finish("failed", "Stopped by you before the questions began.")
            raise of_the_cell(self.shell, interrupt.with_traceback(None)) from None
        except BaseException:
            self._finish("failed", "Something went wrong in CWM Lab itself; see below.")
            raise
        quiz = self._quiz(ran.trace, self.options.me)
        if quiz.reason:
            self._reveal(prediction, ran, quiz.reason)
            return
        self._finish("asking", _ANSWER_FIRST)
        self._ask_in_widget(quiz, prediction, lambda: self._reveal(prediction, ran))

    def _ask_in_widget(
        self, quiz: Quiz | TableQuiz, prediction: Trace | CWMLabError, reveal: Callable[[], None]
    ) -> None:
        if self.link is not None:
            self.link.close()

        def done() -> None:
            if isinstance(quiz, TableQuiz):
                self.player.set_learner(quiz.compare())
            self.player.you = marks(quiz)
            reveal()

        self.link = QuizLink(
            self.player,
            quiz,
            on_done=done,
            prediction=prediction if isinstance(prediction, Trace) else None,
        )

    def _ask_again(self, mode: str, prediction: Trace | CWMLabError, ran: Recording) -> None:
        """The switch in the player: everything is hidden, and the learner is asked. Each time the
        questions are others, as far as the program gives any."""
        self.asked += 1
        status: Status = "failed" if isinstance(prediction, CWMLabError) else "done"
        quiz = self._quiz(ran.trace, mode)
        if quiz.reason:
            self.player.set_status(status, quiz.reason)
            return
        message = self.player.message
        self.player.set_status("asking", _ANSWER_FIRST)
        self._ask_in_widget(quiz, prediction, lambda: self.player.set_status(status, message))

    def _reveal(self, prediction: Trace | CWMLabError, ran: Recording, message: str = "") -> None:
        if isinstance(prediction, Trace):
            self.player.set_prediction(prediction)
        self._compare(prediction, ran, message)

    def _predict(self, *, hidden: bool = False) -> Trace | CWMLabError:
        """The model's trace, streamed into the player unless `hidden`; or why there is none."""
        # Here, so that the model's code is loaded only when it is asked.
        from cwm_lab.worldmodel import BuiltinModel, load_model, predict
        from cwm_lab.worldmodel.hosted import HostedModel

        if not hidden:
            self.player.set_status("predicting")
        seen: list[Step] = []

        def on_wait(place: int, length: int) -> None:
            if not seen and not hidden:
                text = f"Waiting at the server: place {place} of {length}."
                self.player.set_status("predicting", text)

        def on_step(step: Step) -> None:
            if not seen and not hidden and self.player.message:
                self.player.set_status("predicting")
            seen.append(step)
            if not hidden:
                self.player.add_step(step)

        try:
            model = load_model(self.options.model)
            if isinstance(model, BuiltinModel):
                self.player.calibrated = bool(model.calibration.step_points)
            if isinstance(model, HostedModel):
                model.on_wait = on_wait
            trace = predict(
                self.program,
                model=self.options.model,
                stdin=self.program.stdin,
                max_steps=self.options.max_steps,
                max_seconds=self.options.predict_seconds,
                on_step=on_step,
            )
        except CWMLabError as error:
            return error
        except KeyboardInterrupt:
            outcome = Outcome("truncated", None, "stopped by you")
            self.player.set_prediction(
                Trace(self.program, tuple(seen), outcome, "model", self.options.model)
            )
            raise
        if not hidden:
            self.player.set_prediction(trace)
        return trace

    def _run_for_real(self, message: str = "") -> Recording:
        self.player.set_status("running", message)
        options = self.options
        if options.sandbox:
            trace = record(
                self.program, max_steps=options.max_steps, max_seconds=options.max_seconds
            )
            return Recording(trace)
        answers: list[str] = []

        def ask(prompt: str) -> str:
            answers.append(ask_reader(self.shell, prompt))
            return answers[-1]

        with self._without_stale_names():
            recording = record_here(
                self.program,
                self.shell.user_ns,
                max_steps=options.max_steps,
                max_seconds=None if self.asks else options.max_seconds,  # a reader may take long
                context_lines=self.context.lines,
                keep_value=not self.source.rstrip().endswith(";"),
                ask=ask if self.asks else None,
            )
        self.program = replace(self.program, stdin=(*self.program.stdin, *answers))
        steps = self._without_left_out(recording.trace.steps)
        trace = replace(recording.trace, program=self.program, steps=steps)
        return replace(recording, trace=trace)

    @contextmanager
    def _without_stale_names(self) -> Iterator[None]:
        """Put away what the cell speaks of but cannot read, such as its own names when it is run
        a second time: the trace would show them as if they were there from the start."""
        variables = self.shell.user_ns
        stale = (mentions(self.tree) & variables.keys()) - self.context.names
        kept = {name: variables.pop(name) for name in stale}
        try:
            yield
        finally:
            for name in kept.keys() - deletes(self.tree):
                variables.setdefault(name, kept[name])

    def _without_left_out(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """What the model was not told of is not held against it: its names as the cell starts."""
        if not steps:
            return ()
        first = steps[0]
        hidden = self.context.left_out
        known = {k: v for k, v in first.locals.items() if k not in hidden}
        types = {k: v for k, v in first.types.items() if k not in hidden}
        ids = {k: v for k, v in first.ids.items() if k not in hidden}
        return (replace(first, locals=known, types=types, ids=ids), *steps[1:])

    def _compare(self, prediction: Trace | CWMLabError, ran: Recording, message: str = "") -> None:
        limit = limit_told(
            ran.trace.outcome.kind,
            steps=self.options.max_steps,
            seconds=self.options.max_seconds,
            went_on=not self.options.sandbox,
            then=ran.error.outcome.kind if isinstance(ran.error, Stopped) else None,
        )
        message = " ".join(filter(None, (message, limit)))
        if isinstance(prediction, CWMLabError):
            self.player.set_reality(ran.trace)
            self._tie(prediction, ran)
            self._finish(
                "failed", " ".join(filter(None, (f"No prediction: {prediction}", message)))
            )
            return
        self.player.set_comparison(compare(prediction, ran.trace))
        self._tie(prediction, ran)
        self._finish("done", message)

    def _tie(self, prediction: Trace | CWMLabError, ran: Recording) -> None:
        """What the player can do from now on, as long as somebody looks at it in a browser."""
        if not self.browser:
            return
        options = self.options
        self.player.live = live = Live(
            self.player,
            ran.trace,
            model=options.model,
            limits=Limits(options.max_steps, options.max_seconds, options.predict_seconds),
            predicted=isinstance(prediction, Trace),
            begin=lambda mode: self._ask_again(mode, prediction, ran),
            missing=tuple(self.context.left_out),
            first=options.first,
        )
        live.resync_if_short()

    def _finish(self, status: Status, message: str) -> None:
        """Show the end; the display keeps its static forms for readers without a browser."""
        self.player.set_status(status, message)
        if self.handle is not None:
            self.handle.update(self.player)
        else:
            display(self.player)
