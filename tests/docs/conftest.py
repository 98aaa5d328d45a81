"""The code blocks of root, docs/, examples/ and schema, run against the simulators.

Needs what tests/languages needs: PULUMI_CLI, INFERENCE_BINARY, INFERENCE_HOSTS, SDK_OUT,
SDK_NODE_MODULES, INFERENCE_GENERATORS, SDK_MAVEN, GO.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "languages")]

import blocks  # noqa: E402
from previews import CLOUDS, QUICK, Documented  # noqa: E402
from program_stacks import Languages  # noqa: E402
from simulator.client import Simulator  # noqa: E402
from support.fixtures import tools  # noqa: E402
from support.stacks import Toolchain  # noqa: E402

__all__ = ["tools"]

COMPILED = ("typescript", "python", "go", "java")


@pytest.fixture(scope="session")
def clouds() -> Iterator[Simulator]:
    with Simulator(*CLOUDS) as simulator:
        for cloud, knobs in QUICK.items():
            simulator.knobs(cloud, knobs)
        yield simulator


@pytest.fixture(scope="session")
def documented(
    clouds: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Documented]:
    """One stack for each language, with the programs of all its blocks."""
    stacks: dict[str, Documented] = {}
    existing: dict[str, str] = {}

    failed: dict[str, AssertionError] = {}

    def made(language: str) -> Documented:
        root = tmp_path_factory.mktemp(language) / "stack"
        stack = Documented(root, tools, clouds, Languages() if language in COMPILED else None)
        if not existing:
            stack.make_existing()
            existing.update(stack.existing)
        stack.existing = existing
        if language in COMPILED:
            getattr(stack, f"install_{language}")(blocks.of(language))
        return stack

    def stack(language: str) -> Documented:
        """What does not compile fails every test of its language, but is tried once."""
        if language in failed:
            raise failed[language]
        if language not in stacks:
            try:
                stacks[language] = made(language)
            except AssertionError as error:
                failed[language] = error
                raise
        return stacks[language]

    return stack
