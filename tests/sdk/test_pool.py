"""The model of the connection pool against the pool itself: which connection a request gets, and when it waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from brownout.harness.drivers.sim.pool import Connection, Pool, PoolLimits

from .pools import AnyPool, ModelPool, RealPool

ACTS = 6 * ["send"] + 5 * ["answer"] + 4 * ["advance"] + 2 * ["close_by_server"] + ["lose", "cancel"]
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 59)), min_size=40, max_size=80)


class Pools:
    """Two pools that are put through the same, and how things stand with them."""

    def __init__(self, *pools: AnyPool) -> None:
        self.pools = pools
        self.numbers = count(1)
        self.live: list[int] = []
        """Requests that are neither over nor called off."""

    def act(self, act: str, which: int) -> None:
        """Do it to both, if there is anything to do it to: `which` says to which of the candidates."""
        found = self.candidates(act)
        if not found:
            return
        chosen = found[which % len(found)]
        for pool in self.pools:
            getattr(pool, act)(chosen)
        if act == "send":
            self.live.append(chosen)
        elif act in ("answer", "lose", "cancel"):
            self.live.remove(chosen)

    def candidates(self, act: str) -> Sequence[Any]:
        placed = self.pools[0].placed
        match act:
            case "send":
                return [next(self.numbers)]
            case "answer" | "lose":
                return [request for request in self.live if request in placed]
            case "cancel":
                return self.live
            case "advance":
                return (0.5, 2.5, 4.5, 5.0, 5.5)
            case _:  # an idle connection; the pool may have closed it
                used = {placed[request][0] for request in self.live if request in placed}
                return sorted({number for number, _ in placed.values()} - used)


@pytest.mark.parametrize("library", ["httpcore2", "httpcore"])
@settings(max_examples=200, deadline=None, phases=set(Phase) - {Phase.explain})  # explaining takes minutes
@given(connections=st.integers(1, 8), idle=st.integers(0, 3), acts=acts)
def test_both_pools_hand_out_the_same_connections(
    library: str, connections: int, idle: int, acts: list[tuple[str, int]]
) -> None:
    """Whatever is sent, answered, lost, called off and waited for, and whatever the server closes."""
    is_old = library == "httpcore"
    limits = PoolLimits(connections, idle, counts_busy=is_old)
    with opened(library, limits) as real, opened("model", limits) as model:
        pools = Pools(real, model)
        for act, which in acts:
            if is_old and act in ("advance", "close_by_server"):
                continue  # it drops the dead and those too many in one pass, and so may drop more than the model
            pools.act(act, which)
            assert model.placed == real.placed


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


@pytest.mark.parametrize("kind", ["httpcore", "model"])
def test_older_library_counts_busy_connections_as_idle(kind: str) -> None:
    """Under 0.x nothing is kept for reuse while more than 100 requests are in flight."""
    with opened(kind, PoolLimits(idle=2, counts_busy=True), 4) as pool:
        for request, connection in ((1, 5), (2, 6)):
            pool.answer(request)
            pool.send(request + 4)
            assert pool.placed[request + 4] == (connection, True)
        pool.lose(3)
        pool.lose(4)
        pool.answer(5)
        pool.send(7)
        assert pool.placed[7] == (5, False)


class Refused:
    """A request whose connection the server refuses at once. It notes whether one that comes just then has to wait."""

    def __init__(self, pool: Pool, number: int, served: list[tuple[int, bool]]) -> None:
        self._pool = pool
        self._number = number
        self._served = served

    def has_connection(self, connection: Connection, is_fresh: bool) -> None:
        self._pool.release(connection, 0.0, is_reusable=False)
        self._served.append((self._number, self._pool.acquire(0.0) is None))


def test_thousands_who_wait_are_served_in_turn_though_each_is_refused() -> None:
    """Neither does it nest that deep, nor does who comes meanwhile overtake those who wait."""
    pool, served = Pool(PoolLimits(connections=1)), list[tuple[int, bool]]()
    found = pool.acquire(0.0)
    assert found is not None
    for number in range(5000):
        pool.wait(Refused(pool, number, served))
    pool.release(found[0], 0.0, is_reusable=False)
    assert served == [(number, number < 4999) for number in range(5000)]
