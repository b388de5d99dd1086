"""Chains: steps one after the other, that share the time of all."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

import brownout
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.harness.cells import Job, backends_of
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import METRICS, Absent, Observed
from brownout.harness.scenario import Scenario
from brownout.harness.sources import fingerprint

SCENARIO = """\
name: chained
workload: {clients: 2, arrivals: ARRIVALS, calls: CALLS}
server: {latency: {round_trip: 0s, first_token: 1s, token_gap: 0s}}
timeline: [{for: 20s, faults: [FAULTS]}]
"""
STEADY = "{kind: steady, rate: 0.2/s}"
PLAIN = "name: plain\nlayers: [sdk: {max_retries: 0}]\n"


def chained(calls: str = "{chain: 4, deadline: 10s}", arrivals: str = STEADY, faults: str = "") -> Scenario:
    text = SCENARIO.replace("ARRIVALS", arrivals).replace("CALLS", calls).replace("FAULTS", faults)
    return loads(text, Scenario)


def play(scenario: Scenario, backend: Any = "sim", seed: int = 1) -> Ledger:
    return Job(scenario, loads(PLAIN, Client), seed, backend, 10.0 if backend == "wire" else 1.0).play()


def measured(scenario: Scenario, ledger: Ledger, name: str) -> Any:
    return METRICS[name].of(Observed(scenario, loads(PLAIN, Client), 1, ledger))


@pytest.mark.parametrize("backend", backends_of(loads(PLAIN, Client)))
def test_steps_follow_each_other_with_what_is_left_of_the_time(backend: Any) -> None:
    """On every backend: each begins when the one before has ended, and is of use until the end of all."""
    scenario = chained()
    ledger = play(scenario, backend)
    slack = 1.0 if backend == "wire" else 1e-6
    first = sorted((call for call in ledger.calls if call.client == 0 and call.call < 4), key=lambda call: call.call)
    assert [call.outcome for call in first] == ["ok"] * 4
    for before, after in pairwise(first):
        assert after.intended == pytest.approx(before.finished, abs=slack)
        assert after.intended + after.deadline == pytest.approx(10.0, abs=slack)
    assert [call.call for call in ledger.calls if call.client == 1][:1] == [0]
    assert len(ledger.calls) == 4 * 4
    assert measured(scenario, ledger, "chains") == 1.0


def test_steps_after_one_that_failed_are_lost() -> None:
    """They are counted as calls that were not answered, and no request is sent for them."""
    scenario = chained(faults="{kind: overload, where: {clients: [0]}}")
    ledger = play(scenario)
    ends = Counter((call.client, call.outcome) for call in ledger.calls)
    assert ends == {(0, "status"): 2, (0, "skipped"): 6, (1, "ok"): 8}
    assert measured(scenario, ledger, "chains") == measured(scenario, ledger, "goodput") == 0.5
    assert sum(call.attempts for call in ledger.calls) == len(ledger.attempts) == 10


def test_a_step_that_would_begin_too_late_does_not() -> None:
    """Two steps of a second fit into 1.5 s; the second of them is late."""
    scenario = chained("{chain: 4, deadline: 1500ms}")
    ledger = play(scenario)
    ends = [call.outcome for call in ledger.calls if call.client == 0 and call.call < 4]
    assert ends == ["ok", "ok", "skipped", "skipped"]
    assert measured(scenario, ledger, "goodput") == 0.25
    assert measured(scenario, ledger, "chains") == 0.0


def test_steps_are_numbered_by_chain() -> None:
    """Whatever became of those before: the second chain of steps 0 to 3 has 4 to 7, at the time at which it comes."""
    whole, broken = (
        {(call.client, call.call): call for call in play(chained(faults=faults)).calls}
        for faults in ("", "{kind: overload}")
    )
    assert whole.keys() == broken.keys() == {(client, call) for client in (0, 1) for call in range(8)}
    assert whole[1, 4].intended == broken[1, 4].intended == 15.0


def test_closed_clients_think_after_the_whole_chain() -> None:
    """And after one that broke."""
    arrivals = "{kind: closed, think: 3s}"
    calls = [call for call in play(chained(arrivals=arrivals)).calls if call.client == 0]
    assert [call.intended for call in calls[:5]] == pytest.approx([1.5, 2.5, 3.5, 4.5, 8.5], abs=0.05)
    calls = [call for call in play(chained(arrivals=arrivals, faults="{kind: overload}")).calls if call.client == 0]
    begun = [call.intended for call in calls if call.outcome != "skipped"]
    assert begun[1] - begun[0] == pytest.approx(3.0, abs=0.05)


def test_a_limit_is_on_chains() -> None:
    """Of each client."""
    text = SCENARIO.replace("calls: CALLS", "calls: {chain: 3}, limit: 1").replace("ARRIVALS", STEADY)
    ledger = play(loads(text.replace("FAULTS", ""), Scenario))
    assert len(ledger.calls) == 2 * 3


def test_what_is_under_way_at_the_end_has_its_steps_counted() -> None:
    """As lost, with those that would have followed."""
    scenario = chained(faults="{kind: no_answer, where: {calls: [0]}}")
    ends = Counter(call.outcome for call in play(scenario).calls)
    assert ends == {"censored": 2, "skipped": 6, "ok": 8}


def test_all_steps_are_of_the_kind_of_the_first() -> None:
    """For clients, service and metrics alike; kinds without a chain keep to themselves."""
    kinds = "[{share: 50%, chain: 3, profile: agentic, output_tokens: 7}, {share: 50%, output_tokens: 9}]"
    scenario = chained(kinds, "{kind: poisson, rate: 20/s}")
    ledger = play(scenario)
    service = Endpoint(scenario.service(), 1)
    by_chain: dict[tuple[int, int], list[Any]] = {}
    for call in ledger.calls:
        by_chain.setdefault((call.client, call.call // 3), []).append(call)
    lengths = Counter(len(chain) for chain in by_chain.values())
    assert set(lengths) == {1, 3}
    assert lengths[3] / sum(lengths.values()) == pytest.approx(0.5, abs=0.1)
    for chain in by_chain.values():
        tokens = {service.output_tokens(Identity(call.client, call.call)) for call in chain}
        assert tokens == {7 if len(chain) == 3 else 9}
    seen = Observed(scenario, loads(PLAIN, Client), 1, ledger)
    assert sum(map(seen.is_last_step, ledger.calls)) == lengths[3]


def test_prompts_of_steps_are_drawn_one_by_one() -> None:
    """As those of any call."""
    ledger = play(chained("{chain: 5, input_tokens: {median: 500, p95: 900}}"))
    assert len({call.input_tokens for call in ledger.calls}) > len(ledger.calls) - 3


def test_groups_have_chains_of_their_own() -> None:
    """Numbers are kept by the longest chain of a group, not of all."""
    group = "{clients: 1, arrivals: {kind: steady, rate: 0.1/s}, calls: {chain: N}}"
    text = SCENARIO.replace(
        "workload: {clients: 2, arrivals: ARRIVALS, calls: CALLS}",
        f"workload: {{groups: [{group.replace('N', '2')}, {group.replace('N', '1')}, {group.replace('N', '3')}]}}",
    )
    scenario = loads(text.replace("FAULTS", ""), Scenario)
    ledger = play(scenario)
    assert sorted(call[:2] for call in ledger.calls) == [
        *[(0, n) for n in range(4)], *[(1, n) for n in range(2)], *[(2, n) for n in range(6)]
    ]  # fmt: skip
    seen = Observed(scenario, loads(PLAIN, Client), 1, ledger)
    assert [call[:2] for call in ledger.calls if seen.is_last_step(call)] == [(0, 1), (2, 2), (0, 3), (2, 5)]


def test_a_chain_of_one_is_a_call() -> None:
    """The scenario is the same one as without the key, and has no chains to count."""
    one, none = chained("{chain: 1, deadline: 10s}"), chained("{deadline: 10s}")
    assert fingerprint(one) == fingerprint(none) != fingerprint(chained())
    assert play(one) == play(none)
    assert isinstance(measured(none, play(none), "chains"), Absent)
    assert Scenario.model_validate(chained().model_dump(mode="json", by_alias=True)) == chained()


def test_a_step_that_was_not_begun_is_explained() -> None:
    """In words of its own."""
    scenario = chained(faults="{kind: overload}")
    told = brownout.explain(scenario, loads(PLAIN, Client), "0.1")
    assert told.splitlines()[-1].endswith(
        "is never begun: a step of the chain before it has failed, or the time of all is over"
    )
