"""Security groups and reserved addresses: calls of their own (docs/apis/tir.md 2.8)."""

from __future__ import annotations

from typing import Any

import pytest
from tir_tools import FIRST, TirApi, errors_of

pytest_plugins = ("tir_fixtures",)

GROUPS = "serving/inference/3001/security-groups/"


def groups(tir: TirApi) -> list[int]:
    answer = tir.legacy("GET", GROUPS)
    assert answer.status == 200
    return [row["id"] for row in answer.json["data"]]


def attach(tir: TirApi, *numbers: Any) -> Any:
    return tir.service("POST", GROUPS, {"security_groups_ids": list(numbers)})


def address(tir: TirApi, method: str, number: int, endpoint: int = 3001) -> Any:
    return tir.service(method, f"serving/inference/{endpoint}/vpc_ips/{number}/")


def held(tir: TirApi) -> dict[int, Any]:
    rows = tir.service("GET", "reserved_ips/").json["data"]["reserved_ips"]
    return {row["id"]: (row["service_type"], row["service_id"]) for row in rows}


def test_groups_are_attached_and_detached(tir: TirApi) -> None:
    tir.made()
    assert groups(tir) == []
    assert attach(tir, 7245).json["data"] == "Security group addition successful"
    assert attach(tir, 7245, "7246").status == 200
    assert groups(tir) == [7245, 7246]
    assert tir.legacy("DELETE", f"{GROUPS}7245/").status == 200
    assert groups(tir) == [7246]
    assert tir.legacy("DELETE", f"{GROUPS}7245/").status == 404
    assert tir.sim.state("tir")["endpoints"][FIRST]["security_groups"] == [7246]


@pytest.mark.parametrize("given", [None, [], 7245, ["x"], [1]], ids=str)
def test_groups_that_are_none(tir: TirApi, given: Any) -> None:
    tir.made()
    sent = {} if given is None else {"security_groups_ids": given}
    assert list(errors_of(tir.service("POST", GROUPS, sent))) == ["security_groups_ids"]


def test_what_a_service_may_do_about_groups(tir: TirApi) -> None:
    tir.sim.knobs("tir", security_groups_at_first=[7245], attached_again="refuse")
    tir.made()
    assert groups(tir) == [7245]
    assert attach(tir, 7245, 7246).status == 400
    tir.sim.knobs("tir", attach_applies=False)
    assert (attach(tir, 7246).status, groups(tir)) == (200, [7245])
    tir.sim.knobs("tir", attach_applies=True, security_groups_attach="replace")
    assert (attach(tir, 7246).status, groups(tir)) == (200, [7246])
    tir.sim.knobs("tir", attach_states=["stopped"])
    assert attach(tir, 7245).status == 400
    assert tir.legacy("DELETE", f"{GROUPS}7246/").status == 400


def test_addresses_are_attached_and_detached(tir: TirApi) -> None:
    tir.sim.knobs("tir", vpc_ip_looks=1)
    tir.made()
    answer = address(tir, "POST", 1174)
    assert answer.json["data"] == "VPC IP attach action scheduled successfully."
    assert held(tir)[1174] == (None, None)
    assert held(tir)[1174] == ("inferenceservice", 3001)
    assert held(tir)[1199] == ("notebook", 3001)
    assert address(tir, "DELETE", 1174).status == 200
    assert held(tir)[1174] == ("inferenceservice", 3001)
    assert held(tir)[1174] == (None, None)
    assert address(tir, "DELETE", 1174).status == 404
    assert address(tir, "POST", 1199).status == 404


def test_an_address_has_one_endpoint(tir: TirApi) -> None:
    tir.sim.knobs("tir", vpc_ips_per_endpoint=1)
    tir.made()
    tir.made({**tir.sim.state("tir")["endpoints"][FIRST]["body"], "name": "other"})
    assert address(tir, "POST", 1174).status == 200
    assert held(tir)[1174] == ("inferenceservice", 3001)
    assert address(tir, "POST", 1174, 3002).status == 400
    assert address(tir, "POST", 1175).status == 400
    tir.sim.mutate("tir", FIRST, {"vpc_ips": [1175], "security_groups": [7246]})
    assert held(tir)[1174] == (None, None)
    assert groups(tir) == [7246]
