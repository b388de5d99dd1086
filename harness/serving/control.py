"""The control port's side of a connection: requests in, JSON out, at once; or the journal as it is written."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from brownout.fakes.api.plain import Rejected
from brownout.fakes.http.bounds import Bounds
from brownout.fakes.http.heads import Incoming
from brownout.fakes.http.incoming import Requests

from ..files import FileError
from . import openapi, reading
from .desk import Desk
from .guard import Guard
from .operations import JSON, Call, Follow, Operation, find
from .reading import Refused

_AT_ONCE = 200
"""Records of the journal that are sent in one piece."""
_RESET = orjson.dumps({"kind": "reset"}) + b"\n"


class Control(Requests):
    """One connection. Nothing here waits, so that what is asked first is done first."""

    def __init__(self, desk: Desk, guard: Guard, connections: set[Control]) -> None:
        super().__init__(bounds=Bounds())
        self._desk, self._guard = desk, guard
        self._connections = connections
        self._sent: int | None = None
        """How much of the journal was sent, once that is what is asked for."""
        self._test: str | None = None
        self._age = 0

    @property
    def is_idle(self) -> bool:
        return self._sent is None

    # -- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._connections.discard(self)
        self._desk.journal.followers.discard(self._go_on)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._go_on()

    # -- requests

    def _take(self, asked: Incoming | Rejected) -> None:
        self._is_last = isinstance(asked, Rejected) or not asked.head.keeps_alive
        try:
            if isinstance(asked, Rejected):
                raise Refused(asked.status, "malformed", asked.error.message)
            self._serve(asked)
        except Refused as refused:
            self._tell(refused.status, _error(refused.kind, str(refused)), refused.headers)
        except FileError as error:
            self._tell(422, _error("invalid", str(error)))
        except Exception as error:
            self._report(error)
            self._tell(500, _error("internal", "an error of Brownout; the server has printed it"))

    def _serve(self, asked: Incoming) -> None:
        head = asked.head
        self._guard.check(head.headers)
        path, _, query = head.target.partition("?")
        if path == openapi.PATH and head.method == "GET":
            self._tell(200, openapi.document())
            return
        operation, names = find(head.method, path)
        call = Call(_body(operation, asked), _query(operation, query), names, head.headers)
        found = operation.handler(self._desk, call)
        if isinstance(found, Follow):
            self._follow(found)
        else:
            self._tell(operation.status, found, media=operation.media)

    def _report(self, error: Exception) -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "the control port failed", "exception": error})

    def _tell(self, status: int, what: Any, headers: Mapping[str, str] | None = None, media: str = JSON) -> None:
        body = b"" if status == 204 else _bytes(what) if media == JSON else what.encode("utf-8", "replace")
        fields = {} if status == 204 else {"content-type": media, "content-length": str(len(body))}
        self._transport.write(_head(status, fields | dict(headers or {}) | self._last()) + body)
        if self._is_last:
            self._part()

    # -- the journal as it is written

    def _follow(self, asked: Follow) -> None:
        fields = {"content-type": "application/x-ndjson", "transfer-encoding": "chunked", "connection": "close"}
        self._transport.write(_head(200, fields))
        self._sent, self._test, self._age = asked.after, asked.test, self._desk.journal.age
        self._desk.journal.followers.add(self._go_on)
        self._go_on()

    def _go_on(self) -> None:
        """Send what has been written since, unless the client reads too slowly: then it waits in the journal."""
        journal = self._desk.journal
        while self._sent is not None and not self._is_unread and not self._transport.is_closing():
            if self._age != journal.age:
                self._age, self._sent = journal.age, 0
                self._transport.write(_chunk(_RESET))
            elif (missed := journal.oldest - 1 - self._sent) > 0:
                self._sent += missed
                self._transport.write(_chunk(_bytes({"kind": "missed", "records": missed}) + b"\n"))
            elif self._sent < len(journal):
                records, self._sent = journal.page(self._sent, _AT_ONCE, self._test)
                if records:
                    self._transport.write(_chunk(b"".join(_bytes(record) + b"\n" for record in records)))
            else:
                return

    def wind_up(self) -> None:
        """The server ends: so does a stream, properly."""
        if self._sent is not None and not self._transport.is_closing():
            self._transport.write(b"0\r\n\r\n")
        self._transport.close()


def _body(operation: Operation, asked: Incoming) -> Any:
    if len(asked.body) > reading.LARGEST_BODY:
        raise Refused(413, "too_large", f"a body may have {reading.LARGEST_BODY >> 10} KiB")
    if operation.body is None:
        return None
    if operation.takes_file and "yaml" in asked.head.headers.get("content-type", ""):
        return asked.body
    return reading.body(asked.body, operation.body)


def _query(operation: Operation, text: str) -> Any:
    return None if operation.query is None else reading.query(text, operation.query)


def _head(status: int, fields: Mapping[str, str]) -> bytes:
    usual = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**usual, **fields}.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode("latin-1")


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message}}


def _bytes(what: Any) -> bytes:
    try:
        return orjson.dumps(what)
    except TypeError:  # half a character, which YAML can spell
        return json.dumps(what).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
