"""A throw-away certificate authority and a server certificate for loopback."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

import trustme

LOOPBACK_NAMES = ("127.0.0.1", "::1", "localhost")


def server_context(ca_path: Path, extra_names: Sequence[str] = ()) -> ssl.SSLContext:
    """Write the new authority's certificate to `ca_path` and return what the server needs."""
    authority = trustme.CA()
    certificate = authority.issue_cert(*LOOPBACK_NAMES, *extra_names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate.configure_cert(context)
    ca_path.write_bytes(authority.cert_pem.bytes())
    return context
