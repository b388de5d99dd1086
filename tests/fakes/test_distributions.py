"""Distributions: what a file says is what is drawn."""

from __future__ import annotations

import math
import pickle
from statistics import fmean, median, quantiles
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from scipy import stats

from brownout.fakes.distributions import Durations, TokenCounts, seconds_always, tokens_always
from brownout.fakes.draws import Draws
from brownout.fakes.latency import sampler
from brownout.fakes.units import format_duration, format_share

DURATIONS: TypeAdapter[Any] = TypeAdapter(Durations)
COUNTS: TypeAdapter[Any] = TypeAdapter(TokenCounts)


def from_yaml(text: str, kind: TypeAdapter[Any] = DURATIONS) -> Any:
    return kind.validate_python(YAML(typ="safe").load(text))


def drawn(text: str, count: int = 20_000) -> list[float]:
    """Many draws, the same each time."""
    at, uniform = from_yaml(text).at, Draws(1, "test").uniform
    return [at(uniform(label)) for label in range(count)]


FORMS = {
    # what a file says: (mean, median, 95th percentile) of it, in seconds
    "10s": (10.0, 10.0, 10.0),
    "{mean: 10s}": (10.0, 10.0 * math.log(2), 10.0 * math.log(20)),
    "{median: 10s, p95: 30s}": (10.0 * math.exp((math.log(3) / 1.6448536) ** 2 / 2), 10.0, 30.0),
    "{median: 10s, p95: 10s}": (10.0, 10.0, 10.0),
    "{from: 1s, to: 3s}": (2.0, 2.0, 2.9),
    "{mean: 10s, cv: 0.5}": (10.0, *(stats.gamma(4, scale=2.5).ppf([0.5, 0.95]))),
    "{mean: 10s, shape: 0.5}": (10.0, *(stats.gamma(0.5, scale=20).ppf([0.5, 0.95]))),
    "{values: [3s, 1s, 1s, 7s, 5s]}": (3.4, 3.0, 7.0),
    "{values: [{value: 1s, weight: 0.7}, {value: 2s, weight: 0.2}, {value: 8s, weight: 0.1}]}": (1.9, 1.0, 8.0),
    "{quantiles: [{at: 0%, value: 1s}, {at: 50%, value: 2s}, {at: 90%, value: 10s}, {at: 100%, value: 20s}]}": (
        *(0.5 * 1.5 + 0.4 * 6.0 + 0.1 * 15.0, 2.0, 15.0),
    ),
    "{mix: [{share: 25%, of: 1s}, {share: 75%, of: {from: 10s, to: 20s}}]}": (11.5, 10 + 10 / 3, 10 + 10 * 14 / 15),
}


@pytest.mark.parametrize(("text", "figures"), FORMS.items(), ids=list(FORMS))
def test_many_draws_have_the_figures_of_the_file(text: str, figures: tuple[float, float, float]) -> None:
    """Mean, median and 95th percentile of what is drawn are those that were written."""
    sample = drawn(text)
    assert (fmean(sample), median(sample), quantiles(sample, n=20)[-1]) == pytest.approx(figures, rel=0.04)


@pytest.mark.parametrize("text", FORMS)
def test_a_distribution_survives_its_file(text: str) -> None:
    """Written back, and read again, it is the same, and draws the same."""
    read = from_yaml(text)
    again = DURATIONS.validate_python(DURATIONS.dump_python(read, mode="json", by_alias=True))
    assert again == read
    assert [again.at(u) for u in (0.1, 0.5, 0.9)] == [read.at(u) for u in (0.1, 0.5, 0.9)]


@pytest.mark.parametrize("text", FORMS)
@given(st.integers(0, 2**63))
def test_a_sampler_draws_what_the_distribution_says(text: str, label: int) -> None:
    """The short cuts of the hot path lead to the same figures."""
    read, draws = from_yaml(text), Draws(1, "test")
    assert sampler(read, draws)(label) == pytest.approx(read.at(draws.uniform(label)), rel=1e-12)


def test_lengths_are_counts() -> None:
    """Where tokens are counted the same forms hold plain numbers."""
    assert from_yaml("4k", COUNTS).at(0.5) == 4000
    assert from_yaml("{median: 300, p95: 1200}", COUNTS).at(0.5) == pytest.approx(300)


def test_code_says_a_constant_in_base_units() -> None:
    """Python code need not write a unit for a figure that is always the same."""
    assert {seconds_always(2.5).at(u) for u in (0.1, 0.9)} == {2.5}
    assert {tokens_always(7).at(u) for u in (0.1, 0.9)} == {7}


SPREAD = [text for text in FORMS if "mix" not in text]


@pytest.mark.parametrize("text", SPREAD)
@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_larger_draw_is_a_larger_figure(text: str, one: float, other: float) -> None:
    """Between 0 and 1 the inverse never falls, and no figure is negative."""
    at = from_yaml(text).at
    low, high = sorted((one, other))
    assert 0.0 <= at(low) <= at(high)


@pytest.mark.parametrize(
    "text",
    ["{mix: [{share: 20%, of: 1s}, {share: 30%, of: {from: 2s, to: 3s}}, {share: 50%, of: {median: 10s, p95: 11s}}]}"],
)
def test_the_parts_of_a_mixture_have_their_shares(text: str) -> None:
    """Each part is drawn as often as it should be, and within a part everything is as if it stood alone."""
    sample = drawn(text)
    parts = [[x for x in sample if low <= x < high] for low, high in ((0, 2), (2, 3), (3, 1000))]
    assert [len(part) / len(sample) for part in parts] == pytest.approx([0.2, 0.3, 0.5], abs=0.015)
    assert [median(part) for part in parts] == pytest.approx([1.0, 2.5, 10.0], rel=0.02)


@st.composite
def mixtures(draw: st.DrawFn) -> dict[str, Any]:
    """Mixtures of parts that are not defined at the ends of their interval."""
    weights = draw(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
    shapes = st.sampled_from([{"mean": "1s"}, {"median": "1s", "p95": "2s"}, "3s", {"from": "1s", "to": "2s"}])
    return {"mix": [{"share": format_share(weight / sum(weights)), "of": draw(shapes)} for weight in weights]}


@example({"mix": [{"share": "25%", "of": {"median": "1s", "p95": "2s"}}] * 4}, 0.5, 1)
@given(mixtures(), st.floats(0, 1, exclude_min=True, exclude_max=True), st.integers(0, 6))
def test_a_mixture_is_defined_for_every_draw(mixture: dict[str, Any], u: float, parts: int) -> None:
    """Also for one that falls on the very border between two parts."""
    read = DURATIONS.validate_python(mixture)
    border = sum(part.share for part in read.mix[:parts])
    for draw in (u, border, math.nextafter(border, 0), math.nextafter(border, 1)):
        if 0 < draw < 1:
            assert 0.0 <= read.at(draw) < math.inf


@given(st.floats(0.001, 1e4), st.floats(0.001, 1e4))
def test_a_lognormal_goes_through_its_two_figures(one: float, other: float) -> None:
    """Half of the draws are below the median, and 95% below the 95th percentile."""
    low, high = sorted((round(one, 6), round(other, 6)))
    assume(low > 0)
    at = DURATIONS.validate_python({"median": format_duration(low), "p95": format_duration(high)}).at
    assert (at(0.5), at(0.95)) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("10", "expected a duration"),
        ("{median: 10s, p95: 5s}", "p95 must not be below median"),
        ("{median: 0s, p95: 5s}", "median must be above 0"),
        ("{median: 10s}", "p95"),
        ("{from: 2s, to: 1s}", "to must not be below from"),
        ("{from: 2s}", "to"),
        ("{mean: 1s, p95: 2s}", "p95"),
        ("{mix: []}", "at least 1"),
        ("{mix: [{share: 50%, of: 1s}]}", "make up 100%, these make up 50%"),
        ("{mix: [{share: 100%, of: 1s}, {share: 0%, of: 2s}]}", "greater than 0"),
    ],
)
def test_what_is_no_distribution_is_refused(text: str, part: str) -> None:
    """A file that contradicts itself, or says too little or too much, is told where."""
    with pytest.raises(ValidationError, match=part):
        from_yaml(text)


@pytest.mark.parametrize("kind", [Durations, TokenCounts], ids=["durations", "tokens"])
@pytest.mark.parametrize("shape", ["constant", "exponential", "lognormal", "uniform", "mixture"])
def test_a_distribution_goes_to_another_process(kind: Any, shape: str) -> None:
    """Cells are played by workers: whatever a file may say is pickled on the way."""
    unit = "s" if kind is Durations else ""
    ten, twenty = (f"{figure}{unit}" if unit else figure for figure in (10, 20))
    given = {
        "constant": ten,
        "exponential": {"mean": ten},
        "lognormal": {"median": ten, "p95": twenty},
        "uniform": {"from": ten, "to": twenty},
        "mixture": {"mix": [{"share": "50%", "of": ten}, {"share": "50%", "of": {"mean": twenty}}]},
    }[shape]
    found = TypeAdapter(kind).validate_python(given)
    assert pickle.loads(pickle.dumps(found)) == found
