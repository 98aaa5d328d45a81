"""The descriptions leave no property out."""

from __future__ import annotations

from support.clouds import tir
from support.schema_paths import untouched


def test_every_input_changes_somewhere() -> None:
    changed = {path for row in (*tir.CHANGES, *tir.REPLACEMENTS) for path in row.diff}
    changed |= {f"resourceDetails.envVariables[].{member}" for member in tir.VARIABLE_MEMBERS}
    assert untouched(tir.TOKEN, changed) == set(tir.WITHOUT_EFFECT)
