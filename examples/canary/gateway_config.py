"""What Portkey's gateway takes as its config: the stack's two endpoints, with their weights."""

import json
import subprocess


def outputs() -> dict:
    line = ["pulumi", "stack", "output", "--json", "--show-secrets"]
    return json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE).stdout)


def target(endpoint: dict, key: str, weight: int) -> dict:
    return {
        "provider": "openai",
        "custom_host": endpoint["baseUrl"],
        "api_key": key,
        "weight": weight,
        "override_params": {"model": endpoint["model"]},
    }


def config() -> dict:
    given = outputs()
    share = given["newPercent"]
    return {
        "strategy": {"mode": "loadbalance"},
        "targets": [
            target(given["present"], given["apiKey"], 100 - share),
            target(given["next"], given["apiKey"], share),
        ],
    }


if __name__ == "__main__":
    print(json.dumps(config(), indent=2))
