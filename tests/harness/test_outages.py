"""Incidents drawn at random: the same under one seed, and in their lengths and distances what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats

import brownout
from brownout.fakes.faults import FAULTS
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.testing.incidents import as_yaml

SMALL = "name: small\nworkload: {clients: 2, arrivals: {kind: poisson, rate: 1/s}}\ntimeline: [{for: 10s}]\n"


def small() -> Scenario:
    return loads(SMALL, Scenario)


def test_one_seed_is_one_incident() -> None:
    """Another is another; the traffic and the service stay."""
    one, again, other = (brownout.sampled_incident(small(), seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.timeline != other.timeline
    assert (one.workload, one.server) == (small().workload, small().server)
    assert one.name == "small-outages-1"


def test_lengths_and_distances_are_those_asked_for() -> None:
    """By Kolmogorov and Smirnov, over a long time."""
    found = brownout.sampled_incident(small(), lasts="20d")
    calm = [phase.seconds for phase in found.timeline[:-1] if not phase.faults]
    lengths = [phase.seconds for phase in found.timeline if phase.faults]
    assert len(lengths) > 200
    assert stats.kstest(calm, stats.expon(scale=2400).cdf).pvalue > 0.001
    sigma = 1.5040774 / 1.6448536  # ln(90 / 20) over the normal quantile of 95%
    assert stats.kstest(lengths, stats.lognorm(sigma, scale=1200).cdf).pvalue > 0.001
    kinds = {fault.kind for phase in found.timeline for fault in phase.faults}
    assert len(kinds) > 5
    assert "stall" not in kinds  # nothing streams


def test_it_ends_calm() -> None:
    """For a minute at the least, so that it can be seen whether a client recovers."""
    for seed in range(1, 20):
        found = brownout.sampled_incident(small(), seed=seed, lasts="6h")
        assert not found.timeline[-1].faults
        assert found.timeline[-1].seconds >= 60.0
        assert found.horizon == pytest.approx(6 * 3600, abs=61)


def test_it_is_played_and_kept(tmp_path: Path) -> None:
    """As any other scenario, of faults of one's own."""
    found = brownout.sampled_incident(
        small(),
        seed=3,
        lasts="4m",
        every="30s",
        length={"from": "10s", "to": "40s"},
        faults=[[{"kind": "overload", "share": "50%"}], [FAULTS["reset"].model_validate({"share": "20%"})]],
    )
    (tmp_path / "drawn.yaml").write_text(as_yaml(found), encoding="utf-8")
    [cell] = brownout.compare([tmp_path / "drawn.yaml"], ["no-retry"], seeds=1).file.cells
    [same] = brownout.compare([found], ["no-retry"], seeds=1).file.cells
    assert cell.key == same.key
    assert 0.5 < (cell.metrics["goodput"] or 0.0) < 1.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lasts": "10s"}, "no outage falls into that time"),
        ({"every": "often"}, "duration"),
        ({"faults": [[{"kind": "stream_error"}]]}, "none of the faults can hit"),
        ({"faults": []}, "none of the faults can hit"),
        ({"seed": -1}, "seed"),
        ({"lasts": "long"}, "duration"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, object], said: str) -> None:
    """With a sentence."""
    with pytest.raises(ValueError, match=said):
        brownout.sampled_incident(small(), **given)  # type: ignore[arg-type]
