"""A fake on a loopback port, and whoever calls it: in blocking code and in an event loop."""

from __future__ import annotations

from collections.abc import Iterator

import anthropic._base_client as sdk_internals
import pytest

import brownout
from brownout.harness.testing.service import Service

from .callers import Async, Blocking, Caller


@pytest.fixture
def service() -> Iterator[Service]:
    """Twenty words, quickly; what is scripted has to take effect."""
    with brownout.wire() as service:
        service.answers(tokens=12, first_token="20ms", token_gap="2ms")
        yield service


@pytest.fixture(params=[Blocking, Async])
def caller(request: pytest.FixtureRequest, service: Service) -> Iterator[Caller]:
    """In each way in turn. Whatever it leaves behind fails the test."""
    caller = request.param(service.url)
    yield caller
    caller.close()


@pytest.fixture
def quick_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's backoff in hundredths of a second: how often it tries again is asked here, not how long it waits."""
    monkeypatch.setattr(sdk_internals, "INITIAL_RETRY_DELAY", 0.005)
    monkeypatch.setattr(sdk_internals, "MAX_RETRY_DELAY", 0.01)
