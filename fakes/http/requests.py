"""What arrives, checked as the service checks it, and who sent it. Sans-IO: bytes and headers in, values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..api import messages
from ..api.plain import Rejected
from ..api.tokens import input_tokens
from ..draws import Identity
from ..plan import Error
from ..reply import Reply
from ..ticket import Request

IDENTITY_HEADER = "x-brownout-id"
TEST_HEADER = "x-brownout-test"
LONGEST_TEST = 200
"""Characters of a test's id: a journal may hold it a million times."""
LARGEST_BODY = 32 * 1024 * 1024

_OF_CLIENT = re.compile("/client/([0-9]{1,6})(?:/call/([0-9]{1,8}))?(/.*)")
"""A client's number has 20 bits in an identity's label, that of its call 28."""
_RETRY = re.compile("[0-9]{1,3}")
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?")


class Register:
    """Numbers the requests of programs that do not name themselves, client by client; call by call, if they say that
    much."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._of_calls: dict[tuple[int, int], int] = {}

    @property
    def count(self) -> int:
        """Of the requests that were numbered."""
        return sum(self._seen.values())

    def identify(self, client: int, retry: int) -> Identity:
        """The n-th request of a client; `retry` as the SDK counts it."""
        call = self._seen.get(client, 0)
        self._seen[client] = call + 1
        return Identity(client, call, retry)

    def attempt_of(self, client: int, call: int) -> Identity:
        """The n-th request of a call."""
        attempt = self._of_calls.get((client, call), 0)
        self._of_calls[client, call] = attempt + 1
        return Identity(client, call, attempt)


def read(
    client: int,
    call: int | None,
    headers: Mapping[str, str],
    body: bytes,
    register: Register,
    reply: Callable[[messages.Create, Identity], Reply | None] = lambda asked, who: None,
) -> Request:
    """A checked request to `POST /v1/messages`, or `Rejected`. `client` and `call` as `caller_of` has them; `reply`
    says what is answered."""
    key = admitted(headers, body)
    asked = messages.create(body)
    who = _who(headers, client, call, register)
    return Request(
        who,
        asked.get("stream") is True,
        input_tokens(asked),
        asked["max_tokens"],
        asked["model"],
        reply(asked, who),
        key,
        _patience(headers),
        headers.get(TEST_HEADER, "")[:LONGEST_TEST],
    )


def admitted(headers: Mapping[str, str], body: bytes) -> str:
    """The key of a request that is worth reading. Raises `Rejected` for one without a key, or too large."""
    key = key_of(headers)
    if len(body) > LARGEST_BODY:
        raise Rejected(413, Error("request_too_large", "Request exceeds the maximum size"))
    return key


def key_of(headers: Mapping[str, str]) -> str:
    """What the caller shows, in either style. Raises `Rejected` for nothing."""
    key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not key:
        raise Rejected(401, Error("authentication_error", "x-api-key header is required"))
    return key


def _patience(headers: Mapping[str, str]) -> float | None:
    """For how long the SDK says that it will wait for each piece of an answer; of the whole it says nothing."""
    told = headers.get("x-stainless-read-timeout", "")
    return float(told) if _SECONDS.fullmatch(told) else None


def caller_of(path: str) -> tuple[int, int | None, str]:
    """Whose path it is, and the path without that: it may begin with `/client/N`, or `/client/N/call/M`, so that a base
    URL can carry the identity of a program that is not ours."""
    if not path.startswith("/client/"):
        return 0, None, path
    found = _OF_CLIENT.fullmatch(path)
    return (int(found[1]), int(found[2]) if found[2] else None, found[3]) if found else (0, None, path)


def _who(headers: Mapping[str, str], client: int, call: int | None, register: Register) -> Identity:
    named = headers.get(IDENTITY_HEADER)
    if named is not None:
        try:
            return Identity.parse(named)
        except ValueError as error:
            raise messages.invalid(f"{IDENTITY_HEADER}: {error}") from None
    if call is not None:
        return register.attempt_of(client, call)
    retry = headers.get("x-stainless-retry-count", "0")
    return register.identify(client, 0 if retry == "0" or not _RETRY.fullmatch(retry) else int(retry))
