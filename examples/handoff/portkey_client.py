"""Asks the endpoint through Portkey, where the provider in the model catalogue holds the key."""

import os
import sys

import stack
from portkey_ai import Portkey

target = stack.outputs()["target"]
client = Portkey(api_key=os.environ["PORTKEY_API_KEY"])
answer = client.chat.completions.create(
    model=target["portkeyModel"],
    messages=[{"role": "user", "content": " ".join(sys.argv[1:])}],
)
print(answer.choices[0].message.content)
