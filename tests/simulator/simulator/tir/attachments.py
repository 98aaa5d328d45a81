"""What is attached to an endpoint by calls of its own: security groups and reserved addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator.tir import catalogue
from simulator.tir.endpoint import Endpoint
from simulator.tir.errors import bad_request, invalid, not_found
from simulator.tir.lookups import security_groups
from simulator.tir.reading import INVALID_INTEGER, REQUIRED, Findings, Reader

Knobs = dict[str, Any]
Document = dict[str, Any]
GROUP, ADDRESS = "Security group", "Reserved IP"
GROUPS_CHANGED = "Security group {} successful"
SCHEDULED = "VPC IP {} action scheduled successfully."


def _check_state(endpoint: Endpoint, knobs: Knobs) -> None:
    if endpoint.deletion is not None or endpoint.status not in knobs["attach_states"]:
        raise bad_request(f"Not allowed while the endpoint is {endpoint.status}")


def _number(text: str, what: str) -> int:
    if not text.isdecimal():
        raise not_found(what)
    return int(text)


# Security groups.


def groups(endpoint: Endpoint) -> list[Document]:
    return [group for group in security_groups() if group["id"] in endpoint.security_groups]


def _read_groups(sent: Document, findings: Findings) -> list[int]:
    reader = Reader(sent, findings)
    given = reader.raw("security_groups_ids")
    reader.done()
    if not isinstance(given, list) or not given:
        findings.add("security_groups_ids", REQUIRED)
        return []
    texts = [str(item) for item in given]
    if not all(text.isdecimal() for text in texts):
        findings.add("security_groups_ids", INVALID_INTEGER)
        return []
    return [int(text) for text in texts]


def attach_groups(endpoint: Endpoint, sent: Document, knobs: Knobs, findings: Findings) -> str:
    wanted = _read_groups(sent, findings)
    for number in wanted:
        if knobs["check_references"] and number not in catalogue.SECURITY_GROUPS:
            findings.add("security_groups_ids", f'Invalid pk "{number}" - object does not exist.')
    if findings.errors:
        raise invalid(findings.errors)
    _check_state(endpoint, knobs)
    if knobs["attached_again"] == "refuse" and set(wanted) & set(endpoint.security_groups):
        raise bad_request("Security group is attached already")
    if knobs["attach_applies"]:
        kept = [] if knobs["security_groups_attach"] == "replace" else endpoint.security_groups
        endpoint.security_groups = list(dict.fromkeys([*kept, *wanted]))
    return GROUPS_CHANGED.format("addition")


def detach_group(endpoint: Endpoint, text: str, knobs: Knobs) -> str:
    number = _number(text, GROUP)
    _check_state(endpoint, knobs)
    if number not in endpoint.security_groups:
        raise not_found(GROUP)
    if knobs["attach_applies"]:
        endpoint.security_groups.remove(number)
    return GROUPS_CHANGED.format("removal")


# Reserved addresses.


def _holder(number: int, endpoints: Iterable[Endpoint]) -> Endpoint | None:
    return next((one for one in endpoints if number in one.vpc_ips), None)


def _carry_out(endpoint: Endpoint, number: int, attach: bool) -> None:
    kept = [other for other in endpoint.vpc_ips if other != number]
    endpoint.vpc_ips = [*kept, number] if attach else kept


def _look(endpoint: Endpoint) -> None:
    """A scheduled change is done once it was looked for so often."""
    for row in list(endpoint.vpc_scheduled):
        if row["looks"] > 0:
            row["looks"] -= 1
            continue
        endpoint.vpc_scheduled.remove(row)
        _carry_out(endpoint, row["id"], row["attach"])


def reserved(endpoints: list[Endpoint]) -> list[Document]:
    """The addresses of a project, and who has them; a free one is invented."""
    for endpoint in endpoints:
        _look(endpoint)
    rows: list[Document] = []
    for number, address in catalogue.RESERVED_IPS.items():
        holder = _holder(number, endpoints)
        rows.append(
            {
                "id": number,
                "ip_address": address,
                "status": "Available" if holder is None else "Unavailable",
                "service_type": None if holder is None else "inferenceservice",
                "service_id": None if holder is None else holder.id,
                "service_name": None if holder is None else holder.name,
                "connection_status": None if holder is None else "Connected",
            }
        )
    # As the list shows those of other services (invented: a notebook with any endpoint's number).
    rows.append(
        {
            "id": catalogue.NOTEBOOK_IP,
            "ip_address": "10.8.220.99",
            "status": "Unavailable",
            "service_type": "notebook",
            "service_id": endpoints[0].id if endpoints else 1,
            "service_name": "notes",
            "connection_status": "Connected",
        }
    )
    return rows


def _schedule(endpoint: Endpoint, number: int, attach: bool, knobs: Knobs) -> str:
    if knobs["attach_applies"] and knobs["vpc_ip_looks"] == 0:
        _carry_out(endpoint, number, attach)
    elif knobs["attach_applies"]:
        row = {"id": number, "attach": attach, "looks": knobs["vpc_ip_looks"]}
        endpoint.vpc_scheduled.append(row)
    return SCHEDULED.format("attach" if attach else "detach")


def attach_address(endpoint: Endpoint, text: str, others: list[Endpoint], knobs: Knobs) -> str:
    number = _number(text, ADDRESS)
    if number not in catalogue.RESERVED_IPS:
        raise not_found(ADDRESS)
    _check_state(endpoint, knobs)
    holder = _holder(number, others)
    if holder is not None and (holder is not endpoint or knobs["attached_again"] == "refuse"):
        raise bad_request("Reserved IP is attached already")
    most = knobs["vpc_ips_per_endpoint"]
    if most and len(endpoint.vpc_ips) >= most and holder is None:
        raise bad_request(f"At most {most} reserved IP can be attached")
    return _schedule(endpoint, number, True, knobs)


def detach_address(endpoint: Endpoint, text: str, knobs: Knobs) -> str:
    number = _number(text, ADDRESS)
    _check_state(endpoint, knobs)
    if number not in endpoint.vpc_ips:
        raise not_found(ADDRESS)
    return _schedule(endpoint, number, False, knobs)
