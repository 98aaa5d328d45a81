"""The package as the installation page has it: the provider first, then `pulumi package add` in a
project, and `pulumi install` in a clone of it.

The SDKs are written by the hosts of tests/toolchain/writers; the programs run with the others.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from example_rows import ALL, Example
from program_stacks import GO_SDK, GO_SUMS, Languages
from simulator.client import Simulator
from support.stacks import CopiedStack, Toolchain

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "installation-configuration.md"
SDK = Path("sdks") / "inference"
# What a project commits beside Pulumi.yaml.
COMMITTED = {"go": "go.mod", "typescript": "package.json", "python": "requirements.txt"}
LINKED = {
    "go": re.compile(rf"^replace {re.escape(GO_SDK)} => (\S+)$", re.M),
    "typescript": re.compile(r'"@pulumi-inference/inference": "file:(\S+)"'),
    "python": re.compile(r"^(sdks/inference)$", re.M),
}
HF = next(example for example in ALL if example.cloud == "hf")


def promised() -> dict[str, str]:
    """The package of each language, from the page's first table."""
    first = PAGE.read_text().split("\n\n| ")[1]
    table = dict(re.findall(r"^\| (\w+)[^|]* \| `([^`]+)` \|$", first, re.M))
    return {"go": table["Go"], "typescript": table["TypeScript"], "python": table["Python"]}


class Project(CopiedStack):
    """An example in a home without any plugin, as a user has it before the first command."""

    def __init__(
        self, root: Path, tools: Toolchain, sim: Simulator, languages: Languages, folder: Path
    ) -> None:
        self.languages = languages
        super().__init__(root, tools, sim, folder)
        self.environment |= languages.go_environment()
        del self.environment["PULUMI_IGNORE_AMBIENT_PLUGINS"]
        self.path = self.environment["PATH"]

    def _install_provider(self) -> None:
        """Not before a command of the page does."""

    def plugin_install(self, archive: Path) -> None:
        words = ("resource", "inference", self.tools.version, "--file", str(archive))
        self.run("plugin", "install", *words)

    def write_sdk(self, command: str, *arguments: str) -> str:
        """A command that writes an SDK; what it said."""
        folders = (self.languages.writers, Path(self.languages.go).parent)
        path = ":".join([*map(str, folders), self.path])
        return self.run(command, *arguments, environment={"PATH": path}).text

    def preview_program(self) -> list[str]:
        """The operations on `chat`, with the hosts that run programs."""
        environment = {
            "PATH": f"{self.languages.path()}:{self.path}",
            "PYTHONPATH": str(self.project / SDK),
        }
        return self.preview(environment=environment).ops("chat")

    # What a language's own installer does, without asking a registry.

    def install_go(self) -> None:
        """Everything but the SDK at the versions and sums of tests/sdk/go."""
        linked = LINKED["go"].search((self.project / "go.mod").read_text())
        assert linked
        for name in ("go.mod", "go.sum"):
            shutil.copy(GO_SUMS / name, self.project)
        self.call(self.languages.go, "mod", "edit", f"-replace={GO_SDK}={linked[1]}")

    def install_typescript(self) -> None:
        """With the script of the SDK that npm runs after it has linked it."""
        modules = self.project / "node_modules"
        modules.mkdir()
        for package in self.languages.node_modules.iterdir():
            (modules / package.name).symlink_to(package)
        (modules / "@pulumi-inference").mkdir()
        (modules / "@pulumi-inference" / "inference").symlink_to(self.project / SDK)
        self.call("npm", "run", "postinstall", folder=SDK)

    def install_python(self) -> None:
        """By PYTHONPATH in `preview_program`, before the SDK of the environment."""

    def compile_go(self) -> None:
        self.call(self.languages.go, "build", "-o", "/dev/null", ".")

    def compile_typescript(self) -> None:
        self.call(str(self.languages.node_modules / ".bin" / "tsc"), "--noEmit")

    def compile_python(self) -> None:
        program = (
            "import pulumi_inference, py_compile; py_compile.compile('__main__.py', doraise=True);"
            "print(pulumi_inference.__file__)"
        )
        python = str(self.languages.sdks / "venv" / "bin" / "python")
        found = self.call(python, "-c", program, PYTHONPATH=str(self.project / SDK))
        assert Path(found.strip()).is_relative_to(self.project / SDK)

    def call(self, *line: str, folder: Path = Path(), **environment: str) -> str:
        done = subprocess.run(
            line,
            cwd=self.project / folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def archive(tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider as a release has it."""
    name = f"pulumi-resource-inference-v{tools.version}-linux-amd64.tar.gz"
    path = tmp_path_factory.mktemp("release") / name
    with tarfile.open(path, "w:gz") as tar:
        tar.add(tools.provider, "pulumi-resource-inference")
    return path


def clone(source: Project, root: Path, language: str) -> Project:
    """What a colleague gets: the files that are committed, and none of what the SDK is."""
    folder = root / "committed"
    shutil.copytree(HF.folder(language), folder)
    for name in ("Pulumi.yaml", COMMITTED[language]):
        shutil.copy(source.project / name, folder)
    return Project(root / "stack", source.tools, source.sim, source.languages, folder)


def installed_and_runs(project: Project, example: Example, language: str) -> None:
    """The program compiles against the SDK of the project, and shows what it would create."""
    getattr(project, f"install_{language}")()
    getattr(project, f"compile_{language}")()
    project.set_config(example.settings(project.sim), example.secrets)
    assert project.preview_program() == ["create"]


@pytest.mark.parametrize("language", COMMITTED)
def test_add_then_install_in_a_clone(
    language: str,
    tools: Toolchain,
    languages: Languages,
    simulators: Callable[[str], Simulator],
    archive: Path,
    tmp_path: Path,
) -> None:
    sim = simulators("hf")
    sim.reset()
    project = Project(tmp_path / "stack", tools, sim, languages, HF.folder(language))
    project.plugin_install(archive)
    project.write_sdk("package", "add", "inference")
    written = yaml.safe_load((project.project / "Pulumi.yaml").read_text())
    assert written["packages"] == {"inference": f"inference@{tools.version}"}
    check_names(project, language)
    committed = (project.project / COMMITTED[language]).read_text()

    other = clone(project, tmp_path / "clone", language)
    other.plugin_install(archive)
    assert not (other.project / SDK).exists()
    other.write_sdk("install")
    assert (other.project / COMMITTED[language]).read_text() == committed
    assert texts(other.project / SDK) == texts(project.project / SDK)
    installed_and_runs(other, HF, language)


def texts(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def check_names(project: Project, language: str) -> None:
    """The project takes the SDK from `sdks/`, under the name that the page promises."""
    assert f"`{COMMITTED[language]}`" in PAGE.read_text().split("pulumi package add")[1]
    linked = LINKED[language].findall((project.project / COMMITTED[language]).read_text())
    assert [Path(path) for path in linked] == [SDK]
    folder = project.project / SDK
    name = promised()[language]
    if language == "go":
        module, _, package = name.rpartition("/")
        assert (folder / "go.mod").read_text().startswith(f"module {module}\n")
        assert (folder / package / "hf" / "endpoint.go").exists()
    elif language == "python":
        assert (folder / name / "hf" / "endpoint.py").exists()
    else:
        assert f'"name": "{name}"' in (folder / "package.json").read_text()
