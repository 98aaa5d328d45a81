"""What is only read: the disclaimer, and regions, workspaces and services of ModelArts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.base.messages import Reply, Request
from simulator.maas.errors import parameter

Knobs = Mapping[str, Any]
CREATED = "2026-01-15T08:00:00Z"
CREATED_MS = 1768464000000
CHINESE_NAMES = {"cn-southwest-2": "西南-贵阳一", "ap-southeast-1": "中国-香港"}


def agreement(request: Request, knobs: Knobs) -> Reply:
    language = request.parameter("lang")
    if language not in ("zh", "en"):
        raise parameter("lang must be one of zh and en")
    body = {
        "agreement_id": knobs["agreement_id"],
        "agreement_data": knobs["agreement_texts"][language],
        "open_notice": {"en": "Content guard will be on.", "zh": "将开启内容防护。"}[language],
        "close_notice": {"en": "Content guard will be off.", "zh": "将关闭内容防护。"}[language],
    }
    if knobs["agreement_row_id"]:
        body["id"] = "1"
    return Reply.json(body)


def regions(knobs: Knobs) -> Reply:
    rows = [
        {
            "region_id": region,
            "locales": {"en_us": region, "zh_cn": CHINESE_NAMES.get(region, region)},
        }
        for region in knobs["services"]
    ]
    return Reply.json({"region_items": rows})


def workspaces(region: str, knobs: Knobs) -> Reply:
    _check_region(region, knobs)
    rows = [
        {
            "id": identifier,
            "name": row["name"],
            "description": "",
            "owner": "",
            "create_time": CREATED_MS,
            "update_time": CREATED_MS,
            "auth_type": "public",
        }
        for identifier, row in knobs["workspaces"].items()
    ]
    return Reply.json({"total_count": len(rows), "count": len(rows), "workspaces": rows})


def services(request: Request, region: str, knobs: Knobs) -> Reply:
    _check_region(region, knobs)
    wanted = request.parameter("workspace_id")
    if wanted is not None and wanted not in knobs["workspaces"]:
        raise parameter("workspace_id is invalid")
    rows = [
        _service(identifier, row)
        for identifier, row in knobs["services"][region].items()
        if wanted in (None, row.get("workspace_id", "0"))
    ]
    return Reply.json({"data": rows, "pages": 1, "total": len(rows)})


def _service(identifier: str, row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "id": identifier,
        "name": row["name"],
        "status": row.get("status", "RUNNING"),
        "version": "1",
        "version_count": "1",
        "description": "",
        "type": "REAL_TIME",
        "deploy_type": "SINGLE",
        "user_name": "simulator-user",
        "workspace_id": row.get("workspace_id", "0"),
        "create_at": CREATED,
    }


def _check_region(region: str, knobs: Knobs) -> None:
    if region not in knobs["services"]:
        raise parameter("region is invalid")
