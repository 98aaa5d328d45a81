"""The knobs of this cloud with their first values. tests/simulator/hf.md explains each."""

from __future__ import annotations

from typing import Any

USER = "me"
ORGANISATION = "acme"

KNOBS: dict[str, Any] = {
    # Who may do what: rights write, read or none; namespaces = own name and orgs.
    "tokens": {
        "hf_simulator_write": {"name": USER, "rights": "write", "orgs": [ORGANISATION]},
        "hf_simulator_read": {"name": USER, "rights": "read", "orgs": [ORGANISATION]},
        "hf_simulator_none": {"name": USER, "rights": "none", "orgs": [ORGANISATION]},
        "hf_simulator_free": {"name": "freebie", "rights": "write", "orgs": [], "pro": False},
        "hf_simulator_other": {"name": "other", "rights": "write", "orgs": []},
    },
    "unpaid_namespaces": [],
    # How many looks (GET of the endpoint) and simulated seconds each passing state lasts.
    "polls": {"pending": 1, "initializing": 1, "updating": 1, "deleting": 0},
    "seconds": {"pending": 0, "initializing": 0, "updating": 0, "deleting": 0},
    # The next so many creates, updates, resumes end in failed or updateFailed.
    "fail_next_create": 0,
    "fail_next_update": 0,
    "fail_next_resume": 0,
    "failure_kind": "runtime",  # or configuration
    "failure_message": "Container exited with code 1",
    "failed_update_keeps": "new",  # or old: the spec shown while updateFailed
    # The URL of the data plane.
    "url_mode": "loopback",  # or production, regional
    "hide_url_until_running": "",  # or absent, null, empty
    # What the reference leaves open.
    "provider_honoured": True,  # PUT moves vendor and region, or ignores them
    "pause_resets_replicas": True,  # pausing sets them to 0, resuming to 1; or they are kept
    "scaling_wakes": False,  # PUT with scaling starts a paused endpoint (invented: "may")
    "null_clears": False,  # null in PUT clears, or means unchanged
    "update_replaces": {"env": True, "secrets": True, "experimentalFeatures": True},
    "drop_create_fields": [],  # dotted paths that are silently not taken
    "drop_update_fields": [],
    "secrets_echo": "null",  # or omit
    "revision_echo": "hash",  # or null_if_omitted, as_given
    "absent_fields": "omit",  # or null, empty
    "compute_id": True,
    "fill_scaling_defaults": True,
    "default_task": "text-generation",
    "server_env": {},
    "protected": "accept",  # or rename, refuse
    "minus_one_prefill": True,
    "refuse_reserved_env": True,
    "require_content_type": True,
    "timestamp_digits": 9,
    # Lists.
    "list_limit_max": 100,
    "total_items": True,
    "swap_cursors": False,
    # Hardware and quota: by compute id; by vendor/instanceType.
    "compute_status": {},
    "quotas": {},
    "quota_default": 10000,
    "quota_by": "maxReplica",  # or endpoint
    # The rest.
    "log_search": True,
    "log_streams_end": False,  # after the lines there are, instead of following
    "domain_stage": "Ready",
}
