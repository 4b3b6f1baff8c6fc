"""Evaluation: the same numbers however many processes share the work, and honest limits."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cwm_lab.errors import BadProgramError, ModelError
from cwm_lab.trace import SCORE_NAMES, Program, Step, Trace
from cwm_lab.training.evaluate import evaluate
from cwm_lab.training.report import html_report
from cwm_lab.training.scores import RESYNCED, Evaluation, Row
from cwm_lab.worldmodel import predict

SOURCES = {
    "a.py": "# tags: ints\nx = 1\ny = x\n",
    "b.py": "# tags: ints crash\nx = 1\nx = 1 / 0\n",
    "c.py": "# tags: strings input\n# stdin: ['no json']\ns = 'a'\n",
    "d.py": "for i in range(2):\n    print(i)\n",
}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for name, source in SOURCES.items():
        (tmp_path / name).write_text(source.replace("'no json'", '"3"'))
    return sorted(tmp_path.iterdir())


def timeless(evaluation: Evaluation) -> dict[str, object]:
    data = evaluation.to_json()
    del data["steps_per_second"], data["programs_per_second"]
    for row in data["rows"]:
        del row["seconds"]

    def rounded(value: object) -> object:
        """A batch of other rows adds up in another order."""
        if isinstance(value, dict):
            return {key: rounded(part) for key, part in value.items()}
        if isinstance(value, list):
            return [rounded(part) for part in value]
        return round(value, 3) if isinstance(value, float) else value

    return rounded(data)  # type: ignore[return-value]


def test_rows_come_in_the_order_of_the_files(paths: list[Path]) -> None:
    seen: list[Row] = []
    evaluation = evaluate(paths, on_program=seen.append)
    assert list(evaluation.rows) == seen
    assert [row.file for row in seen] == [str(path) for path in paths]
    assert [row.tags for row in seen] == [("ints",), ("ints", "crash"), ("strings", "input"), ()]
    for row in seen:
        assert set(row.scores) >= set(SCORE_NAMES)
        assert all(0 <= score <= 1 for score in row.scores.values())
        assert row.steps > 0
        assert row.seconds > 0


@pytest.mark.slow
def test_two_processes_give_the_same_numbers(paths: list[Path]) -> None:
    assert timeless(evaluate(paths, workers=2)) == timeless(evaluate(paths))


def test_means_and_tags() -> None:
    def row(file: str, tags: tuple[str, ...], score: float, seconds: float) -> Row:
        return Row(file, tags, 5, 10, dict.fromkeys((*SCORE_NAMES, RESYNCED), score), seconds, 0)

    rows = [row("a", ("x",), 1.0, 1.0), row("b", ("x", "y"), 0.0, 3.0), row("c", (), 0.5, 1.0)]
    evaluation = Evaluation("some", rows)
    assert evaluation.scores["trace_exact"] == 0.5
    assert evaluation.by_tag["x"]["programs"] == 2
    assert evaluation.by_tag["x"]["step_accuracy"] == 0.5
    assert evaluation.by_tag["y"][RESYNCED] == 0.0
    assert evaluation.steps_per_second == 6.0


def test_nothing_runs_if_a_file_cannot_be_read(paths: list[Path], tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    paths[0].write_text(f"open({str(marker)!r}, 'w')\n")
    paths[-1].write_bytes(b"\xff")
    with pytest.raises(BadProgramError, match=r"d\.py is not UTF-8"):
        evaluate(paths)
    assert not marker.exists()


def test_a_prediction_stops_at_its_time_limit() -> None:
    steps: list[Step] = []
    program = Program("x = 0\nwhile True:\n    x = 1\n")
    trace = predict(program, max_seconds=1e-9, on_step=steps.append)
    assert trace.outcome.kind == "time-limit"
    assert list(trace.steps) == steps
    assert len(steps) <= 1
    assert trace.origin == "model"


def test_a_report_is_one_page_without_scripts_or_links(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / "d.py").write_text("x = '<script>alert(1)</script>'\nprint(x * 40)\n")
    evaluation = evaluate(paths)
    page = html_report(evaluation, "<folder>")
    assert "<script" not in page.lower()
    assert "http" not in page.replace("http-equiv", "")
    assert "&lt;folder&gt;" in page
    for row in evaluation.rows:
        assert Path(row.file).name in page
    ElementTree.fromstring(re.sub(r"<!doctype html>|<meta [^>]*>", "", page))


def test_groups_count_every_program_once(paths: list[Path]) -> None:
    evaluation = evaluate(paths)
    assert sum(group["programs"] for group in evaluation.by_length.values()) == len(paths)
    assert evaluation.by_construct["For"]["programs"] == 1
    failed = [row for row in evaluation.rows if row.scores["trace_exact"] < 1]
    assert sum(evaluation.causes.values()) == len(failed)
    assert len(evaluation.failures(20)) == len(failed)
    assert sum(evaluation.verdicts.values()) >= sum(row.steps for row in evaluation.rows)
    crossed = evaluation.confusion
    cells = sum(sum(row.values()) for row in crossed.values())
    assert cells == sum(evaluation.verdicts.values())
    right = sum(crossed[event].get(event, 0) for event in crossed)
    assert right == evaluation.verdicts["match"]
    ends = evaluation.outcomes
    assert sum(sum(row.values()) for row in ends.values()) == len(paths)
    assert sum(ends["ZeroDivisionError"].values()) == 1


def test_resynced_and_without_scratchpad(paths: list[Path]) -> None:
    data = evaluate(paths, resynced=True, without_scratchpad=True).to_json()
    assert set(data["without_scratchpad"]) == {*SCORE_NAMES, RESYNCED}
    assert all(row["without_scratchpad"].keys() == {*SCORE_NAMES, RESYNCED} for row in data["rows"])
    for kind in data["by_value_type"].values():
        assert kind["resynced_values"] >= kind.get("values", 0)
        assert 0 <= kind["resynced_right"] <= 1
    for group in (*data["by_tag"].values(), *data["by_construct"].values()):
        assert RESYNCED in group
    assert sum(group["steps"] for group in data["reliability"]) > 0
    assert all(failure["reason"] for failure in data["failures"])


def test_a_model_of_another_kind_has_no_scratchpad(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        name = "other"

        def predict_many(self, programs: list[Program], **_: object) -> list[Trace]:
            return [Trace(program, origin="model") for program in programs]

    monkeypatch.setattr("cwm_lab.training.evaluate.load_model", lambda _: Other())
    assert evaluate(paths[:1]).scores["step_accuracy"] == 0
    with pytest.raises(ModelError, match="no scratchpad"):
        evaluate(paths, without_scratchpad=True)
