"""What only Hugging Face has: open questions of its reference, objects without a way to clear them,
words that changed.
"""

from __future__ import annotations

from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds import hf
from support.clouds.description import Cloud, patched
from support.clouds.hf_changes import BASE, image, model, scaling
from support.programs import calls, endpoint, named, operations
from support.stacks import Stack

pytestmark = pytest.mark.parametrize("cloud", [hf.CLOUD], ids=["hf"])

ROUTE = {"route": {"domain": "a.example", "path": "/a"}}
NETWORK = {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}}
# Everything at once, for reading back in all the ways that are open.
FULL = patched(
    BASE,
    {
        "type": "protected",
        "tags": ["a"],
        **ROUTE,
        **NETWORK,
        **scaling(minReplica=0, maxReplica=2, scaleToZeroTimeout=15),
        "model": {
            "env": {"A": "1"},
            "secrets": {"S": "one"},
            "args": ["--a"],
            "revision": "dev",
            **image("vLLM", {"url": "u:1"})["model"],
        },
        "customRouter": {"tag": "r:1"},
        "experimentalFeatures": {"loadBalancer": "sticky"},
        "notifications": {"email": True, "push": False},
    },
)


@pytest.mark.parametrize(("name", "patch"), [("route", ROUTE), ("network", NETWORK)])
def test_what_cannot_be_cleared_is_an_error(
    cloud: Cloud, stack: Stack, sim: Simulator, name: str, patch: dict[str, Any]
) -> None:
    stack.write({"chat": named(cloud, "chat", patch)})
    stack.up()
    sim.clear()
    stack.write({"chat": named(cloud, "chat")})
    run = stack.up(expect=-1)
    assert f"did not apply: {name}. " in run.errors
    assert "pulumi up --replace" in run.errors
    assert calls(sim) == [(cloud.update, {name: None})]


@pytest.mark.parametrize(("name", "patch"), [("route", ROUTE), ("network", NETWORK)])
def test_what_can_be_cleared_by_null(
    cloud: Cloud, stack: Stack, sim: Simulator, name: str, patch: dict[str, Any]
) -> None:
    sim.knobs("hf", null_clears=True)
    stack.write({"chat": named(cloud, "chat", patch)})
    stack.up()
    sim.clear()
    stack.write({"chat": named(cloud, "chat")})
    assert stack.up().diff("chat") == {name: "delete"}
    assert calls(sim) == [(cloud.update, {name: None})]
    assert name not in sim.state("hf")["endpoints"]["acme/chat"]["spec"]
    assert stack.refresh().counts == {"same": 2}


KNOBS: list[dict[str, Any]] = [
    {"absent_fields": "null"},
    {"absent_fields": "empty"},
    {"secrets_echo": "omit"},
    {"revision_echo": "as_given"},
    {"revision_echo": "null_if_omitted"},
    {"protected": "rename"},
    {"server_env": {"HF_TOKEN": "theirs"}},
    {"compute_id": False, "fill_scaling_defaults": False},
    {"hide_url_until_running": "empty"},
    {"timestamp_digits": 0},
]


def test_no_way_of_reading_back_is_a_change(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"full": endpoint(cloud, {"name": "full", **FULL}), "least": named(cloud, "least")})
    stack.up()
    for knobs in KNOBS:
        before = {key: sim.knobs("hf")[key] for key in knobs}
        sim.knobs("hf", knobs)
        run = stack.refresh()
        assert (run.diff("full"), run.diff("least")) == ({}, {}), knobs
        assert stack.up().counts == {"same": 3}, knobs
        sim.knobs("hf", before)
    assert [operation for operation, _ in calls(sim)] == [cloud.create] * 2


def test_deprecated_words_warn(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    patch = {
        "type": "protected",
        "experimentalFeatures": {"kvRouter": {"tag": "x"}},
        **scaling(metric="hardwareUsage", threshold=10, measure={"hardwareUsage": 10}),
    }
    stack.write({"chat": named(cloud, "chat", patch)})
    run = stack.up()
    for words in ("renamed it to", "use customRouter", "use measure"):
        assert words in run.warnings
    sent = calls(sim)[0][1]
    assert sent is not None
    assert sent["type"] == "authenticated"
    assert sent["compute"]["scaling"]["measure"] == {"hardwareUsage": 10}
    ignored = [path for row in sim.call("hf", "ignored") for path in row["fields"]]
    assert ignored == ["experimentalFeatures.kvRouter"]


def test_a_preview_asks_the_catalogue_when_told_to(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    machine = {"accelerator": "gpu", "instanceType": "nvidia-l5", "instanceSize": "x1"}
    stack.write({"chat": named(cloud, "chat", {"compute": machine})})
    stack.preview()
    assert operations(sim) == []
    stack.set_config({"inference:checkCatalogue": "true"})
    run = stack.run("preview")
    assert '"nvidia-l5" is not in the catalogue of Hugging Face with ' in run.warnings
    assert "there are: nvidia-l4, " in run.warnings
    assert operations(sim) == ["provider.namespace"]


def test_unknown_words_pass_with_a_warning(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat", model(task="time-travel"))})
    run = stack.up(expect=-1)
    assert '"time-travel" is not among the values' in run.warnings
    assert "unknown variant `time-travel`" in run.errors
    assert operations(sim) == [cloud.create]


def test_a_machine_that_does_not_exist(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """The error names what there is."""
    stack.write({"chat": named(cloud, "chat", {"compute": {"instanceType": "c6i"}})})
    run = stack.up(expect=-1)
    assert "Instance compute 'Cpu' - 'c6i' - 'x1' in 'aws' - 'us-east-1' not found" in run.errors
    assert "Machines there: " in run.errors
    assert "cpu intel-spr x1" in run.errors
    assert "intel-icl" not in run.errors, "it is deprecated"


def test_a_region_that_does_not_exist(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    place = {"cloudProvider": {"vendor": "aws", "region": "us-eest-1"}}
    stack.write({"chat": named(cloud, "chat", place)})
    run = stack.up(expect=-1)
    regions = "eu-west-1, us-east-1, us-east-2, us-west-2"
    assert f"In the program: cloudProvider.region; regions of the vendor: {regions}." in run.errors


def test_a_vendor_that_does_not_exist(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    place = {"cloudProvider": {"vendor": "awz", "region": "us-east-1"}}
    stack.write({"chat": named(cloud, "chat", place)})
    run = stack.up(expect=-1)
    assert "In the program: cloudProvider.vendor; vendors: aws, " in run.errors


def test_created_paused(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat", {"desiredState": "paused"})})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [cloud.create, "endpoint.pause"]
    assert stack.state("chat")["outputs"]["status"]["state"] == "paused"
    assert stack.refresh().counts == {"same": 2}


def test_asleep_is_as_good_as_running(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat", scaling(minReplica=0, scaleToZeroTimeout=15))})
    stack.up()
    sim.mutate("hf", "acme/chat", {"status": {"state": "scaledToZero"}})
    assert stack.refresh().counts == {"same": 2}
    sim.clear()
    assert stack.up().counts == {"same": 2}
    assert calls(sim) == []


def test_quota(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.knobs("hf", quota_default=0)
    stack.write({"chat": named(cloud, "chat")})
    run = stack.up(expect=-1)
    assert "Quota exceeded" in run.errors
    assert "ask Hugging Face for more quota" in run.errors
    assert "adoptExisting" not in run.errors


def test_import_by_name_without_a_namespace(
    cloud: Cloud, stack: Stack, second_stack: Stack, sim: Simulator
) -> None:
    """Whose token it is decides."""
    stack.write({"mine": named(cloud, "mine", {"namespace": "me"})})
    stack.up()
    config = {k: v for k, v in second_stack.config.items() if k != "inference:hfNamespace"}
    second_stack.configure(config)
    sim.clear()
    second_stack.import_one(cloud.token, "again", "mine")
    assert second_stack.ids() == {"again": "me/mine"}
    assert operations(sim)[0] == "whoami"


LEAST: dict[str, Any] = {
    engine: {"url": "registry.example/app:1"}
    for engine in ("tei", "tgi", "tgiNeuron", "vLLM", "vLLMOmni", "sGLang", "hfServe", "custom")
} | {"llamacpp": {"url": "registry.example/app:1", "modelPath": "m.gguf"}}


def test_what_the_service_filled_in_is_no_change_after_an_import(
    cloud: Cloud, stack: Stack, second_stack: Stack, sim: Simulator
) -> None:
    """Another stack imports what this one made: the same program changes nothing there."""
    program = {
        engine.lower(): named(cloud, engine.lower(), image(engine, settings))
        for engine, settings in LEAST.items()
    }
    stack.write(program)
    stack.up()
    second_stack.import_all(cloud.token, {name: f"acme/{name}" for name in program})
    sim.clear()
    second_stack.write(program)
    assert second_stack.preview().counts == {"same": len(program) + 1}
    assert second_stack.up().counts == {"same": len(program) + 1}
    assert second_stack.refresh().counts == {"same": len(program) + 1}
    assert second_stack.up().counts == {"same": len(program) + 1}
    assert calls(sim) == []


def test_a_preview_names_the_secrets_that_would_be_lost(
    cloud: Cloud, stack: Stack, second_stack: Stack, sim: Simulator
) -> None:
    login = {"username": "u", "password": "p-1234"}
    custom = {"url": "registry.example/app:1", "credentials": login}
    made = patched(image("custom", custom), model(secrets={"A": "a-1234", "B": "b-1234"}))
    stack.write({"chat": named(cloud, "chat", made)})
    stack.up()
    second_stack.import_one(cloud.token, "chat", "acme/chat")
    wanted = patched(
        image("custom", {"url": "registry.example/app:2"}), model(secrets={"A": "new"})
    )
    second_stack.write({"chat": named(cloud, "chat", wanted)})
    run = second_stack.preview()
    assert (
        "this change loses model.image.custom.credentials, model.secrets (B), which endpoint "
        "acme/chat has and the program does not say"
    ) in run.warnings
    said = patched(image("custom", custom | {"url": "registry.example/app:2"}), made)
    second_stack.write({"chat": named(cloud, "chat", said)})
    assert "loses" not in second_stack.up().text
    second_stack.write({"chat": named(cloud, "chat", wanted)})
    assert "loses" not in second_stack.preview().text, "the program knew them and takes them out"


def test_a_setting_of_next_month_outlives_an_update(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    stack.write({"chat": named(cloud, "chat", image("vLLM", {"url": "u:1"}))})
    stack.up()
    sim.mutate("hf", "acme/chat", image("vLLM", {"nextSetting": 7}))
    stack.refresh()
    sim.clear()
    stack.write({"chat": named(cloud, "chat", image("vLLM", {"url": "u:2"}))})
    assert stack.up().diff("chat") == {"model.image.vLLM.url": "update"}
    assert calls(sim) == [(cloud.update, image("vLLM", {"url": "u:2", "nextSetting": 7}))]
