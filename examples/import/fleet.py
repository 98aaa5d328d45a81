"""Lists what there is at the clouds named and writes the file that `pulumi import --file` takes.

usage: fleet.py CLOUD... >fleet.json        (hf, ark, maas, tir)
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator


def listed(token: str) -> list[dict]:
    """Id and name of every endpoint, read by the provider."""
    line = ["pulumi", "do", token, "list", "--all"]
    return json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE).stdout)


def resource_name(cloud: str, endpoint: dict, taken: set[str]) -> str:
    """The endpoint's own name as a word, with a number behind it where two are the same."""
    word = re.sub(r"\W+", "-", endpoint["name"], flags=re.ASCII).strip("-")
    base = f"{cloud}-{word}".rstrip("-")
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def resources(clouds: list[str]) -> Iterator[dict]:
    taken: set[str] = set()
    for cloud in clouds:
        token = f"inference:{cloud}:Endpoint"
        for endpoint in listed(token):
            name = resource_name(cloud, endpoint, taken)
            yield {"type": token, "name": name, "id": endpoint["id"]}


if __name__ == "__main__":
    json.dump({"resources": list(resources(sys.argv[1:]))}, sys.stdout, indent=2)
    print()
