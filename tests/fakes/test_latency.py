"""How long the service takes when nothing is wrong."""

from __future__ import annotations

from statistics import median, quantiles

import pytest
from pydantic import ValidationError

from brownout.fakes.draws import Identity
from brownout.fakes.latency import PROFILES, Latency, LatencyDraws

MEASURED = {
    # profile: first token in seconds (median, p95), tokens per second at the median
    "haiku": (0.541, 1.591, 68),
    "sonnet": (0.941, 2.939, 63),
    "opus": (1.626, 2.420, 45),
}
LABELS = [Identity(client, call).label for client in range(100) for call in range(100)]


def test_every_profile_is_measured() -> None:
    """A profile is a model's figures, not somebody's guess."""
    assert PROFILES.keys() == MEASURED.keys()


@pytest.mark.parametrize(("profile", "figures"), MEASURED.items(), ids=list(MEASURED))
def test_a_profile_has_the_models_figures(profile: str, figures: tuple[float, float, float]) -> None:
    """Of ten thousand first tokens, and as many speeds, the median and the 95th percentile are those published."""
    draws = LatencyDraws(Latency.model_validate({"profile": profile}), seed=1)
    firsts = [draws.first_token(label, 0) for label in LABELS]
    speeds = [1 / draws.token_gap(label) for label in LABELS]
    assert (median(firsts), quantiles(firsts, n=20)[-1], median(speeds)) == pytest.approx(figures, rel=0.04)


@pytest.mark.parametrize("profile", MEASURED)
def test_a_profile_is_a_start(profile: str) -> None:
    """What a file says beside the profile replaces the profile's figure, and nothing else."""
    plain, changed = (
        Latency.model_validate({"profile": profile} | given)
        for given in ({}, {"token_gap": "1ms", "round_trip": "9ms"})
    )
    assert changed.first_token == plain.first_token
    assert (changed.token_gap.at(0.5), changed.round_trip.at(0.5)) == (0.001, 0.009)


@pytest.mark.parametrize("given", [{"profile": "gpt"}, {"profile": 7}, {"profile": "opus", "first_tokens": "1s"}])
def test_an_unknown_profile_is_refused(given: dict[str, object]) -> None:
    """A name that is none, of a profile or of a figure, is an error and not a default."""
    with pytest.raises(ValidationError):
        Latency.model_validate(given)


WAY = Latency.model_validate({"round_trip": "100ms", "upload_per_second": "4kB", "connect_round_trips": 2})


@pytest.mark.parametrize(
    ("tokens", "is_fresh", "seconds"), [(0, False, 0.05), (0, True, 0.25), (1000, False, 1.05), (1000, True, 1.25)]
)
def test_the_way_to_the_service(tokens: int, is_fresh: bool, seconds: float) -> None:
    """Half a round trip, two more to open a connection, and the prompt at four bytes a token."""
    draws = LatencyDraws(WAY, seed=1)
    assert draws.inbound(draws.round_trip(0), tokens, is_fresh) == pytest.approx(seconds)


def test_a_long_prompt_delays_the_first_token() -> None:
    """Each token of the prompt adds its time."""
    draws = LatencyDraws(Latency.model_validate({"first_token": "1s", "per_input_token": "2ms"}), seed=1)
    assert draws.first_token(0, 500) == pytest.approx(2.0)


def test_a_retry_meets_a_fresh_draw() -> None:
    """Attempts at the same call differ; the same attempt under the same seed does not, whatever was drawn before."""
    one, again = (LatencyDraws(Latency.model_validate({"profile": "sonnet"}), seed=1) for _ in range(2))
    attempts = [Identity(0, 0, attempt).label for attempt in range(3)]
    drawn = [one.first_token(label, 0) for label in attempts]
    assert len(set(drawn)) == 3
    assert [again.first_token(label, 0) for label in reversed(attempts)] == drawn[::-1]
