"""Writes what goes with a release: third-party licences (into the archive), SBOM (beside it).

    python release/describe.py licences OUT INPUTS
    python release/describe.py sbom OUT INPUTS --name --version --architecture --archive --epoch

INPUTS are the linker's map, the build folder, and the prefix that was linked from. Without a map,
as for macOS, all libraries of the prefix count as linked.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import yaml
from linked import Package, Prefix, linked_packages
from sbom import Release, document

RULE = "=" * 80
LICENCES = Path(__file__).parent / "licences.yaml"
COMMON_LICENCES = Path("/usr/share/common-licenses")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("licences", "sbom"):
        command = commands.add_parser(name)
        command.add_argument("out", type=Path)
        command.add_argument("--map", type=Path)
        command.add_argument("--build", type=Path, required=True)
        command.add_argument("--prefix", type=Path, required=True)
        if name == "sbom":
            command.add_argument("--name", required=True)
            command.add_argument("--version", required=True)
            command.add_argument("--architecture", required=True)
            command.add_argument("--archive", type=Path, required=True)
            command.add_argument("--epoch", type=int, required=True)
    return parser.parse_args()


def rows_of(packages: list[Package]) -> dict[str, dict]:
    """The row of licences.yaml for each package."""
    known = yaml.safe_load(LICENCES.read_text())
    missing = sorted({package.name for package in packages} - set(known))
    if missing:
        raise SystemExit(f"{LICENCES.name} has no row for {', '.join(missing)}")
    return {package.name: known[package.name] for package in packages}


def debian_licence(path: Path) -> str | None:
    """The licence of `Files: *`, when the copyright file is in Debian's format for machines."""
    paragraphs = path.read_text(errors="replace").split("\n\n")
    for paragraph in paragraphs:
        if re.search(r"^Files: *\*$", paragraph, re.MULTILINE):
            found = re.search(r"^License: *(\S+)", paragraph, re.MULTILINE)
            return found[1] if found else None
    return None


def verify_licences(packages: list[Package]) -> None:
    """Our table against what Debian says now."""
    rows = rows_of(packages)
    for package in packages:
        debian = debian_licence(package.copyright)
        ours = rows[package.name]["licence"]
        if debian and debian.lower() != ours.split()[0].lower():
            raise SystemExit(f"{package.name} is under {debian}; {LICENCES.name} says {ours}")


def chapter(title: str, path: Path) -> str:
    return f"{RULE}\n{title}\n{RULE}\n\n{path.read_text(errors='replace').strip()}\n"


def licence_texts(packages: list[Package], common: Path) -> str:
    """Each package's copyright file, then the common licences that these point to."""
    rows = rows_of(packages)
    chapters = [
        "Third-party software in this file and its licences, in its authors' or Debian's words.\n"
    ]
    for package in packages:
        title = f"{package.name} {package.version}: {rows[package.name]['licence']}"
        chapters.append(chapter(title, package.copyright))
    for text in sorted({text for row in rows.values() for text in row.get("texts", [])}):
        chapters.append(chapter(text, common / text))
    return "\n".join(chapters)


def main() -> None:
    options = arguments()
    prefix = Prefix(options.prefix)
    linked = (
        linked_packages(options.map, options.build, prefix) if options.map else prefix.libraries()
    )
    verify_licences(linked)
    if options.command == "licences":
        options.out.write_text(licence_texts(linked, COMMON_LICENCES))
        return
    licences = {name: row["licence"] for name, row in rows_of(linked).items()}
    release = Release(
        options.name, options.version, options.architecture, options.archive, options.epoch
    )
    sbom = document(release, linked, licences)
    options.out.write_text(json.dumps(sbom, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
