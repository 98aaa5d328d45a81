"""Asks the endpoint itself, with the client of OpenAI."""

import sys

import stack
from openai import OpenAI

given = stack.outputs()
client = OpenAI(base_url=given["target"]["baseUrl"], api_key=given["apiKey"])
answer = client.chat.completions.create(
    model=given["target"]["model"],
    messages=[{"role": "user", "content": " ".join(sys.argv[1:])}],
)
print(answer.choices[0].message.content)
