"""The clouds' part of docs/installation-configuration.md: how long everything is waited for."""

from collections.abc import Callable


def words(seconds: float) -> str:
    if seconds >= 60 and seconds % 60 == 0:
        return f"{seconds / 60:g} min"
    return f"{seconds:g} s"


def milliseconds(value: float) -> str:
    return words(value / 1000)


def looks(cloud: dict) -> str:
    wait = cloud["wait"]
    return f"{milliseconds(wait['first_ms'])}, growing to {milliseconds(wait['cap_ms'])}"


def pauses(cloud: dict) -> str:
    retry = cloud["retry"]
    return f"{retry['tries']} times, at most {milliseconds(retry['cap_ms'])} apart"


def request(cloud: dict) -> str:
    longest = {operation["timeout_s"] for operation in cloud["operations"].values()}
    return words(max(longest))


ROWS: list[tuple[str, Callable[[dict], str]]] = [
    ("a create may take", lambda cloud: words(cloud["wait"]["create_s"])),
    ("an update may take", lambda cloud: words(cloud["wait"]["update_s"])),
    ("a delete may take", lambda cloud: words(cloud["wait"]["delete_s"])),
    ("between two looks at an endpoint that is on its way", looks),
    (
        "after a change the service may show what was before for",
        lambda cloud: words(cloud["wait"]["settle_s"]),
    ),
    ("one request may take", request),
    ("a request that fails for a reason that passes is sent", pauses),
    (
        "the longest `Retry-After` that is waited for then",
        lambda cloud: words(cloud["retry"]["max_retry_after_s"]),
    ),
    ("a list may lack a new endpoint for", lambda cloud: words(cloud["list"]["lag_s"])),
]


def table(clouds: list[dict]) -> str:
    head = ["time", *(cloud["title"] for cloud in clouds)]
    lines = [head, ["---"] * len(head)]
    lines += [[name, *(of(cloud) for cloud in clouds)] for name, of in ROWS]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
