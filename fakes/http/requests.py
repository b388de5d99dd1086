"""What arrives, checked as the service checks it, and who sent it. Sans-IO: heads and bytes in, values out."""

from __future__ import annotations

from collections.abc import Callable

from .. import continuing
from ..api import messages
from ..api.tokens import input_tokens
from ..draws import Identity
from ..reply import Reply
from ..ticket import Request
from .heads import Caller, RequestHead

MOST_CALLS = 100_000
"""Of which it is known how often they have asked: a call's attempts are minutes apart, and its service may run for
days."""


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
        attempt = self._of_calls.pop((client, call), 0)
        self._of_calls[client, call] = attempt + 1  # the last of them is the one that asked last
        if len(self._of_calls) > MOST_CALLS:
            del self._of_calls[next(iter(self._of_calls))]
        return Identity(client, call, attempt)

    def who(self, caller: Caller) -> Identity:
        """Which request of its sender's it is, by what is told of that."""
        if caller.who is not None:
            return caller.who
        if caller.call is not None:
            return self.attempt_of(caller.client, caller.call)
        return self.identify(caller.client, caller.retry)


def read(
    head: RequestHead,
    body: bytes,
    register: Register,
    reply: Callable[[messages.Create, Identity], Reply | None] = lambda asked, who: None,
    who: Identity | None = None,
) -> Request:
    """A checked request to `POST /v1/messages`, or `Rejected`. `reply` says what is answered; `who` it is of, if that
    is known already."""
    caller = head.caller
    asked = messages.create(body)
    who = who or register.who(caller)
    return Request(
        who,
        asked.get("stream") is True,
        input_tokens(asked),
        asked["max_tokens"],
        asked["model"],
        reply(asked, who),
        caller.key,
        caller.patience,
        caller.test,
        continuing.tokens_told(continuing.told(asked)) if len(asked["messages"]) > 1 else 0,
    )


def named(caller: Caller, who: Identity) -> Request:
    """One that has not come whole."""
    return Request(who, False, 0, 0, key=caller.key, test=caller.test)
