"""Every command line of the documentation is run, or, where it installs and tests, looked up."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import blocks
import pytest
import yaml
from blocks import INDENTED, ROOT, SCHEMA, Block
from previews import Documented, environment, planned
from simulator.client import Simulator
from support.stacks import STACK, Toolchain

PACKAGES = {
    "npm": SCHEMA["language"]["nodejs"]["packageName"],
    "pip": SCHEMA["language"]["python"]["packageName"],
}


def cases(*languages: str) -> list[pytest.ParameterSet]:
    mark = pytest.mark.xdist_group("commands")
    return [pytest.param(block, marks=mark, id=block.id) for block in blocks.of(*languages)]


# Lines that need more than a stack and the simulators: the test that plays them.
PLAYED = {
    "npm install": "tests/sdk/test_compile.py",
    "npm ci --prefix examples/policy": "tests/languages/test_policy.py",
    "pulumi preview --policy-pack examples/policy": "tests/languages/test_policy.py",
    "pulumi up --policy-pack examples/policy --policy-pack-config rules.json": (
        "tests/languages/test_policy.py"
    ),
    "pulumi convert --from terraform --language typescript --out ../chat "
    "--mappings huggingface.json": "tests/convert",
}
# Likewise, whatever the options.
TESTED = {
    "gpg --armor": "tests/release/test_signing.py",
    "gpg --verify": "tests/release/test_signing.py",
    "sha256sum --check": "tests/release/test_signing.py",
    "npm run build": "tests/sdk/test_compile.py",
    "cp package.json README.md LICENSE bin/": "tests/sdk/test_compile.py",
    "npm pack": "tests/sdk/test_compile.py",
    "git add sdk/go": "tests/sdk/test_go_tag.py",
    "git commit": "tests/sdk/test_go_tag.py",
    "git tag": "tests/sdk/test_go_tag.py",
    "inference-simulator": "tests/simulator/tests/test_command.py",
    "pip wheel": "tests/simulator/tests/test_wheel.py",
    "pip install tests/simulator": "tests/simulator/tests/test_wheel.py",
}
BINARY = "<path of the binary>"


def command_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if words_of(line)]


def words_of(line: str) -> list[str]:
    return shlex.split(line, comments=True)


class Commands:
    """Runs the lines of one block in one project; `folder` is where its text stands."""

    def __init__(self, stack: Documented, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        (stack.project / "examples").symlink_to(ROOT / "examples")

    def run(self, line: str) -> None:
        line = line.replace(BINARY, str(self.stack.tools.provider))
        if shlex.join(words_of(line)) in PLAYED:
            assert (ROOT / PLAYED[shlex.join(words_of(line))]).exists()
            return
        for start, test in TESTED.items():
            if shlex.join(words_of(line)).startswith(start):
                assert (ROOT / test).exists()
                return
        match words_of(line):
            case [script, *arguments] if script.startswith("./"):
                check_script(script, arguments)
            case ["export", *settings]:
                self.export(settings)
            case ["python", _, *_] | [_, _, "--doctor"]:
                self.shell(line)
            case ["pip", "install", "-r", name]:
                assert (self.folder / name).exists()
            case ["npm" | "pip" as installer, "install", package]:
                # Not published yet; that the packages are made under these names is tests/sdk's.
                assert package == PACKAGES[installer]
            case ["pulumi", *arguments]:
                self.pulumi(arguments)
            case _:
                pytest.fail(f"no way to try {line}")

    def export(self, settings: list[str]) -> None:
        """Credentials that are made up become those of the simulators."""
        for setting in settings:
            name = setting.split("=")[0]
            assert f"`{name}`" in json.dumps(SCHEMA["config"]), f"the schema knows no {name}"
        self.stack.environment |= environment(self.stack.sim)

    def shell(self, line: str) -> None:
        environment = self.stack.environment
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.stack.project,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def pulumi(self, arguments: list[str]) -> None:
        match arguments:
            case ["stack", "init", name]:
                assert name == STACK  # which is there already
            case ["config", "set", "--secret", key]:
                self.stack.run(*arguments, "typed-in")  # the CLI asks for it
                assert key.partition(":")[2] in SCHEMA["config"]["variables"]
            case ["config", "set" | "rm", *_] | ["stack", "select", _]:
                self.stack.run(*arguments)
            case ["package", "get-mapping", *_, "--out", file]:
                self.stack.run(*arguments)
                assert (self.stack.project / file).stat().st_size > 0
            case ["up"] if (self.folder / "Pulumi.yaml").exists():
                pass  # an example with a folder of its own, which has tests of its own
            case ["up"] | ["preview"]:
                self.stack.run("preview")
            case ["new", "yaml" | "typescript" | "python" | "go", "--yes"]:
                pass  # fetches its template; the project is there
            case ["import", "--file", listing, "--out", program]:
                self.import_all(listing, program)
            case ["import", token, name, id]:
                self.import_one(token, name, id)
            case ["plugin", "install", "resource", package, version, "--file", _]:
                assert (package, version) == (SCHEMA["name"], SCHEMA["version"])
                line = ["plugin", "install", "resource", package, version, "--reinstall"]
                self.stack.run(*line, "--file", str(self.stack.tools.provider))
            case _:
                pytest.fail(f"no way to try pulumi {shlex.join(arguments)}")

    def import_all(self, listing: str, program: str) -> None:
        """Every endpoint that the simulators have of these clouds."""
        wanted = json.loads((self.stack.project / listing).read_text())["resources"]
        assert len(wanted) > 0
        self.stack.run("import", "--yes", "--file", listing, "--out", program)
        assert len(self.stack.ids()) == len(wanted)
        written = yaml.safe_load((self.stack.project / program).read_text())["resources"]
        assert len(written) == len(wanted)

    def import_one(self, token: str, name: str, id: str) -> None:
        assert id == blocks.import_ids()[token]
        run = self.stack.run("import", "--yes", token, name, self.stack.with_real_ids(id))
        assert {key: value["op"] for key, value in planned(run).items()} == {name: "import"}
        assert self.stack.ids().keys() == {name}


def check_script(program: str, arguments: list[str]) -> None:
    """Installing, building and testing everything is what the test run itself does."""
    script = ROOT / program
    assert os.access(script, os.X_OK), program
    if arguments[:1] == ["--only"]:
        listed = subprocess.run([script, "--list"], capture_output=True, text=True, check=True)
        assert set(arguments[1:]) <= set(listed.stdout.split())
    for option in (word for word in arguments if word.startswith("--")):
        assert option in script.read_text(), f"{program} knows no {option}"


def check_target(target: str) -> None:
    """What it runs is there."""
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for line in command_lines(done.stdout):
        script, *arguments = words_of(line)
        check_script(script, arguments)


def test_every_target_of_the_makefile_can_be_run() -> None:
    targets = re.findall(r"^(\w+):.* ## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"build", "test", "fast", "lint", "fmt", "docs", "demo", "soak"} == set(targets)
    for target in targets:
        check_target(target)


@pytest.mark.parametrize("block", cases("sh", "bash", "shell", "console"))
def test_commands(
    block: Block,
    documented: Callable[[str], Documented],
    clouds: Simulator,
    tools: Toolchain,
    tmp_path: Path,
) -> None:
    stack = Documented(tmp_path / "stack", tools, clouds, None)
    stack.existing = documented("sh").existing
    # `pulumi up` in a text is about the program before it.
    programs = [b for b in blocks.of("yaml") if b.place.split(":")[0] == block.place.split(":")[0]]
    if programs:
        stack.preview_yaml(programs[0])
    commands = Commands(stack, (ROOT / block.place.split(":")[0]).parent)
    for line in command_lines(block.text):
        commands.run(line)


@pytest.mark.parametrize("block", cases(INDENTED))
def test_indented(block: Block) -> None:
    """In README and CONTRIBUTING: command lines, and the tree of the source."""
    lines = block.text.splitlines()
    if lines[0].lstrip().startswith("./"):
        for line in command_lines(block.text):
            script, *arguments = words_of(line)
            check_script(script, arguments)
    else:
        missing = [path for path in tree(lines) if not list(ROOT.glob(path))]
        assert missing == []


def tree(lines: list[str]) -> list[str]:
    """Paths of an indented listing with explanations behind two blanks."""
    found: list[str] = []
    above: list[tuple[int, str]] = []
    for line in filter(str.strip, lines):
        depth = len(line) - len(line.lstrip())
        name = re.split(r"\s{2,}|(?<=/)\s", line.strip())[0]
        above = [(outer, path) for outer, path in above if outer < depth]
        path = (above[-1][1] if above else "") + name
        found.append(path.rstrip("/"))
        if name.endswith("/"):
            above.append((depth, path))
    return found


def test_no_block_is_of_an_unknown_language() -> None:
    known = {*blocks.PROGRAMS, *blocks.DATA, "sh", INDENTED}
    unknown = [block.id for block in blocks.every_block() if block.language not in known]
    assert unknown == []


def test_blocks_are_found() -> None:
    """The search itself: what would be missed is missed in silence."""
    found = list(blocks.every_block())
    texts = [path.read_text() for path in blocks.markdown_files()]
    fences = sum(text.count("\n```") for text in texts)
    assert fences > 0
    found_again = [s for s in SCHEMA["resources"].values() if "stateInputs" in s]
    for language in blocks.PROGRAMS:
        in_schema = [b for b in found if b.language == language and b.place.startswith("schema.")]
        # Two examples of each resource, a look-up of each that can be found again, one example of
        # each function; of ModelArk a switch.
        examples = 2 * len(SCHEMA["resources"]) + len(SCHEMA["functions"]) + 1
        expected = examples + len(found_again)
        assert len(in_schema) == expected, language
    imports = [b for b in found if b.text.startswith("pulumi import ")]
    assert len(imports) >= len(found_again)
