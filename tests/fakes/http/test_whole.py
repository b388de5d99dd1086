"""An answer that takes no time needs no player: it is the one that a player would have sent, and so is its record."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from math import inf
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults import FAULTS
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.http.connection import Connection
from brownout.fakes.http.server import Server
from brownout.fakes.journal import Served
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.reply import Reply, Text, ToolUse
from brownout.fakes.ticket import Request
from brownout.fakes.timeline import Phase

NO_TIME = Latency.model_validate({"round_trip": "0ms", "first_token": "0ms", "token_gap": "0ms"}).model_copy(
    update={"upload_per_second": inf}  # so that a player does not wait either
)
CAPACITIES = [Capacity(), Capacity(slots=1, queue=0)]
NOTHING = Reply((Text(""),))
REPLIES = [
    None,
    NOTHING,
    Reply((Text("Good evening"),)),
    Reply((Text("I look it up."), ToolUse("find", {"what": "lamps"}))),
]
BODIES = st.fixed_dictionaries(
    {
        "model": st.just("m"),
        "max_tokens": st.sampled_from([1, 4, 500, 0]),
        "messages": st.just([{"role": "user", "content": "Hello"}]),
    },
    optional={"stream": st.booleans(), "stop_sequences": st.just(["dim"])},
)


class Still:
    """A clock that stands."""

    def time(self) -> float:
        return 7.0

    def call_later(self, delay: float, *args: object) -> Any:
        raise AssertionError(f"somebody waits for {delay} s")


class Unmoved(Server):
    """A server on it."""

    def __init__(self, service: Service) -> None:
        super().__init__(Endpoint(service, 1))
        self.clock = ScaledClock(Still())
        self.begin()

    def time_of_day(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def reset(self, transport: asyncio.Transport) -> None:
        transport.abort()


class Transport:
    def __init__(self) -> None:
        self.sent = b""
        self.is_over = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.is_over

    def close(self) -> None:
        self.is_over = True

    abort = close


def service(capacity: Capacity = CAPACITIES[0], *phases: Phase) -> Service:
    return Service(NO_TIME, capacity, Limits(), ((1.0, tokens_always(4)),), phases or (Phase(1.0),))


def seen(bodies: list[dict[str, Any]], what: Service, reply: Reply | None = None) -> tuple[bytes, list[Served], Server]:
    """What comes of these requests on one connection, the last of which ends it."""
    server, transport = Unmoved(what), Transport()
    server.replies.answerer = lambda asked: reply
    connection = Connection(server)
    connection.connection_made(transport)  # type: ignore[arg-type]
    for number, body in enumerate(bodies):
        data = json.dumps(body).encode()
        ends = b"connection: close\r\n" if number == len(bodies) - 1 else b""
        head = b"POST /v1/messages HTTP/1.1\r\nx-api-key: k\r\n%bcontent-length: %d\r\n\r\n" % (ends, len(data))
        connection.data_received(head + data)
    assert transport.is_over
    return transport.sent, server.endpoint.journal(), server


@given(st.lists(BODIES, min_size=1, max_size=5), st.sampled_from(CAPACITIES), st.sampled_from(REPLIES))
def test_it_is_what_a_player_sends(bodies: list[dict[str, Any]], capacity: Capacity, reply: Reply | None) -> None:
    """Byte by byte, and in the journal; streams and refusals among them."""
    sent, journal, _ = seen(bodies, service(capacity), reply)
    with patch.object(Endpoint, "whole", lambda self, request, now: None):
        played, of_played, _ = seen(bodies, service(capacity), reply)
    assert sent == played
    assert journal == of_played


PLAIN = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}


def test_it_takes_no_player() -> None:
    """Else this module would test nothing."""
    with patch("brownout.fakes.http.answering.Player", side_effect=AssertionError):
        assert seen([PLAIN, PLAIN], service())[0].count(b"200 OK") == 2


@pytest.mark.parametrize("kind", ["reset", "rate_limit"])
def test_a_fault_is_not_passed_over(kind: str) -> None:
    """As soon as one is in reach, every answer is played."""
    fault = FAULTS[kind].model_validate({"kind": kind})
    sent, (served,), _ = seen([PLAIN], service(CAPACITIES[0], Phase(1.0, (fault,))))
    assert served.has_fired
    assert b"200 OK" not in sent


def test_what_says_nothing_has_no_tokens() -> None:
    """Of a call of which nothing else is known there is always one."""
    endpoint = Endpoint(Service(NO_TIME, Capacity(), Limits(), ((1.0, tokens_always(1)),)), 1)
    counted = [
        endpoint.answer(Request(Identity(0, 0), True, 10, 100, reply=reply), 0.0, is_fresh=True).output_tokens
        for reply in (NOTHING, None)
    ]
    assert counted == [0, 1]
