"""What became of the calls: the share that was of use, and how long their callers waited. Latency counts from when a
call was meant to be sent, so a client that falls behind cannot hide it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .observed import Absent, Observed, latency
from .tally import Ratio, Sums, Whole, tally

TIMEOUTS = frozenset({"timeout", "stream_timeout", "gap", "deadline"})
"""Outcomes that are limits of the client's own."""
_ONE_CLIENT = Absent("only one client made calls")


@tally
def good(seen: Observed) -> Ratio:
    """Calls that were of use, of all."""
    return Ratio(sum(seen.good), len(seen.good))


def goodput(run: Whole) -> float:
    return run.total(good).value


def goodput_rate(run: Whole) -> float:
    return run.total(good).amount / run.scenario.horizon


@tally
def _chains(seen: Observed) -> Ratio:
    found = [good for call, good in zip(seen.ledger.calls, seen.good, strict=True) if seen.is_last_step(call)]
    return Ratio(sum(found), len(found))


def chains(run: Whole) -> float | Absent:
    """Of the chains that were begun. The last step is good only if those before it were answered."""
    found = run.total(_chains)
    return found.value if found.of else Absent("no call is a chain")


@dataclass(frozen=True, slots=True)
class _Streams(Sums):
    """Streamed calls, those of them that were not whole in time, and the shares of the answer that these had shown."""

    calls: int
    late: int
    shown: float


@tally
def _streams(seen: Observed) -> _Streams:
    late = [call for call in seen.streamed if latency(call) > call.deadline]
    return _Streams(len(seen.streamed), len(late), sum(map(seen.shown, late)))


def goodput_with_partial(run: Whole) -> float:
    # What was whole in time and not fluent gets no credit: nothing of it was missing but the pace.
    found = run.total(good)
    return (found.amount + run.total(_streams).shown) / found.of


def partial(run: Whole) -> float | Absent:
    """Of the streamed calls that were not answered whole by their deadline."""
    found = run.total(_streams)
    if not found.calls:
        return Absent("no call streams")
    if not found.late:
        return Absent("every streamed call was answered in time")
    return found.shown / found.late


@tally
def _restricted(seen: Observed) -> Ratio:
    waits = zip(seen.latencies, seen.ledger.calls, strict=True)
    return Ratio(sum(min(taken, call.deadline) for taken, call in waits), len(seen.latencies))


def restricted_mean(run: Whole) -> float:
    """Seconds: the mean of min(latency, deadline), the area under the survival curve up to the deadline."""
    return run.total(_restricted).value


@tally
def _restricted_shares(seen: Observed) -> Ratio:
    waits = zip(seen.latencies, seen.ledger.calls, strict=True)
    return Ratio(sum(min(taken / call.deadline, 1.0) for taken, call in waits), len(seen.latencies))


def restricted_share(run: Whole) -> float:
    """The same as a share of each call's deadline."""
    return run.total(_restricted_shares).value


@tally
def _penalized(seen: Observed) -> Ratio:
    calls = zip(seen.ledger.calls, seen.good, strict=True)
    return Ratio(sum(latency(call) / call.deadline if good else 2.0 for call, good in calls), len(seen.good))


def penalized(run: Whole) -> float:
    """Each call's wait as a share of its deadline, and 2 for one that was of no use: its deadline twice."""
    return run.total(_penalized).value


@tally
def _timed_out(seen: Observed) -> Ratio:
    return Ratio(sum(call.outcome in TIMEOUTS for call in seen.ledger.calls), len(seen.ledger.calls))


def timeout_rate(run: Whole) -> float:
    return run.total(_timed_out).value


@dataclass(frozen=True, slots=True)
class _Clients(Sums):
    """Calls that each client made, and those of them that were of use."""

    made: Counter[int]
    good: Counter[int]


@tally
def _clients(seen: Observed) -> _Clients:
    calls = zip(seen.ledger.calls, seen.good, strict=True)
    return _Clients(
        Counter(call.client for call in seen.ledger.calls), Counter(call.client for call, is_good in calls if is_good)
    )


def _goodput_by_client(run: Whole) -> list[float]:
    found = run.total(_clients)
    return [found.good[client] / made for client, made in found.made.items()]


def fairness(run: Whole) -> float | Absent:
    """Jain's index of the clients' goodput (Jain, Chiu, Hawe 1984): 1 when all fare alike, 1/n when one has all."""
    shares = _goodput_by_client(run)
    if len(shares) < 2:
        return _ONE_CLIENT
    if not any(shares):
        return Absent("no call was answered in time")
    return min(1.0, sum(shares) ** 2 / (len(shares) * sum(share * share for share in shares)))


def worst_client(run: Whole) -> float | Absent:
    shares = _goodput_by_client(run)
    return min(shares) if len(shares) > 1 else _ONE_CLIENT
