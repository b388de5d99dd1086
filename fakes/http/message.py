"""A message as bytes: the JSON body of a whole one, and the server-sent events of one that is streamed. No I/O."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from ..plan import Error, Event, StreamError, Tokens
from ..reply import WORDS, Block, Text, Thinking, ToolUse, text_of
from ..ticket import Ticket

_MASK = (1 << 88) - 1
_ODD = 0x9E3779B97F4A7C15F39CC1
"""Multiplied by an odd number no two labels become one."""
_USAGE = (
    b'"usage":{"input_tokens":%d,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":%d,'
    b'"service_tier":"standard"}'
)
_CUT, _ENDED = (b'"stop_reason":"%s","stop_sequence":null' % why for why in (b"max_tokens", b"end_turn"))


def identifier(prefix: str, ticket: Ticket) -> str:
    """A message or request id in the service's form: the same for the same request of the same run, no other's."""
    if not ticket.digits:
        ticket.digits = f"{(ticket.label + 1) * _ODD & _MASK:022x}"
    return f"{prefix}_01{ticket.digits}"


def body(ticket: Ticket) -> bytes:
    """The whole message as JSON."""
    request, tokens = ticket.request, ticket.output_tokens
    if request.reply is None:
        is_cut = tokens >= request.max_tokens
        return _begun(ticket) + _usual(request.model, request.input_tokens, tokens, is_cut, request.told % len(WORDS))
    content = orjson.dumps([_block(block) for block in request.reply.blocks])
    return _begun(ticket) + _rest(request.model, content, _stop(ticket), _usage(ticket, tokens))


def _begun(ticket: Ticket) -> bytes:
    return b'{"id":"%s",' % identifier("msg", ticket).encode()


def _rest(model: str, content: bytes, stop: bytes, usage: bytes) -> bytes:
    """A message behind its id."""
    members = (orjson.dumps(model), content, stop, usage)
    return b'"type":"message","role":"assistant","model":%s,"content":%s,%s,%s}' % members


@lru_cache(maxsize=256)
def _usual(model: str, input_tokens: int, tokens: int, is_cut: bool, told: int) -> bytes:
    """The same where the answer is text of a length: of a run few are common, and no two of a length differ."""
    return _rest(model, _said(tokens, told), _CUT if is_cut else _ENDED, _USAGE % (input_tokens, tokens))


@lru_cache(maxsize=1024)
def _said(tokens: int, told: int) -> bytes:
    return orjson.dumps([{"type": "text", "text": text_of(tokens, told)}])


def _usage(ticket: Ticket, output_tokens: int) -> bytes:
    reply = ticket.request.reply
    usual = _USAGE % (ticket.request.input_tokens, output_tokens)
    if reply is None or not reply.usage:
        return usual
    given = orjson.loads(b"{%s}" % usual)["usage"] | dict(reply.usage)
    return b'"usage":' + orjson.dumps(given)


def _stop(ticket: Ticket) -> bytes:
    """Why it stops, as two members of an object."""
    reply = ticket.request.reply
    if reply is not None:
        return b'"stop_reason":"%s","stop_sequence":%s' % (reply.ends_with.encode(), orjson.dumps(reply.stop_sequence))
    return _CUT if ticket.output_tokens >= ticket.request.max_tokens else _ENDED


def _block(block: Block) -> dict[str, Any]:
    """A block of a whole message."""
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case Thinking():
            return {"type": "thinking", "thinking": block.text, "signature": block.signature}
        case ToolUse():
            return {"type": "tool_use", "id": block.identifier, "name": block.name, "input": dict(block.input)}


def event(step: Event, ticket: Ticket) -> bytes:
    """What is sent for one event: a server-sent event in a chunk; two of them where thinking ends."""
    return _PING if step.name == "ping" else _signature(ticket, step) + chunk(_event(step, ticket))


def _event(step: Event, ticket: Ticket) -> bytes:
    name, index = step.name, step.block
    match name:
        case "message_start":
            nothing = b'"stop_reason":null,"stop_sequence":null'
            rest = _rest(ticket.request.model, b"[]", nothing, _usage(ticket, 1))
            return _sse(name, b'"message":' + _begun(ticket) + rest)
        case "content_block_start":
            return _sse(name, b'"index":%d,"content_block":%s' % (index, orjson.dumps(_empty(ticket, index))))
        case "content_block_stop":
            return _sse(name, b'"index":%d' % index)
        case "message_delta":
            usage = b'"usage":{"output_tokens":%d}' % ticket.output_tokens
            return _sse(name, b'"delta":{%s},%s' % (_stop(ticket), usage))
        case _:
            return b'event: %s\ndata: {"type":"%s"}\n\n' % (name.encode(), name.encode())


def _empty(ticket: Ticket, index: int) -> dict[str, Any]:
    """A block before anything is in it."""
    reply = ticket.request.reply
    empty: dict[str, str | dict[str, str]] = {"text": "", "thinking": "", "signature": "", "input": {}}
    shown = {"type": "text", "text": ""} if reply is None else _block(reply.blocks[index])
    return {key: empty.get(key, value) for key, value in shown.items()}


def _signature(ticket: Ticket, step: Event) -> bytes:
    """What comes before the end of a block of thinking."""
    reply = ticket.request.reply
    if reply is None or step.name != "content_block_stop":
        return b""
    block = reply.blocks[step.block]
    if not isinstance(block, Thinking):
        return b""
    delta = {"type": "signature_delta", "signature": block.signature}
    return chunk(_sse("content_block_delta", b'"index":%d,"delta":%s' % (step.block, orjson.dumps(delta))))


def stream_error(step: StreamError, ticket: Ticket) -> bytes:
    """An error inside a stream."""
    return b"event: error\ndata: " + error(step, identifier("req", ticket)) + b"\n\n"


def error(step: Error | StreamError, request_id: str) -> bytes:
    """The service's error, as a body or as the data of an event."""
    told: dict[str, Any] = {"type": step.type, "message": step.message}
    if isinstance(step, Error) and step.details:
        told["details"] = dict(step.details)
    return orjson.dumps({"type": "error", "error": told, "request_id": request_id})


def _sse(name: str, members: bytes) -> bytes:
    return b'event: %s\ndata: {"type":"%s",%s}\n\n' % (name.encode(), name.encode(), members)


_FIELDS = {Text: b"text", Thinking: b"thinking", ToolUse: b"partial_json"}


def deltas(run: Tokens, ticket: Ticket, index: int, sent: int) -> bytes:
    """A run of content events of a block, each a chunk of its own; `sent` says how many were sent of it before."""
    reply = ticket.request.reply
    if reply is None:
        sent += ticket.request.told
        if run.count == 1:
            return _word(sent % len(WORDS))
        return b"".join(_word(k % len(WORDS)) for k in range(sent, sent + run.count))
    block = reply.blocks[index]
    return b"".join(_piece(block, index, piece) for piece in block.pieces[sent : sent + run.count])


@lru_cache(maxsize=len(WORDS))
def _word(word: int) -> bytes:
    return _piece(Text(""), 0, WORDS[word] + " ")


def _piece(block: Block, index: int, piece: str) -> bytes:
    kind = next(name for of, name in _FIELDS.items() if isinstance(block, of))
    delta = b'"index":%d,"delta":{"type":"%s_delta","%s":%s}' % (
        index, b"input_json" if kind == b"partial_json" else kind, kind, orjson.dumps(piece),
    )  # fmt: skip
    return chunk(_sse("content_block_delta", delta))


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


_PING = chunk(b'event: ping\ndata: {"type":"ping"}\n\n')
LAST_CHUNK = b"0\r\n\r\n"
