"""Where a request asks for quota: the spend cap of all, then the quotas of whoever pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..billing import Billing
from ..journal import Served
from ..plan import Plan
from .account import Account
from .bucket import Drain, Quota
from .meter import Meter
from .settings import Limits
from .spending import PAUSED, Spent

if TYPE_CHECKING:
    from ..ticket import Request

MOST_KEYS = 10_000
"""Whose quotas are kept. Of more, whoever was away longest is forgotten, and comes back to full buckets."""


class Gate:
    """The quotas of one endpoint. `served`: the journal of what is over, which goes on growing."""

    def __init__(self, limits: Limits, billing: Billing, served: Sequence[Served]) -> None:
        self._limits = limits
        self._spent = None if limits.spending is None else Spent(limits.spending, billing, served)
        self._shared = Account(limits) if limits.per == "organisation" else None
        self._of_keys: dict[str, Account] = {}
        self.meter = Meter(self._drain_of) if limits.output_tokens else None

    def refuses(self, request: Request, now: float) -> Plan | None:
        """The 429 that the request gets; None if it is let in, and charged."""
        if self._spent is not None and self._spent.is_paused(now):
            return PAUSED
        return self._account(request.key).refuses(request, now)

    def quotas(self, now: float, key: str = "") -> list[Quota]:
        """The state of each quota, as it is for that key."""
        return self._account(key).quotas(now)

    def _account(self, key: str) -> Account:
        if self._shared is not None:
            return self._shared
        account = self._of_keys.pop(key, None) or Account(self._limits)
        self._of_keys[key] = account  # the last of them is who came last
        if len(self._of_keys) > MOST_KEYS:
            del self._of_keys[next(iter(self._of_keys))]
        return account

    def _drain_of(self, key: str) -> Drain:
        drain = self._account(key).output
        assert drain is not None
        return drain
