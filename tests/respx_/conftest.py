"""What tests of mocked clients share: a real clock that stands still, and an SDK that does not wait between tries."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from brownout.harness.drivers.sdk.library import sdk_internals
from brownout.harness.testing.in_process import clock


class Machine:
    """The clock of the machine, in the hands of a test."""

    now = 1000.0


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Where nobody moves it, all time that passes is that of answers."""
    made = Machine()
    monkeypatch.setattr(clock, "real", lambda: made.now)
    return made


@pytest.fixture
def at_once() -> Iterator[None]:
    """The SDK's own waits are of real time."""
    with patch.object(sdk_internals.BaseClient, "_calculate_retry_timeout", return_value=0.0):
        yield
