"""The SBOM of a release: SPDX 2.3 as JSON."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from linked import Package

COPYRIGHT_LINE = re.compile(r"^\s*(?:Copyright|©|\(c\)).*\d{4}.*$", re.IGNORECASE)
Json = dict[str, object]


@dataclass(frozen=True)
class Release:
    name: str
    version: str
    architecture: str
    archive: Path
    epoch: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.archive.read_bytes()).hexdigest()


def spdx_id(*words: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", "-".join(words))


def package_id(package: Package) -> str:
    return spdx_id("Package", package.name)


def copyright_text(path: Path) -> str:
    lines = path.read_text(errors="replace").splitlines()
    found = [line.strip() for line in lines if COPYRIGHT_LINE.match(line)]
    return "\n".join(dict.fromkeys(found)) or "NOASSERTION"


def purl(package: Package) -> str:
    if package.origin == "pypi":
        return f"pkg:pypi/{package.name}@{package.version}"
    version = quote(package.version, safe="~.:-")
    return f"pkg:deb/debian/{package.name}@{version}?arch=source"


def source_info(package: Package) -> str:
    return {
        "pypi": "The compiler's musl, libc++, libunwind and compiler-rt",
        "package": f"Debian's source package {package.name} {package.version}",
        "upstream": f"The original tarball in Debian's source package {package.name} "
        f"{package.version}, without Debian's patches",
    }[package.origin]


def third_party(package: Package, licence: str) -> Json:
    return {
        "SPDXID": package_id(package),
        "name": package.name,
        "versionInfo": package.version,
        "supplier": "Organization: PyPI" if package.origin == "pypi" else "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": copyright_text(package.copyright),
        "sourceInfo": source_info(package),
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": purl(package),
            }
        ],
    }


def ours(release: Release) -> Json:
    return {
        "SPDXID": spdx_id("Package", release.name),
        "name": release.name,
        "versionInfo": release.version,
        "packageFileName": release.archive.name,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "checksums": [{"algorithm": "SHA256", "checksumValue": release.sha256}],
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    }


def relation(one: str, kind: str, other: str) -> Json:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def document(release: Release, linked: list[Package], licences: dict[str, str]) -> Json:
    """The same for the same archive: the time is the release's, the name space the hash."""
    application = spdx_id("Package", release.name)
    title = f"{release.name} {release.version} linux-{release.architecture}"
    name_space = uuid.uuid5(uuid.NAMESPACE_URL, f"{release.archive.name}#{release.sha256}")
    created = datetime.fromtimestamp(release.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    relations = [relation("SPDXRef-DOCUMENT", "DESCRIBES", application)]
    relations += [relation(application, "STATIC_LINK", package_id(one)) for one in linked]
    return {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "dataLicense": "CC0-1.0",
        "name": title,
        "documentNamespace": f"urn:uuid:{name_space}",
        "creationInfo": {"created": created, "creators": [f"Tool: {release.name}-release"]},
        "packages": [ours(release), *(third_party(one, licences[one.name]) for one in linked)],
        "relationships": relations,
    }
