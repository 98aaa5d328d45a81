"""The knobs of this cloud with their first values. tests/simulator/tir.md explains each."""

from __future__ import annotations

from typing import Any

KNOBS: dict[str, Any] = {
    # Who may do what: rights write, read or none.
    "tokens": {
        "tir_simulator_token": {"api_key": "tir_simulator_key", "rights": "write"},
        "tir_simulator_read": {"api_key": "tir_simulator_key", "rights": "read"},
        "tir_simulator_none": {"api_key": "tir_simulator_key", "rights": "none"},
    },
    "teams": {
        "7": {"name": "research", "projects": {"501": "chat", "502": "vision"}},
        "8": {"name": "support", "projects": {"601": "search"}},
    },
    "iam_accounts": [88, 89],
    "require_active_iam": False,
    "locations": ["Delhi", "Chennai"],
    "check_location": True,  # an endpoint of another location is not found
    # Layouts and paths.
    "layouts": {"legacy": True, "service": True},
    "dead_layout_status": 404,
    "missing_slash": "redirect",  # or not_found, accept
    # How many looks (GET of the endpoint) and simulated seconds each passing state lasts.
    "polls": {"waiting": 1, "terminating": 1, "deleting": 0},
    "seconds": {"waiting": 0, "terminating": 0, "deleting": 0},
    "stale_reads": 0,  # so many looks after a change show the status and time from before it
    "fail_next_create": 0,
    "fail_next_start": 0,  # start and restart
    "fail_next_patch": 0,
    "failure_message": "Container exited with code 1",
    # Words for status.
    "words": {
        "waiting": "waiting",
        "running": "running",
        "idle": "idle",
        "terminating": "terminating",
        "stopped": "stopped",
        "failed": "failed",
    },
    "status_case": "",  # or lower, upper, title
    "delete_answer_status": "Done",  # "": the status the endpoint had
    # Form of errors.
    "detail_form": "none",  # or auth, all: {"detail": text}
    "errors_as_200": False,
    "nested_errors": False,
    "inventory_status": 400,
    "credit_status": 402,
    "duplicate_status": 400,
    "ratelimit_headers": True,
    "ratelimit_reset_seconds": 1,
    "require_content_type": True,
    # What a create or update may say.
    "sku_forms": {"legacy": ["name", "id"], "service": ["name", "id"]},
    "sku_inventory": {},  # by SKU name: whether there is any, against the catalogue
    "unpaid_projects": [],
    "private_clouds": [9001],
    "custom_sku_keys": ["cpu", "gpu", "memory"],  # []: any
    "storage_types": ["disk", "sfs"],  # []: any
    "cluster_types": ["tir-cluster", "private-cluster"],  # []: any
    "metrics": ["concurrency", "requestRate", "custom", "cpu"],
    "frameworks_offered": [],  # wire values; []: the whole table
    "frameworks_extra": [],
    "check_references": True,  # ids of models, integrations, datasets and namespaces must exist
    "check_server_version": True,
    "model_required": True,  # triton, pytorch and tensorrt without any model source: 400
    "custom_model_in": "",  # or args, engine_args, path, refuse: for hugging_face_id custom
    "list_text": "any",  # or json, python: how args and commands list their words
    "drop_create_fields": [],  # dotted paths that are silently not taken
    "drop_update_fields": [],
    # Actions.
    "actions": [
        "patch",
        "update",
        "stop",
        "start",
        "restart",
        "update_auto_scale",
        "disable_auto_scale",
        "update_async_configuration",
    ],
    "action_states": {
        "patch": ["waiting", "running", "idle", "failed", "terminating"],
        "update": ["stopped"],
        "stop": ["waiting", "running", "idle", "failed", "terminating"],
        "start": ["stopped"],
        "restart": ["running", "idle"],
        "update_auto_scale": ["running", "idle"],
        "disable_auto_scale": ["running", "idle"],
        "update_async_configuration": ["waiting", "running", "idle", "failed", "stopped"],
    },
    "form_scales": {"patch": False, "update": True},  # whether the form sets worker counts
    "scaling_waits": False,  # whether a scaling action passes through waiting
    "framework_change": "accept",  # or refuse, ignore
    "name_change": "refuse",  # or ignore, accept
    "max_replicas": 64,
    "max_replicas_private": 512,
    # What is attached by calls of its own.
    "attach_states": ["waiting", "running", "idle", "failed", "stopped"],
    "attach_applies": True,  # False: taken without a word, and nothing changes
    "attached_again": "accept",  # or refuse: what is attached already
    "security_groups_at_first": [],  # of a new endpoint
    "security_groups_attach": "add",  # or replace: those that are not named go
    "vpc_ips_per_endpoint": 0,  # 0: any number
    "vpc_ip_looks": 0,  # so many lists do not show a scheduled change yet
    # Deleting.
    "vpc_attaching": [],  # names of endpoints that cannot be deleted
    "name_freed": "at_once",  # or when_gone
    # Form of answers.
    "answer_omits": [],  # dotted paths
    "answer_nulls": [],
    "model_echo": "both",  # or model_id, model
    "probe_flags_in": "advance_config",  # or container, both
    "args_echo": "list",  # or base64, text
    "documented_strings": True,  # stability_period and probe port are strings
    "integers": "number",  # or string: every other integer
    "env_values": "as_sent",  # or masked, omitted
    # Lists.
    "list_paging": True,  # page_no and per_page are taken
    "list_default_per_page": 0,  # 0: all
    "list_per_page_max": 100,
    "list_past_end": "empty",  # or not_found
    "framework_detail_keys": {},  # our key to another
    # The served model.
    "check_served_model": True,
}
