"""What is there before a case must not depend on the cases beside it."""

from __future__ import annotations

import threading

from huggingface_hub import constants
from support.clouds.hf_foreign import client


def test_the_vendors_client_speaks_to_one_cloud_at_a_time() -> None:
    usual, inside = constants.INFERENCE_ENDPOINTS_ENDPOINT, threading.Event()

    def another() -> None:
        with client("http://two.example"):
            inside.set()

    thread = threading.Thread(target=another)
    with client("http://one.example"):
        thread.start()
        assert not inside.wait(0.3)
        assert constants.INFERENCE_ENDPOINTS_ENDPOINT == "http://one.example/v2"
    thread.join(10)
    assert inside.is_set()
    assert usual == constants.INFERENCE_ENDPOINTS_ENDPOINT
