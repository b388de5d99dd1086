"""What became of the calls: the share that was of use, and how long their callers waited. Latency counts from when a
call was meant to be sent, so a client that falls behind cannot hide it."""

from __future__ import annotations

from .observed import Absent, Observed, latency

TIMEOUTS = frozenset({"timeout", "stream_timeout", "gap", "deadline"})
"""Outcomes that are limits of the client's own."""
_ONE_CLIENT = Absent("only one client made calls")


def goodput(seen: Observed) -> float:
    return sum(seen.good) / len(seen.good)


def chains(seen: Observed) -> float | Absent:
    """Of the chains that were begun. The last step is good only if those before it were answered."""
    found = [good for call, good in zip(seen.ledger.calls, seen.good, strict=True) if seen.is_last_step(call)]
    return sum(found) / len(found) if found else Absent("no call is a chain")


def goodput_with_partial(seen: Observed) -> float:
    # What was whole in time and not fluent gets no credit: nothing of it was missing but the pace.
    shown = (seen.shown(call) for call in seen.streamed if latency(call) > call.deadline)
    return (sum(seen.good) + sum(shown)) / len(seen.good)


def goodput_rate(seen: Observed) -> float:
    return sum(seen.good) / seen.scenario.horizon


def partial(seen: Observed) -> float | Absent:
    """Of the streamed calls that were not answered whole by their deadline."""
    missed = [call for call in seen.streamed if latency(call) > call.deadline]
    if not seen.streamed:
        return Absent("no call streams")
    if not missed:
        return Absent("every streamed call was answered in time")
    return sum(map(seen.shown, missed)) / len(missed)


def restricted_mean(seen: Observed) -> float:
    """Seconds: the mean of min(latency, deadline), the area under the survival curve up to the deadline."""
    waits = zip(seen.latencies, seen.ledger.calls, strict=True)
    return sum(min(taken, call.deadline) for taken, call in waits) / len(seen.latencies)


def restricted_share(seen: Observed) -> float:
    """The same as a share of each call's deadline."""
    waits = zip(seen.latencies, seen.ledger.calls, strict=True)
    return sum(min(taken / call.deadline, 1.0) for taken, call in waits) / len(seen.latencies)


def penalized(seen: Observed) -> float:
    """Each call's wait as a share of its deadline, and 2 for one that was of no use: its deadline twice."""
    calls = zip(seen.ledger.calls, seen.good, strict=True)
    return sum(latency(call) / call.deadline if good else 2.0 for call, good in calls) / len(seen.good)


def timeout_rate(seen: Observed) -> float:
    return sum(call.outcome in TIMEOUTS for call in seen.ledger.calls) / len(seen.ledger.calls)


def _goodput_by_client(seen: Observed) -> list[float]:
    good: dict[int, int] = {}
    made: dict[int, int] = {}
    for call, is_good in zip(seen.ledger.calls, seen.good, strict=True):
        made[call.client] = made.get(call.client, 0) + 1
        good[call.client] = good.get(call.client, 0) + is_good
    return [good[client] / made[client] for client in made]


def fairness(seen: Observed) -> float | Absent:
    """Jain's index of the clients' goodput (Jain, Chiu, Hawe 1984): 1 when all fare alike, 1/n when one has all."""
    shares = _goodput_by_client(seen)
    if len(shares) < 2:
        return _ONE_CLIENT
    if not any(shares):
        return Absent("no call was answered in time")
    return min(1.0, sum(shares) ** 2 / (len(shares) * sum(share * share for share in shares)))


def worst_client(seen: Observed) -> float | Absent:
    shares = _goodput_by_client(seen)
    return min(shares) if len(shares) > 1 else _ONE_CLIENT
