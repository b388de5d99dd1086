"""What all arrival processes have in common: a value of the file makes a schedule for the clients of one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from brownout.fakes.recorded import Recorded

from ..calls import Calls


class Crowd(NamedTuple):
    """Those who call, and for how long: clients `first` to `first + clients - 1`, until `horizon` (seconds)."""

    clients: int
    horizon: float
    seed: int
    first: int = 0


class Schedule:
    """When the clients of one run call. Clients go by their number among all of the scenario. Times are seconds from
    its beginning, `inf` for never; they may lie beyond the horizon, where nobody calls any more."""

    def following(self, client: int, call: int, since: float) -> float:
        """When a client calls again: `since` is when its call number `call` was meant to be sent, if arrivals are
        open, and when it ended, if they are closed."""
        raise NotImplementedError

    def first(self, client: int) -> float:
        """When a client calls for the first time."""
        return self.following(client, -1, 0.0)

    def input_tokens(self, client: int, call: int) -> int | None:
        """How long the prompt of a call is; None where its kind of call says so."""
        return None


class Arrivals(BaseModel):
    """One way in which calls may come, as the file has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    is_open: ClassVar[bool] = True
    """Whether calls come no matter what became of those before."""
    example: ClassVar[Mapping[str, Any]]

    def schedule(self, crowd: Crowd) -> Schedule:
        """Its calls in one run."""
        raise NotImplementedError

    def mean_rate(self, clients: int, horizon: float) -> float | None:
        """Calls a second of all clients together, over the whole of a scenario; None where the answers decide."""
        raise NotImplementedError

    def sampled(self, share: float) -> Self:
        """The same at a share of the rate, or a multiple of it; itself where there is none, as the number of clients
        decides."""
        return self

    def recorded(self, clients: int, number_one: int) -> Recorded | None:
        """How long the answers to the calls of these clients are, where somebody has recorded that."""
        return None

    def described(self, calls: Calls) -> Calls:
        """A kind of its calls, with what is known of how long they are."""
        return calls
