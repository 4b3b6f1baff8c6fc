"""How a model is named, and that keys stay hidden."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from cwm_lab.errors import ModelError
from cwm_lab.worldmodel.keys import SecretKey, find_key
from cwm_lab.worldmodel.specs import ModelSpec, parse_spec

KEY = "sk-very-secret-0123456789"


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("builtin", ModelSpec()),
        ("builtin?adapter=week3", ModelSpec(options={"adapter": "week3"})),
        ("builtin?adapter=C:\\a\\b", ModelSpec(options={"adapter": "C:\\a\\b"})),
        ("local:/models/a b", ModelSpec("local", "/models/a b")),
        (
            "local:facebook/cwm?quantize=4bit&adapter=loops",
            ModelSpec("local", "facebook/cwm", "", {"quantize": "4bit", "adapter": "loops"}),
        ),
        ("local:C:\\models\\cwm", ModelSpec("local", "C:\\models\\cwm")),
        (
            "openai:http://localhost:8000/v1?context=16384#facebook/cwm",
            ModelSpec("openai", "http://localhost:8000/v1", "facebook/cwm", {"context": "16384"}),
        ),
        ("openai:https://[::1]:8000/#a", ModelSpec("openai", "https://[::1]:8000", "a")),
        ("hosted:https://lab.example/", ModelSpec("hosted", "https://lab.example")),
        (
            "hosted:https://lab.example?adapter=week3#cwm",
            ModelSpec("hosted", "https://lab.example", "cwm", {"adapter": "week3"}),
        ),
    ],
)
def test_a_specification_is_read_and_written(text: str, spec: ModelSpec) -> None:
    assert parse_spec(text) == spec
    assert parse_spec(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no model ''"),
        ("gpt", "there is no model 'gpt'"),
        ("builtin:x", "nothing after its name"),
        ("builtin?quantize=4bit", "no option 'quantize'; there are: adapter"),
        ("builtin?adapter=", "adapter is empty"),
        ("hosted:http://h?adapter=../x", "knows adapters by name"),
        ("local:", "not where the model is"),
        ("local:?quantize=4bit", "a folder or a hub name"),
        ("local:a?quantize=3bit", "write one of 4bit, 8bit, none"),
        ("local:a?quantise=4bit", "no option 'quantise'"),
        ("local:a?adapter=", "adapter is empty"),
        ("local:a?context=0", "whole number above 0"),
        ("local:a?adapter=x&adapter=y", "twice"),
        ("openai:http://h/v1", "not which of the server's models"),
        ("openai:h:8000/v1#m", "begins with http"),
        ("openai:http://h:port/v1#m", "needs a URL"),
        (f"openai:http://me:{KEY}@h/v1#m", "no name or password"),
        (f"openai:http://me:{KEY}@h:port/v1#m", "needs a URL"),
        (f"openai:http://h/v1?api_key={KEY}#m", "does not belong"),
        (f"openai:http://h/v1?token={KEY}#m", "no option 'token'"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_and_without_a_key(text: str, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        parse_spec(text)
    assert str(caught.value).count("\n") == 0
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_key_does_not_show(caplog: pytest.LogCaptureFixture) -> None:
    key = SecretKey(KEY)
    logging.getLogger("test").warning("%s %r", key, key)
    attributes = [repr(getattr(key, name, None)) for name in dir(key)]
    for text in (str(key), repr(key), f"{key}", repr([key]), caplog.text, *attributes):
        assert KEY not in text
    assert key.reveal() == KEY
    assert key.hide(f"Bearer {KEY}!") == "Bearer [key]!"
    assert key == SecretKey(KEY)
    assert key != SecretKey("other")
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(key)


def test_where_keys_come_from(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"\ufeff{KEY}\n", encoding="utf-8")
    assert find_key(None, {}) is None
    assert find_key(None, {"CWM_LAB_API_KEY": f" {KEY} "}) == SecretKey(KEY)
    assert find_key(None, {"CWM_LAB_API_KEY_FILE": str(file)}) == SecretKey(KEY)
    assert find_key(file, {"CWM_LAB_API_KEY": "other"}) == SecretKey(KEY)


@pytest.mark.parametrize("content", [b"", b" \n", b"two words", b"\xff\xfe" + KEY.encode(), b"k\0"])
def test_a_bad_key_file_is_told_without_its_content(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        find_key(file)
    assert "two words" not in str(caught.value)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(ModelError, match="cannot read the key"):
        find_key(tmp_path / "none")
