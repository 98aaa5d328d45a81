"""Asks each question through a Portkey gateway of your own, which chooses an endpoint."""

import os
import sys

import gateway_config
from portkey_ai import Portkey

client = Portkey(
    base_url=os.environ["PORTKEY_GATEWAY"],
    api_key="unused",
    config=gateway_config.config(),
)
for question in sys.argv[1:]:
    answer = client.chat.completions.create(
        model="chosen by the gateway",
        messages=[{"role": "user", "content": question}],
    )
    print(answer.choices[0].message.content)
