"""Every program of the documentation is previewed; all languages of an example plan the same."""

from __future__ import annotations

from collections.abc import Callable

import blocks
import pytest
from blocks import Block
from previews import Documented, asked, expected, planned
from support.runs import Run


def numbered(*languages: str) -> list[pytest.ParameterSet]:
    found = []
    for language in languages:
        for number, block in enumerate(blocks.of(language)):
            mark = pytest.mark.xdist_group(language)
            found.append(pytest.param(block, number, marks=mark, id=block.id))
    return found


def check(run: Run, program: str) -> None:
    """The plan is what the YAML of the same example says."""
    wanted = expected(program)
    plan = planned(run)
    assert asked(plan, wanted) == wanted
    assert set(plan) == set(wanted)
    assert run.errors == ""


@pytest.mark.parametrize(("block", "number"), numbered("yaml"))
def test_yaml(block: Block, number: int, documented: Callable[[str], Documented]) -> None:
    stack = documented("yaml")
    check(stack.preview_yaml(block), stack.with_real_ids(block.text))


@pytest.mark.parametrize(("block", "number"), numbered("typescript", "python", "go", "java"))
def test_compiled(block: Block, number: int, documented: Callable[[str], Documented]) -> None:
    stack = documented(block.language)
    run = stack.preview_numbered(block.language, number)
    if block.program:
        check(run, stack.with_real_ids(block.program))


def test_no_program_to_copy_is_warned_of_its_type() -> None:
    """On Hugging Face a preview warns where it is left out."""
    texts = {block.id: block.text for block in blocks.of("yaml")}
    for path in (blocks.ROOT / "examples").rglob("Pulumi.yaml"):
        texts[str(path)] = path.read_text()
    for path in (blocks.ROOT / "examples" / "recipes").rglob("*.yaml"):
        texts[str(path)] = path.read_text()
    untold = [
        f"{place}: {name}"
        for place, text in texts.items()
        for name, resource in blocks.resources(text).items()
        if resource["type"] == "inference:hf:Endpoint" and "get" not in resource
        if "type" not in resource["properties"]
    ]
    assert untold == []
