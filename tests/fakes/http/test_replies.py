"""A stream says what its reply does: the SDK's own accumulator makes the message of it that was meant."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.http import message
from brownout.fakes.plan import ENDING, START, Event, Tokens, streamed
from brownout.fakes.reply import Block, Reply, Text, Thinking, ToolUse, said
from brownout.fakes.ticket import Request, Ticket

from ..wire.raw import parse
from ..wire.serving import service

_SCRIPT = Path(__file__).parents[2] / "sdk/accumulate.py"
_SPEC = importlib.util.spec_from_file_location("accumulate", _SCRIPT)
assert _SPEC is not None
assert _SPEC.loader is not None
sdk = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sdk)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
# JavaScript writes a float beyond 2**53 as the digits of an integer that is not the very same.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
BLOCKS = st.one_of(
    st.builds(Text, TEXTS.filter(bool)),
    st.builds(Thinking, TEXTS.filter(bool)),
    st.builds(ToolUse, st.from_regex(r"[a-z_]{1,20}", fullmatch=True), st.dictionaries(TEXTS, JSON, max_size=3)),
)
REPLIES = st.builds(Reply, st.lists(BLOCKS, min_size=1, max_size=4).map(tuple))


def ticket_of(reply: Reply) -> Ticket:
    endpoint = Endpoint(service(), seed=1)
    return endpoint.answer(Request(Identity(0, 0), True, 7, 10**6, "m", reply), 0.0, is_fresh=True)


def stream_of(reply: Reply) -> str:
    """The body of the answer, as the steps of a plan make it."""
    ticket, found = ticket_of(reply), b""
    block = sent = 0
    for step in (START, *streamed([len(each.pieces) for each in reply.blocks], 0.1), *ENDING):
        if isinstance(step, Tokens):
            found += message.deltas(step, ticket, block, sent)
            sent += step.count
        elif isinstance(step, Event):
            block, sent = (step.block, 0) if step.name == "content_block_start" else (block, sent)
            found += message.event(step, ticket)
    answer = parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + found + message.LAST_CHUNK)
    assert answer is not None
    assert answer.is_whole
    return answer.body.decode()


def meant(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case Thinking():
            return {"type": "thinking", "thinking": block.text, "signature": block.signature}
        case ToolUse():
            return {"type": "tool_use", "id": block.identifier, "name": block.name, "input": dict(block.input)}


def check(found: dict[str, Any], reply: Reply) -> None:
    """The message is the one that was meant."""
    content = [{key: value for key, value in each.items() if value is not None} for each in found["content"]]
    assert content == [meant(block) for block in reply.blocks]
    assert (found["stop_reason"], found["stop_sequence"]) == (reply.ends_with, reply.stop_sequence)
    assert found["usage"]["output_tokens"] == reply.tokens
    assert found["usage"]["input_tokens"] == 7


MIXED = Reply(
    (
        Thinking("Tides first, then the moon."),
        Text("Let me look – 見てみます 🌊."),
        ToolUse("find", {"query": "tides", "limit": 3, "deep": {"a": [1.5, None, "é"]}}),
        ToolUse("stop"),
    )
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1024, 4096])
def test_a_mixed_reply_in_pieces_of_any_size(size: int) -> None:
    """Thinking with its signature, text that is not ASCII, a tool's input in pieces, an input of nothing."""
    check(sdk.accumulate(stream_of(MIXED), size), MIXED)


@settings(max_examples=60, deadline=None)
@given(REPLIES, st.integers(1, 4096))
def test_any_reply_is_what_the_sdk_makes_of_it(reply: Reply, size: int) -> None:
    """Whatever its blocks, and however the network cuts the stream."""
    check(sdk.accumulate(stream_of(reply), size), reply)


@given(REPLIES)
def test_a_whole_message_says_what_the_stream_says(reply: Reply) -> None:
    """The same content, reason and usage."""
    import json

    found = json.loads(message.body(ticket_of(reply)))
    check(found, reply)


@given(REPLIES, st.integers(1, 60))
def test_a_reply_that_is_cut_off_is_as_long_as_it_may_be(reply: Reply, tokens: int) -> None:
    """No longer than was asked for, of the same beginning, and it says why it stops."""
    cut = reply.limited(tokens)
    assert cut.tokens == min(tokens, reply.tokens)
    assert (cut is reply) is (reply.tokens <= tokens)
    if cut is not reply:
        assert cut.ends_with == "max_tokens"
        whole = [piece for block in reply.blocks for piece in block.pieces]
        assert [piece for block in cut.blocks for piece in block.pieces] == whole[:tokens]


@given(REPLIES)
def test_pieces_make_up_their_block(reply: Reply) -> None:
    """Nothing is lost between two tokens."""
    import json

    for block in reply.blocks:
        if isinstance(block, ToolUse):
            assert block.pieces[0] == ""
            assert json.loads("".join(block.pieces)) == dict(block.input)
        else:
            assert "".join(block.pieces) == block.text


def test_the_usual_answer_with_thought() -> None:
    """So many tokens in all, of which the first are thinking."""
    reply = said(10, 4)
    assert [len(block.pieces) for block in reply.blocks] == [4, 6]
    check(sdk.accumulate(stream_of(reply), 100), reply)


def test_usage_of_a_cache() -> None:
    """What a reply says of its usage stands in the message, beside what is counted."""
    reply = Reply((Text("Yes."),), usage={"cache_read_input_tokens": 900})
    found = sdk.accumulate(stream_of(reply), 10)
    assert found["usage"]["cache_read_input_tokens"] == 900
    check(found, reply)
