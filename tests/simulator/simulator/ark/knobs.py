"""The knobs of this cloud with their first values. tests/simulator/ark.md explains each."""

from __future__ import annotations

from typing import Any

from simulator.ark import models

REGION = "ap-southeast-1"
ACCOUNT = "2100000001"
OTHER_ACCOUNT = "2100000002"
VOLCENGINE_ACCOUNT = "3100000001"

KNOBS: dict[str, Any] = {
    # Who may sign, on which `site` (BytePlus unless told). `token` is the session token of
    # temporary credentials, `expires` its end.
    "access_keys": {
        "AKTESTEXAMPLE0000001": {
            "secret": "SKTESTexampleSecretKey0123456789==",
            "account": ACCOUNT,
            "identity": "IAMUser/12345/alice",
        },
        "AKTESTEXAMPLE0000002": {
            "secret": "SKTESTotherSecretKey9876543210==",
            "account": OTHER_ACCOUNT,
            "identity": "IAMUser/67890/bob",
        },
        "AKTPTESTEXAMPLE00001": {
            "secret": "SKTPTESTtemporarySecret0123456789==",
            "account": ACCOUNT,
            "identity": "AssumedRole/deploy/alice",
            "token": "STStoken/EXAMPLE+abc==",
        },
        "AKLTVOLCEXAMPLE00001": {
            "secret": "SKVOLCexampleSecretKey0123456789==",
            "account": VOLCENGINE_ACCOUNT,
            "identity": "IAMUser/54321/li",
            "site": "Volcengine",
        },
    },
    # Roles by their TRN: the account that they are of, who works in them, and which accounts may
    # assume them.
    "roles": {
        "trn:iam::2100000001:role/deploy": {
            "account": ACCOUNT,
            "identity": "AssumedRole/deploy/pulumi-inference",
            "trusts": [ACCOUNT],
        },
        "trn:iam::2100000002:role/shared": {
            "account": OTHER_ACCOUNT,
            "identity": "AssumedRole/shared/pulumi-inference",
            "trusts": [ACCOUNT],
        },
        "trn:iam::3100000001:role/deploy": {
            "account": VOLCENGINE_ACCOUNT,
            "identity": "AssumedRole/deploy/pulumi-inference",
            "trusts": [VOLCENGINE_ACCOUNT],
            "site": "Volcengine",
        },
    },
    "role_seconds": 0,  # how long the keys of a role last; 0: as asked
    "caller_identity": True,  # false: nobody may ask which account a key is of
    "auth": True,  # false: nothing is asked for, everybody is the first account
    "timestamp_seconds": 900,
    "requests_per_second": 0,  # per account; 0 = no limit
    # Long-lived keys of the data plane.
    "api_keys": {
        "ark-simulator-key": {"account": ACCOUNT, "region": "ap-southeast-1"},
        "ark-simulator-key-eu": {"account": ACCOUNT, "region": "eu-west-1"},
        "ark-simulator-key-other": {"account": OTHER_ACCOUNT, "region": "ap-southeast-1"},
    },
    "api_key_resource_ids_required": True,
    # How many looks (GetEndpoint) and simulated seconds each passing state lasts.
    "polls": {"scheduling": 1, "starting": 1, "stopping": 0, "deleting": 0},
    "seconds": {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0},
    # The wire spelling of each state.
    "statuses": {
        "scheduling": "Scheduling",
        "starting": "Scheduling",
        "running": "Running",
        "stopping": "Stopping",
        "stopped": "Stopped",
        "abnormal": "Abnormal",
        "deleting": "Deleting",
        "deleted": "Deleted",
    },
    "after_delete": "not_found",  # or deleted: GetEndpoint shows it so for ever
    "strict_delete": False,
    "invisible_polls": 0,  # so many GetEndpoint after a create answer 404
    "list_lag_seconds": 0,  # ListEndpoints learns of a create so much later
    # The next so many creates or starts end abnormal; so does a name containing `abnormal`.
    "fail_next_create": 0,
    "fail_next_start": 0,
    "failure_reason": "The model behind the endpoint is unavailable",
    # Errors.
    "not_found_code": "NotFound.Endpoint",
    "foreign": "not_found",  # or forbidden: another account's endpoint
    # Create.
    "unique_names": False,
    "name_limit": 128,
    "description_limit": 512,
    "endpoint_quota": None,  # by account and region
    "catalogue": {},  # foundation models by name; empty: any
    "custom_models": [],  # empty: any
    "projects": [],  # empty: any
    "moderation_strategies": ["Default", "Basic", "Customized", "Skip"],
    "default_rate_limit": {"Rpm": 30000, "Tpm": 5000000},  # null: none
    "dry_run_reply": "empty",  # or empty_id, null, id
    "batch_only": "",  # regular expression for the whole name
    "scale_tier": "",  # id of the TPM package that every endpoint shows
    # Look-ups: docs/apis/ark.md 18 to 20.
    "models": models.MODELS,
    "custom_model_list": models.CUSTOM_MODELS,
    "activation_page_with_prices": 20,  # the largest page that is answered in time
    "usage": [],  # rows: Day, Hour, ModelEndpoint, ModelName, ..., the counts
    "usage_cells": "text",  # or plain: numbers and null
    "not_offered": [],  # actions that the gateway does not know
    # Switches of the model.
    "rolling_offered": True,  # false: the gateway does not know the four actions
    "support_rolling": True,  # false: no new endpoint can be switched
    "rolling_step": 2,  # per cent
    "rolling_minutes": 1,  # between two steps
    "rolling_strategy": "ignore",  # or take, refuse: one in the request
    "rolling_description": "show",  # or omit: whether GetEndpointRolling tells it
    "rolling_revert_seconds": 60,
    "rolling_look_seconds": 0,  # each GetEndpointRolling makes the switch so much older
    "rolling_id_after": "clear",  # or keep: what the endpoint shows when a switch is over
    "rolling_statuses": {
        "running": "Running",
        "reverting": "Reverting",
        "reverted": "Reverted",
        "done": "Finished",
    },
    # Get, Update, List, certificates.
    "result_shape": "flat",  # or nested
    "empty_members": "show",  # or omit
    "tag_order": "scrambled",  # or kept
    "partial_rate_limit": "refuse",  # or merge: Rpm or Tpm alone in an update
    "update_other_fields": "ignore",  # or apply, refuse
    "list_name_match": "substring",  # or exact, prefix
    "list_without_project": "default",  # or all
    "list_page_most": 100,  # items of a page, whatever is asked for
    "certificate": "not_found",  # or pem, empty, blank, null, error
    # The data plane.
    "enforce_rate_limits": True,
}
