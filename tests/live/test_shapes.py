"""What is kept of a message, and what counts as a difference."""

from __future__ import annotations

from typing import Any

import pytest
from live.shapes import compared, differences, merged, shape_of, words_of


def test_a_shape_has_keys_and_types() -> None:
    said = {"a": {"b": 1, "c": None}, "items": [{"d": "x"}, {"d": True, "e": 0.5}], "none": []}
    assert shape_of(said) == {
        "": ["object"],
        "a": ["object"],
        "a.b": ["number"],
        "a.c": ["null"],
        "items": ["list"],
        "items[]": ["object"],
        "items[].d": ["boolean", "string"],
        "items[].e": ["number"],
        "none": ["list"],
    }


def test_names_that_users_choose_are_left_out() -> None:
    assert shape_of({"model": {"env": {"MY_NAME": "x"}}}) == {
        "": ["object"],
        "model": ["object"],
        "model.env": ["object"],
    }


def test_words_are_those_of_states_and_codes() -> None:
    said = {"status": {"state": "running", "message": "hello"}, "code": "a b\nsecret", "Status": 3}
    assert words_of(said) == {"status.state": ["running"]}


def test_several_messages_make_one_shape() -> None:
    assert merged({"": ["object"], "a": ["null"]}, {"": ["object"], "a": ["string"]}) == {
        "": ["object"],
        "a": ["null", "string"],
    }


@pytest.mark.parametrize(
    ("service", "simulator", "told"),
    [
        ({"a": 1}, {"a": 2.5}, []),
        ({"a": None}, {"a": "x"}, []),
        ({"a": None}, {"a": {"b": 1}}, []),
        ({"a": []}, {"a": [{"b": 1}]}, []),
        ({"a": 1}, {"a": "x"}, ["a: number, of the simulator string"]),
        ({"a": 1, "b": 1}, {"a": 1}, ["b: only the service shows it"]),
        ({"a": {}}, {"a": {"b": 1}}, ["a.b: only the simulator shows it"]),
        (
            [{"a": 1}],
            [{"b": 1}],
            ["[].a: only the service shows it", "[].b: only the simulator shows it"],
        ),
    ],
)
def test_differences(service: Any, simulator: Any, told: list[str]) -> None:
    assert list(differences(shape_of(service), shape_of(simulator))) == told


def test_only_what_both_did_is_compared() -> None:
    service = {
        "get": {"replies": {"200": shape_of({"a": 1}), "404": shape_of({"e": 1})}},
        "logs": {"replies": {"200": {}}},
    }
    simulator = {"get": {"replies": {"200": shape_of({"a": "x"})}}, "list": {"replies": {}}}
    assert compared(service, simulator) == (
        ["get 200 a: number, of the simulator string"],
        [
            "get: 404 only of the service",
            "list: only the simulator was asked",
            "logs: only the service was asked",
        ],
    )
