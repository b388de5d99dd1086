"""Plays a workload through a stack of layers on any port: starts the calls, and records what came of them."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, Protocol

from brownout.fakes.draws import Draws

from ..ledger import Ledger
from ..policies.call import Ask, Call
from ..policies.effects import Run
from ..policies.engine import Engine, Node, Port
from ..policies.outcome import Outcome
from ..records import CallRecord
from ..workload import Traffic


class Timed(Port, Protocol):
    """A port that also tells the time, in seconds of the scenario."""

    def now(self) -> float: ...


class CallNode(Node):
    """The running layers of one call."""

    __slots__ = ("call", "started")

    call: Call
    started: float


class Callers:
    """The clients of one run. `idle` is told when the last call has ended and none is to come."""

    def __init__(
        self,
        workload: Traffic,
        stack_of: Callable[[int], Run],
        port: Timed,
        ledger: Ledger,
        seed: int,
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._workload = workload
        self._stack_of = stack_of
        self._stacks: dict[int, Run] = {}
        self._port = port
        self._engine = Engine(port)
        self._ledger = ledger
        self._jitter = Draws(seed, "jitter")
        self._idle = idle
        self._live: set[CallNode] = set()
        self._due = 0
        self.failures: list[BaseException] = []
        """What layers raised: a defect of the harness, not an outcome."""

    def start(self) -> None:
        """Set every client's first call. Nothing runs before the port's clock does."""
        for client in range(self._workload.clients):
            self._schedule(client, 0, self._workload.first(client))
        self._check_idle()

    def _schedule(self, client: int, call: int, at: float | None) -> None:
        if at is not None:
            self._due += 1
            delay = at - self._port.now()
            self._port.timer(delay if delay > 0.0 else 0.0, self._arrive, (client, call, at))

    def _arrive(self, which: tuple[int, int, float], _: object = None) -> None:
        client, call, at = which
        self._due -= 1
        workload = self._workload
        ask = workload.ask(client, call, at)
        if workload.is_open_for(client):
            self._schedule(client, workload.next_number(ask), workload.following(client, call, at))
        self._begin(ask)

    def _begin(self, ask: Ask) -> None:
        client = ask.client
        run = self._stacks.get(client)
        if run is None:
            run = self._stacks[client] = self._stack_of(client)
        state = Call(ask, self._jitter)
        node = CallNode(run(state), self._ended)
        node.call, node.started = state, self._port.now()
        self._live.add(node)
        self._engine.step(node, None)

    def _ended(self, node: Any, outcome: Any, error: BaseException | None) -> None:
        ask, now = node.call.ask, self._port.now()
        workload, live = self._workload, self._live
        live.discard(node)
        if error is not None:
            self.failures.append(error)
        else:
            self._ledger.calls.append(_record(node, now, outcome))
        step = workload.next_step(ask, now)
        if step is not None:
            if error is None and outcome.is_ok and step.deadline > 0.0:
                self._begin(step)
                return
            self._skip(ask, now)
        if not workload.is_open_for(ask.client):
            following = workload.following(ask.client, ask.call, now)
            self._schedule(ask.client, workload.next_number(ask), following)
        if not live:
            self._check_idle()

    def _skip(self, ask: Ask, now: float) -> None:
        """Record the steps that do not begin any more: else who fails at the first of many would lose least."""
        step = self._workload.next_step(ask, now)
        while step is not None:
            self._ledger.calls.append(_skipped(step, ask, now))
            step = self._workload.next_step(step, now)

    def _check_idle(self) -> None:
        if not self._live and not self._due:
            self._idle()

    def oldest(self) -> float:
        """When the first of the calls under way began, in seconds of the scenario; infinite if none is."""
        return min((node.started for node in self._live), default=inf)

    def censor(self) -> None:
        """The run is over: what is still going on is called off and recorded as censored."""
        for node in sorted(self._live, key=lambda node: (node.call.ask.client, node.call.ask.call)):
            self._ledger.calls.append(_record(node, None, _CENSORED))
            self._skip(node.call.ask, self._port.now())
            node.cancel()
        self._live.clear()

    def raise_failures(self) -> None:
        """Raise the first thing that a layer raised, if any did."""
        if self.failures:
            raise self.failures[0]


_CENSORED = Outcome("censored")


def _skipped(step: Ask, after: Ask, now: float) -> CallRecord:
    """Its time is that of the step it was to come after, which has used it up."""
    return CallRecord(
        *(step.client, step.call, after.intended, after.intended, now, "skipped", None, "", after.deadline),
        *(step.stream, step.input_tokens, step.max_tokens, 0, 0),
    )


def _record(node: CallNode, finished: float | None, outcome: Outcome) -> CallRecord:
    client, call, intended, deadline, stream, input_tokens, max_tokens, _, _, _ = node.call.ask
    kind = outcome.kind
    fields = (
        client,
        call,
        intended,
        node.started,
        finished,
        kind,
        outcome.status if kind == "status" else None,
        outcome.exception,
        deadline,
        stream,
        input_tokens,
        max_tokens,
        outcome.tokens,
        node.call.total_attempts,
    )
    return tuple.__new__(CallRecord, fields)  # half the time of `CallRecord(...)`, which is written in Python
