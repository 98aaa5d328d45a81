"""Random endpoints of each cloud, as its service holds them: made by its own API, not by the
provider, and written from the cloud's documentation, not from the provider's tables.
"""

from __future__ import annotations

from support.fleets import ark, hf, maas, tir
from support.fleets.fleet import Fleet

ALL: tuple[Fleet, ...] = (hf.FLEET, ark.FLEET, maas.FLEET, tir.FLEET)
