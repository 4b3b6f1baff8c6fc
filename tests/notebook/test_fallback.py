from __future__ import annotations

from html.parser import HTMLParser

import pytest

from cwm_lab.notebook.fallback import MAX_ROWS, plain_text, static_html
from cwm_lab.notebook.highlight import highlight
from cwm_lab.recorder import record
from cwm_lab.trace import Comparison, Program, Trace, compare

HOSTILE = ["<script>alert(1)</script>", "</style>", "&amp;", "\u202eabc", "שלום", "😀", "`</td>`"]
ALLOWED = {*"div p b br table thead tbody tr th td code bdi pre small".split()}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def compared(source: str) -> tuple[Trace, Comparison]:
    trace = record(Program(source), sandbox=False)
    return trace, compare(trace.with_steps(trace.steps[:-1]), trace)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_everywhere(text: str) -> None:
    source = f"s = {text!r}  # {text}\nprint(s)\nraise ValueError(s)"
    trace, comparison = compared(source)
    html = static_html(trace.program, comparison.predicted, trace, comparison, text)
    reader = Reader()
    reader.feed(html)
    assert reader.tags <= ALLOWED
    assert text in reader.text


def test_the_table_is_bounded_and_says_so() -> None:
    trace, comparison = compared("for i in range(300):\n    print(i)")
    html = static_html(trace.program, trace, trace, comparison, "")
    assert html.count("<tr>") < MAX_ROWS + 5
    assert "more steps" in html


def test_plain_text_has_a_mark_for_each_step() -> None:
    trace, comparison = compared("x = 1\ny = 2")
    assert "✓✓−" in plain_text(comparison.predicted, trace, comparison, "")


def test_highlight_follows_strings_over_lines() -> None:
    spans = highlight('def f():\n    """one\n    two"""\n    return f(1)  # done\n')
    assert [kind for _, _, kind in spans[0]] == ["keyword", "definition"]
    assert spans[1] == [(4, 10, "string")]
    assert spans[2] == [(0, 10, "string")]
    assert [kind for _, _, kind in spans[3]] == ["keyword", "number", "comment"]
    assert highlight("x = (\n'")  # not Python, and still something
