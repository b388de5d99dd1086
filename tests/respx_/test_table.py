"""The table of troubles that wire and virtual time are held to, row by row where a mocked client can meet them."""

from __future__ import annotations

import asyncio

import pytest

import brownout.respx
from brownout.fakes.faults import FAULTS

from ..contract.networks import HOST
from ..contract.program import Seen, Settings, seen
from ..contract.sdk_faults import THROUGH_THE_SDK, Row
from ..fakes.wire.serving import fault_of
from .conftest import Machine

pytestmark = pytest.mark.usefixtures("machine", "at_once")

ONE_EACH = {"idle_close"}
"""What is of kept-alive connections: here each request has one of its own."""
MET = [
    row
    for row in THROUGH_THE_SDK
    if row.trouble["kind"] in FAULTS  # the others are about sockets, TLS and pools
    and row.trouble["kind"] not in ONE_EACH
    and "where" not in row.trouble  # it is known whose connection it is
    and row.trouble.get("retry_after") is None  # the SDK waits, in real time
]


async def between() -> None:
    """Nothing happens between two calls."""


def played(row: Row, is_blocking: bool) -> Seen:
    url = f"{'https' if row.is_secure else 'http'}://{HOST}"
    settings = Settings(url, row.read_timeout, is_blocking=is_blocking)
    with brownout.respx.mock(hosts=[HOST]) as service:
        service.answers(tokens=8)
        service.always(fault_of(row.trouble))
        told = asyncio.run(seen(row.how, settings, lambda: service.now, between))
        service.clear()
    return told


def comparable(told: Seen) -> Seen:
    """Without what names the library, and how many connections there were: each request has its own."""
    return told._replace(
        raised=told.raised.partition(".")[2], cause=told.cause.partition(".")[2], connections=min(told.connections, 1)
    )


@pytest.mark.parametrize("is_blocking", [False, True], ids=["async", "blocking"])
@pytest.mark.parametrize("row", MET, ids=str)
def test_the_sdk_makes_the_same_of_it(row: Row, is_blocking: bool, machine: Machine) -> None:
    assert comparable(played(row, is_blocking)) == comparable(row.expected)


def test_most_rows_are_met() -> None:
    assert {row.trouble["kind"] for row in MET} == set(FAULTS) - ONE_EACH - {
        "wrong_type"
    }  # of which nobody takes notice
