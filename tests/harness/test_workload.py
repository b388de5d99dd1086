"""Who calls when, asking for what: the same calls for everyone under one seed."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from pydantic import TypeAdapter

from brownout.fakes.units import parse_rate
from brownout.harness.scenario import ServerFile
from brownout.harness.workload import AnyArrivals, Calls, Workload

HORIZON = 1000.0


def workload(
    arrivals: dict[str, Any],
    clients: int = 10,
    horizon: float = HORIZON,
    seed: int = 1,
    limit: int | None = None,
    **calls: Any,
) -> Workload:
    """As from a scenario file."""
    value = TypeAdapter(AnyArrivals).validate_python(arrivals)
    return Workload(value, (Calls.model_validate(calls),), clients, horizon, seed, limit)


def arrivals(work: Workload, client: int) -> list[float]:
    """When a client of open arrivals calls."""
    times, at = [], work.first(client)
    while at is not None:
        times.append(at)
        at = work.following(client, len(times) - 1, at)
    return times


def everybody(work: Workload) -> list[float]:
    return sorted(at for client in range(work.clients) for at in arrivals(work, client))


@pytest.mark.parametrize(("rate", "clients"), [("20/s", 200), ("20/s", 1), ("600/min", 50), ("2/s", 3)])
def test_poisson_calls_come_at_the_rate(rate: str, clients: int) -> None:
    """The rate is that of all clients together, within three standard deviations of the count."""
    expected = parse_rate(rate) * HORIZON
    found = len(everybody(workload({"kind": "poisson", "rate": rate}, clients)))
    assert found == pytest.approx(expected, abs=3 * math.sqrt(expected))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_poisson_calls_come_at_random(seed: int) -> None:
    """Counts in windows of 10 s vary as much as they are large, and gaps are exponential: their mean and standard
    deviation agree, and a share of 1/e is longer than the mean."""
    times = everybody(workload({"kind": "poisson", "rate": "20/s"}, 200, seed=seed))
    counts = [0] * 100
    for at in times:
        counts[int(at // 10)] += 1
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)
    assert variance / mean == pytest.approx(1.0, abs=0.5)
    gaps = [after - before for before, after in pairwise(times)]
    average = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((gap - average) ** 2 for gap in gaps) / len(gaps))
    assert spread == pytest.approx(average, rel=0.05)
    assert sum(gap > average for gap in gaps) / len(gaps) == pytest.approx(math.exp(-1), abs=0.02)


def test_steady_calls_are_evenly_spaced() -> None:
    """Each client in its turn, one call every 1/rate seconds in all."""
    work = workload({"kind": "steady", "rate": "4/s"}, clients=10, horizon=20.0)
    assert everybody(work) == pytest.approx([i / 4 for i in range(80)])
    assert arrivals(work, 3) == pytest.approx([0.75 + 2.5 * i for i in range(8)])


def test_open_calls_do_not_wait_for_answers() -> None:
    """Only closed arrivals depend on when a call ended."""
    assert workload({"kind": "poisson", "rate": "1/s"}).is_open
    assert workload({"kind": "steady", "rate": "1/s"}).is_open
    assert not workload({"kind": "closed"}).is_open


def test_closed_clients_think_after_each_answer() -> None:
    """Half a think time before the first call, a whole one after each end, however long the call took."""
    work = workload({"kind": "closed", "think": "4s"})
    assert work.first(0) == 2.0
    assert work.following(0, 0, since=2.0 + 30.0) == 36.0
    assert work.following(0, 1, since=100.0) == 104.0


def test_think_times_are_drawn_by_client_and_call() -> None:
    """Exponential ones have their mean, and do not depend on when the call before ended."""
    work = workload({"kind": "closed", "think": {"mean": "5s"}}, clients=100, horizon=1e9)
    pauses = []
    for client in range(100):
        for call in range(50):
            after = work.following(client, call, 100.0)
            assert after is not None
            pauses.append(after - 100.0)
            assert work.following(client, call, 70.0) == pytest.approx(after - 30.0)
    assert sum(pauses) / len(pauses) == pytest.approx(5.0, rel=0.05)
    assert len(set(pauses)) == len(pauses)


@pytest.mark.parametrize(
    "kind",
    [
        {"kind": "poisson", "rate": "5/s"},
        {"kind": "steady", "rate": "5/s"},
        {"kind": "closed", "think": {"mean": "1s"}},
    ],
    ids=lambda kind: kind["kind"],
)
def test_calls_are_the_same_in_whatever_order_they_are_asked_for(kind: dict[str, Any]) -> None:
    """What one client does, or how far it got, changes nothing for another: draws have labels, not an order."""

    def story(work: Workload, clients: list[int]) -> dict[int, list[Any]]:
        return {
            client: [
                (work.first(client), work.following(client, call, 7.0), work.ask(client, call, 7.0))
                for call in range(20)
            ]
            for client in clients
        }  # fmt: skip

    given: dict[str, Any] = {"input_tokens": {"median": 100, "p95": 900}, "stream": "40%"}
    forwards = story(workload(kind, **given), list(range(10)))
    backwards = story(workload(kind, **given), list(range(9, -1, -1)))
    assert forwards == backwards
    assert story(workload(kind, seed=2, **given), [0]) != {0: forwards[0]}


def test_a_longer_scenario_only_adds_calls() -> None:
    """The first seconds are the same whatever follows."""
    poisson = {"kind": "poisson", "rate": "5/s"}
    short, long = everybody(workload(poisson, horizon=100)), everybody(workload(poisson, horizon=200))
    assert [at for at in long if at < 100] == short


@pytest.mark.parametrize(
    "kind", [{"kind": "poisson", "rate": "50/s"}, {"kind": "steady", "rate": "50/s"}], ids=lambda kind: kind["kind"]
)
def test_no_call_begins_at_or_after_the_horizon(kind: dict[str, Any]) -> None:
    """Calls begin within the timeline; the drain is for those that have begun."""
    times = everybody(workload(kind, horizon=7.0))
    assert times
    assert max(times) < 7.0
    assert workload({"kind": "closed", "think": "4s"}, horizon=7.0).following(0, 0, since=3.0) is None


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize("kind", ["poisson", "steady", "closed"])
def test_a_limit_is_on_the_calls_of_each_client(kind: str, limit: int) -> None:
    """No client calls more often, and with time enough each calls so often."""
    given = {"kind": kind} if kind == "closed" else {"kind": kind, "rate": "10/s"}
    work = workload(given, limit=limit)
    assert [len(arrivals(work, client)) for client in range(10)] == [limit] * 10


@pytest.mark.parametrize(("share", "expected"), [("0%", 0.0), ("30%", 0.3), ("100%", 1.0)])
def test_a_share_of_the_calls_streams(share: str, expected: float) -> None:
    """As many as the file says, drawn for each call."""
    work = workload({"kind": "closed"}, stream=share)
    asks = [work.ask(client, call, 0.0) for client in range(50) for call in range(100)]
    assert sum(ask.stream for ask in asks) / len(asks) == pytest.approx(expected, abs=0.03 if 0 < expected < 1 else 0)


def test_a_call_asks_for_what_the_file_says() -> None:
    """Deadline, sizes and identity arrive as they were given; token counts are whole and at least one."""
    ask = workload({"kind": "closed"}, deadline="30s", input_tokens=70, max_tokens="4k").ask(3, 5, 12.5)
    assert (ask.client, ask.call, ask.intended, ask.deadline) == (3, 5, 12.5, 30.0)
    assert (ask.stream, ask.input_tokens, ask.max_tokens) == (False, 70, 4000)
    tiny = workload({"kind": "closed"}, input_tokens={"mean": 1})
    sizes = {tiny.ask(0, call, 0.0).input_tokens for call in range(200)}
    assert min(sizes) == 1
    assert all(isinstance(size, int) for size in sizes)


@pytest.mark.parametrize(
    ("billing", "prices"),
    [
        ({}, (4.0, 20.0)),
        ({"aborted": "full"}, (4.0, 20.0)),
        ({"model": "haiku"}, (0.1, 0.5)),
        ({"input": "$1/M"}, (1.0, 10.0)),
    ],
)
def test_the_profile_sets_the_prices_unless_the_file_does(billing: dict[str, str], prices: tuple[float, float]) -> None:
    """Whatever else is said of billing."""
    given = {"latency": {"profile": "opus"}} | ({"billing": billing} if billing else {})
    found = ServerFile.model_validate(given).billing
    assert (found.input, found.output) == prices
