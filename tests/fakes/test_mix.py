"""Which kind of call a call is: the shares are kept, and everybody draws alike."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.draws import Identity, call_label
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.mix import Mix
from brownout.harness.scenario import Scenario

LABELS = [call_label(client, call) for client in range(20) for call in range(200)]


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.7, 0.2, 0.1), (0.9, 0.1), (0.25, 0.25, 0.25, 0.25)])
@pytest.mark.parametrize("seed", [1, 2])
def test_shares_are_honoured(shares: tuple[float, ...], seed: int) -> None:
    """Of 4,000 calls as many of each kind as its share, within four standard deviations."""
    mix = Mix(shares, seed)
    drawn = [mix.of(label) for label in LABELS]
    for kind, share in enumerate(shares):
        spread = math.sqrt(share * (1 - share) / len(LABELS))
        assert drawn.count(kind) / len(LABELS) == pytest.approx(share, abs=4 * spread)


def test_a_single_kind_is_every_call() -> None:
    """Without a draw."""
    assert {Mix([1.0], 1).of(label) for label in LABELS} == {0}


def test_the_kind_of_a_call_depends_on_call_and_seed_alone() -> None:
    """Not on who else was asked for, nor in what order."""
    mix = Mix([0.5, 0.5], 1)
    drawn = [mix.of(label) for label in LABELS]
    assert [Mix([0.5, 0.5], 1).of(label) for label in LABELS[::-1]] == drawn[::-1]
    assert [Mix([0.5, 0.5], 2).of(label) for label in LABELS] != drawn


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), st.integers(0, 2**48))
def test_there_is_always_a_kind(weights: list[float], label: int) -> None:
    """However the shares round when they are summed."""
    shares = [weight / sum(weights) for weight in weights]
    assert 0 <= Mix(shares, 1).of(label) < len(shares)


def test_client_and_service_agree_on_the_kind() -> None:
    """The length of the answer that the service makes is that of the kind the client asked for, for every attempt."""
    kinds = [
        {"profile": "chat", "share": "60%", "output_tokens": 11},
        {"profile": "background", "share": "30%", "output_tokens": 22},
        {"profile": "agentic", "share": "10%", "output_tokens": 33},
    ]
    scenario = Scenario.model_validate(
        {
            "name": "mixed",
            "workload": {"arrivals": {"kind": "closed"}, "calls": kinds},
            "timeline": [{"for": "10s"}],
        }
    )
    lengths = {"chat": 11, "background": 22, "agentic": 33}
    for seed in (1, 2):
        work, endpoint = scenario.calls(seed), Endpoint(scenario.service(), seed)
        profiles = set()
        for client in range(5):
            for call in range(40):
                profile = work.ask(client, call, 0.0).profile
                profiles.add(profile)
                for attempt in range(2):
                    assert endpoint.output_tokens(Identity(client, call, attempt)) == lengths[profile]
        assert profiles == set(lengths)


def test_each_kind_has_its_own_deadline_and_patience() -> None:
    """What a call asks for is what its kind says."""
    kinds = [
        {"profile": "realtime", "share": "50%", "caller_timeout": "4s", "stream": "100%", "max_tokens": 100},
        {"profile": "background", "share": "50%", "deadline": "77s", "input_tokens": 9},
    ]
    scenario = Scenario.model_validate(
        {"name": "mixed", "workload": {"arrivals": {"kind": "closed"}, "calls": kinds}, "timeline": [{"for": "10s"}]}
    )
    asks = [scenario.calls(1).ask(0, call, 0.0) for call in range(40)]
    found = {(a.profile, a.deadline, a.caller_timeout, a.stream, a.max_tokens, a.input_tokens) for a in asks}
    assert found == {
        ("realtime", 30.0, 4.0, True, 100, 1000),
        ("background", 77.0, None, False, 8192, 9),
    }
