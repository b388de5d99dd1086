"""What arrives, checked as the service checks it, and who sent it. Sans-IO: bytes and headers in, values out."""

from __future__ import annotations

import json
import re
from typing import Any

from ..api.plain import Rejected
from ..draws import Identity
from ..latency import BYTES_PER_TOKEN
from ..plan import Error
from ..ticket import Request

IDENTITY_HEADER = "x-brownout-id"
LARGEST_BODY = 32 * 1024 * 1024

_OF_CLIENT = re.compile("/client/([0-9]{1,6})(?:/call/([0-9]{1,8}))?(/.*)")
"""A client's number has 20 bits in an identity's label, that of its call 28."""
_RETRY = re.compile("[0-9]{1,3}")


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


def read(method: str, target: str, headers: dict[str, str], body: bytes, register: Register) -> Request:
    """A checked request to `POST /v1/messages`, or `Rejected`.

    A path may begin with `/client/N`, or `/client/N/call/M`, so that a base URL can carry the identity of a program
    that is not ours.
    """
    client, call, path = _caller_of(target.partition("?")[0])
    if path != "/v1/messages":
        raise Rejected(404, Error("not_found_error", f"Not found: {path}"))
    if method != "POST":
        raise Rejected(405, Error("invalid_request_error", "Method Not Allowed"))
    if "x-api-key" not in headers and "authorization" not in headers:
        raise Rejected(401, Error("authentication_error", "x-api-key header is required"))
    if len(body) > LARGEST_BODY:
        raise Rejected(413, Error("request_too_large", "Request exceeds the maximum size"))
    asked = _parse(body)
    return Request(
        _who(headers, client, call, register),
        asked.get("stream") is True,
        _input_tokens(asked),
        asked["max_tokens"],
        asked["model"],
    )


def _caller_of(path: str) -> tuple[int, int | None, str]:
    found = _OF_CLIENT.fullmatch(path)
    return (int(found[1]), int(found[2]) if found[2] else None, found[3]) if found else (0, None, path)


def _who(headers: dict[str, str], client: int, call: int | None, register: Register) -> Identity:
    named = headers.get(IDENTITY_HEADER)
    if named is not None:
        try:
            return Identity.parse(named)
        except ValueError as error:
            raise _invalid(f"{IDENTITY_HEADER}: {error}") from None
    if call is not None:
        return register.attempt_of(client, call)
    retry = _RETRY.fullmatch(headers.get("x-stainless-retry-count", ""))
    return register.identify(client, int(retry[0]) if retry else 0)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise _invalid("The request body is not valid JSON") from None
    if not isinstance(asked, dict):
        raise _invalid("Input should be an object")
    if not isinstance(asked.get("model"), str) or not asked["model"]:
        raise _invalid("model: Field required" if "model" not in asked else "model: Input should be a valid string")
    limit = asked.get("max_tokens")
    if type(limit) is not int or limit < 1:
        raise _invalid(
            "max_tokens: Field required"
            if "max_tokens" not in asked
            else "max_tokens: must be greater than or equal to 1"
        )
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        raise _invalid("messages: Field required" if "messages" not in asked else "messages: at least one is required")
    return asked


def _invalid(message: str) -> Rejected:
    return Rejected(400, Error("invalid_request_error", message))


def _input_tokens(asked: dict[str, Any]) -> int:
    """The length of the prompt, by the rule of thumb of so many bytes a token."""
    texts = [asked.get("system"), *(message.get("content") for message in asked["messages"])]
    return max(1, sum(map(_weight, texts)) // BYTES_PER_TOKEN)


def _weight(content: Any) -> int:
    if isinstance(content, str):
        return len(content.encode(errors="replace"))  # JSON can say what UTF-8 cannot
    if isinstance(content, list):
        return sum(_weight(block.get("text")) for block in content if isinstance(block, dict))
    return 0
