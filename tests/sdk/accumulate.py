"""Given the bytes of a stream, line by line, what an SDK makes of them: its final message, as JSON.

Run as a script in the environment of the SDK in question: a line of JSON in, one out. Imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import anthropic

if int(anthropic.__version__.split(".", maxsplit=1)[0]) >= 1:
    import httpx2 as httpx
else:
    import httpx  # type: ignore[no-redef]


class Body(httpx.SyncByteStream):
    """Bytes in pieces of so many."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def __iter__(self) -> Iterator[bytes]:
        return (self._data[i : i + self._size] for i in range(0, len(self._data), self._size))


def accumulate(text: str, size: int) -> Any:
    """The final message of a stream whose body comes in pieces of that many bytes."""
    headers = {"content-type": "text/event-stream; charset=utf-8"}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=Body(text.encode(), size), request=request)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = anthropic.Anthropic(api_key="none", http_client=http, max_retries=0)
        ask: Any = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]}
        with client.messages.stream(**ask) as stream:
            return json.loads(stream.get_final_message().model_dump_json(exclude_unset=True))


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(accumulate(**json.loads(line))), flush=True)
