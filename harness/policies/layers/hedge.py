"""A second request for a call that takes long; the first good answer wins and the others are called off."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration, Share

from ..budgets.bucket import Bucket
from ..call import Call
from ..causes import is_futile
from ..effects import Arm, Effect, Expired, Race, Run, Steps, Turn, Wait
from ..layer import Layer, Site
from ..outcome import Outcome, is_failure
from ..windows import Latest

KEPT = 200
"""Of how many answers the quantile is taken: enough for a p99, and soon forgotten when the service changes."""
MINIMUM = 20
"""Fewer than these say nothing of a quantile."""
SAVED = 2.0
"""Hedges that may be sent at once, whatever their share."""


class Hedge(Layer):
    """Sends the call again after `after` if no answer is there by then, and so on up to `hedges` times; where one
    fails, the next is sent at once, unless that could not help. All run on; one answer is kept, and the others are paid
    for as far as they went. With a `quantile` the delay is that of the last answers, once there are enough of them:
    `95%` hedges about every twentieth call. With a `share`, no more than that of the calls are hedged: when everything
    is slow, hedges only add to the load."""

    name: ClassVar[str] = "hedge"
    example: ClassVar[dict[str, Any]] = {"after": "10s"}
    after: Annotated[Duration, Field(gt=0)]
    quantile: Annotated[Share | None, Field(gt=0, lt=1)] = None
    hedges: Annotated[int, Field(gt=0, le=10)] = 1
    share: Annotated[Share | None, Field(gt=0, le=1)] = None

    def wrap(self, inner: Run, site: Site) -> Run:
        seen = Latest(KEPT)
        purse = None if self.share is None else Bucket(deposit=self.share, capacity=SAVED).open()
        now = site.now

        def delay() -> float:
            if self.quantile is None or len(seen) < MINIMUM:
                return self.after
            return seen.quantile(self.quantile)

        def one(call: Call, wait: float, line: Line, ended: list[Outcome]) -> Steps:
            if wait > 0.0:
                yield from line.turn(wait)
                if purse is not None and purse.take(NOT_SENT, now()) is None:
                    if not line.running:
                        line.moves_on()
                    return NOT_SENT
            began = now()
            line.running += 1
            try:
                outcome: Outcome = yield from inner(call)
            finally:
                line.running -= 1
            ended.append(outcome)
            if not _decides(outcome):
                line.moves_on()
            if outcome.is_ok and self.quantile is not None:
                seen.add(now() - began)
            return outcome

        def run(call: Call) -> Steps:
            if purse is not None:
                purse.begins(now())
            wait, line, ended = delay(), Line(), list[Outcome]()
            later = [one(call.fork(), wait * n, line, ended) for n in range(1, self.hedges + 1)]
            _, outcome = yield Race((one(call, 0.0, line, ended), *later), _decides)
            result: Outcome = ended[-1] if outcome is NOT_SENT else outcome
            return result

        return run

    def limits(self) -> dict[str, float]:
        return {"hedge after": self.after}


class Line:
    """The hedges of one call that wait to be sent."""

    def __init__(self) -> None:
        self.running = 0
        """Requests that are under way."""
        self._turns: deque[Turn] = deque()

    def turn(self, wait: float) -> Generator[Effect, Any, None]:
        """Until so much time has passed, or there is nothing to wait for."""
        turn = Turn()
        self._turns.append(turn)
        scope = yield Arm(wait)
        try:
            yield Wait(turn)
        except Expired as expired:
            if expired.scope is not scope:
                raise
        finally:
            scope.disarm()
            if turn in self._turns:
                self._turns.remove(turn)

    def moves_on(self) -> None:
        """The next need not wait."""
        if self._turns:
            self._turns.popleft().comes()


def _decides(outcome: Outcome) -> bool:
    """Whether it is an answer, or says that there will be none."""
    return outcome.is_ok or (outcome is not NOT_SENT and (is_futile(outcome) or not is_failure(outcome)))


NOT_SENT = Outcome("cancelled", detail="the share of hedged calls is used up")
