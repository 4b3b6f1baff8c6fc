"""Statements that raise, or nearly do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cwm_lab.training.generator.freeform import Composer

_MESSAGES: Final = (
    "bad",
    "too small",
    "check failed",
    "not valid",
    "bad value",
    "too big",
    "no",
    "empty",
)


def risky_statement(composer: Composer) -> tuple[str, str]:
    """A statement that raises or nearly does, and the type of the error."""
    d = composer.draw
    e = composer.expressions
    scene = composer.scene
    target = scene.new_name("int")
    xs = e.leaf("ints", 0.9)
    value = e.value(xs, [])
    text = e.leaf("str", 0.7)
    table = e.leaf("dict", 0.9)
    number = e.leaf("int", 0.9)
    now = e.value(number, 1)
    message = d.quoted(d.pick(_MESSAGES))
    raised = d.pick(("ValueError", "RuntimeError", "KeyError", "TypeError"))
    bad_text = d.pick((d.noun(), "", "3.5", "12a", "x1", "seven", "1 2", "-", "4,5"))
    return d.weighted(
        (
            ((f"{target} = {xs}[{len(value) + d.between(-1, 3)}]", "IndexError"), 3),
            (
                (
                    f"{target} = {d.number()} {d.pick(('/', '//', '%'))} ({number} - {now})",
                    "ZeroDivisionError",
                ),
                2,
            ),
            (
                (
                    f"{target} = {d.between(1, 99)} // {d.pick((number, '0', f'len({xs})'))}",
                    "ZeroDivisionError",
                ),
                2,
            ),
            ((f"{target} = int({d.quoted(bad_text)})", "ValueError"), 2.5),
            ((f"{target} = int({text})", "ValueError"), 2),
            ((f"{target} = {table}[{d.quoted(d.noun())}]", "KeyError"), 3),
            ((f"{target} = {text} + {number}", "TypeError"), 2),
            ((f"{target} = {number} + {text}", "TypeError"), 1),
            ((f"{target} = len({number})", "TypeError"), 0.7),
            ((f"{target} = {xs}.index({d.number()})", "ValueError"), 1),
            ((f"{xs}.remove({d.number()})", "ValueError"), 1),
            ((f"{target} = {text}[{d.between(0, 12)}]", "IndexError"), 1.5),
            ((f"{target} = {xs}.push({number})", "AttributeError"), 0.7),
            ((f"{target} = {text}.push()", "AttributeError"), 0.5),
            ((f"print({scene.new_name('int')})", "NameError"), 1),
            (
                (
                    f"assert {composer.condition()}, {message}",
                    "AssertionError",
                ),
                1,
            ),
            (
                (
                    f"raise {raised}({message})",
                    "Exception",
                ),
                1.5,
            ),
        )
    )
