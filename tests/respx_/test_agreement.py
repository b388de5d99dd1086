"""A client that is mocked is told what it would be told in virtual time, over whole connections."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import product
from typing import Any

import pytest

import brownout
import brownout.respx
from brownout.fakes.faults import FAULTS
from brownout.harness.testing.service import Service

from ..fakes.wire.serving import fault_of
from .conftest import Machine
from .told import Told, told

Backend = Callable[[], AbstractContextManager[Service]]

pytestmark = pytest.mark.usefixtures("machine", "at_once")

OTHERS: list[dict[str, Any]] = [
    {"kind": "no_answer", "at": "arrival"},
    {"kind": "overload", "should_retry": False},
    {"kind": "rate_limit", "retry_after": "90s"},
    {"kind": "reset", "at": "after_headers"},
    {"kind": "reset", "at": "before_end"},
    {"kind": "reset", "at": {"tokens": 3}},
    {"kind": "stall"},
    {"kind": "stall", "at": "before_headers"},
    {"kind": "stream_error", "at": "after_headers"},
    {"kind": "truncate", "at": "after_headers"},
]
"""Moments and settings at which clients are told something else than by the example of the kind."""
FAULTY = [*(dict(fault.example) for fault in FAULTS.values()), *OTHERS]


def heard(backend: Backend, given: dict[str, Any], stream: bool, is_async: bool) -> Told:
    with backend() as service:
        service.always(fault_of(given), optional=True)
        return told(service, stream, is_async)


@pytest.mark.parametrize(("stream", "is_async"), list(product([False, True], repeat=2)), ids=str)
@pytest.mark.parametrize("given", FAULTY, ids=str)
def test_a_client_is_told_the_same(given: dict[str, Any], stream: bool, is_async: bool) -> None:
    """The exception and its reason, status and body, every event and all text, every attempt, and the time of the
    first: later ones may find a connection open, where there are connections."""
    mocked = heard(brownout.respx.mock, given, stream, is_async)
    assert mocked == heard(brownout.virtual, given, stream, is_async)


@pytest.mark.parametrize("given", [each for each in FAULTY if each["kind"] != "noop"], ids=str)
def test_the_fault_is_felt(given: dict[str, Any]) -> None:
    """Or the two would agree for nothing."""
    healthy = {"kind": "noop"}
    assert any(
        heard(brownout.respx.mock, given, stream, False) != heard(brownout.respx.mock, healthy, stream, False)
        for stream in (False, True)
    )


@pytest.mark.parametrize(
    ("given", "mocked", "virtual"),
    [
        ({"kind": "refuse", "where": {"clients": [0]}}, "ConnectError", "ReadError"),
        ({"kind": "blackhole", "where": {"clients": [0]}}, "ConnectTimeout", "ReadTimeout"),
    ],
    ids=str,
)
def test_some_connections_are_kept_out_as_such(given: dict[str, Any], mocked: str, virtual: str) -> None:
    """It is known here whose they are; elsewhere only once the request has come."""
    assert heard(brownout.respx.mock, given, False, False).reason == mocked
    assert heard(brownout.virtual, given, False, False).reason == virtual


def test_no_connection_is_kept(machine: Machine) -> None:
    """A second request is refused, which elsewhere would go over the connection of the first."""
    with brownout.respx.mock() as service:
        told(service, False, False)
        service.next(fault_of({"kind": "refuse"}))
        told(service, False, False)
        assert [each.connected for each in service.trace.tries] == [True, False, True]
