"""The two operations of IAM that clients of this cloud need: tokens and projects."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.base.clock import Clock, rfc3339
from simulator.base.ids import Ids
from simulator.base.messages import Reply, Request
from simulator.maas.access import Access, Caller, Token
from simulator.maas.errors import KeystoneError

Document = dict[str, Any]
TOKEN_HEAD = "MII"
TOKEN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
WRONG_PASSWORD = "The username or password is wrong."


def stable_id(*words: str) -> str:
    """32 characters that only depend on the words."""
    return hashlib.sha256("/".join(words).encode()).hexdigest()[:32]


def domain(account: str) -> Document:
    return {"id": stable_id("domain", account), "name": account}


class Iam:
    def __init__(self, clock: Clock, ids: Ids, knobs: Mapping[str, Any], access: Access) -> None:
        self._clock = clock
        self._ids = ids
        self._knobs = knobs
        self._access = access

    # Tokens.

    def token(self, request: Request) -> Reply:
        auth = self._auth(request)
        identity = _member(auth, "identity")
        methods = identity.get("methods")
        if not isinstance(methods, list) or len(methods) != 1:
            raise KeystoneError(400, "Expecting exactly one method in identity.methods.")
        if methods[0] == "password":
            user = self._by_password(_member(_member(identity, "password"), "user"))
        elif methods[0] == "hw_ak_sk":
            user = self._by_key(_member(identity, "hw_ak_sk"))
        else:
            raise KeystoneError(401, "Attempted to authenticate with an unsupported method.")
        account = self._knobs["users"][user]["account"]
        project = self._scope(auth.get("scope"), account)
        return self._issue(request, user, account, project, methods)

    def _auth(self, request: Request) -> Document:
        try:
            body = request.json()
        except (ValueError, RecursionError):
            raise KeystoneError(400, "The request body is not JSON.") from None
        return _member(body, "auth")

    def _by_password(self, sent: Document) -> str:
        name, password = sent.get("name"), sent.get("password")
        account = _member(sent, "domain").get("name")
        if not isinstance(name, str) or not isinstance(password, str):
            raise KeystoneError(400, "Expecting to find name and password in user.")
        user = self._knobs["users"].get(name)
        known = user is not None and user["account"] == account and not user.get("huawei_id")
        if not known or not hmac.compare_digest(user["password"].encode(), password.encode()):
            raise KeystoneError(401, WRONG_PASSWORD)
        return name

    def _by_key(self, sent: Document) -> str:
        key = self._knobs["access_keys"].get(str(_member(sent, "access").get("key")))
        secret = str(_member(sent, "secret").get("key"))
        if key is None or not hmac.compare_digest(key["secret"].encode(), secret.encode()):
            raise KeystoneError(401, "The access key or secret key is wrong.")
        return str(key["user"])

    def _scope(self, scope: Any, account: str) -> str | None:
        """Id of the project a token is for; None for a token of the whole account."""
        if not isinstance(scope, dict) or "project" not in scope:
            return None
        wanted = _member(scope, "project")
        for identifier, row in self._knobs["projects"].items():
            if row["account"] != account:
                continue
            if identifier == wanted.get("id") or row["name"] == wanted.get("name"):
                return str(identifier)
        raise KeystoneError(400, "The project in the scope does not exist.")

    def _issue(
        self, request: Request, user: str, account: str, project: str | None, methods: list[str]
    ) -> Reply:
        now = self._clock.now()
        expires_at = now + self._knobs["token_seconds"]
        length = max(16, int(self._knobs["token_chars"]))
        text = TOKEN_HEAD + self._ids.text(length - len(TOKEN_HEAD), TOKEN_LETTERS)
        self._access.tokens[text] = Token(user, project, expires_at)
        token: Document = {
            "expires_at": rfc3339(expires_at, 6),
            "issued_at": rfc3339(now, 6),
            "methods": methods,
            "user": {"id": stable_id("user", user), "name": user, "domain": domain(account)},
        }
        if project is None:
            token["domain"] = domain(account)
        else:
            name = self._knobs["projects"][project]["name"]
            token["project"] = {"id": project, "name": name, "domain": domain(account)}
        if not request.parameter("nocatalog"):
            token["catalog"] = [{"endpoints": [], "id": "modelarts", "type": "modelarts"}]
        reply = Reply.json({"token": token}, 201)
        reply.set_header("X-Subject-Token", text)
        return reply

    # Projects.

    def projects(self, request: Request, caller: Caller) -> Reply:
        wanted = request.parameter("name")
        rows = [
            {
                "id": identifier,
                "name": row["name"],
                "description": "",
                "domain_id": domain(row["account"])["id"],
                "parent_id": domain(row["account"])["id"],
                "enabled": row.get("enabled", True),
                "is_domain": False,
            }
            for identifier, row in self._rows(caller.account)
            if wanted is None or row["name"] == wanted
        ]
        links = {"self": "/v3/projects", "previous": None, "next": None}
        return Reply.json({"links": links, "projects": rows})

    def _rows(self, account: str) -> Iterable[tuple[str, Document]]:
        return ((i, row) for i, row in self._knobs["projects"].items() if row["account"] == account)


def _member(document: Any, name: str) -> Document:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, dict):
        raise KeystoneError(400, f"Expecting to find {name} in the request body.")
    return value
