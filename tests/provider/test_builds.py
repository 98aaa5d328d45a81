"""Which builds play a test over gRPC: no file that works with threads is left out where they are
watched, and no figure is measured only where a sanitizer changes it. Needs no provider."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROVIDER = HERE.parents[1] / "provider"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
THREADS = re.compile(r"\b(?:pthread|atomic|flight|mtx|cnd|thrd|gpr_(?:mu|cv|atm))_\w+|\b_Atomic\b")
MEASURES = ("time.monotonic", "is_measurable", "prlimit", "send_signal")


def listed() -> dict[str, list[str]]:
    """C file -> modules of tests; "-" where the comment before it says why there are none."""
    lines = (HERE / "threads.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {file: [] if modules == ["-"] else modules for file, *modules in rows}


def works_with_threads(path: Path) -> bool:
    return THREADS.search(COMMENT.sub("", path.read_text(encoding="utf-8"))) is not None


def marks(nodes: list[ast.expr]) -> set[str]:
    """Marks of pytest that the expressions name."""
    return {
        node.attr
        for expression in nodes
        for node in ast.walk(expression)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pytest.mark"
    }


def marked_tests(module: Path) -> Iterator[tuple[ast.FunctionDef, set[str]]]:
    """Each test of a module, with its own marks and the module's."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    of_module = marks(
        [
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        ]
    )
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node, marks(node.decorator_list) | of_module


def test_each_file_that_works_with_threads_is_listed() -> None:
    found = [path for path in sorted(PROVIDER.rglob("*.c")) if works_with_threads(path)]
    assert [path.relative_to(PROVIDER).as_posix() for path in found] == list(listed())


@pytest.mark.parametrize(("file", "modules"), listed().items(), ids=str)
def test_what_a_file_names_is_played_with_thread_sanitizer(file: str, modules: list[str]) -> None:
    for module in modules:
        played = [
            test.name
            for test, names in marked_tests(HERE / f"{module}.py")
            if "one_call" not in names
        ]
        assert played, f"{module} proves nothing of the threads of {file}"


def test_what_is_measured_is_measured_without_a_sanitizer() -> None:
    left_out = [
        f"{module.relative_to(HERE)}::{test.name}"
        for module in sorted(HERE.rglob("test_*.py"))
        for test, names in marked_tests(module)
        if any(word in ast.unparse(test) for word in MEASURES) and "uninstrumented" not in names
    ]
    assert left_out == []
