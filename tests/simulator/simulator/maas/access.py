"""Who calls: tokens, signed requests, locked keys, projects, rights, API keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.base.clock import Clock
from simulator.base.messages import Request
from simulator.maas import errors, signing
from simulator.maas.errors import ApiError, gateway

Document = dict[str, Any]
# What the policy engine calls the operations it may forbid.
PERMISSIONS = {
    "iam.projects": "iam:projects:listProjects",
    "endpoint.list": "modelarts:service:list",
    "endpoint.create": "modelarts:service:create",
    "endpoint.edit": "modelarts:service:update",
    "endpoint.control": "modelarts:service:action",
    "endpoint.delete": "modelarts:service:delete",
}


@dataclass(frozen=True)
class Caller:
    """`project` is None when the credential is good for every project of its account."""

    user: str
    account: str
    project: str | None
    method: str  # token or signature


@dataclass
class Token:
    """A token that IAM issued (or, without an end, one of the knob `tokens`)."""

    user: str
    project: str | None
    expires_at: float | None = None
    uses: int = 0
    ended: bool = False


@dataclass
class KeyHistory:
    """Bad signatures in a row; all of them; until when the key is locked."""

    bad_in_a_row: int = 0
    bad: int = 0
    locked_until: float = 0.0


class Access:
    """Credentials, and what is remembered about them."""

    def __init__(self, clock: Clock, knobs: Mapping[str, Any]) -> None:
        self._clock = clock
        self._knobs = knobs
        self.tokens: dict[str, Token] = {}
        self.keys: dict[str, KeyHistory] = {}

    # Tokens and signatures.

    def caller(self, request: Request) -> Caller:
        """ApiError 401 when there is none."""
        token = request.header("X-Auth-Token")
        if token is not None:
            return self._by_token(request, token)
        if signing.is_signed(request):
            return self._by_signature(request)
        raise gateway(401, "0301", errors.NO_TOKEN)

    def _named(self, user: str, project: str | None, method: str) -> Caller:
        return Caller(user, self._knobs["users"][user]["account"], project, method)

    def _by_token(self, request: Request, text: str) -> Caller:
        token = self._token(text)
        known = token is not None and token.user in self._knobs["users"]
        request.notes["auth"] = {"method": "token", "known": known}
        if token is None or not known:
            raise self._token_refusal(errors.BAD_TOKEN)
        late = token.expires_at is not None and self._clock.now() >= token.expires_at
        worn = 0 < self._knobs["token_uses"] <= token.uses and text in self.tokens
        if token.ended or late or worn:
            raise self._token_refusal(errors.OLD_TOKEN)
        token.uses += 1
        return self._named(token.user, token.project, "token")

    def _token(self, text: str) -> Token | None:
        fixed = self._knobs["tokens"].get(text)
        if fixed is None:
            return self.tokens.get(text)
        return Token(fixed["user"], fixed.get("project"), fixed.get("expires_at"))

    def _token_refusal(self, message: str) -> ApiError:
        kind = self._knobs["token_refusal"]
        if kind in ("400", "404"):
            return ApiError(int(kind), "ModelArts.0104", "Invalid token.")
        if kind == "0307":
            return gateway(401, "0307")
        return gateway(401, "0301", message)

    def _by_signature(self, request: Request) -> Caller:
        sent = signing.parse(request)
        if sent is None:
            raise gateway(401, "0301", errors.BAD_SIGNATURE)
        note = {
            "method": "signature",
            "access_key": sent.access_key,
            "signed_headers": list(sent.signed_headers),
            "right": False,
        }
        request.notes["auth"] = note
        key = self._knobs["access_keys"].get(sent.access_key)
        if key is None:
            raise gateway(401, "0301", errors.UNKNOWN_KEY)
        history = self.keys.setdefault(sent.access_key, KeyHistory())
        now = self._clock.now()
        if now < history.locked_until:
            raise gateway(401, "0301", errors.LOCKED_KEY)
        if not self._in_time(request):
            self._count_bad(history, now)
            server_time = datetime.fromtimestamp(now, UTC).strftime(signing.DATE_FORMAT)
            times = f"{request.header(signing.DATE_HEADER)},server time:{server_time}"
            raise gateway(401, "0301", errors.EXPIRED_SIGNATURE + times)
        if signing.signed_at(request) is None or not signing.is_right(request, sent, key["secret"]):
            self._count_bad(history, now)
            raise gateway(401, "0301", errors.BAD_SIGNATURE)
        note["right"] = True
        history.bad_in_a_row = 0
        if request.header("X-Security-Token") != key.get("security_token"):
            missing = request.header("X-Security-Token") is None
            raise gateway(401, "0301", errors.UNKNOWN_KEY if missing else errors.BAD_TOKEN)
        return self._named(key["user"], None, "signature")

    def _in_time(self, request: Request) -> bool:
        moment, most = signing.signed_at(request), self._knobs["skew_seconds"]
        return most is None or moment is None or abs(self._clock.now() - moment) <= most

    def _count_bad(self, history: KeyHistory, now: float) -> None:
        history.bad += 1
        history.bad_in_a_row += 1
        if history.bad_in_a_row >= self._knobs["key_lock_after"]:
            history.bad_in_a_row = 0
            history.locked_until = now + self._knobs["key_lock_seconds"]

    # Projects and rights.

    def check_management(self, request: Request, caller: Caller, project: str) -> None:
        """ApiError when the caller may not do this in that project."""
        if caller.method == "signature" and not self._knobs["signing_accepted"]:
            raise gateway(401, "0301", errors.NO_TOKEN)
        row = self._knobs["projects"].get(project)
        named = request.header("X-Project-Id", project)
        if (
            row is None
            or row["account"] != caller.account
            or caller.project not in (None, project)
            or (caller.method == "token" and caller.project is None)
            or named != project
        ):
            raise gateway(403, "0303", "The project does not match the credential")
        self.check_rights(request, caller)

    def check_rights(self, request: Request, caller: Caller) -> None:
        name = request.operation.name
        denied = self._knobs["users"][caller.user].get("denied", {}).get(name)
        if denied == "8503":
            raise ApiError(401, "ModelArts.8503")
        if denied is not None:
            wanted = PERMISSIONS.get(name, "modelarts:service:get")
            text = f"Policy doesn't allow {wanted} to be performed."
            raise gateway(403, "0303", text)

    # The inference plane.

    def api_key(self, request: Request) -> Document:
        """What is known of the Bearer key; ApiError 401."""
        scheme, _, key = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise ApiError(401, "ModelArts.81002")
        found: Document | None = self._knobs["api_keys"].get(key.strip())
        if found is None:
            raise ApiError(401, "ModelArts.81003")
        return found
