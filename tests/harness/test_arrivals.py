"""Arrival processes: each against what theory says of it, under fixed seeds, and that its draws have labels."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from statistics import fmean, pvariance
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from brownout.fakes.units import per_second, seconds, share
from brownout.harness.workload import ARRIVALS
from brownout.harness.workload.arrivals.burst import Burst, Spells
from brownout.harness.workload.arrivals.diurnal import Diurnal, Wave
from brownout.harness.workload.arrivals.ramp import Line
from brownout.harness.workload.inhomogeneous import Intensity

from .test_workload import arrivals, everybody, workload

RAMP = {"kind": "ramp", "from": "2/s", "to": "18/s", "over": "600s", "after": "100s"}
BURST = {"kind": "burst", "quiet": "2/s", "busy": "30/s", "quiet_for": "40s", "busy_for": "10s"}
DIURNAL = {"kind": "diurnal", "rate": "10/s", "amplitude": "90%", "period": "500s", "peak": "200s"}
HERD = {"kind": "herd", "every": "60s", "first": "10s", "jitter": "5s"}
RATES = st.floats(0.01, 1000.0)
TIMES = st.floats(0.0, 1e5)


def intensity(of: dict[str, Any], seed: int) -> Intensity:
    """The integral of its rate."""
    if of["kind"] == "ramp":
        return Line(2.0, 18.0, 100.0, 600.0)
    return Spells(Burst.model_validate(of), seed) if of["kind"] == "burst" else Wave(Diurnal.model_validate(of))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("of", [RAMP, BURST, DIURNAL], ids=lambda of: of["kind"])
def test_calls_are_a_poisson_process_at_the_changing_rate(of: dict[str, Any], seed: int) -> None:
    """Measured in calls that are expected they come at random at a rate of one (the time-rescaling theorem): the count
    is within four standard deviations, gaps are exponential and places uniform by Kolmogorov and Smirnov."""
    rate = intensity(of, seed)
    times = everybody(workload(of, clients=7, seed=seed))
    total = rate.expected(1000.0)
    assert len(times) == pytest.approx(total, abs=4 * math.sqrt(total))
    at = [rate.expected(time) for time in times]
    assert stats.kstest([after - before for before, after in pairwise(at)], "expon").pvalue > 0.001
    assert stats.kstest([each / total for each in at], "uniform").pvalue > 0.001


@given(RATES, RATES, TIMES, st.floats(0.0, 1e5), TIMES)
def test_a_ramp_is_inverted(start: float, end: float, after: float, over: float, at: float) -> None:
    """Up, down or level, before, on and behind the slope."""
    line = Line(start, end, after, over)
    assert line.when(line.expected(at)) == pytest.approx(at, rel=1e-6, abs=1e-6)


@given(RATES, st.floats(0.0, 0.99), st.floats(0.1, 1e5), TIMES, TIMES)
def test_a_wave_is_inverted(rate: float, amplitude: float, period: float, peak: float, at: float) -> None:
    """Wherever in the period."""
    wave = Wave(Diurnal(rate=per_second(rate), amplitude=share(amplitude), period=seconds(period), peak=seconds(peak)))
    assert wave.when(wave.expected(at)) == pytest.approx(at, rel=1e-6, abs=1e-6)


@given(st.integers(0, 100), st.sampled_from(["0/s", "1/s"]), st.floats(0.0, 1e4))
def test_spells_are_inverted(seed: int, quiet: str, calls: float) -> None:
    """Also where nobody calls in quiet ones: then the moment is one at which somebody does."""
    spells = Spells(Burst.model_validate(BURST | {"quiet": quiet}), seed)
    assert spells.expected(spells.when(calls)) == pytest.approx(calls, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rate", ["3/s", "40/s"])
@pytest.mark.parametrize(
    "of",
    [
        {"kind": "ramp", "from": "RATE", "to": "RATE"},
        {"kind": "diurnal", "rate": "RATE", "amplitude": "0%"},
        {"kind": "burst", "quiet": "RATE", "busy": "RATE", "quiet_for": "9s", "busy_for": "9s"},
    ],
    ids=lambda of: of["kind"],
)
def test_a_rate_that_does_not_change_makes_the_calls_of_poisson(of: dict[str, str], rate: str) -> None:
    """The very same, as the draws are."""
    level = {key: rate if value == "RATE" else value for key, value in of.items()}
    found, expected = (everybody(workload(each)) for each in (level, {"kind": "poisson", "rate": rate}))
    assert found == pytest.approx(expected)


def test_a_ramp_is_as_long_as_the_timeline_unless_it_says() -> None:
    """From none to twenty a second in 1,000 s: as many calls as at ten, a quarter of them in the first half."""
    times = everybody(workload({"kind": "ramp", "from": "0/s", "to": "20/s"}))
    assert len(times) == pytest.approx(10_000, abs=4 * 100)
    assert sum(at < 500.0 for at in times) == pytest.approx(2_500, abs=4 * 50)


def test_a_ramp_down_to_nothing_ends() -> None:
    """Nobody calls any more."""
    times = everybody(workload({"kind": "ramp", "from": "20/s", "to": "0/s", "over": "100s"}))
    assert len(times) == pytest.approx(1_000, abs=4 * 32)
    assert max(times) < 100.0


def test_bursts_have_the_mean_and_the_variance_of_theory() -> None:
    """Of counts in windows of t seconds the variance of a process of two states is mean x t + 2 s^2 pq (t/g -
    (1 - exp(-g t)) / g^2), where s is the distance of the rates, p and q are the shares of both states, and g is the
    sum of the rates at which they change: far above that of Poisson, the mean itself."""
    t, p, g = 10.0, 0.2, 1 / 40 + 1 / 10
    mean = 2.0 + p * 28.0
    counts: list[int] = []
    for seed in range(60):
        bins = [0] * 100
        for at in everybody(workload(BURST, clients=3, seed=seed)):
            bins[int(at // t)] += 1
        counts += bins
    expected = mean * t + 2 * 28.0**2 * p * (1 - p) * (t / g - (1 - math.exp(-g * t)) / g**2)
    assert fmean(counts) == pytest.approx(mean * t, rel=0.06)
    assert pvariance(counts) == pytest.approx(expected, rel=0.15)
    assert expected > 50 * mean * t / 2


def test_spells_are_common_to_all_clients_and_differ_by_seed() -> None:
    """Who calls in a busy spell is everybody; without calls in quiet ones, only then."""
    silent = BURST | {"quiet": "0/s"}
    spells = Spells(Burst.model_validate(silent), 1)
    work = workload(silent, clients=5, seed=1)
    for client in range(5):
        assert all(spells.expected(at + 1e-6) > spells.expected(at - 1e-6) for at in arrivals(work, client))
    assert [spells.expected(at) for at in (100.0, 500.0)] != [
        Spells(Burst.model_validate(silent), 2).expected(at) for at in (100.0, 500.0)
    ]


def test_most_calls_of_a_day_come_around_its_peak() -> None:
    """As many as the integral says, by quarters of a period."""
    times = [at % 500.0 for at in everybody(workload(DIURNAL))]
    near = sum(75.0 <= at < 325.0 for at in times) / len(times)
    assert near == pytest.approx(0.5 + 0.9 / math.pi, abs=0.02)


def test_a_herd_comes_together() -> None:
    """Everybody, at each time, within the jitter and evenly spread over it."""
    times = everybody(workload(HERD, clients=200, horizon=250.0))
    assert len(times) == 4 * 200
    late = [(at - 10.0) % 60.0 for at in times]
    assert max(late) < 5.0
    assert stats.kstest(late, stats.uniform(0.0, 5.0).cdf).pvalue > 0.001


def test_a_herd_may_have_times_of_its_own() -> None:
    """And comes no more after the last."""
    work = workload({"kind": "herd", "at": ["5s", "90s"]}, clients=3)
    assert everybody(work) == [5.0] * 3 + [90.0] * 3
    assert arrivals(work, 2) == [5.0, 90.0]


@pytest.mark.parametrize("of", [RAMP, BURST, DIURNAL, HERD], ids=lambda of: of["kind"])
def test_calls_depend_on_seed_client_and_call_alone(of: dict[str, Any]) -> None:
    """In whatever order they are asked for; every client's are in order; they begin before the horizon, and no longer
    timeline changes them."""
    work, other = workload(of, seed=3), workload(of, seed=3)
    backwards = {client: arrivals(other, client) for client in reversed(range(10))}
    assert {client: arrivals(work, client) for client in range(10)} == backwards
    assert all(times == sorted(times) and times[-1] < 1000.0 for times in backwards.values())
    assert everybody(workload(of, seed=4)) != everybody(work)
    longer = everybody(workload(of, seed=3, horizon=2000.0))
    assert [at for at in longer if at < 1000.0] == everybody(work)


@pytest.mark.parametrize("of", [RAMP, BURST, DIURNAL, HERD], ids=lambda of: of["kind"])
def test_the_mean_rate_is_that_of_the_calls(of: dict[str, Any]) -> None:
    """Of many seeds; half of the clients make half of the calls."""
    value = ARRIVALS[of["kind"]].model_validate(of)
    half = value.sampled(0.5).model_dump(by_alias=True, exclude_none=True)
    for clients, given_ in ((8, of), (4, half)):
        counts = [len(everybody(workload(given_, clients, seed=seed))) for seed in range(40)]
        rate = ARRIVALS[of["kind"]].model_validate(given_).mean_rate(clients, 1000.0)
        assert fmean(counts) / 1000.0 == pytest.approx(rate, rel=0.06)


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ({"kind": "ramp", "from": "0/s", "to": "0/s"}, "nobody would ever call"),
        (BURST | {"busy": "1/s"}, "busy must not be below quiet"),
        (BURST | {"busy_for": "1ms"}, "greater than or equal to 0.1"),
        ({"kind": "herd"}, "either every or at"),
        ({"kind": "herd", "every": "1s", "at": ["1s"]}, "either every or at"),
        ({"kind": "herd", "at": ["2s", "1s"]}, "in order"),
        ({"kind": "herd", "at": ["1s", "2s"], "first": "1s"}, "first goes with every"),
        ({"kind": "herd", "every": "1s", "jitter": "2s"}, "jitter must not be longer"),
        ({"kind": "diurnal", "rate": "0/s"}, "greater than 0"),
    ],
)
def test_what_makes_no_sense_is_refused(of: dict[str, Any], said: str) -> None:
    """With a sentence."""
    with pytest.raises(ValidationError, match=said):
        ARRIVALS[of["kind"]].model_validate(of)


@pytest.mark.parametrize("kind", ARRIVALS)
def test_each_has_an_example_and_says_what_it_is(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every fault has; the example survives its file."""
    monkeypatch.chdir(tmp_path)
    Path("calls.csv").write_text("time,prompt,answer\n0,10,20\n", encoding="utf-8")
    model = ARRIVALS[kind]
    assert model.__doc__
    assert model.__module__.rpartition(".")[2] == kind
    value = model.model_validate(dict(model.example))
    assert model.model_validate(value.model_dump(by_alias=True)) == value
