"""ListEndpoints: filters, order, pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simulator.ark.endpoint import Endpoint
from simulator.ark.fields import Fields

Document = dict[str, Any]
Test = Callable[[Endpoint], bool]
PAGE_SIZE_MAX = 100
PAGE_SIZE_DEFAULT = 10
SORTS: dict[str, Callable[[Endpoint], tuple[float, int]]] = {
    "CreateTime": lambda endpoint: (endpoint.created, endpoint.number),
    "UpdateTime": lambda endpoint: (endpoint.updated, endpoint.number),
}


def page(endpoints: Iterable[Endpoint], fields: Fields, knobs: Mapping[str, Any]) -> Document:
    """`endpoints` are those the caller may see at all."""
    number = fields.integer("PageNumber", 1) or 1
    size = page_size(fields, knobs)
    sort = SORTS[fields.choice("SortBy", tuple(SORTS), "CreateTime")]
    descending = fields.choice("SortOrder", ("Asc", "Desc"), "Desc") == "Desc"
    tests = [_project(fields, knobs), *_filters(fields, knobs), *_tag_filters(fields)]
    found = [endpoint for endpoint in endpoints if all(test(endpoint) for test in tests)]
    found.sort(key=sort, reverse=descending)
    shown = found[(number - 1) * size : number * size]
    return {
        "Items": [endpoint.item(knobs) for endpoint in shown],
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(found),
    }


def page_size(fields: Fields, knobs: Mapping[str, Any]) -> int:
    size = fields.integer("PageSize", 1, PAGE_SIZE_MAX) or PAGE_SIZE_DEFAULT
    return min(size, knobs["list_page_most"])


def _project(fields: Fields, knobs: Mapping[str, Any]) -> Test:
    name = fields.text("ProjectName")
    if not name and knobs["list_without_project"] == "all":
        return lambda endpoint: True
    return lambda endpoint: endpoint.document["ProjectName"] == (name or "default")


def _filters(fields: Fields, knobs: Mapping[str, Any]) -> list[Test]:
    given = fields.object("Filter")
    if given is None:
        return []
    tests: list[Test] = []
    readers: tuple[tuple[str, Callable[[Endpoint], Any]], ...] = (
        ("Ids", lambda endpoint: endpoint.id),
        ("Statuses", lambda endpoint: knobs["statuses"].get(endpoint.state, endpoint.state)),
        ("EndpointModelTypes", lambda endpoint: endpoint.document["EndpointModelType"]),
        ("ModelVersions", lambda endpoint: _foundation(endpoint)["ModelVersion"]),
        ("CustomModelIds", lambda endpoint: _reference(endpoint)["CustomModelId"]),
    )
    for name, reader in readers:
        values = given.texts(name)
        if values:
            tests.append(_one_of(values, reader))
    model = given.text("FoundationModelName")
    if model:
        tests.append(lambda endpoint: _foundation(endpoint)["Name"] == model)
    wanted = given.text("Name")
    if wanted:
        tests.append(_named(wanted, knobs["list_name_match"]))
    return tests


def _one_of(values: list[str], reader: Callable[[Endpoint], Any]) -> Test:
    return lambda endpoint: reader(endpoint) in values


def _named(wanted: str, match: str) -> Test:
    if match == "exact":
        return lambda endpoint: endpoint.document["Name"] == wanted
    if match == "prefix":
        return lambda endpoint: bool(endpoint.document["Name"].startswith(wanted))
    return lambda endpoint: wanted in endpoint.document["Name"]


def _tag_filters(fields: Fields) -> list[Test]:
    """All filters must be met; one without values asks for the key alone."""
    return [
        _tagged(given.required_text("Key"), given.texts("Values"))
        for given in fields.objects("TagFilters")
    ]


def _tagged(key: str, values: list[str]) -> Test:
    def test(endpoint: Endpoint) -> bool:
        tags = endpoint.tags()
        return key in tags and (not values or tags[key] in values)

    return test


def _reference(endpoint: Endpoint) -> Document:
    reference: Document = endpoint.document["ModelReference"]
    return reference


def _foundation(endpoint: Endpoint) -> Document:
    foundation: Document = _reference(endpoint)["FoundationModel"]
    return foundation
