"""Programs in the languages users write, under the real CLI, against the simulators.

PULUMI_CLI and INFERENCE_BINARY say what is tested, INFERENCE_HOSTS where the language hosts are,
INFERENCE_WRITERS those that write SDKs,
SDK_OUT and SDK_NODE_MODULES where the generated SDKs and their packages are, GO which Go to use.
"""

from __future__ import annotations

import pytest
from program_stacks import Languages
from support.fixtures import simulators, tools

__all__ = ["simulators", "tools"]


@pytest.fixture(scope="session")
def languages() -> Languages:
    return Languages()
