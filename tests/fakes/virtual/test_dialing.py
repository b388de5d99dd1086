"""How connections in memory are opened: every SYN meets the network as it is then."""

from __future__ import annotations

import pytest

from brownout.fakes.tcp import GIVES_UP, SYNS
from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.network import Verdict
from brownout.fakes.virtual.transport import MemorySocket
from brownout.fakes.virtual.world import World

from .peers import Listening, settle

AGES = 1000.0
"""Longer than anybody tries."""


def dialled(world: World, host: Listening, name: str = "host") -> list[tuple[float, MemorySocket | OSError]]:
    """What came of it, and when."""
    results: list[tuple[float, MemorySocket | OSError]] = []
    world.network.listen("host", host)
    world.network.dial(name, 443, lambda result: results.append((world.hub.time(), result)))
    assert results == [], "not before it returns"
    return results


def test_a_connection_is_accepted_at_once() -> None:
    with World() as world:
        host = Listening()
        results = dialled(world, host)
        settle(world)
        ((when, socket),) = results
        assert isinstance(socket, MemorySocket)
        assert (when, len(host.syns), len(host.peers)) == (0.0, 1, 1)


@pytest.mark.parametrize("name", ["host", "HOST", "host."])
def test_names_are_those_of_the_dns(name: str) -> None:
    with World() as world:
        results = dialled(world, Listening(), name)
        settle(world)
        assert isinstance(results[0][1], MemorySocket)


def test_a_connection_is_refused() -> None:
    with World() as world:
        host = Listening(["refused"])
        results = dialled(world, host)
        settle(world)
        assert isinstance(results[0][1], ConnectionRefusedError)
        assert host.peers == []


@pytest.mark.parametrize("lost", range(1, len(SYNS) + 1))
@pytest.mark.parametrize("then", ["accepted", "refused"])
def test_a_syn_that_is_lost_is_sent_again(lost: int, then: Verdict) -> None:
    with World() as world:
        host = Listening([*["lost"] * lost, then])
        results = dialled(world, host)
        world.hub.park(AGES, "the end of it")
        ((when, result),) = results
        assert (when, len(host.syns)) == (SYNS[lost - 1], lost + 1)
        assert isinstance(result, MemorySocket if then == "accepted" else ConnectionRefusedError)
        assert len(set(host.syns)) == 1, "one attempt all the while"


def test_it_gives_up_in_the_end() -> None:
    with World() as world:
        host = Listening(["lost"])
        results = dialled(world, host)
        world.hub.park(AGES, "the end of it")
        ((when, result),) = results
        assert (when, len(host.syns)) == (GIVES_UP, len(SYNS) + 1)
        assert isinstance(result, TimeoutError)


def test_one_that_is_called_off_sends_no_more() -> None:
    with World() as world:
        host, results = Listening(["lost"]), list[object]()
        world.network.listen("host", host)
        dial = world.network.dial("host", 443, results.append)
        world.hub.park(SYNS[0] + 0.5, "two SYNs")
        dial.cancel()
        dial.cancel()
        world.hub.park(AGES, "the end of it")
        assert (len(host.syns), results) == (2, [])


def test_one_that_is_called_off_too_late_is_closed() -> None:
    """It was accepted in the very instant: the server must not keep it."""
    with World() as world:
        host, results = Listening(), list[object]()
        world.network.listen("host", host)
        world.network.dial("host", 443, results.append).cancel()
        settle(world)
        settle(world)
        assert results == []
        assert host.peers[0].seen == ["lost"]


def test_whoever_is_not_faked_is_not_reached() -> None:
    world = World()
    world.network.listen("host", Listening())
    with pytest.raises(NotRouted, match=r"elsewhere:80 is not faked \(host\)"), world:
        world.network.dial("elsewhere", 80, print)


def test_the_last_who_listens_is_who_is_reached() -> None:
    with World() as world:
        first, last = Listening(), Listening()
        world.network.listen("host", first)
        results = dialled(world, last)
        settle(world)
        assert isinstance(results[0][1], MemorySocket)
        assert (len(first.syns), len(last.syns)) == (0, 1)
