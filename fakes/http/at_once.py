"""What is answered at once: every path of the service's but that of messages, which take their time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from ..api.batches import Batches
from ..api.messages import created, invalid
from ..api.plain import Asked, Plain
from ..api.surface import Surface
from ..api.tokens import input_tokens
from ..draws import Identity
from ..endpoint import Endpoint
from ..replies import Replies
from ..ticket import Request, Ticket
from . import message
from .heads import RequestHead

_OF_BATCHES = (1 << 20) - 1
"""The number of the client that requests of batches have: the last there can be."""
_CALLS = (1 << 28) - 1


class AtOnce:
    """The rest of the surface, for one server."""

    def __init__(
        self, endpoint: Callable[[], Endpoint], replies: Replies, wall: Callable[[float], datetime], scheme: str
    ) -> None:
        """`endpoint`: the one of the moment; `wall`: what time of day it is at a second of the scenario; `scheme`: what
        addresses of ours begin with."""
        self._endpoint, self._replies = endpoint, replies
        self._surface = Surface(Batches(self._message, wall, scheme=scheme))

    def answer(self, head: RequestHead, body: bytes, now: float) -> Plain:
        """Raises `Rejected`."""
        self._surface.check(head.method, head.path)
        _ = head.caller  # who shows a key is admitted
        query = dict(parse_qsl(head.query))
        return self._surface.answer(Asked(head.method, head.path, query, head.headers, _parsed(body), now))

    def _message(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a request of a batch is answered: what it would be by itself, with nothing wrong."""
        asked = created(dict(params))
        who = Identity(_OF_BATCHES, zlib.crc32(orjson.dumps(params)) & _CALLS)  # whenever it is asked, and by whom
        endpoint = self._endpoint()
        reply, _ = self._replies.to(asked, who, endpoint.output_tokens)
        request = Request(who, False, input_tokens(asked), asked["max_tokens"], asked["model"], reply)
        tokens = endpoint.output_tokens(who) if reply is None else reply.tokens
        ticket = Ticket(request, 0.0, min(asked["max_tokens"], tokens), who.label, 0.0)
        found: Mapping[str, Any] = orjson.loads(message.body(ticket))
        return found


def _parsed(body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise invalid("The request body is not valid JSON") from None
    if not isinstance(found, dict):
        raise invalid("Input should be an object")
    return found


def as_bytes(plain: Plain) -> bytes:
    """Its body."""
    return plain.body if isinstance(plain.body, bytes) else orjson.dumps(plain.body)
