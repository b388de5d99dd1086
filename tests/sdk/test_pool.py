"""The model of the connection pool against the pool itself: which connection a request gets, and when it waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from brownout.harness.drivers.sim.pool import PoolLimits

from .pools import AnyPool, ModelPool, RealPool

WHICH = st.integers(0, 99)


class Pools(RuleBasedStateMachine):
    """Whatever is sent, answered, lost, called off and waited for, both pools hand out the same connections."""

    def __init__(self) -> None:
        super().__init__()
        self.pools: tuple[AnyPool, ...] = ()
        self.most = 0
        """How many requests there may be at once."""
        self.sent = 0
        self.live: list[int] = []
        self.idle: set[int] = set()
        """Connections that are not in use; a pool may have closed some of them."""

    @initialize(connections=st.integers(1, 4), idle=st.integers(0, 3))
    def open(self, connections: int, idle: int) -> None:
        limits, self.most = PoolLimits(connections, idle), connections + 2
        self.pools = RealPool("httpcore2", limits), ModelPool(limits)

    @property
    def placed(self) -> dict[int, tuple[int, bool]]:
        return self.pools[0].placed

    @property
    def running(self) -> list[int]:
        return [request for request in self.live if request in self.placed]

    @precondition(lambda self: len(self.live) < self.most)
    @rule()
    def send(self) -> None:
        self.sent += 1
        self.live.append(self.sent)
        for each in self.pools:
            each.send(self.sent)

    @precondition(lambda self: self.running)
    @rule(which=WHICH, is_lost=st.sampled_from((False, False, False, True)))
    def end(self, which: int, is_lost: bool) -> None:
        request = self.running[which % len(self.running)]
        self.live.remove(request)
        self.idle.add(self.placed[request][0])
        for each in self.pools:
            (each.lose if is_lost else each.answer)(request)

    @precondition(lambda self: self.live)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        request = self.live.pop(which % len(self.live))
        for each in self.pools:
            each.cancel(request)

    @precondition(lambda self: self.idle)
    @rule(which=WHICH)
    def close_by_server(self, which: int) -> None:
        connection = sorted(self.idle)[which % len(self.idle)]
        for each in self.pools:
            each.close_by_server(connection)

    @rule(seconds=st.sampled_from((0.5, 2.5, 4.5, 5.0, 5.5)))
    def advance(self, seconds: float) -> None:
        for each in self.pools:
            each.advance(seconds)

    @invariant()
    def same_connections(self) -> None:
        if self.pools:
            real, model = self.pools
            assert model.placed == real.placed
            self.idle -= {real.placed[request][0] for request in self.running}

    def teardown(self) -> None:
        for each in self.pools:
            each.close()


TestPools = Pools.TestCase
TestPools.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.fixture(params=["httpcore2", "model"])
def kind(request: pytest.FixtureRequest) -> str:
    """Either pool."""
    name: str = request.param
    return name


@contextmanager
def opened(kind: str, limits: PoolLimits, requests: int = 0) -> Iterator[AnyPool]:
    """A pool on which requests 1, 2, ... are being answered, each on a connection of its own."""
    pool: AnyPool = ModelPool(limits) if kind == "model" else RealPool(kind, limits)
    try:
        for request in range(1, requests + 1):
            pool.send(request)
        yield pool
    finally:
        pool.close()


def test_connection_opened_first_is_taken_first(kind: str) -> None:
    """It does not matter which of the idle ones was used last."""
    with opened(kind, PoolLimits(), 3) as pool:
        for request in (2, 3, 1):
            pool.answer(request)
        for request in (4, 5, 6, 7):
            pool.send(request)
        assert [pool.placed[request] for request in (4, 5, 6, 7)] == [(1, False), (2, False), (3, False), (4, True)]


def test_too_many_idle_are_closed_from_the_one_opened_first(kind: str) -> None:
    """The one just released may itself be the one that goes."""
    with opened(kind, PoolLimits(idle=2), 3) as pool:
        for request in (2, 3, 1):
            pool.answer(request)
        for request in (4, 5, 6):
            pool.send(request)
        assert [pool.placed[request] for request in (4, 5, 6)] == [(2, False), (3, False), (4, True)]


@pytest.mark.parametrize(("seconds", "is_fresh"), [(0.0, False), (5.0, False), (5.001, True), (60.0, True)])
def test_idle_connection_lasts_five_seconds(kind: str, seconds: float, is_fresh: bool) -> None:
    """It is still used after exactly five."""
    with opened(kind, PoolLimits(), 1) as pool:
        pool.answer(1)
        pool.advance(seconds)
        pool.send(2)
        assert pool.placed[2] == (1 + is_fresh, is_fresh)


def test_connection_closed_by_the_server_is_dropped_unseen(kind: str) -> None:
    """The next request gets another, and no error."""
    with opened(kind, PoolLimits(), 2) as pool:
        pool.answer(1)
        pool.answer(2)
        pool.close_by_server(1)
        pool.send(3)
        assert pool.placed[3] == (2, False)


def test_dead_connections_do_not_crowd_out_living_ones(kind: str) -> None:
    """What has expired is dropped before idle connections are counted."""
    with opened(kind, PoolLimits(idle=2), 3) as pool:
        pool.answer(2)
        pool.advance(4.0)
        pool.answer(1)
        pool.advance(2.0)
        pool.answer(3)
        for request in (4, 5):
            pool.send(request)
        assert [pool.placed[request] for request in (4, 5)] == [(1, False), (3, False)]


def test_requests_beyond_the_maximum_wait_their_turn(kind: str) -> None:
    """First come, first served; who has left is passed over, and a lost connection makes room for a fresh one."""
    with opened(kind, PoolLimits(connections=2), 2) as pool:
        for request in (3, 4, 5):
            pool.send(request)
        assert not pool.placed.keys() & {3, 4, 5}
        pool.cancel(3)
        pool.answer(2)
        assert pool.placed[4] == (2, False)
        pool.lose(1)
        assert pool.placed[5] == (3, True)
