"""Unknown values belong to previews."""

from __future__ import annotations

import pytest
from support.drivers.hf import UNKNOWN, Driver, Failure, Simulator, grpc, inputs, secret, told

pytestmark = pytest.mark.one_call


@pytest.mark.parametrize(
    "patch", [{"name": UNKNOWN}, {"tags": ["a", UNKNOWN]}, {"model": {"task": secret(UNKNOWN)}}]
)
def test_an_unknown_outside_a_preview_is_refused_and_nothing_sent(
    driver: Driver, hf: Simulator, patch: dict[str, object]
) -> None:
    for call in (
        lambda: driver.create(inputs(**patch)),
        lambda: driver.update(inputs(), inputs(**patch)),
    ):
        with pytest.raises(Failure) as caught:
            call()
        assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
        assert caught.value.partial is None
        assert "is for previews only" in caught.value.message
    assert told(hf) == []
