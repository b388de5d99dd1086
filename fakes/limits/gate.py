"""Where a request asks for quota: the spend cap of all, then the quotas of whoever pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ..billing import Billing
from ..journal import Served
from ..plan import Plan
from .account import Account
from .bucket import Drain, Quota
from .meter import Meter
from .settings import Limits, Sharing
from .spending import PAUSED, Spent

if TYPE_CHECKING:
    from ..ticket import Request

MOST_PAYERS = 10_000
"""Whose quotas are kept. Of more, whoever was away longest is forgotten, and comes back to full buckets."""
Payer: TypeAlias = tuple[str, str]
"""An API key and a model, each empty where it makes no difference."""
_PAYERS: dict[Sharing, Callable[[str, str], Payer]] = {
    "organisation": lambda key, model: ("", ""),
    "key": lambda key, model: (key, ""),
    "model": lambda key, model: ("", model),
    "key_and_model": lambda key, model: (key, model),
}


class Gate:
    """The quotas of one endpoint."""

    def __init__(self, limits: Limits, billing: Billing) -> None:
        self._limits = limits
        self._spent = None if limits.spending is None else Spent(limits.spending, billing)
        self._payer = _PAYERS[limits.per]
        self._accounts: dict[Payer, Account] = {}
        self.meter = Meter(self._drain_of) if limits.output_tokens else None

    def refuses(self, request: Request, now: float) -> Plan | None:
        """The 429 that the request gets; None if it is let in, and charged."""
        if self._spent is not None and self._spent.is_paused(now):
            return PAUSED
        return self._account(request.key, request.model).refuses(request, now)

    def over(self, served: Served) -> None:
        """A request has come to its end."""
        if self._spent is not None:
            self._spent.add(served)

    def quotas(self, now: float, key: str = "", model: str = "") -> list[Quota]:
        """The state of each quota, as it is for that key and model."""
        return self._account(key, model).quotas(now)

    def _account(self, key: str, model: str) -> Account:
        payer = self._payer(key, model)
        account = self._accounts.pop(payer, None) or Account(self._limits)
        self._accounts[payer] = account  # the last of them is who came last
        if len(self._accounts) > MOST_PAYERS:
            del self._accounts[next(iter(self._accounts))]
        return account

    def _drain_of(self, request: Request) -> Drain:
        drain = self._account(request.key, request.model).output
        assert drain is not None
        return drain
