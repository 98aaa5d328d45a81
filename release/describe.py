"""Writes what goes with a release: third-party licences (into the archive), SBOM (beside it).

    python release/describe.py licences OUT INPUTS
    python release/describe.py sbom OUT INPUTS --name --version --architecture --archive --epoch

INPUTS are the linker's map, the build folder, the prefixes that were linked from, and the packages
whose files the archive has copies of.
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


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("licences", "sbom"):
        command = commands.add_parser(name)
        command.add_argument("out", type=Path)
        command.add_argument("--map", type=Path, required=True)
        command.add_argument("--build", type=Path, required=True)
        command.add_argument("--prefix", type=Path, action="append", required=True)
        command.add_argument("--bundled", action="append", default=[], metavar="PACKAGE")
        if name == "sbom":
            command.add_argument("--name", required=True)
            command.add_argument("--version", required=True)
            command.add_argument("--architecture", required=True)
            command.add_argument("--archive", type=Path, required=True)
            command.add_argument("--epoch", type=int, required=True)
    return parser.parse_args()


def rows_of(packages: list[Package]) -> dict[str, dict]:
    """The row of licences.yaml for each source."""
    known = yaml.safe_load(LICENCES.read_text())
    missing = sorted({package.source for package in packages} - set(known))
    if missing:
        raise SystemExit(f"{LICENCES.name} has no row for {', '.join(missing)}")
    return {package.source: known[package.source] for package in packages}


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
        ours = rows[package.source]["licence"]
        if debian and debian.lower() != ours.split()[0].lower():
            raise SystemExit(f"{package.source} is under {debian}; {LICENCES.name} says {ours}")


def chapter(title: str, path: Path) -> str:
    return f"{RULE}\n{title}\n{RULE}\n\n{path.read_text(errors='replace').strip()}\n"


def licence_texts(packages: list[Package], common: Path) -> str:
    """Each source's copyright file once, then the common licences that these point to."""
    rows = rows_of(packages)
    by_source = {package.source: package for package in packages}
    chapters = ["Third-party software in this archive and its licences, in Debian's words.\n"]
    for source, package in sorted(by_source.items()):
        title = f"{source} {package.source_version}: {rows[source]['licence']}"
        chapters.append(chapter(title, package.copyright))
    for text in sorted({text for row in rows.values() for text in row.get("texts", [])}):
        chapters.append(chapter(text, common / text))
    return "\n".join(chapters)


def main() -> None:
    options = arguments()
    prefixes = [Prefix(path) for path in options.prefix]
    linked = linked_packages(options.map, options.build, prefixes)
    bundled = [prefixes[0].packages[name] for name in options.bundled]
    verify_licences([*linked, *bundled])
    if options.command == "licences":
        common = prefixes[0].root / "usr/share/common-licenses"
        options.out.write_text(licence_texts([*linked, *bundled], common))
        return
    licences = {source: row["licence"] for source, row in rows_of([*linked, *bundled]).items()}
    release = Release(
        options.name, options.version, options.architecture, options.archive, options.epoch
    )
    sbom = document(release, linked, bundled, licences)
    options.out.write_text(json.dumps(sbom, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
