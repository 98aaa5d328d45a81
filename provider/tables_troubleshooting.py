"""The clouds' part of docs/troubleshooting.md: what their refusals mean, and what to do then."""

from columns import FAILURE


def code(text: object) -> str:
    return f"`{text}`"


def status(row: dict) -> str:
    value = row.get("status")
    return " to ".join(map(str, value)) if isinstance(value, list) else str(value or "any")


def signs(row: dict) -> str:
    """What tells the failure, beside its HTTP status."""
    found = []
    if "code" in row:
        found.append(f"code {code(row['code'])}")
    if "text" in row:
        found.append(f"a message with {code(row['text'])}")
    return ", ".join(found) or "any"


def meaning(row: dict) -> str:
    about = f"It is about {code(row['input'])}." if "input" in row else ""
    return f"{FAILURE.words[row['class']]} {about}".rstrip()


def failure_row(cloud: dict, row: dict) -> str:
    operation = cloud["operations"][row["operation"]]["doing"] if "operation" in row else "any"
    cells = [status(row), signs(row), operation, meaning(row), row.get("hint", "")]
    return f"| {' | '.join(cells)} |"


def cloud_section(cloud: dict) -> str:
    rows = "\n".join(failure_row(cloud, row) for row in cloud["failures"])
    return (
        f"## {cloud['title']}\n\n"
        "| HTTP status | with | while | what it means | what to do |\n"
        f"| --- | --- | --- | --- | --- |\n{rows}\n"
    )


def sections(clouds: list[dict]) -> str:
    return "\n".join(map(cloud_section, clouds)).rstrip()
