"""The tag by which a create proves what it made: tests of what a program sends take it out."""

from __future__ import annotations

from typing import Any

CREATE_TAG = "pulumi:create"
MEMBERS = ("tags", "Tags")  # of a body of hf, of ark


def is_mark(tag: Any) -> bool:
    """A tag of ark has a key and a value; one of hf is a text."""
    if isinstance(tag, dict):
        return tag.get("Key") == CREATE_TAG
    return isinstance(tag, str) and tag.startswith(f"{CREATE_TAG}=")


def tags_without_mark(tags: list[Any]) -> list[Any]:
    return [tag for tag in tags if not is_mark(tag)]


def without_mark(body: Any, operation: str = "endpoint.create") -> Any:
    """A body as the program's inputs make it. Only a create adds tags for its proof alone: the
    others had tags to send, if only none."""
    if not isinstance(body, dict):
        return body
    tags = {member: body[member] for member in MEMBERS if isinstance(body.get(member), list)}
    lists = {member: tags_without_mark(tags[member]) for member in tags}
    alone = {member for member in lists if not lists[member] and operation == "endpoint.create"}
    return {key: lists.get(key, value) for key, value in body.items() if key not in alone}
