"""The rest of the service's surface over real sockets: paths, keys, errors; and what SDKs that we did not write make
of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic
import pytest

from brownout.fakes.reply import Reply, Text, Thinking, ToolUse
from brownout.fakes.wire.server import WireServer

from ...loops import on_loop
from .raw import DEFAULT, RawClient, request
from .serving import service, serving

ASK: Any = {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
TOOL: Any = {"name": "find", "input_schema": {"type": "object", "properties": {"q": {"type": "string"}},
                                              "required": ["q"]}}  # fmt: skip


def client_of(server: WireServer) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=f"http://127.0.0.1:{server.port}", api_key="none", max_retries=0)


@on_loop
async def test_every_answer_has_a_request_id_of_its_own() -> None:
    """Messages, lists, counts and errors alike."""
    paths = ["/v1/messages", "/v1/models", "/v1/messages/count_tokens", "/v1/nothing", "/v1/messages/batches"]
    async with serving(service(tokens=2)) as server, await RawClient.connect(server.port) as client:
        seen = set()
        for path in [*paths, *paths]:
            method = "GET" if path.endswith(("models", "batches")) else "POST"
            await client.send(request(method=method, path=path, body=b"" if method == "GET" else _BODY))
            seen.add((await client.answer()).headers["request-id"])
    assert len(seen) == 2 * len(paths)


_BODY = json.dumps(DEFAULT).encode()


@on_loop
async def test_counting_models_and_both_ways_to_show_a_key() -> None:
    """By the SDK's own methods; the older header as well as the newer one; `?beta=true`."""
    async with serving(service(tokens=2)) as server, client_of(server) as sdk:
        counted = await sdk.messages.count_tokens(model="m", messages=[{"role": "user", "content": "x" * 400}])
        assert counted.input_tokens >= 100
        models = [model.id async for model in sdk.models.list(limit=3)]
        assert len(models) == len(set(models)) > 3
        assert (await sdk.models.retrieve(models[0])).id == models[0]
        assert [model.id async for model in sdk.beta.models.list()] == models
        with pytest.raises(anthropic.NotFoundError):
            await sdk.models.retrieve("nothing")
        with pytest.raises(anthropic.BadRequestError, match=r"messages\.0\.role"):
            await sdk.messages.create(**ASK | {"messages": [{"role": "nobody", "content": "x"}]})


@on_loop
async def test_a_batch_from_its_making_to_its_results() -> None:
    """Its processing goes on with time; its results are messages."""
    async with serving(service(tokens=2)) as server, client_of(server) as sdk:
        params: Any = [{"custom_id": f"call-{i}", "params": ASK} for i in range(3)]
        batch = await sdk.messages.batches.create(requests=params)
        assert batch.processing_status == "in_progress"
        while (batch := await sdk.messages.batches.retrieve(batch.id)).processing_status != "ended":
            await asyncio.sleep(0.05)
        assert batch.request_counts.succeeded == 3
        results = [each async for each in await sdk.messages.batches.results(batch.id)]
        assert [each.custom_id for each in results] == ["call-0", "call-1", "call-2"]
        for each in results:
            assert each.result.type == "succeeded"
            assert each.result.message.content[0].type == "text"
        assert (await sdk.messages.batches.delete(batch.id)).id == batch.id


@on_loop
async def test_scripted_replies_come_in_their_order() -> None:
    """Text, then a tool's call, then what a function says; then the usual again. Streamed and whole."""
    call = Reply((Thinking("Which tide?"), Text("I look."), ToolUse("find", {"q": "tides"})))
    async with serving(service(tokens=2)) as server, client_of(server) as sdk:
        server.replies.script("At nine.", call)
        first = await sdk.messages.create(**ASK)
        async with sdk.messages.stream(**ASK | {"tools": [TOOL]}) as stream:
            second = await stream.get_final_message()
        assert [block.to_dict() for block in first.content] == [{"type": "text", "text": "At nine."}]
        assert [block.type for block in second.content] == ["thinking", "text", "tool_use"]
        assert second.content[2].to_dict()["input"] == {"q": "tides"}
        assert second.stop_reason == "tool_use"
        server.replies.answerer = lambda asked: f"You said {asked['messages'][0]['content']}."
        third = await sdk.messages.create(**ASK)
        assert third.content[0].to_dict()["text"] == "You said Hello."
        server.replies.clear()
        assert (await sdk.messages.create(**ASK)).usage.output_tokens == 2


@on_loop
async def test_a_reply_that_nobody_got_is_there_for_the_retry() -> None:
    """A stream that is left early gives its reply back."""
    long = "word " * 5000
    async with serving(service(tokens=2)) as server, client_of(server) as sdk:
        server.replies.script(long.strip())
        async with sdk.messages.stream(**ASK | {"max_tokens": 10_000}) as stream:
            async for _ in stream.text_stream:
                break
        while server.replies.left == 0:
            await asyncio.sleep(0.01)
        async with sdk.messages.stream(**ASK | {"max_tokens": 3}) as stream:
            message = await stream.get_final_message()
        assert message.content[0].to_dict()["text"].split() == ["word"] * 3
        assert server.replies.left == 0


@on_loop
async def test_a_retry_with_more_room_gets_more_of_a_reply() -> None:
    """What is given back is the reply as it was scripted, not what the first request had room for."""
    async with serving(service(tokens=2)) as server, client_of(server) as sdk:
        server.replies.script(" ".join(["word"] * 6000))
        async with sdk.messages.stream(**ASK | {"max_tokens": 5000}) as stream:
            async for _ in stream.text_stream:
                break
        while server.replies.left == 0:
            await asyncio.sleep(0.01)
        answer = await sdk.messages.create(**ASK | {"max_tokens": 7000})
        assert answer.usage.output_tokens == 6000
        assert answer.stop_reason == "end_turn"


@on_loop
async def test_what_a_request_insists_on_it_gets() -> None:
    """A tool's call that its schema takes; thinking first; an end at a stop sequence."""
    async with serving(service(tokens=20)) as server, client_of(server) as sdk:
        called = await sdk.messages.create(**ASK | {"tools": [TOOL], "tool_choice": {"type": "any"}})
        assert [block.to_dict()["input"] for block in called.content] == [{"q": "text"}]
        thought = await sdk.messages.create(
            **ASK | {"max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
        )
        assert [block.type for block in thought.content] == ["thinking", "text"]
        stopped = await sdk.messages.create(**ASK | {"stop_sequences": ["nine"]})
        assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "nine")
        assert stopped.content[0].to_dict()["text"] == "The lamps went dim at "
