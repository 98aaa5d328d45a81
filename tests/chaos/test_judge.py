"""The judge itself: each word has a history that earns it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chaos import judge
from chaos.engine import Entry, Heard, Stack
from chaos.targets import ARK, HF, TIR, Live
from support.values import secret

ONE, TWO = Live("ep-1-aaaaa", "demo"), Live("ep-2-bbbbb", "demo-2")
CLASH = "an endpoint ep-1-aaaaa exists already: import it, or delete it"


def stack(*ids: str, outputs: dict[str, Any] | None = None) -> Stack:
    made = Stack(Path("/nonexistent"), ARK, "", Heard())
    for number, id in enumerate(ids):
        made.entries[f"r{number}"] = Entry("urn", id, {}, outputs or {})
    return made


@pytest.mark.parametrize(
    ("live", "ids", "messages", "word"),
    [
        ([ONE], [ONE.id], [], "ok"),
        ([], [], [], "ok"),
        ([ONE], [], [CLASH], "told"),
        ([ONE], [], ["ep-1-aaaaa did not answer"], "lost"),  # named, but no advice
        ([ONE], [], ["an endpoint ep-1 exists already: import it"], "lost"),  # another id
        ([ONE], [], [], "lost"),
        ([ONE, TWO], [TWO.id], [], "doubled"),
        ([ONE, TWO], [TWO.id], [CLASH], "told"),
        ([ONE, TWO], [], [], "doubled"),
    ],
)
def test_strays(live: list[Live], ids: list[str], messages: list[str], word: str) -> None:
    heard = Heard(errors=messages)
    assert judge.unmanaged(ARK, live, [stack(*ids)], heard, wanted=1) == word


def test_ids_of_several_parts() -> None:
    made = Stack(Path("/nonexistent"), HF, "", Heard())
    made.entries["r"] = Entry("urn", "acme/demo", {}, {})
    assert judge.is_managed(Live("acme/demo", "demo"), [made])
    assert not judge.is_managed(Live("acme/demo-2", "demo-2"), [made])
    assert not judge.is_managed(Live("other/demo", "demo"), [made])


@pytest.mark.parametrize("going", [False, True])
def test_what_is_on_its_way_out_does_not_live(going: bool) -> None:
    ark = {"ep-1": {"Name": "demo", "Status": "Deleting" if going else "Running"}}
    tir = {"501/3001": {"deleting": going, "view": {"name": "demo"}}}
    assert [one.id for one in ARK.live(ark)] == ([] if going else ["ep-1"])
    assert [one.id for one in TIR.live(tir)] == ([] if going else ["3001"])


@pytest.mark.parametrize("place", ["errors", "logs"])
def test_leaks_in_messages(place: str) -> None:
    heard = Heard(**{place: [f"refused: {ARK.secrets[0]}"]})
    assert judge.leaked(ARK.secrets, heard, [])
    assert not judge.leaked(ARK.secrets, Heard(errors=["refused: [secret]"]), [])


def test_leaks_in_output_and_state() -> None:
    planted = ARK.secrets[0]
    assert judge.leaked(ARK.secrets, Heard(output=[planted.encode()]), [])
    in_plain, encrypted = {"env": {"KEY": planted}}, {"env": {"KEY": secret(planted)}}
    assert judge.leaked(ARK.secrets, Heard(), [stack("ep-1", outputs=in_plain)])
    assert not judge.leaked(ARK.secrets, Heard(), [stack("ep-1", outputs=encrypted)])


def test_a_name_tells_only_where_it_is_the_only_one() -> None:
    namesake = Live("ep-3-ccccc", ONE.name)
    heard = Heard(errors=["an endpoint demo exists already: import it, or delete it"])
    assert judge.is_told(ONE, [ONE], heard)
    assert not judge.is_told(ONE, [ONE, namesake], heard)


def test_what_failed_is_no_advice() -> None:
    heard = Heard(errors=["ep-1-aaaaa: could not delete the endpoint: HTTP 502"])
    assert not judge.is_told(ONE, [ONE], heard)


def test_order() -> None:
    assert judge.is_worse("lost", "told")
    assert judge.is_worse("leaked", "hung")
    assert not judge.is_worse("ok", "told")
    assert not judge.is_worse("told", "told")
