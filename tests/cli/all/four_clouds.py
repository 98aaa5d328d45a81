"""The example of four clouds in one program, as a stack; and look-ups without a program."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from simulator.client import Simulator
from support.clouds import ark, hf, tir
from support.clouds.description import Json
from support.stacks import PROJECT, Stack, Toolchain

EXAMPLES = Path(__file__).parents[3] / "examples"
EXAMPLE = EXAMPLES / "all/yaml/Pulumi.yaml"
CLOUDS = ("hf", "ark", "maas", "tir")
MAAS_KEYS = {
    "inference:maasAccessKey": "MAASEXAMPLEAK0000001",
    "inference:maasSecretKey": "maasExampleSecretKey00000000000000000001",
}


def config(sim: Simulator) -> Json:
    address = sim.url("maas")
    return {
        **hf.config(sim.url("hf")),
        **ark.config(sim.url("ark")),
        **tir.config(sim.url("tir")),
        "inference:maasEndpoint": address,
        "inference:maasIamEndpoint": address,
        **MAAS_KEYS,
    }


def environment(sim: Simulator) -> dict[str, str]:
    """The same settings where the vendors' own tools look for them."""
    maas = sim.url("maas")
    return {
        "HF_INFERENCE_ENDPOINTS_URL": sim.url("hf"),
        "HF_NAMESPACE": hf.NAMESPACE,
        "HF_TOKEN": hf.TOKEN,
        "BYTEPLUS_ARK_ENDPOINT": sim.url("ark"),
        "BYTEPLUS_ACCESS_KEY": ark.ACCESS_KEY,
        "BYTEPLUS_SECRET_KEY": ark.SECRET_KEY,
        "HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1": maas,
        "HUAWEICLOUD_SDK_IAM_ENDPOINT": maas,
        "HW_ACCESS_KEY": MAAS_KEYS["inference:maasAccessKey"],
        "HW_SECRET_KEY": MAAS_KEYS["inference:maasSecretKey"],
        "E2E_TIR_BASE_URL": sim.url("tir") + tir.MOUNT,
        "E2E_TIR_API_KEY": tir.KEY,
        "E2E_TIR_ACCESS_TOKEN": tir.BEARER,
        "E2E_TIR_PROJECT_ID": tir.PROJECT,
        "E2E_TIR_LOCATION": tir.LOCATION,
    }


def example_stack(root: Path, tools: Toolchain, sim: Simulator) -> Stack:
    """A stack of the example, of which nothing is made yet."""
    result = Stack(root, tools, sim)
    text = EXAMPLE.read_text().replace("name: chat-on-four-clouds", f"name: {PROJECT}", 1)
    (result.project / "Pulumi.yaml").write_text(text)
    result.configure(config(sim))
    return result


def look_up(stack: Stack, function: str, *flags: str) -> Json:
    """What `pulumi do` prints, outside any project."""
    done = subprocess.run(
        ["pulumi", "do", function, *flags],
        env=stack.environment | environment(stack.sim),
        cwd=stack.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answer: Json = json.loads(done.stdout)
    return answer
