"""Requests as they come in on one connection: HTTP/1.1 parsed within bounds. What becomes of them is a subclass's."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from functools import lru_cache
from typing import cast

import httptools

from ..api.plain import Rejected
from .bounds import REFUSALS, UNHURRIED, Bounds
from .heads import Heads, Incoming, RequestHead
from .patience import Patience

_NOBODYS = httptools.HttpRequestParser(object())
"""For a connection that is over."""


@lru_cache(maxsize=256)
def _name(raw: bytes) -> str:
    """Of a header; the same few come with every request."""
    return raw.decode("latin-1").lower()


class Reading(asyncio.Protocol):
    """Gives each request on, as soon as it is whole, to `_queue`. The first that is none is the last."""

    def __init__(self, heads: Heads | None = None, bounds: Bounds = UNHURRIED) -> None:
        """`heads`: those that others have sent, so that they need not be parsed again."""
        self._transport: asyncio.Transport = asyncio.Transport()
        self._heads, self._bounds = heads or Heads(), bounds
        self._parser = httptools.HttpRequestParser(self)
        self._patience = Patience(bounds.patience, self._has_waited)
        self._is_between = True
        """Whether the parser has seen nothing of the next request."""
        self._is_deaf = False
        """Whether what comes is not even parsed any more."""
        self._begun_with: bytes | None = None
        """The data that the request under way began with, if it was the first in them."""
        self._target = ""
        self._headers: dict[str, str] = {}
        self._has_head = False
        self._waits_to_go_on = False
        """Whether the client wants to be told before it sends the body."""
        self._body = bytearray()
        self._steps = self._barren = 0
        """How often the request under way has got on, and the bytes that have come since without that."""
        self._came = self._coming = 0
        """The same with those that it got on by, and those that are being read."""
        self._refused: Rejected | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever knew us, and was known by us, is let go: thousands of connections do not wait for the collector."""
        self._hear_no_more()
        self._parser = _NOBODYS

    @abstractmethod
    def _queue(self, asked: Incoming | Rejected) -> None:
        """A request has come; or something that is none, and then nothing more will."""

    @property
    @abstractmethod
    def _is_free(self) -> bool:
        """Whether nothing is being answered, nor waits to be."""

    @property
    def _watches_heads(self) -> bool:
        """Whether `_stops_at` wants to be asked."""
        return False

    def _stops_at(self, head: RequestHead, came: int) -> bool:
        """The headers of a request are there, and so many bytes of its body with them: whether the rest, and whatever
        follows, is not to be read."""
        return False

    def data_received(self, data: bytes) -> None:
        if self._is_between:
            if (known := self._heads.find(data)) is not None:
                if not (self._watches_heads and self._stops_at(known.head, len(known.body))):
                    self._queue(known)
                return
            self._begun_with = data
        if self._is_deaf:
            return
        before, self._coming = self._steps, len(data)
        self._feed(data)
        if self._is_between and self._refused is None:
            self._patience.rest()
        elif not self._is_deaf:
            self._judge(self._coming, self._steps > before)

    def _feed(self, data: bytes) -> None:
        while data and self._refused is None and not self._transport.is_closing():
            try:
                self._parser.feed_data(data)
                return
            except httptools.HttpParserCallbackError:
                raise  # a defect of ours, which must not pass for one of the client
            except httptools.HttpParserUpgrade as upgrade:
                data = self._without_upgrade() + data[upgrade.args[0] :]
            except httptools.HttpParserError:
                self._deny(400)
                return

    def _without_upgrade(self) -> bytes:
        """The head, to be read again as if it had not asked: some clients offer HTTP/2 with each first request."""
        method = self._parser.get_method()
        if method == b"CONNECT":
            self._deny(405)
        self._parser = httptools.HttpRequestParser(self)
        fields = {name: value for name, value in self._headers.items() if name not in ("connection", "upgrade")}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return b"%s %s HTTP/1.1\r\n%s\r\n" % (method, self._target.encode("latin-1"), lines.encode("latin-1"))

    def _judge(self, size: int, has_got_on: bool) -> None:
        """What to make of where the request under way stands, after so many bytes."""
        if has_got_on:
            self._came, self._barren = size, 0
            self._patience.begin()
        else:
            self._came += size
            self._barren += size
            if self._barren > self._bounds.head:
                self._deny(431)
        if self._refused is not None and not self._is_deaf:
            self._hear_no_more()
            self._queue(self._refused)

    def _hear_no_more(self) -> None:
        """What comes from now on goes nowhere, and what came in part is forgotten."""
        self._is_deaf, self._is_between = True, False
        self._patience.end()
        self._body, self._headers, self._begun_with = bytearray(), {}, None

    def _deny(self, status: int) -> None:
        """The request under way is none. What is wrong first is what is said."""
        self._refused = self._refused or REFUSALS[status]

    def _has_waited(self) -> None:
        self._deny(408)
        self._judge(0, has_got_on=False)

    def _encourage(self) -> None:
        """Tell a client that waits for it to go on, unless it would get into the answer to another request."""
        if self._waits_to_go_on and self._refused is None and self._is_free:
            self._waits_to_go_on = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    # -- the parser's side

    def on_message_begin(self) -> None:
        self._is_between = self._has_head = False
        self._target, self._headers, self._body, self._came = "", {}, bytearray(), 0
        self._steps += 1

    def on_url(self, url: bytes) -> None:
        self._target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._has_head:  # else it is a trailer
            self._headers[_name(name)] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._has_head = True
        self._steps += 1
        if len(self._headers) > self._bounds.headers or self._is_head_too_large():
            self._deny(431)
        length = self._headers.get("content-length")
        if length is not None and length.isdecimal() and (len(length) > 18 or int(length) > self._bounds.body):
            self._deny(413)
        if self._refused is None and self._watches_heads and self._stops():
            return
        if self._headers.get("expect", "").lower() == "100-continue":
            self._waits_to_go_on = True
            self._encourage()

    def _stops(self) -> bool:
        begun_with = self._begun_with or b"\r\n\r\n"
        came = len(begun_with) - begun_with.find(b"\r\n\r\n") - 4
        method = self._parser.get_method().decode("latin-1")
        return self._stops_at(RequestHead(method, self._target, self._headers), came)

    def _is_head_too_large(self) -> bool:
        if self._came + self._coming <= self._bounds.head:
            return False  # all that has come is not
        size = len(self._target) + sum(len(name) + len(value) for name, value in self._headers.items())
        return size > self._bounds.head

    def on_body(self, body: bytes) -> None:
        self._steps += 1
        self._waits_to_go_on = False
        if len(self._body) + len(body) > self._bounds.body:
            self._deny(413)
        elif self._refused is None and not self._is_deaf:
            self._body += body

    def on_message_complete(self) -> None:
        parser = self._parser
        if self._is_deaf or self._refused is not None or parser.should_upgrade():
            return  # in the last case it will be read again
        method, body = parser.get_method().decode("latin-1"), bytes(self._body)
        head = RequestHead(method, self._target, self._headers, parser.should_keep_alive())
        if self._begun_with is not None:
            self._heads.keep(self._begun_with, head, body)
        self._body, self._is_between, self._begun_with = bytearray(), True, None
        self._queue(Incoming(head, body))
