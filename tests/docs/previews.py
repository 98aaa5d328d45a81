"""Programs of the documentation in a project of their own, against the simulated clouds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import blocks
import yaml
from blocks import Block, Json
from program_stacks import GO_SDK, GO_SUMS, Languages
from simulator.client import Simulator
from simulator.registry import load
from support.runs import Run, name_of
from support.stacks import PROJECT, Stack, Toolchain

CLOUDS = ("hf", "ark", "maas", "tir")
TIR_SCOPE = "7/501/Delhi"
QUICK: dict[str, Json] = {
    "hf": {"polls": {"pending": 0, "initializing": 0, "updating": 0, "deleting": 0}},
    "ark": {
        "polls": {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0},
        "usage": [{"Day": "2026-09-01", "ModelEndpoint": "ep-1", "TotalTokens": 1200, "ReqCnt": 3}],
    },
    "tir": {"polls": {"waiting": 0, "terminating": 0, "deleting": 0}},
}
TSCONFIG = {
    "compilerOptions": {
        "strict": True,
        "target": "es2020",
        "module": "commonjs",
        "moduleResolution": "node",
        "skipLibCheck": True,
        "outDir": "bin",
        "rootDir": ".",
        "types": ["node"],
    },
    "include": ["*/index.ts"],
}


def config(sim: Simulator) -> Json:
    """Credentials that the simulators know."""
    maas = sim.url("maas")
    return {
        "inference:hfEndpoint": sim.url("hf"),
        "inference:hfNamespace": "acme",
        "inference:hfToken": "hf_simulator_write",
        "inference:arkEndpoint": sim.url("ark"),
        "inference:arkAccessKey": "AKTESTEXAMPLE0000001",
        "inference:arkSecretKey": "SKTESTexampleSecretKey0123456789==",
        "inference:maasEndpoint": maas,
        "inference:maasIamEndpoint": maas,
        "inference:maasDataPlaneEndpoint": maas,
        "inference:maasAccessKey": "MAASEXAMPLEAK0000001",
        "inference:maasSecretKey": "maasExampleSecretKey00000000000000000001",
        "inference:maasApiKey": "simulator-api-key",
        "inference:tirEndpoint": sim.url("tir") + "/myaccount/api/v1/gpu",
        "inference:tirTeamId": "7",
        "inference:tirProjectId": "501",
        "inference:tirLocation": "Delhi",
        "inference:tirAuthToken": "tir_simulator_token",
        "inference:tirApiKey": "tir_simulator_key",
    }


def environment(sim: Simulator) -> dict[str, str]:
    """The same for commands without a stack."""
    every = [load(cloud).environment(sim.url(cloud)) for cloud in CLOUDS]
    return {name: value for variables in every for name, value in variables.items()}


def existing_program() -> Json:
    """One endpoint of each cloud: the first example of its resource."""
    found: Json = {}
    for token in (token for token in blocks.SCHEMA["resources"] if token.endswith(":Endpoint")):
        of_it = (b for b in blocks.of("yaml") if b.place.startswith(f"schema.resources.{token}."))
        _, resource = next(iter(blocks.resources(next(of_it).text).items()))
        # No invokes here: the integration that the simulator has.
        text = yaml.safe_dump(resource).replace("${access.integrations[0].integrationId}", "'41'")
        found[token.split(":")[1]] = yaml.safe_load(text)
    return found


class Documented(Stack):
    """A stack whose program is one block after the other. Nothing but the endpoints that look-ups
    and imports need is ever made."""

    def __init__(
        self, root: Path, tools: Toolchain, sim: Simulator, languages: Languages | None
    ) -> None:
        super().__init__(root, tools, sim)
        self.configure(config(sim))
        self.languages = languages
        self.existing: dict[str, str] = {}
        if languages is not None:
            self.environment["PATH"] = f"{languages.path()}:{self.environment['PATH']}"
            self.environment |= languages.go_environment()
            del self.environment["PULUMI_IGNORE_AMBIENT_PLUGINS"]

    def make_existing(self) -> None:
        self.write(existing_program())
        self.up()
        ids = self.ids()
        self.existing = {f"inference:{cloud}:Endpoint": id for cloud, id in ids.items()}
        self.existing["inference:tir:Endpoint"] = f"{TIR_SCOPE}/{ids['tir']}"
        # The endpoints stay at the simulators; this stack forgets them.
        self.run("stack", "rm", "--yes", "--force", "--preserve-config")
        self.init()
        self.configure(config(self.sim))

    def with_real_ids(self, text: str) -> str:
        """The ids that the documentation makes up, as those of endpoints that exist."""
        for token, id in blocks.import_ids().items():
            text = text.replace(id, self.existing[token])
        return text

    def preview_program(self, project: Json) -> Run:
        text = yaml.safe_dump({"name": PROJECT, **project}, sort_keys=False)
        (self.project / "Pulumi.yaml").write_text(text)
        return self.run("preview")

    def preview_yaml(self, block: Block) -> Run:
        program = yaml.safe_load(self.with_real_ids(block.text))
        return self.preview_program({**program, "name": PROJECT, "runtime": "yaml"})

    # All programs of a language are compiled in one go; the number is that of the block.

    def install_typescript(self, found: Sequence[Block]) -> None:
        assert self.languages is not None
        folder = self.project / "node_modules"
        folder.mkdir()
        for package in self.languages.node_modules.iterdir():
            (folder / package.name).symlink_to(package)
        (folder / "@pulumi-inference").mkdir()
        (folder / "@pulumi-inference" / "inference").symlink_to(
            self.languages.sdks / "nodejs" / "bin"
        )
        (self.project / "tsconfig.json").write_text(json.dumps(TSCONFIG))
        self._write_numbered(found, "index.ts")
        self._compile([folder / ".bin" / "tsc", "--project", "."])

    def install_go(self, found: Sequence[Block]) -> None:
        """One program for all: linking takes longer than all else. It runs the block that it is
        called by."""
        assert self.languages is not None
        shutil.copy(GO_SUMS / "go.sum", self.project)
        shutil.copy(GO_SUMS / "go.mod", self.project)
        go = self.languages.go
        self._compile([go, "mod", "edit", f"-replace={GO_SDK}={self.languages.sdks / 'go'}"])
        for number, block in enumerate(found):
            assert block.text.startswith("package main\n") and "\nfunc main() {" in block.text
            text = block.text.replace("package main\n", f"package block{number}\n", 1)
            folder = self.project / f"block{number}"
            folder.mkdir()
            text = text.replace("\nfunc main() {", "\nfunc Main() {")
            (folder / "block.go").write_text(self.with_real_ids(text))
        (self.project / "main.go").write_text(go_dispatcher(len(found)))
        self._compile([go, "build", "-p", "2", "-o", "all", "."])
        (self.project / "bin").mkdir()
        for number in range(len(found)):
            (self.project / "bin" / f"block{number}").symlink_to(self.project / "all")
        self._install_go_host()

    def _install_go_host(self) -> None:
        """The old host takes a compiled program from its command line only."""
        assert self.languages is not None
        folder = self.root / "host"
        folder.mkdir()
        script = folder / "pulumi-language-go"
        host = self.languages.hosts / "pulumi-language-go"
        script.write_text(f'#!/bin/sh\nexec "{host}" -binary "$GO_PROGRAM" "$@"\n')
        script.chmod(0o755)
        self.environment["PATH"] = f"{folder}:{self.environment['PATH']}"

    def install_python(self, found: Sequence[Block]) -> None:
        self._write_numbered(found, "__main__.py")

    def install_java(self, found: Sequence[Block]) -> None:
        """One compilation, one jar a program: a jar of nothing but a manifest that says where all
        else is. Each program has a package of its own, for all call theirs the same."""
        assert self.languages is not None
        sources = []
        for number, block in enumerate(found):
            assert "package generated_program;" in block.text
            source = self.project / f"block{number}" / "App.java"
            source.parent.mkdir()
            text = block.text.replace("package generated_program;", f"package block{number};")
            source.write_text(self.with_real_ids(text))
            sources.append(source)
        sdk = self.languages.sdks / "java"
        paths = [sdk / "target" / "classes", *self._java_dependencies(sdk)]
        classes = self.project / "classes"
        line = ["javac", "-classpath", ":".join(str(path) for path in paths), "-d", classes]
        self._compile([*line, *sources])
        entries = [f"{classes.as_uri()}/", *(f"{path.as_uri()}" for path in paths)]
        entries[1] += "/"
        for number in range(len(found)):
            write_jar(self.project / f"block{number}.jar", f"block{number}.App", entries)

    def _java_dependencies(self, sdk: Path) -> list[Path]:
        """What Maven compiles the SDK with."""
        assert self.languages is not None
        listing = self.root / "classpath"
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
        repository = f"-Dmaven.repo.local={self.languages.maven}"
        pom = ["--file", sdk / "pom.xml", f"-Dmdep.outputFile={listing}"]
        self._compile(["mvn", "--batch-mode", "--quiet", repository, *pom, goal])
        return [Path(path) for path in listing.read_text().strip().split(":")]

    def _write_numbered(self, found: Sequence[Block], name: str) -> None:
        for number, block in enumerate(found):
            folder = self.project / f"block{number}"
            folder.mkdir()
            (folder / name).write_text(self.with_real_ids(block.text))

    def _compile(self, line: Sequence[str | Path]) -> None:
        done = subprocess.run(
            [str(word) for word in line],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=500,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def preview_numbered(self, language: str, number: int) -> Run:
        if language == "typescript":
            runtime: Any = {"name": "nodejs", "options": {"typescript": False}}
            return self.preview_program({"runtime": runtime, "main": f"bin/block{number}"})
        if language == "python":
            return self.preview_program({"runtime": "python", "main": f"block{number}"})
        if language == "java":
            jar = self.project / f"block{number}.jar"
            runtime = {"name": "java", "options": {"binary": str(jar)}}
            return self.preview_program({"runtime": runtime})
        self.environment["GO_PROGRAM"] = str(self.project / "bin" / f"block{number}")
        return self.preview_program({"runtime": "go"})


def go_dispatcher(count: int) -> str:
    imports = "".join(f'\tblock{n} "inference.test/sdk/block{n}"\n' for n in range(count))
    cases = "".join(f'\tcase "block{n}":\n\t\tblock{n}.Main()\n' for n in range(count))
    return (
        f'package main\n\nimport (\n\t"os"\n\t"path/filepath"\n\n{imports})\n\n'
        f"func main() {{\n\tswitch filepath.Base(os.Args[0]) {{\n{cases}"
        '\tdefault:\n\t\tpanic("no such block: " + os.Args[0])\n\t}\n}\n'
    )


def write_jar(path: Path, main: str, entries: Sequence[str]) -> None:
    """Lines of a manifest have at most 72 bytes; a blank begins one that goes on."""
    text = f"Manifest-Version: 1.0\nMain-Class: {main}\n"
    line = "Class-Path: " + " ".join(entries)
    text += "\n ".join(line[at : at + 70] for at in range(0, len(line), 70)) + "\n"
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", text)


def planned(run: Run) -> dict[str, Json]:
    """Name -> type, operation and inputs of the resources that a preview showed."""
    found: dict[str, Json] = {}
    for event in run.events:
        metadata = event.get("resourcePreEvent", {}).get("metadata", {})
        if metadata.get("type", "").startswith("inference:"):
            inputs = (metadata.get("new") or {}).get("inputs") or {}
            found[name_of(metadata["urn"])] = {
                "type": metadata["type"],
                "op": metadata["op"],
                "inputs": inputs,
            }
    return found


def expected(program: str) -> dict[str, Json]:
    """The same of a YAML program, as far as its text tells."""
    return {
        name: {
            "type": resource["type"],
            "op": "read" if "get" in resource else "create",
            "inputs": resource.get("properties") or {},
        }
        for name, resource in blocks.resources(program).items()
    }


def asked(plan: Any, wanted: Any) -> Any:
    """The part of a plan that the text speaks of; what it computes is as the plan has it."""
    if isinstance(wanted, dict) and isinstance(plan, dict):
        return {key: asked(plan.get(key), value) for key, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(plan, list) and len(wanted) == len(plan):
        return [asked(item, value) for item, value in zip(plan, wanted, strict=True)]
    if isinstance(wanted, str) and re.search(r"\$\{.*\}", wanted):
        return wanted if plan is not None else None
    return plan
