"""Writes the states of the provider that INFERENCE_BINARY names to tests/fixtures/states/<version>.

Run by scripts/keep-release, once for each release; what an earlier release wrote is never touched.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from saved import CASES, FOLDER, Saved
from services import ALL, NAME, Service
from simulator.client import Simulator
from support.clouds.description import Json, patched
from support.providers import provider
from support.stacks import Stack, Toolchain

OUTPUTS = {"target": f"${{{NAME}.target}}", "id": f"${{{NAME}.endpointId}}"}
Maker = Callable[[Stack, Simulator, Service], None]


def endpoint(service: Service, inputs: Json, **options: object) -> Json:
    resource: Json = {"type": service.token, "properties": inputs}
    return {**resource, "options": options} if options else resource


def named(service: Service, more: Json | None = None, **options: object) -> Json:
    return endpoint(service, {"name": NAME, **patched(service.base, more or {})}, **options)


def configure(stack: Stack, service: Service) -> None:
    """As a user does: keys encrypted, the rest in plain."""
    config = service.config(stack.sim.url(service.name))
    stack.set_config(
        {key: value for key, value in config.items() if key not in service.secrets},
        {key: config[key] for key in service.secrets},
    )


def healthy(stack: Stack, sim: Simulator, service: Service) -> None:
    stack.write({NAME: endpoint(service, {"name": NAME, **service.whole})}, outputs=OUTPUTS)
    stack.up()


def partial(stack: Stack, sim: Simulator, service: Service) -> None:
    """The create ran out of time."""
    sim.knobs(service.name, service.endless)
    stack.write({NAME: named(service, customTimeouts={"create": "2s"})}, outputs=OUTPUTS)
    stack.up(expect=-1)


def adopted(stack: Stack, sim: Simulator, service: Service) -> None:
    service.leave(stack, service.adopting)
    inputs = {**service.adopting, "adoptExisting": True}
    stack.write({NAME: endpoint(service, inputs)}, outputs=OUTPUTS)
    stack.up()


def imported(stack: Stack, sim: Simulator, service: Service) -> None:
    """With the program that the import wrote."""
    text = stack.import_all(service.token, {NAME: service.foreign(sim, NAME)})
    stack.write(yaml.safe_load(text)["resources"])


def paused(stack: Stack, sim: Simulator, service: Service) -> None:
    stack.write({NAME: named(service, {"desiredState": "paused"})}, outputs=OUTPUTS)
    stack.up()


def pending_deletion(stack: Stack, sim: Simulator, service: Service) -> None:
    """Replaced, but the old one could not be deleted."""
    stack.write({NAME: endpoint(service, service.base)}, outputs=OUTPUTS)
    stack.up()
    sim.fault(service.name, "endpoint.delete", kind="error", status=403, message="no", count=0)
    stack.write({NAME: endpoint(service, patched(service.base, service.moved))}, outputs=OUTPUTS)
    stack.up(expect=-1)


def explicit_provider(stack: Stack, sim: Simulator, service: Service) -> None:
    """Configured by the program, with secret values of the stack."""
    config = service.config(sim.url(service.name))
    plain = {key.split(":")[1]: value for key, value in config.items()}
    hidden = {key.split(":")[1]: config[key] for key in service.secrets}
    stack.run("config", "rm-all", *config)
    stack.set_config({}, hidden)
    account = provider({**plain, **{key: f"${{{key}}}" for key in hidden}})
    chat = named(service, provider="${account}")
    declared = {key: {"type": "string"} for key in hidden}
    stack.write({"account": account, NAME: chat}, outputs=OUTPUTS, config=declared)
    stack.up()


MAKERS: dict[str, Maker] = dict(
    zip(
        CASES,
        (healthy, partial, adopted, imported, paused, pending_deletion, explicit_provider),
        strict=True,
    )
)


def write_all(tools: Toolchain) -> None:
    for service in ALL:
        with Simulator(service.name) as sim, TemporaryDirectory() as scratch:
            for case, make in MAKERS.items():
                service.start(sim)
                stack = Stack(Path(scratch) / case, tools, sim)
                configure(stack, service)
                make(stack, sim, service)
                saved = Saved(tools.version, service, case)
                saved.write(stack)
                print(f"{saved.folder.relative_to(FOLDER)} is written", flush=True)


def main() -> None:
    pulumi, binary = (Path(os.environ[name]) for name in ("PULUMI_CLI", "INFERENCE_BINARY"))
    run = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    version = run.stdout.split()[-1]
    if (FOLDER / version).exists():
        sys.exit(f"{FOLDER / version} is there already: remove it first to write it anew")
    write_all(Toolchain(pulumi.resolve(), binary.resolve(), version))


if __name__ == "__main__":
    main()
