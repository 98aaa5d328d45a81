"""Private services, domains and CIDR lists of a namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.base.clock import rfc3339
from simulator.base.ids import Ids
from simulator.base.messages import Request
from simulator.hf import bodies
from simulator.hf.endpoint import Endpoint, service_name
from simulator.hf.errors import conflict, not_found
from simulator.hf.schema import read_body

Document = dict[str, Any]


@dataclass
class Network:
    """What one namespace has beside its endpoints."""

    services: dict[str, Document] = field(default_factory=dict)
    domains: dict[str, Document] = field(default_factory=dict)
    cidr_lists: dict[str, Document] = field(default_factory=dict)

    # Private services come and go with endpoints; a shared one stays.

    def attach(self, endpoint: Endpoint, ids: Ids, now: float) -> None:
        service = endpoint.spec.get("privateService")
        if not service:
            return
        identifier = ids.uuid()
        self.services[identifier] = {
            "id": identifier,
            "createdAt": rfc3339(now, 9),
            "endpointName": endpoint.name,
            "privateService": service,
            "status": {
                "stage": "Ready",
                "lb_ips": ["10.0.0.1"],
                "region": service["region"],
                "service_name": service_name(endpoint),
            },
        }

    def detach(self, endpoint: Endpoint) -> None:
        for identifier, row in list(self.services.items()):
            if row.get("endpointName") == endpoint.name:
                if row["privateService"].get("shared"):
                    row.pop("endpointName")
                else:
                    del self.services[identifier]

    def list_services(self, request: Request) -> Document:
        account, shared = request.parameter("account-id"), request.parameter("shared")
        rows = [
            row
            for row in self.services.values()
            if account in (None, row["privateService"]["accountId"])
            and (
                shared is None
                or bool(row["privateService"].get("shared")) == (shared.lower() == "true")
            )
        ]
        return {"items": rows}

    def delete_service(self, identifier: str) -> Document:
        if self.services.pop(identifier, None) is None:
            raise not_found("Private service")
        return {}

    # Domains.

    def list_domains(self, knobs: Mapping[str, Any]) -> Document:
        return {"items": [self._domain(row, knobs) for row in self.domains.values()]}

    def add_domain(self, request: Request, now: float, knobs: Mapping[str, Any]) -> Document:
        body, request.notes["ignored"] = read_body(request.body, bodies.DOMAIN)
        if body["domain"] in self.domains:
            raise conflict("Domain already exists")
        row = {"domain": body["domain"], "createdAt": rfc3339(now, 9)}
        self.domains[body["domain"]] = row
        return self._domain(row, knobs)

    def delete_domain(self, domain: str) -> Document:
        if self.domains.pop(domain, None) is None:
            raise not_found("Domain")
        return {}

    def _domain(self, row: Document, knobs: Mapping[str, Any]) -> Document:
        return {**row, "status": {"stage": knobs["domain_stage"]}}

    # CIDR lists.

    def list_cidr(self) -> Document:
        return {"items": list(self.cidr_lists.values())}

    def put_cidr(self, request: Request, ids: Ids, identifier: str | None) -> Document:
        """Add one, or change the one of that id."""
        body, request.notes["ignored"] = read_body(request.body, bodies.CIDR_LIST)
        if identifier is not None and identifier not in self.cidr_lists:
            raise not_found("CIDR list")
        chosen = identifier or body.get("id") or ids.uuid()
        if identifier is None and chosen in self.cidr_lists:
            raise conflict("CIDR list already exists")
        row = {"id": chosen, "name": body["name"], "cidrList": body["cidrList"]}
        self.cidr_lists[chosen] = row
        return row

    def delete_cidr(self, identifier: str) -> Document:
        if self.cidr_lists.pop(identifier, None) is None:
            raise not_found("CIDR list")
        return {}
