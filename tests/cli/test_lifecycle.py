"""From nothing to nothing: create, read, keep, destroy; and the engine's options along the way."""

from __future__ import annotations

from simulator.client import Simulator
from support.clouds.description import Cloud
from support.programs import calls, endpoint, endpoints, named, operations
from support.stacks import Stack


def test_create_keep_destroy(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat")}, outputs={"id": "${chat.endpointId}"})
    planned = stack.preview()
    assert planned.counts == {"create": 2}
    created = stack.up()
    assert created.counts == {"create": 2}
    body = cloud.create_body({"name": "chat", **cloud.base})
    assert calls(sim) == [(cloud.create, body)]
    assert stack.outputs() == {"id": cloud.id("chat")}
    state = stack.state("chat")
    assert (state["id"], state["outputs"]["endpointId"]) == (cloud.id("chat"), cloud.id("chat"))
    assert state["outputs"]["target"]["baseUrl"].startswith(state["outputs"]["url"])
    assert "initErrors" not in state

    sim.clear()
    assert stack.preview().counts == {"same": 2}
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []

    assert stack.destroy().counts == {"delete": 2}
    assert operations(sim)[0] == cloud.delete
    assert calls(sim) == [(cloud.delete, None)]
    assert (endpoints(sim, cloud), stack.resources()) == ([], {})


def test_preview_tells_what_it_knows(cloud: Cloud, stack: Stack) -> None:
    stack.write({"chat": named(cloud, "chat")})
    run = stack.preview()
    (state,) = run.states("chat")
    assert state["outputs"]["endpointId"] == cloud.id("chat")
    assert state["outputs"]["url"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    for key, value in cloud.base.items():
        assert {k: state["outputs"][key][k] for k in value} == value


def test_waits_until_it_serves(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.knobs(cloud.name, cloud.slow)
    stack.write({"chat": named(cloud, "chat")})
    run = stack.up()
    assert stack.state("chat")["outputs"]["status"]["state"] == cloud.serving
    assert operations(sim).count(cloud.read) >= 2
    for state in cloud.passing:
        assert any(line.startswith(f"{state}, ") for line in run.progress), run.progress


def test_destroy_of_what_is_gone(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    sim.delete(cloud.name, cloud.target("chat"))
    assert stack.destroy().counts == {"delete": 2}
    assert stack.resources() == {}


def test_refresh_of_what_is_gone(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    stack.age()
    sim.delete(cloud.name, cloud.target("chat"))
    assert stack.refresh().ops("chat") == ["delete"]
    assert stack.resources() == {}
    sim.clear()
    assert stack.up().ops("chat") == ["create"]
    assert [operation for operation, _ in calls(sim)] == [cloud.create]


def test_update_of_what_is_gone(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": endpoint(cloud, {"name": "chat", **cloud.touch.before})})
    stack.up()
    stack.age()
    sim.delete(cloud.name, cloud.target("chat"))
    stack.write({"chat": endpoint(cloud, {"name": "chat", **cloud.touch.after})})
    run = stack.up(expect=-1)
    assert "pulumi refresh" in run.errors
    assert stack.ids() == {"chat": cloud.id("chat")}
    assert stack.up("--refresh").ops("chat")[-1] == "create"
    assert endpoints(sim, cloud) == [cloud.target("chat")]


def test_up_with_refresh(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    row = cloud.drifts[0]
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.inputs})})
    stack.up()
    sim.clear()
    assert stack.up("--refresh").counts == {"same": 2}
    assert calls(sim) == []
    row.mutate(sim, cloud.target("chat"))
    assert stack.up("--refresh").ops("chat")[-1] == "update"
    assert calls(sim) == list(row.calls)


def test_get_reads_and_never_changes(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    make = next(iter(cloud.foreign.values()))
    make(sim.url(cloud.name), "theirs")
    before = sim.state(cloud.name)
    sim.clear()
    stack.write(
        {"theirs": {"type": cloud.token, "get": {"id": cloud.id("theirs")}}},
        outputs={"id": "${theirs.endpointId}", "url": "${theirs.url}", "name": "${theirs.name}"},
    )
    stack.up()
    outputs = stack.outputs()
    assert (outputs["id"], outputs["name"]) == (cloud.id("theirs"), "theirs")
    assert outputs["url"] == before["endpoints"][cloud.target("theirs")]["view"]["status"]["url"]
    assert stack.up().counts == {"same": 1}
    stack.destroy()
    assert calls(sim) == []
    assert sim.state(cloud.name)["endpoints"] == before["endpoints"]


def test_get_of_what_is_not_there(cloud: Cloud, stack: Stack) -> None:
    stack.write({"theirs": {"type": cloud.token, "get": {"id": cloud.id("nobody")}}})
    assert "does not exist" in stack.up(expect=-1).errors


def test_ignore_changes(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    row = cloud.touch
    top = sorted({path.split(".")[0].split("[")[0] for path in row.diff})
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.before})})
    stack.up()
    sim.clear()
    changed = {"name": "chat", **row.after}
    stack.write({"chat": endpoint(cloud, changed, ignoreChanges=top)})
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []


def test_ignored_beside_a_change(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """The request does not carry what is ignored."""
    ignored, change = cloud.ignored_member
    stack.write({"chat": endpoint(cloud, {"name": "chat", **change.before})})
    stack.up()
    sim.clear()
    stack.write(
        {"chat": endpoint(cloud, {"name": "chat", **change.after}, ignoreChanges=[ignored])}
    )
    run = stack.up()
    assert run.diff("chat") == change.diff
    assert calls(sim) == list(change.calls)


def test_replace_on_changes(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    row = cloud.touch
    top = sorted({path.split(".")[0].split("[")[0] for path in row.diff})
    stack.write({"chat": endpoint(cloud, row.before)})
    stack.up()
    old = stack.ids()["chat"]
    stack.write({"chat": endpoint(cloud, row.after, replaceOnChanges=top)})
    assert stack.up().ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    assert stack.ids()["chat"] != old
    assert endpoints(sim, cloud) == [stack.ids()["chat"]]


def test_protect(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat", protect=True)})
    stack.up()
    sim.clear()
    assert "protected" in stack.destroy(expect=-1).text
    assert (sim.requests(), endpoints(sim, cloud)) == ([], [cloud.target("chat")])


def test_thirty_two_at_once(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    names = [f"many-{number:02d}" for number in range(32)]
    sim.knobs(cloud.name, cloud.slow)
    stack.write({name: named(cloud, name) for name in names})
    assert stack.up("--parallel", "32").counts == {"create": 33}
    assert stack.ids() == {name: cloud.id(name) for name in names}
    posts = [operation for operation, _ in calls(sim)]
    assert posts == [cloud.create] * 32
    assert stack.destroy("--parallel", "32").counts == {"delete": 33}
    assert endpoints(sim, cloud) == []
