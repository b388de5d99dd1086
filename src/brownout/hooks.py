"""What a resilient client tells its hooks: frozen records, each as it is made. And a hook that logs them."""

from __future__ import annotations

from brownout.harness.production.logs import LoggingHook
from brownout.harness.production.records import FinishedCall, Hook
from brownout.harness.records import AttemptRecord, BreakerRecord, WaitRecord

__all__ = ["AttemptRecord", "BreakerRecord", "FinishedCall", "Hook", "LoggingHook", "WaitRecord"]
