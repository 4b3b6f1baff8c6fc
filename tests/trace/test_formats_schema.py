"""The published schemas say what is really written, and let newer documents pass."""

from __future__ import annotations

import copy
import importlib.util
import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwm_lab import predict, record
from cwm_lab.trace import SCORE_NAMES, OutcomeKind, Program, Trace, compare, schema
from cwm_lab.trace.objects import ObjectKind

HERE = Path(__file__).parent
GOLDEN = sorted((HERE.parent / "golden").glob("*.json"))
PROGRAMS = HERE.parent / "programs"


def _traces() -> Any:
    spec = importlib.util.spec_from_file_location("strategies_of_traces", HERE / "test_model.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.traces()


TRACES = _traces()
TRACE = jsonschema.Draft202012Validator(schema("trace@1"))
COMPARISON = jsonschema.Draft202012Validator(schema("comparison@1"))


def golden_document(path: Path) -> dict[str, Any]:
    """A golden is brief: it leaves out what is the same everywhere."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    source = path.with_name(path.name.split(".")[0] + ".py").read_text(encoding="utf-8")
    steps = [{"event": "line", **step} for step in stored["steps"]]
    return {
        "schema": "cwm-lab/trace@1",
        "program": {"source": source},
        "steps": steps,
        "outcome": stored["outcome"],
    }


def test_the_schemas_are_schemas_and_found_by_name() -> None:
    for name in ("trace@1", "comparison@1"):
        document = schema(name)
        jsonschema.Draft202012Validator.check_schema(document)
        assert document["properties"]["schema"]["const"] == f"cwm-lab/{name}"
        assert schema(f"cwm-lab/{name}") == document
    with pytest.raises(KeyError, match="trace@1"):
        schema("../model")


def test_the_schemas_name_what_the_code_names() -> None:
    definitions = schema("trace@1")["$defs"]
    assert definitions["outcome"]["properties"]["kind"]["enum"] == list(get_args(OutcomeKind))
    assert definitions["object"]["properties"]["kind"]["enum"] == list(get_args(ObjectKind))
    assert schema("comparison@1")["properties"]["scores"]["required"] == list(SCORE_NAMES)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_goldens_are_valid(path: Path) -> None:
    document = golden_document(path)
    TRACE.validate(document)
    TRACE.validate(Trace.from_json(document).to_json())


@given(TRACES)
def test_every_trace_is_valid(trace: Trace) -> None:
    TRACE.validate(json.loads(json.dumps(trace.to_json())))


@given(TRACES, TRACES)
def test_every_comparison_is_valid(left: Trace, right: Trace) -> None:
    COMPARISON.validate(json.loads(json.dumps(compare(left, right).to_json())))


@pytest.mark.parametrize("name", ["aliasing_in_function", "linked_list", "uncaught_deep"])
def test_predicted_recorded_and_compared_traces_are_valid(name: str) -> None:
    program = Program((PROGRAMS / f"{name}.py").read_text(encoding="utf-8"))
    predicted = predict(program, max_steps=40)
    actual = record(program, sandbox=False)
    assert any(step.objects for step in actual.steps) or name == "uncaught_deep"
    TRACE.validate(predicted.to_json())
    TRACE.validate(actual.to_json())
    COMPARISON.validate(compare(predicted, actual).to_json())


def _places(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [place for part in inner for place in _places(part)]


@given(TRACES, st.text(min_size=1, max_size=5), st.data())
def test_unknown_keys_stay_valid(trace: Trace, key: str, data: st.DataObject) -> None:
    document = trace.to_json()
    maps = ("locals", "types", "ids", "objects", "scores")
    names = [step[name] for step in document["steps"] for name in maps if name in step]
    places = [p for p in _places(document) if not any(p is n for n in names)]
    place = data.draw(st.sampled_from(places))
    place.setdefault(f"x-{key}", {"any": [1]})
    TRACE.validate(document)


OBJECT = {"kind": "dict", "type": "dict", "size": 1, "items": [["'a'", 3]]}
STEP = {"event": "line", "line": 1}


@pytest.mark.parametrize(
    "objects",
    [
        {"1": OBJECT},
        {"1": {"kind": "list", "type": "list", "size": 2, "items": ["1", 1]}},
        {"-2": {"kind": "instance", "type": "Dog", "size": 1, "items": [["name", "'Rex'"]]}},
        {},
    ],
)
def test_objects_are_valid(objects: Any) -> None:
    document = Trace(Program("")).to_json()
    document["steps"] = [{**STEP, "objects": objects}]
    TRACE.validate(document)
    assert Trace.from_json(document).steps[0].to_json().get("objects", {}) == objects


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema"], "cwm-lab/trace@2"),
        (["origin"], "nobody"),
        (["program", "source"], 3),
        (["outcome", "kind"], "exploded"),
        (["steps", 0, "event"], "jump"),
        (["steps", 0, "line"], "1"),
        (["steps", 0, "depth"], -1),
        (["steps", 0, "locals"], {"x": 1}),
        (["steps", 0, "confidence"], 2),
        (["steps", 0, "objects"], {"1": {**OBJECT, "kind": "heap"}}),
        (["steps", 0, "objects"], {"1": {**OBJECT, "items": ["'a'"]}}),
        (["steps", 0, "objects"], {"1": {**OBJECT, "kind": "list"}}),
        (["steps", 0, "objects"], {"1": {**OBJECT, "items": [["'a'", 1.5]]}}),
        (["steps", 0, "objects"], {"one": OBJECT}),
    ],
)
def test_what_is_wrong_is_not_valid(path: list[Any], value: Any) -> None:
    document = Trace(Program("")).to_json()
    document["steps"] = [dict(STEP)]
    TRACE.validate(document)
    place = copy.deepcopy(document)
    at: Any = place
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert not TRACE.is_valid(place)
