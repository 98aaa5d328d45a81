"""The descriptions leave no property out."""

from __future__ import annotations

from support.clouds.description import Cloud
from support.schema_paths import untouched


def test_every_input_changes_somewhere(cloud: Cloud) -> None:
    changed = {path for row in (*cloud.changes, *cloud.replacements) for path in row.diff}
    assert untouched(cloud.token, changed) == set(cloud.without_effect)
