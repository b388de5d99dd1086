"""What stands before a request's body, read once: a client sends the same head with one request after the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..api.messages import invalid
from ..api.plain import Rejected
from ..api.surface import is_message
from ..draws import Identity
from ..plan import Error

IDENTITY_HEADER = "x-brownout-id"
TEST_HEADER = "x-brownout-test"
LONGEST_TEST = 200
"""Characters of a test's id: a journal may hold it a million times."""
_MOST_KEPT = 256
_LONGEST_KEPT = 4096
"""Heads, and bytes of one: what a run has of clients, within bounds that nobody can push."""

_OF_CLIENT = re.compile("/client/([0-9]{1,6})(?:/call/([0-9]{1,8}))?(/.*)")
"""A client's number has 20 bits in an identity's label, that of its call 28."""
_RETRY = re.compile("[0-9]{1,3}")
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?")


class Caller(NamedTuple):
    """Who sends a request, as far as its head tells."""

    key: str
    client: int
    call: int | None
    who: Identity | None
    """What our own clients call themselves."""
    retry: int
    """As the SDK counts it."""
    patience: float | None
    """For how long the SDK says that it will wait for each piece of an answer; of the whole it says nothing."""
    test: str


@dataclass(frozen=True)
class RequestHead:
    """Method, target and headers, whose names are in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    keeps_alive: bool = True

    @cached_property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @cached_property
    def _addressed(self) -> tuple[int, int | None, str]:
        """The client, its call, and the path without them: it may begin with `/client/N`, or `/client/N/call/M`, so
        that a base URL can carry the identity of a program that is not ours."""
        path = self.target.partition("?")[0]
        if not path.startswith("/client/"):
            return 0, None, path
        found = _OF_CLIENT.fullmatch(path)
        return (int(found[1]), int(found[2]) if found[2] else None, found[3]) if found else (0, None, path)

    @property
    def path(self) -> str:
        """Without the client that it may begin with."""
        return self._addressed[2]

    @cached_property
    def is_message(self) -> bool:
        """Whether a message is asked for, which is the brain's."""
        return is_message(self.method, self.path)

    @cached_property
    def caller(self) -> Caller:
        """Raises `Rejected` where no key is shown, or an identity that is none."""
        headers, (client, call, _) = self.headers, self._addressed
        key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not key:
            raise Rejected(401, Error("authentication_error", "x-api-key header is required"))
        retry = headers.get("x-stainless-retry-count", "0")
        patience = headers.get("x-stainless-read-timeout", "")
        return Caller(
            key,
            client,
            call,
            self._named(),
            int(retry) if _RETRY.fullmatch(retry) else 0,
            float(patience) if _SECONDS.fullmatch(patience) else None,
            headers.get(TEST_HEADER, "")[:LONGEST_TEST],
        )

    def _named(self) -> Identity | None:
        named = self.headers.get(IDENTITY_HEADER)
        try:
            return None if named is None else Identity.parse(named)
        except ValueError as error:
            raise invalid(f"{IDENTITY_HEADER}: {error}") from None


class Incoming(NamedTuple):
    """One request as it came."""

    head: RequestHead
    body: bytes


class Heads:
    """Those that came before, by their bytes, with the length of the body that followed."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[RequestHead, int]] = {}

    def find(self, data: bytes) -> Incoming | None:
        """The request, if the data are a whole one, no more and no less, under a head that is known."""
        end = data.find(b"\r\n\r\n") + 4
        known = self._known.get(data[:end])
        if known is None or len(data) - end != known[1]:
            return None
        return Incoming(known[0], data[end:])

    def keep(self, data: bytes, head: RequestHead, body: bytes) -> None:
        """Know it again, if data that begin with the same head can only mean the same: it and its body are all that
        there was, and their lengths all that there is to be read."""
        end = data.find(b"\r\n\r\n") + 4
        if not 4 <= end <= _LONGEST_KEPT or data[end:] != body or head.headers.get("content-length") != str(len(body)):
            return
        if not head.keeps_alive or head.headers.keys() & {"transfer-encoding", "expect", "upgrade"}:
            return
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[data[:end]] = head, len(body)
