"""What the tests know of each cloud: a module for each, with what changes, replaces and drifts.

`ALL` are those that the shared tests of tests/cli run on: whoever knows an endpoint by the name
that the program gives it. ark, maas and tir, whose services make ids, have tests of their own in
folders of tests/cli, which take the rows of their module.
"""

from __future__ import annotations

from support.clouds import hf
from support.clouds.description import Cloud

ALL: tuple[Cloud, ...] = (hf.CLOUD,)
