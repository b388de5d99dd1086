"""What every budget is: parameters from a client file, and the state that its calls share."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from ..outcome import Outcome

ROUNDING = 1e-9
"""Ten deposits of 0.1 are a little less than 1."""


class Purse:
    """What the calls of one client may still spend on retries. Each kind heeds what it counts. `now` is in seconds, and
    does not go back."""

    def begins(self, now: float) -> None:
        """A call has begun."""

    def fails(self, outcome: Outcome, now: float) -> None:
        """An attempt has failed in a way that would be tried again."""

    def succeeds(self, paid: float | None, now: float) -> None:
        """A call has been answered; `paid` is what its last retry took, None if there was none."""

    def take(self, outcome: Outcome, now: float) -> float | None:
        """Pay for a retry after that outcome; None when it cannot be afforded."""
        raise NotImplementedError


class Budget(BaseModel):
    """A limit on the retries of a client. Its name in files is `name`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    example: ClassVar[dict[str, Any]]

    def open(self) -> Purse:
        """The state: one for each client."""
        raise NotImplementedError
