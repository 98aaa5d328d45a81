"""The knobs of this cloud with their first values; tests/simulator/maas.md explains each."""

from __future__ import annotations

from typing import Any

ACCOUNT = "simulator-account"
OTHER_ACCOUNT = "other-account"
PROJECT = "0123456789abcdef0123456789abcdef"
CHINA_PROJECT = "c0123456789abcdef0123456789abcde"
OTHER_PROJECT = "f0123456789abcdef0123456789abcde"
USER = "simulator-user"

KNOBS: dict[str, Any] = {
    # Who is who.
    "users": {
        USER: {"account": ACCOUNT, "password": "simulator-password"},
        "other-user": {"account": OTHER_ACCOUNT, "password": "other-password"},
    },
    "projects": {
        PROJECT: {"account": ACCOUNT, "name": "ap-southeast-1"},
        CHINA_PROJECT: {"account": ACCOUNT, "name": "cn-southwest-2"},
        OTHER_PROJECT: {"account": OTHER_ACCOUNT, "name": "ap-southeast-1"},
    },
    "access_keys": {
        "MAASEXAMPLEAK0000001": {
            "secret": "maasExampleSecretKey00000000000000000001",
            "user": USER,
        },
        "MAASEXAMPLEAK0000002": {
            "secret": "maasExampleSecretKey00000000000000000002",
            "user": USER,
            "security_token": "EXAMPLESECURITYTOKEN",
        },
        "MAASEXAMPLEAK0000009": {
            "secret": "maasExampleSecretKey00000000000000000009",
            "user": "other-user",
        },
    },
    "tokens": {
        "simulator-token": {"user": USER, "project": PROJECT},
        "simulator-china-token": {"user": USER, "project": CHINA_PROJECT},
        "other-token": {"user": "other-user", "project": OTHER_PROJECT},
    },
    "api_keys": {
        "simulator-api-key": {"account": ACCOUNT},
        "other-api-key": {"account": OTHER_ACCOUNT},
    },
    # Authentication.
    "token_seconds": 86400,
    "token_uses": 0,  # an issued token serves so many requests; 0: no such end
    "token_chars": 4000,
    "token_refusal": "401",  # or 0307, 400, 404: how a bad or expired token is refused
    "signing_accepted": True,  # by the management plane; IAM always takes it
    "skew_seconds": 900,  # null: any X-Sdk-Date
    "key_lock_after": 5,
    "key_lock_seconds": 300,
    # Shapes.
    "gateway_prefix": "APIGW",  # or APIG
    "error_shape": "snake",  # or camel, plain, nested, text
    "create_answer": "id",  # endpoint_id, custom_endpoint_id, data, result, string, one, empty
    "create_status": 200,
    "edit_answer": "number",  # or string, empty, object, no_content
    "count_type": "string",  # or number
    "empty_remark": "empty",  # or null, absent
    "further_fields": False,
    "served_names": {},
    "unknown_id": {
        "edit": "400/ModelArts.6291",
        "delete": "404/ModelArts.6291",
        "control": "404/ModelArts.6291",
    },
    "require_content_type": True,
    # Rules.
    "edit_mode": "strict",  # or merge
    "zero_limit": "null",  # or zero
    "account_level": "V2",
    "v1_create": "false",  # or any, none: which `moderation` a V1 account's create may not carry
    "rename_burns": True,
    "own_name_refused": False,
    "remark_unit": "characters",  # or bytes
    "quota": 10,
    "sources": {
        "ap-southeast-1": ["custom_from_maas"],
        "cn-southwest-2": ["custom_from_maas", "custom_from_modelarts_v2"],
    },
    "status_words": {"created": "normal", "activated": "normal", "deactivated": "suspended"},
    # The list.
    "lag_ms": 0,
    "page_size": 0,  # most items in one answer; 0: all
    "offset": "item",  # or page, ignored
    "list_scope": "project",  # or account
    # Agreements.
    "agreement_id": "4dd6b9f8-7e97-4f1c-8816-000000000001",
    "agreement_texts": {"en": "Disclaimer of content guard", "zh": "内容防护免责声明"},
    "agreement_row_id": False,
    "agreement_to_enable": False,
    # What endpoints are made for.
    "models": {
        "DeepSeek-V3": {"rpm": 300, "tpm": 500000},
        "DeepSeek-R1": {"rpm": 100, "tpm": 200000},
        "Qwen3-32B": {"rpm": 600, "tpm": 1000000},
    },
    "services": {
        "cn-southwest-2": {
            "5a1f0c52-0000-4000-8000-000000000001": {"name": "service-one"},
            "5a1f0c52-0000-4000-8000-000000000002": {"name": "service-two", "gateway": False},
        }
    },
    "workspaces": {"0": {"name": "default"}},
    # Inference plane.
    "blocked_words": ["blocked-content"],
}
