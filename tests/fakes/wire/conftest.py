"""What every test on the wire needs."""

from __future__ import annotations

import anthropic._base_client as sdk_internals
import pytest


@pytest.fixture(autouse=True)
def quick_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's backoff in hundredths of a second: how often it tries again is asked here, not how long it waits."""
    monkeypatch.setattr(sdk_internals, "INITIAL_RETRY_DELAY", 0.005)
    monkeypatch.setattr(sdk_internals, "MAX_RETRY_DELAY", 0.01)
