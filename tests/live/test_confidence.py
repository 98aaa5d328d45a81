"""docs/confidence.md is made from the marks of docs/apis and from recordings."""

from __future__ import annotations

import json
from pathlib import Path

import confidence
import pytest

PAGE = """# A cloud

- `[A]`: assumed.

## 0. Source keys

| key | source |
| --- | --- |
| DOC | a page |

## 1. Transport

| item | value | mark |
| --- | --- | --- |
| Host | a.example | [DOC] |
| Port | 443 | [A] (nobody says) |
| Path | `/v1` | |

Retries help. [A] Redirects do not [DOC]. **Tries
are 5.** [DOC][A: for all] They are counted [A]. [DOC] lists
none. Nothing [A].

1. What is wrapped, and whose lines
   say nothing by themselves, e.g. this one, is one sentence [A]. It is the
   first.
2. The second is known [DOC].

## 2. Bodies [DOC]

| field | type |
| --- | --- |
| `id` | string |

Only what follows [DOC]:

| field | type |
| --- | --- |
| `name` | string |
"""


def test_a_row_without_a_mark_is_found() -> None:
    assert confidence.unmarked(PAGE) == ["1. Transport: | Path | `/v1` | |"]


def test_what_is_assumed_is_listed() -> None:
    assert list(confidence.assumed("toy", PAGE)) == [
        "| [1](apis/toy.md#1-transport) | Port; 443; [A] (nobody says) |",
        "| [1](apis/toy.md#1-transport) | Retries help [A]. |",
        "| [1](apis/toy.md#1-transport) | **Tries are 5** [DOC][A: for all]. |",
        "| [1](apis/toy.md#1-transport) | They are counted [A]. |",
        "| [1](apis/toy.md#1-transport) | Nothing [A]. |",
        "| [1](apis/toy.md#1-transport) | What is wrapped, and whose lines say nothing by "
        "themselves, e.g. this one, is one sentence [A]. |",
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for cloud in confidence.CLOUDS:
        page = tmp_path / f"docs/apis/{cloud}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE.replace("| Path | `/v1` | |\n", ""))
    (tmp_path / "docs/confidence.md").write_text(confidence.rendered(tmp_path))
    return tmp_path


def test_the_page_follows_the_marks(root: Path) -> None:
    assert confidence.wrong(root) == []
    page = root / "docs/apis/tir.md"
    page.write_text(page.read_text().replace("[A] (nobody says)", "[LIVE]"))
    assert confidence.wrong(root) == [
        "docs/confidence.md is not what the marks say: render docs/ anew"
    ]


def test_a_recording_is_told(root: Path) -> None:
    assert "| Hugging Face | never | |" in confidence.rendered(root)
    kept = {
        "date": "2027-01-02",
        "operations": {"endpoint.get": {"replies": {"200": {}, "404": {}}}},
    }
    file = root / "tests/live/seen/hf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(kept))
    assert "| Hugging Face | 2027-01-02 | endpoint.get (200, 404) |" in confidence.rendered(root)
