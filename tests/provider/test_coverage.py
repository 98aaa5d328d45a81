"""What tests/support/clouds says of each cloud leaves no input out. Needs neither the provider nor
the CLI: a new property fails here at once, long before the tests that play its changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from support.clouds import ark, hf, maas, tir
from support.clouds.description import Change, Replacement
from support.schema_paths import untouched


@dataclass(frozen=True)
class Told:
    """`members` are those of items of sets, of which a difference names the item alone."""

    token: str
    rows: Sequence[Change | Replacement]
    without_effect: Sequence[str]
    members: Sequence[str] = ()

    def changed(self) -> Iterator[str]:
        yield from self.members
        for row in self.rows:
            yield from row.diff


CLOUDS = {
    "ark": Told(
        ark.TOKEN,
        (*ark.CHANGES, *ark.REPLACEMENTS),
        ark.WITHOUT_EFFECT,
        [f"tags[].{member}" for member in ark.TAG_MEMBERS],
    ),
    "hf": Told(
        hf.CLOUD.token, (*hf.CLOUD.changes, *hf.CLOUD.replacements), hf.CLOUD.without_effect
    ),
    "maas": Told(maas.TOKEN, (*maas.CHANGES, *maas.REPLACEMENTS), maas.WITHOUT_EFFECT),
    "tir": Told(
        tir.TOKEN,
        (*tir.CHANGES, *tir.REPLACEMENTS),
        tir.WITHOUT_EFFECT,
        [f"resourceDetails.envVariables[].{member}" for member in tir.VARIABLE_MEMBERS],
    ),
}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_input_changes_somewhere(cloud: str) -> None:
    told = CLOUDS[cloud]
    left = untouched(told.token, told.changed()) ^ set(told.without_effect)
    assert left == set(), f"{cloud}: docs/architecture.md 7.1 says where rows change these"
