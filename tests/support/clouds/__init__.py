"""The clouds that the tests run on. A new one is a module with a description, and a row here."""

from __future__ import annotations

from support.clouds import hf
from support.clouds.description import Cloud

ALL: tuple[Cloud, ...] = (hf.CLOUD,)
