"""What the Python SDK makes of each case: lines of `CASE URL` in, a line of JSON out for each. Imports nothing of ours.

Run as a script in the environment of the SDK in question, with `sync` or `async`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import anthropic

HELLO = [{"role": "user", "content": "Hello"}]
ASK: Any = {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": HELLO}
TOOL = {"name": "find", "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}}
TOOLS: Any = {"tools": [TOOL], "tool_choice": {"type": "any"}}
THINKING: Any = {"max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
NO_KEY = {"Authorization": anthropic.Omit(), "X-Api-Key": anthropic.Omit()}


class Sync:
    """The SDK's usual client."""

    make = anthropic.Anthropic

    def do(self, done: Any) -> Any:
        return done

    def each(self, page: Any) -> list[Any]:
        return list(page)

    def final(self, manager: Any) -> Any:
        with manager as stream:
            return stream.get_final_message()

    def pieces(self, manager: Any, into: list[str]) -> None:
        with manager as stream:
            into.extend(stream.text_stream)


class Async:
    """The one for an event loop; each call is waited for."""

    make = anthropic.AsyncAnthropic

    def __init__(self) -> None:
        self.do = asyncio.new_event_loop().run_until_complete

    def each(self, page: Any) -> list[Any]:
        async def collect() -> list[Any]:
            found = page if hasattr(page, "__aiter__") else await page
            return [item async for item in found]

        return self.do(collect())

    def final(self, manager: Any) -> Any:
        async def read() -> Any:
            async with manager as stream:
                return await stream.get_final_message()

        return self.do(read())

    def pieces(self, manager: Any, into: list[str]) -> None:
        async def read() -> None:
            async with manager as stream:
                async for text in stream.text_stream:
                    into.append(text)  # noqa: PERF401 - those before an error count

        self.do(read())


class Driver:
    """The cases, by their names."""

    def __init__(self, way: Any, url: str) -> None:
        self.way, self.url = way, url
        self.sdk = self.client(0)

    def client(self, retries: int) -> Any:
        return self.way.make(base_url=self.url, api_key="none", max_retries=retries, timeout=60.0)

    def play(self, case: str) -> dict[str, Any]:
        api = self.sdk.beta if case.startswith("beta_") else self.sdk
        try:
            found: dict[str, Any] = getattr(self, case.removeprefix("beta_"))(api)
        except anthropic.APIStatusError as error:
            body: Any = error.body
            told = {key: body["error"][key] for key in ("type", "message")}
            ids = {"request_id": body["request_id"], "retry_after": error.response.headers.get("retry-after")}
            return {"status": error.status_code, **told, **ids}
        except Exception as error:  # the next case is played all the same
            return {"failed": repr(error)}
        return found

    def message(self, api: Any) -> dict[str, Any]:
        return shown(self.way.do(api.messages.create(**ASK)))

    def streamed(self, api: Any) -> dict[str, Any]:
        return shown(self.way.final(api.messages.stream(**ASK)))

    def tool(self, api: Any) -> dict[str, Any]:
        return shown(self.way.final(api.messages.stream(**ASK | TOOLS)))

    def thinking(self, api: Any) -> dict[str, Any]:
        return shown(self.way.final(api.messages.stream(**ASK | THINKING)))

    def count(self, api: Any) -> dict[str, Any]:
        asked: Any = {"model": "m", "messages": [{"role": "user", "content": "x" * 4000}]}
        return {"input_tokens": self.way.do(api.messages.count_tokens(**asked)).input_tokens}

    def models(self, api: Any) -> dict[str, Any]:
        return {"ids": [model.id for model in self.way.each(api.models.list(limit=4))]}

    def model(self, api: Any) -> dict[str, Any]:
        return {"id": self.way.do(api.models.retrieve("claude-haiku-4-5")).id}

    def batch(self, api: Any) -> dict[str, Any]:
        batches, do = api.messages.batches, self.way.do
        made = do(batches.create(requests=[{"custom_id": f"call-{i}", "params": ASK} for i in range(2)]))
        first = made.processing_status
        while made.processing_status != "ended":
            made = do(batches.retrieve(made.id))
        results = self.way.each(do(batches.results(made.id)))
        kinds = [[each.custom_id, each.result.type, each.result.message.content[0].type] for each in results]
        return {"first": first, "succeeded": made.request_counts.succeeded, "results": kinds}

    def bad_request(self, api: Any) -> dict[str, Any]:
        nobody: Any = [{"role": "nobody", "content": "x"}]
        return shown(self.way.do(api.messages.create(**ASK | {"messages": nobody})))

    def no_key(self, api: Any) -> dict[str, Any]:
        return shown(self.way.do(api.messages.create(**ASK, extra_headers=NO_KEY)))

    def no_model(self, api: Any) -> dict[str, Any]:
        return {"id": self.way.do(api.models.retrieve("nothing")).id}

    def too_large(self, api: Any) -> dict[str, Any]:
        long: Any = [{"role": "user", "content": "x" * (33 << 20)}]
        return shown(self.way.do(api.messages.create(**ASK | {"messages": long})))

    def rate_limited(self, api: Any) -> dict[str, Any]:
        return self.message(api)

    def rate_limit_retried(self, api: Any) -> dict[str, Any]:
        return self.message(self.client(2))

    def overload_retried(self, api: Any) -> dict[str, Any]:
        return self.message(self.client(2))

    def broken(self, api: Any) -> dict[str, Any]:
        pieces: list[str] = []
        try:
            self.way.pieces(api.messages.stream(**ASK), pieces)
        except Exception as error:  # which one is the SDK's affair
            return {"error": type(error).__name__, "pieces": len(pieces)}
        return {"error": None, "pieces": len(pieces)}


def shown(message: Any) -> dict[str, Any]:
    """What is asked of a message."""
    blocks = [block.to_dict() for block in message.content]
    inputs = [block["input"] for block in blocks if block["type"] == "tool_use"]
    kinds, tokens = [block["type"] for block in blocks], message.usage.output_tokens
    return {"types": kinds, "stop_reason": message.stop_reason, "output_tokens": tokens, "inputs": inputs}


if __name__ == "__main__":
    way = Async() if sys.argv[1] == "async" else Sync()
    for line in sys.stdin:
        case, url = line.split()
        print(json.dumps(Driver(way, url).play(case)), flush=True)
