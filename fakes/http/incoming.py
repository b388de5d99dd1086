"""Requests as they come in on one connection: HTTP/1.1 parsed, one after the other. Who answers them is a subclass."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import deque
from functools import lru_cache
from typing import cast

import httptools

from ..api.plain import Rejected
from ..plan import Error
from .heads import Heads, Incoming, RequestHead
from .requests import LARGEST_BODY

_MOST_PIPELINED = 16


@lru_cache(maxsize=256)
def _name(raw: bytes) -> str:
    """Of a header; the same few come with every request."""
    return raw.decode("latin-1").lower()


class Requests(asyncio.Protocol):
    """Queues what comes; what a client pipelines waits its turn. A subclass answers it in `_take`."""

    def __init__(self, heads: Heads | None = None) -> None:
        """`heads`: those that others have sent, so that they need not be parsed again."""
        self._transport: asyncio.Transport = asyncio.Transport()
        self._heads = heads or Heads()
        self._parser = httptools.HttpRequestParser(self)
        self._is_between = True
        """Whether the parser has seen nothing of the next request."""
        self._begun_with: bytes | None = None
        """The data that the request under way began with, if it was the first in them."""
        self._target = ""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0
        self._waiting: deque[Incoming | Rejected] = deque()
        self._is_last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def drop(self) -> None:
        """The server stops."""
        self._transport.abort()

    @property
    @abstractmethod
    def is_idle(self) -> bool:
        """Whether it could answer the next request."""

    @abstractmethod
    def _take(self, asked: Incoming | Rejected) -> None:
        """Answer this one, at once or with time."""

    def _next(self) -> None:
        """Answer what waits, as long as it is idle."""
        while self._waiting and self.is_idle and not self._transport.is_closing():
            self._take(self._waiting.popleft())

    def data_received(self, data: bytes) -> None:
        if self._is_between:
            if (known := self._heads.find(data)) is not None:
                if not self._stops_at(known.head, len(known.body)):
                    self._queue(known)
                return
            self._begun_with = data
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError:
            raise  # a defect of ours, which must not pass for one of the client
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._is_between = False
            self._queue(Rejected(400, Error("invalid_request_error", "Malformed HTTP request")))

    def _go_on_without_upgrade(self, rest: bytes) -> None:
        """Read the request again as if it had not asked: some clients offer HTTP/2 with each first request."""
        if self._parser.get_method() == b"CONNECT":
            self._queue(Rejected(405, Error("invalid_request_error", "Method Not Allowed")))
            return
        fields = {name: value for name, value in self._headers.items() if name not in ("connection", "upgrade")}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        head = f"{self._parser.get_method().decode('latin-1')} {self._target} HTTP/1.1\r\n{lines}\r\n"
        self._parser, self._target, self._headers = httptools.HttpRequestParser(self), "", {}
        self.data_received(head.encode("latin-1") + rest)

    # -- the parser's side

    def on_message_begin(self) -> None:
        self._is_between = False

    def on_url(self, url: bytes) -> None:
        self._target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[_name(name)] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        method = self._parser.get_method().decode("latin-1")
        begun_with = self._begun_with or b"\r\n\r\n"
        came = len(begun_with) - begun_with.find(b"\r\n\r\n") - 4
        self._stops_at(RequestHead(method, self._target, self._headers), came)

    def _stops_at(self, head: RequestHead, came: int) -> bool:
        """The headers of a request are there, and so many bytes of its body with them: whether the rest, and whatever
        follows, is not to be read."""
        return False

    def on_body(self, body: bytes) -> None:
        if self._size <= LARGEST_BODY:  # what goes beyond is kept once, so that its length tells
            self._body.append(body)
        self._size += len(body)

    def on_message_complete(self) -> None:
        parser = self._parser
        if parser.should_upgrade():
            return  # it will be read again
        method, body = parser.get_method().decode("latin-1"), b"".join(self._body)
        head = RequestHead(method, self._target, self._headers, parser.should_keep_alive())
        if self._begun_with is not None:
            self._heads.keep(self._begun_with, head, body)
        self._target, self._headers, self._body, self._size = "", {}, [], 0
        self._is_between, self._begun_with = True, None
        self._queue(Incoming(head, body))

    # -- requests

    def _queue(self, asked: Incoming | Rejected) -> None:
        if self._waiting or not self.is_idle:
            self._waiting.append(asked)
            if len(self._waiting) > _MOST_PIPELINED:
                self._transport.abort()
        elif not self._transport.is_closing():
            self._take(asked)

    def _last(self) -> dict[str, str]:
        """The header that announces the end of the connection, where it does end."""
        return {"connection": "close"} if self._is_last else {}
