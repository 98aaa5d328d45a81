"""Go takes a version of the SDK from a tag of its repository: docs/releasing.md says which."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PAGE, Json, run
from support.keyring import Keyring
from support.pages import commands

REPOSITORY = "github.com/pulumi-inference/pulumi-inference"
WHO = "releases@example.com"


@pytest.fixture
def keys() -> Iterator[Keyring]:
    with Keyring(WHO) as made:
        yield made


def settings(**values: str) -> dict[str, str]:
    """For git, in place of a file of settings."""
    names = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_COUNT": str(len(values))}
    for index, (key, value) in enumerate(values.items()):
        names |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return names


@pytest.fixture
def repository(sdks: Path, keys: Keyring, tmp_path: Path) -> Path:
    """With the SDK in its folder, committed and tagged by the page's lines."""
    folder = tmp_path / "repository"
    shutil.copytree(sdks / "go", folder / "sdk" / "go")
    run(["git", "init", "--quiet"], folder)
    signer = {"user.name": "Releases", "user.email": WHO, "user.signingkey": WHO}
    keys.environment |= settings(**signer)
    done = keys.run(commands(PAGE, "with `build/sdk/go` as its folder `sdk/go`."), folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_go_finds_the_version(
    schema: Json, sdks: Path, go: str, repository: Path, keys: Keyring, tmp_path: Path
) -> None:
    tag = f"sdk/go/v{schema['version']}"
    verified = keys.run([f"git tag --verify {tag}"], repository)
    assert verified.returncode == 0, verified.stderr
    # A cache of its own: what Go once took as a version it never asks for again.
    cache = {"GOMODCACHE": str(tmp_path / "cache"), "GOFLAGS": "-modcacherw"}
    here = settings(**{f"url.{repository.as_uri()}.insteadOf": f"https://{REPOSITORY}"})
    alone = {"GOPROXY": "direct", "GONOSUMDB": REPOSITORY, "GOSUMDB": "off", "GOTOOLCHAIN": "local"}
    line = [go, "mod", "download", "-json", f"{REPOSITORY}/sdk/go@v{schema['version']}"]
    told = json.loads(run(line, tmp_path, **cache, **here, **alone))
    assert told["Origin"]["Ref"] == f"refs/tags/{tag}"
    assert files(Path(told["Dir"])) == files(sdks / "go")


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
