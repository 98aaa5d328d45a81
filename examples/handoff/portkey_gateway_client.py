"""Asks the endpoint through a Portkey gateway of your own, which keeps no keys."""

import os
import sys

import stack
from portkey_ai import Portkey

given = stack.outputs()
client = Portkey(
    base_url=os.environ["PORTKEY_GATEWAY"],
    api_key="unused",
    provider="openai",
    custom_host=given["target"]["baseUrl"],
    Authorization=f"Bearer {given['apiKey']}",
)
answer = client.chat.completions.create(
    model=given["target"]["model"],
    messages=[{"role": "user", "content": " ".join(sys.argv[1:])}],
)
print(answer.choices[0].message.content)
