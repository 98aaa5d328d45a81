"""Lists of endpoints: pages, cursors, filters, sorting; search and audit log."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hf_tools import HfApi, body, error_of

PATH = "/v2/endpoint/me"


def fill(hf: HfApi, count: int) -> None:
    """e00 is the oldest; each is a second younger."""
    for number in range(count):
        hf.made(body(name=f"e{number:02d}"))
        hf.sim.advance(1)


def listed(hf: HfApi, **query: Any) -> Any:
    answer = hf("GET", f"{PATH}?{urlencode(query)}")
    assert answer.status == 200, answer.body
    return answer.json


def names(page: Any) -> list[str]:
    return [item["name"] for item in page["items"]]


def newest_first(start: int, end: int) -> list[str]:
    return [f"e{number:02d}" for number in range(start, end - 1, -1)]


def test_an_empty_list(hf: HfApi) -> None:
    assert hf("GET", PATH).json == {
        "items": [],
        "totalItems": 0,
        "nextCursor": None,
        "prevCursor": None,
    }


def test_pages_of_twenty_forwards_and_back(hf: HfApi) -> None:
    fill(hf, 45)
    first = listed(hf)
    second = listed(hf, cursor=first["nextCursor"])
    third = listed(hf, cursor=second["nextCursor"])
    assert names(first) == newest_first(44, 25)
    assert names(second) == newest_first(24, 5)
    assert names(third) == newest_first(4, 0)
    assert [page["totalItems"] for page in (first, second, third)] == [45] * 3
    assert (first["prevCursor"], third["nextCursor"]) == (None, None)
    assert listed(hf, cursor=third["prevCursor"]) == second
    assert names(listed(hf, cursor=second["prevCursor"])) == names(first)


def test_a_full_last_page_has_no_next(hf: HfApi) -> None:
    fill(hf, 20)
    page = listed(hf)
    assert (len(page["items"]), page["nextCursor"]) == (20, None)


def test_a_page_does_not_shift_when_items_come_and_go(hf: HfApi) -> None:
    fill(hf, 6)
    first = listed(hf, limit=3)
    hf.made(body(name="newest"))
    hf.sim.delete("hf", "me/e03")
    second = listed(hf, limit=3, cursor=first["nextCursor"])
    assert (names(first), names(second)) == (["e05", "e04", "e03"], ["e02", "e01", "e00"])


def test_items_of_one_moment_are_not_lost(hf: HfApi) -> None:
    for name in ("a", "b", "c", "d"):
        hf.made(body(name=name))
    first = listed(hf, limit=2)
    second = listed(hf, limit=2, cursor=first["nextCursor"])
    assert (names(first), names(second)) == (["d", "c"], ["b", "a"])


def test_limits(hf: HfApi) -> None:
    fill(hf, 3)
    hf.sim.knobs("hf", list_limit_max=2)
    assert len(listed(hf, limit=50)["items"]) == 2
    text = "Failed to deserialize query string: limit: invalid digit found"
    for bad in ("0", "x", "-1"):
        assert error_of(hf("GET", f"{PATH}?limit={bad}")) == (400, "BAD_REQUEST", text)
    assert error_of(hf("GET", f"{PATH}?cursor=%21")) == (400, "BAD_REQUEST", "Invalid cursor")


def test_sorting(hf: HfApi) -> None:
    for name in ("b", "a", "c"):
        hf.made(body(name=name))
        hf.sim.advance(1)
    hf.updated({"tags": ["x"]}, "b")
    assert names(listed(hf)) == ["c", "a", "b"]
    assert names(listed(hf, direction="asc")) == ["b", "a", "c"]
    assert names(listed(hf, sortBy="updatedAt")) == ["b", "c", "a"]
    assert names(listed(hf, sortBy="name", direction="asc")) == ["a", "b", "c"]
    page = listed(hf, sortBy="name", direction="asc", limit=2)
    rest = listed(hf, sortBy="name", direction="asc", limit=2, cursor=page["nextCursor"])
    assert (names(page), names(rest)) == (["a", "b"], ["c"])
    assert error_of(hf("GET", f"{PATH}?sortBy=size"))[0] == 400
    assert error_of(hf("GET", f"{PATH}?direction=up"))[0] == 400


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"tags": "x"}, ["one", "two"]),
        ({"tags": "y,z"}, ["two"]),
        ({"search": "o"}, ["one", "two"]),
        ({"type": "public,private"}, ["one", "three"]),
        ({"task": "fill-mask"}, ["two"]),
        ({"task": "text-generation"}, ["one", "three"]),
        ({"state": "paused"}, ["three"]),
        ({"state": "running,paused", "tags": "x", "type": "public"}, ["one"]),
        ({"search": "nothing"}, []),
    ],
)
def test_filters(hf: HfApi, query: dict[str, str], wanted: list[str]) -> None:
    hf.made(body(name="one", tags=["x"], type="public"))
    hf.made(body({"name": "two", "tags": ["x", "y"], "model": {"task": "fill-mask"}}))
    hf.made(body(name="three", type="private"))
    hf.act("pause", "three")
    page = listed(hf, sortBy="name", direction="asc", **query)
    assert (sorted(names(page)), page["totalItems"]) == (sorted(wanted), len(wanted))


def test_items_are_whole_endpoints(hf: HfApi) -> None:
    hf.made()
    assert listed(hf)["items"] == [hf.get()]


def test_older_shape_and_swapped_cursors(hf: HfApi) -> None:
    fill(hf, 3)
    hf.sim.knobs("hf", total_items=False, swap_cursors=True)
    page = listed(hf, limit=2)
    assert "totalItems" not in page
    assert page["nextCursor"] is None
    assert names(listed(hf, limit=2, cursor=page["prevCursor"])) == ["e00"]


def test_search_gives_names(hf: HfApi) -> None:
    hf.made(body(name="alpha", tags=["x"]))
    hf.made(body(name="beta", tags=["x"]))
    hf.made(body(name="alphabet"))
    path = "/v2/search/me"
    assert hf("GET", f"{path}?search=alpha").json == {
        "items": [{"name": "alpha"}, {"name": "alphabet"}]
    }
    assert hf("GET", f"{path}?tags=x&limit=1").json == {"items": [{"name": "alpha"}]}


def test_audit_log(hf: HfApi) -> None:
    hf.made()
    hf.put({"tags": ["x"]})
    hf.act("pause")
    hf("DELETE", "/v2/endpoint/me/demo")
    page = hf("GET", "/v2/audit-logs/me?limit=3").json
    assert [row["action"] for row in page["list"]] == ["delete", "pause", "update"]
    assert (page["next_cursor"], "prev_cursor" in page) == ("3", False)
    rest = hf("GET", "/v2/audit-logs/me?limit=3&cursor=3").json
    assert [row["action"] for row in rest["list"]] == ["create"]
    assert (rest["prev_cursor"], "next_cursor" in rest) == ("0", False)
    assert hf("GET", "/v2/audit-logs/me?endpoint=else").json == {"list": []}
    assert len(hf("GET", "/v2/audit-logs/me?username=me").json["list"]) == 4
