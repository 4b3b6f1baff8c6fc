"""The scheduler, given true answers, makes exactly the trace that Python makes.

This holds scheduler, dialect, teacher and recorder to the same rules of steps.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cwm_lab.recorder import record
from cwm_lab.trace import Program, compare, header_comments
from cwm_lab.training.generator import FAMILIES, generate_program
from cwm_lab.training.true_trace import true_trace

HUMAN = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
NOT_COVERED = {"match_commands.py": NotImplementedError}
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.py"))
EXOTIC = frozenset(
    """
    abstract_class add_note annotations async_cancel async_comprehension async_errors
    async_generator_closed async_with_for asyncio_gather asyncio_run attribute_hooks
    builtin_subclasses callable_class class_error_in_body collections_and_enum
    comprehension_shadow container_class context_enter_raises context_several contextlib_manager
    coroutine_by_hand dataclass dataclass_options decorator_arguments decorators
    decorators_on_lines del_everything descriptor enum_with_method equal_and_hash
    except_expression except_name_goes except_star except_star_left except_star_raises
    exec_and_eval fstring_nested_quotes functools_calls generator_expression_lazy
    generator_ignores_close generator_left_open generator_pipeline
    generator_reraise_resumed generator_return_value generator_send_close generator_send_values
    generator_stop_inside
    generator_throw generator_throw_past generator_throw_through generator_throw_unstarted
    generic_syntax imports input_bare input_lines iter_with_sentinel iterator_by_generator
    iterator_class keyboard_interrupt loop_closures match match_in_loop match_nothing
    match_patterns metaclass named_tuple_class nested_data new_and_subclass_hook numbers
    object_ends objects_without_repr one_line_await operators printing property_setter_checks
    recursion_limit repr_that_fails sets several_statements slots stack_and_queue
    stop_iteration_uncaught string_methods syntax_error system_exit system_exit_caught
    system_exit_message threads type_defaults type_statement unbound_and_static value_bounds
    walrus_while yield_from
    """.split()
)
"""Samples of the recorder that the dialect has no words for, that need a later Python, or that
leave the process in which the teacher runs them (`SystemExit` and the like)."""


def assert_same_trace(program: Program) -> None:
    predicted, asked = true_trace(program)
    actual = record(program, max_steps=3000, sandbox=False)
    comparison = compare(predicted, actual)
    assert comparison.scores["trace_exact"] == 1, (
        f"{comparison.summary()}\n{predicted.outcome} / {actual.outcome}\n{program.source}"
    )
    assert asked or not len(actual) or "=" not in program.source


@pytest.mark.parametrize("path", HUMAN, ids=lambda path: path.stem)
def test_human_programs(path: Path) -> None:
    source = path.read_text()
    program = Program(source, stdin=header_comments(source)[1])
    if path.name in NOT_COVERED:
        with pytest.raises(NOT_COVERED[path.name]):
            true_trace(program)
    else:
        assert_same_trace(program)


@pytest.mark.parametrize(
    "path", [path for path in GOLDEN if path.stem not in EXOTIC], ids=lambda path: path.stem
)
def test_samples_of_constructs(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert_same_trace(Program(source, stdin=header_comments(source)[1]))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_generated_programs(family: str) -> None:
    for seed in range(6):
        made = generate_program(random.Random(seed), family)
        assert_same_trace(Program(made.source, stdin=made.stdin))


def test_a_generator_passes_on_what_another_gives() -> None:
    source = """
def leaves(tree):
    if isinstance(tree, list):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree

def all_of():
    yield from leaves([1, [2, []]])
    yield from "ab"

print(list(all_of()))
for x in all_of():
    print(x)
"""
    assert_same_trace(Program(source))


def test_mutable_default_is_kept_with_the_function() -> None:
    assert_same_trace(Program("def f(x, acc=[]):\n    acc.append(x)\n    return acc\nf(1)\nf(2)\n"))


def test_entry_expression_is_the_last_line() -> None:
    assert_same_trace(Program("def f(x):\n    return x + 1", entry="f(3)"))


@pytest.mark.parametrize(
    ("target", "items"),
    [
        ("a, b", "[[1, 2], [3, 4]]"),
        ("a, b", "['xy', 'zw']"),
        ("a, *b", "[[1, 2, 5], (3, 4)]"),
        ("*a, b", "['xyz', 'zw']"),
        ("a, (b, c)", "[(1, [2, 3]), (4, 'xy')]"),
        ("d['k']", "[[1], [2]]"),
    ],
)
def test_what_a_loop_took_is_known_by_its_target(target: str, items: str) -> None:
    assert_same_trace(Program(f"d = {{}}\nfor {target} in {items}:\n    print(d)\n"))
