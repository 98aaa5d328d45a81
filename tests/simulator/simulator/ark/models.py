"""What there is to serve: models, versions, activation, limits, custom models, and their use.

docs/apis/ark.md 18 to 20 say what is known. Invented here: the models themselves, the codes of what
is refused, that a page too large with prices ends as 504, and that all regions and accounts see
the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simulator.ark.errors import gateway, invalid, not_found
from simulator.ark.fields import Fields
from simulator.ark.listing import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, page_size

Document = dict[str, Any]
STATUSES = ("Unpublished", "Published", "Retiring")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Columns that an answer about use always has: name and type.
COLUMNS = {
    "AccountID": "string",
    "Day": "string",
    "Hour": "string",
    "InputTokens": "integer",
    "OutputTokens": "integer",
    "TotalTokens": "integer",
    "ReqCnt": "integer",
}
FILTERS = ("ModelEndpoint", "ModelName", "ModelVersion", "EndpointName")
LIMITS = ("Rpm", "Tpm", "FastTpm", "Ipm", "LoraTpm")

SEED: Document = {
    "Name": "seed-1-6",
    "DisplayName": "Seed-1.6",
    "VendorName": "ByteDance",
    "AccessType": "Public",
    "PrimaryVersion": "260628",
    "ProjectName": "default",
    "Description": "Deep thinking",
    "FoundationModelTag": {
        "Domains": ["LLM", "VLM"],
        "TaskTypes": ["TextGeneration"],
        "Languages": ["English"],
        "UsedLibraries": [],
    },
    "CreateTime": "2025-06-15T00:00:00Z",
    "UpdateTime": "2026-06-28T00:00:00Z",
}
LITE: Document = {
    "Name": "seed-1-6-lite",
    "DisplayName": "Seed-1.6-lite",
    "VendorName": "ByteDance",
    "AccessType": "Public",
    "PrimaryVersion": "251015",
    "ProjectName": "default",
    "Description": "",
    "FoundationModelTag": {"Domains": ["LLM"], "TaskTypes": ["TextGeneration"]},
    "CreateTime": "2025-10-15T00:00:00Z",
    "UpdateTime": "2025-10-15T00:00:00Z",
}


def version(name: str, number: str, status: str = "Published") -> Document:
    return {
        "FoundationModelName": name,
        "ModelVersion": number,
        "ModelId": f"{name}-{number}",
        "Status": status,
        "Description": "",
        "PublishTime": f"20{number[:2]}-{number[2:4]}-{number[4:]}T00:00:00Z",
        "AccessType": "Public",
        "CapabilityLabels": ["FunctionCalling", "StructuredOutput"],
        "Domains": ["LLM"],
    }


# Each model with its `Versions`, its `Activation` (an item of ListModelActivations, without its
# name) and its `Limits` (an item of ListModelRateLimit, likewise).
MODELS: list[Document] = [
    {
        **SEED,
        "Versions": [
            version("seed-1-6", "260628"),
            version("seed-1-6", "250615"),
            version("seed-1-6", "250428", "Retiring"),
        ],
        "Activation": {
            "DisplayName": "Seed-1.6",
            "State": "Available",
            "IsDeprecated": False,
            "IsOverdue": False,
            "ChargeItems": [
                {"Price": 0.25, "OriginalPrice": 0.3, "UnitCode": "MillionTokens", "Type": "Input"},
                {"Price": "2", "OriginalPrice": "2", "UnitCode": "MillionTokens", "Type": "Output"},
            ],
            "MultiChargeItems": [
                {
                    "Name": "batch",
                    "Description": "Batch inference",
                    "ChargeItems": [
                        {
                            "Price": 0.125,
                            "OriginalPrice": 0.125,
                            "UnitCode": "MillionTokens",
                            "Type": "Input",
                        }
                    ],
                }
            ],
            "FreeResourcePackItems": [
                {"Total": 500000, "Consumed": 488549, "Type": "FreeInference", "Reclaimed": 0}
            ],
        },
        "Limits": {
            "DefaultRateLimit": {"Rpm": 30000, "Tpm": 5000000, "LoraTpm": 100000},
            "CurrentRateLimit": {"Rpm": 60000, "Tpm": 5000000, "LoraTpm": 100000},
            "DefaultTpd": 0,
            "CurrentTpd": 0,
        },
    },
    {
        **LITE,
        "Versions": [version("seed-1-6-lite", "251015")],
        "Activation": {
            "DisplayName": "Seed-1.6-lite",
            "State": "Unavailable",
            "IsDeprecated": False,
            "IsOverdue": False,
            "InitialInferenceFreeUsage": {"Total": 500000, "Consumed": 0},
        },
        "Limits": {
            "DefaultRateLimit": {"Rpm": 15000, "Tpm": 1500000},
            "CurrentRateLimit": {"Rpm": 15000, "Tpm": 1500000},
        },
    },
]
INNER = ("Versions", "Activation", "Limits")

CUSTOM_MODELS: list[Document] = [
    {
        "Id": "cm-20260101000000-abcde",
        "Name": "support-answers",
        "Description": "Tuned on tickets",
        "SourceType": "Customization",
        "ModelCustomizationJobId": "mcj-20260101000000-abcde",
        "CustomizationType": "FinetuneLoRA",
        "Status": "Ready",
        "HyperParameters": [{"Name": "epoch", "Value": "1"}],
        "FoundationModel": {"Name": "seed-1-6", "ModelVersion": "250615"},
        "Tags": [{"Key": "team", "Value": "support"}],
        "ProjectName": "default",
        "CreateTime": "2026-01-01T00:00:00Z",
        "UpdateTime": "2026-01-02T00:00:00Z",
    }
]


def models(fields: Fields, knobs: Mapping[str, Any]) -> Document:
    tests = [_of_project(fields)]
    given = fields.object("Filter")
    if given is not None:
        part, names = given.text("Name"), given.texts("Names")
        tests.append(lambda item: part in item["Name"] and (not names or item["Name"] in names))
    found = [item for item in knobs["models"] if all(test(item) for test in tests)]
    shown = [{k: v for k, v in item.items() if k not in INNER} for item in found]
    return _page(shown, fields, knobs)


def versions(fields: Fields, knobs: Mapping[str, Any]) -> Document:
    name = fields.required_text("FoundationModelName")
    fields.text("ProjectName")
    model = next((item for item in knobs["models"] if item["Name"] == name), None)
    if model is None:
        raise not_found("FoundationModel", name)
    given = fields.object("Filter")
    numbers = given.texts("ModelVersions") if given else []
    statuses = given.texts("Statuses") if given else []
    if any(status not in STATUSES for status in statuses):
        raise invalid("Filter.Statuses", f"it must be of {', '.join(STATUSES)}")
    found = [
        item
        for item in model.get("Versions", [])
        if (not numbers or item["ModelVersion"] in numbers)
        and (not statuses or item["Status"] in statuses)
    ]
    return _page(found, fields, knobs)


def custom_models(fields: Fields, knobs: Mapping[str, Any]) -> Document:
    tests = [_of_project(fields)]
    given = fields.object("Filter")
    if given is not None:
        part, ids = given.text("Name"), given.texts("Ids")
        tests.append(lambda item: part in item["Name"] and (not ids or item["Id"] in ids))
    shown = knobs["custom_model_list"]
    return _page([item for item in shown if all(test(item) for test in tests)], fields, knobs)


def activations(fields: Fields, knobs: Mapping[str, Any]) -> Document:
    with_price, with_free = fields.boolean("WithPrice"), fields.boolean("WithFreeUsage")
    given = fields.object("Filter")
    names = given.texts("FoundationModelNames") if given else []
    states = given.texts("States") if given else []
    deprecated = given.boolean("IncludeDeprecatedModels") if given else False
    shown = []
    for model in knobs["models"]:
        item = {"FoundationModelName": model["Name"], **(model.get("Activation") or {})}
        fits = (not names or model["Name"] in names) and (not states or item["State"] in states)
        if model.get("Activation") and fits and (deprecated or not item["IsDeprecated"]):
            hidden = () if with_price else ("ChargeItems", "MultiChargeItems")
            if not with_free:
                hidden += ("InitialInferenceFreeUsage", "FreeResourcePackItems")
            shown.append({k: v for k, v in item.items() if k not in hidden})
    size = fields.integer("PageSize", 1, PAGE_SIZE_MAX) or PAGE_SIZE_DEFAULT
    if with_price and size > knobs["activation_page_with_prices"]:
        raise gateway("InternalServiceTimeout", "The service did not answer in time.")
    return _page(shown, fields, knobs)


def limits(fields: Fields, knobs: Mapping[str, Any]) -> Document:
    names = fields.texts("FoundationModelNames")
    shown = [
        {"FoundationModelName": model["Name"], **model["Limits"]}
        for model in knobs["models"]
        if model.get("Limits") and (not names or model["Name"] in names)
    ]
    return {"Items": shown, "TotalCount": len(shown)}


def usage(fields: Fields, knobs: Mapping[str, Any], account: str) -> Document:
    """Rows come from the knob `usage`; the cells are text, by the document."""
    first, last = (_date(fields, name) for name in ("StartTime", "EndTime"))
    if last < first:
        raise invalid("EndTime", "it must not be before StartTime")
    fields.required_text("QueryInterval")
    by_hour = fields.choice("QueryInterval", ("Day", "Hour"), "") == "Hour"
    project = fields.text("ProjectName") or "default"
    wanted = {}
    for given in fields.objects("Filters"):
        given.required_text("Key")
        wanted[given.choice("Key", FILTERS, "")] = given.texts("Values")
    names = [*COLUMNS, *wanted]
    rows = [
        {"AccountID": account, **row, "Hour": row.get("Hour", "") if by_hour else ""}
        for row in knobs["usage"]
        if first <= row["Day"] <= last
        and row.get("ProjectName", "default") == project
        and all(not values or row.get(key) in values for key, values in wanted.items())
    ]
    as_text = knobs["usage_cells"] == "text"
    return {
        "DataCount": len(rows),
        "Fields": [{"Name": name, "Type": COLUMNS.get(name, "string")} for name in names],
        "Data": [[_cell(row.get(name), as_text) for name in names] for row in rows],
    }


def _cell(value: Any, as_text: bool) -> Any:
    return str("" if value is None else value) if as_text else value


def _date(fields: Fields, name: str) -> str:
    text = fields.required_text(name)
    if DATE.fullmatch(text) is None:
        raise invalid(name, "it must be yyyy-MM-dd")
    return text


def _of_project(fields: Fields) -> Callable[[Document], bool]:
    """A model without a project of its own is there for all."""
    name = fields.text("ProjectName") or "default"
    return lambda item: item.get("AccessType") == "Public" or item["ProjectName"] == name


def _page(items: Iterable[Document], fields: Fields, knobs: Mapping[str, Any]) -> Document:
    number = fields.integer("PageNumber", 1) or 1
    size = page_size(fields, knobs)
    found = list(items)
    return {
        "Items": found[(number - 1) * size : number * size],
        "PageNumber": number,
        "PageSize": size,
        "TotalCount": len(found),
    }
