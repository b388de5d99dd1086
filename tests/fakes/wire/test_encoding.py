"""The bytes of an answer are the service's: what the SDK's own types, at their strictest, make of them."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from anthropic.types import Message, RawMessageStreamEvent
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.http import encoding, message
from brownout.fakes.plan import Answer, Event, Tokens
from brownout.fakes.reply import text_of
from brownout.fakes.ticket import Request, Ticket

from ...loops import on_loop
from .raw import RawClient, parse
from .serving import service, serving

EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
USAGE = {"input_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "service_tier": "standard"}


def ticket(stream: bool = True, tokens: int = 3, max_tokens: int = 1000) -> Ticket:
    endpoint = Endpoint(service(tokens=tokens), seed=1)
    return endpoint.answer(Request(Identity(0, 0), stream, 1, max_tokens), 0.0, is_fresh=True)


@on_loop
async def test_a_plain_message_is_one_to_the_sdk() -> None:
    """A whole body has the members the service's has, and validates as the SDK's `Message`."""
    async with serving(service(tokens=3)) as server, await RawClient.connect(server.port) as client:
        body = (await client.ask()).json
    Message.model_validate(body, strict=True)
    assert re.fullmatch("msg_01[0-9a-f]{22}", body.pop("id"))
    assert body == {
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [{"type": "text", "text": "The lamps went"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": USAGE | {"output_tokens": 3},
    }


@on_loop
async def test_the_events_of_a_stream_are_those_of_the_sdk() -> None:
    """Each event but `ping` validates as the SDK's type for it, and together they say just this."""
    async with serving(service(tokens=2)) as server, await RawClient.connect(server.port) as client:
        events = (await client.ask(stream=True)).events
    for name, data in events:
        assert data["type"] == name
        if name != "ping":
            EVENT.validate_python(data, strict=True)
    start = events[0][1]["message"]
    assert re.fullmatch("msg_01[0-9a-f]{22}", start.pop("id"))
    assert events == [
        (
            "message_start",
            {
                "type": "message_start",
                "message": {
                    "type": "message",
                    "role": "assistant",
                    "model": "claude-sonnet-5-5",
                    "content": [],
                    "stop_reason": None,
                    "stop_sequence": None,
                    "usage": USAGE | {"output_tokens": 1},
                },
            },
        ),
        (
            "content_block_start",
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        ),
        ("ping", {"type": "ping"}),
        *(
            (
                "content_block_delta",
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
            )
            for text in ("The ", "lamps ")
        ),
        ("content_block_stop", {"type": "content_block_stop", "index": 0}),
        (
            "message_delta",
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 2},
            },
        ),
        ("message_stop", {"type": "message_stop"}),
    ]


@pytest.mark.parametrize(("max_tokens", "tokens", "stop"), [(3, 3, "max_tokens"), (1000, 8, "end_turn")])
@on_loop
async def test_an_answer_is_no_longer_than_was_asked_for(max_tokens: int, tokens: int, stop: str) -> None:
    """`max_tokens` ends an answer that would be longer, and the reason to stop says so, streamed or not."""
    body = json.dumps({"model": "m", "max_tokens": max_tokens, "messages": [{"role": "user", "content": "?"}]})
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        plain = (await client.ask(body=body.encode())).json
        events = (await client.ask(body=body[:-1].encode() + b', "stream": true}')).events
    assert (plain["stop_reason"], plain["usage"]["output_tokens"]) == (stop, tokens)
    assert [name for name, _ in events].count("content_block_delta") == tokens
    assert dict(events)["message_delta"]["delta"]["stop_reason"] == stop


@given(st.integers(1, 100), st.lists(st.integers(0, 100), max_size=5))
def test_a_text_is_the_same_however_it_is_divided(tokens: int, cuts: list[int]) -> None:
    """A stream in any number of runs says what the plain answer of the same length says, one word an event."""
    ends = [*sorted(min(cut, tokens) for cut in cuts), tokens]
    sent, stream = 0, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    for end in ends:
        stream += message.deltas(Tokens(end - sent, 0.1), ticket(), 0, sent)
        sent = end
    answer = parse(stream + message.LAST_CHUNK)
    assert answer is not None
    texts = [data["delta"]["text"] for _, data in answer.events]
    assert len(texts) == tokens
    assert "".join(texts).strip() == text_of(tokens).strip()


@given(st.lists(st.floats(0.0, 1.0), max_size=5))
def test_the_parts_of_a_body_make_it_up(cuts: list[float]) -> None:
    """A body that is sent in parts loses no byte at the seams and doubles none."""
    body = message.body(ticket(stream=False, tokens=20))
    seams = [0.0, *sorted(cuts), 1.0]
    parts = [encoding.part(body, Answer(start, end)) for start, end in pairwise(seams)]
    assert b"".join(parts) == body


def test_an_answer_has_one_name() -> None:
    """Every part of one answer carries the same message id; another attempt has another."""
    one = ticket()
    start, again = (message.event(Event("message_start"), one) for _ in range(2))
    assert start == again
    assert message.identifier("msg", one).encode() in start
    endpoint = Endpoint(service(), seed=1)
    other = endpoint.answer(Request(Identity(0, 0, attempt=1), True, 1, 1000), 0.0, is_fresh=True)
    assert message.identifier("msg", other) != message.identifier("msg", one)
