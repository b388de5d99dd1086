"""Groups of clients: each as if it stood alone, and all of them at one service."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from brownout.fakes.draws import Identity, call_label
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.mix import Group, Mix, kind_of
from brownout.harness.cells import Job, backends_of
from brownout.harness.client import Client
from brownout.harness.files import FileError, load, loads
from brownout.harness.metrics import Observed
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.harness.sources import fingerprint
from brownout.harness.workload import Groups

from .test_workload import arrivals

PEOPLE = "{clients: 6, arrivals: {kind: poisson, rate: 3/s}, calls: [{share: 75%, output_tokens: 30, stream: 100%}, \
{share: 25%, output_tokens: {median: 200, p95: 300}}]}"
JOBS = "{clients: 4, arrivals: {kind: herd, every: 10s}, calls: {profile: background, output_tokens: 900}, limit: 2}"
BOTS = "{clients: 2, arrivals: {kind: closed, think: 2s}, calls: {profile: agentic, output_tokens: 60}}"
SCENARIO = f"""\
name: office
workload:
  groups:
    - {PEOPLE}
    - {JOBS}
    - {BOTS}
server: {{latency: {{first_token: 100ms, token_gap: 5ms}}}}
timeline: [{{for: 30s}}]
"""
ALONE = (
    "name: alone\nworkload: GROUP\nserver: {latency: {first_token: 100ms, token_gap: 5ms}}\ntimeline: [{for: 30s}]\n"
)
CLIENT = "name: plain\nlayers: [sdk]\n"


def office() -> Scenario:
    return loads(SCENARIO, Scenario)


def open_calls(of: Scenario, clients: range) -> dict[int, list[float]]:
    work: Any = of.calls(1)
    return {client: arrivals(work, client) for client in clients}


def test_the_first_group_calls_as_if_it_were_alone() -> None:
    """The very same calls at the same times; those after it have other draws, of the same kind."""
    alone = loads(ALONE.replace("GROUP", PEOPLE), Scenario)
    assert open_calls(office(), range(6)) == open_calls(alone, range(6))
    several, one = office().calls(1), alone.calls(1)
    assert [several.ask(c, n, 0.0) for c in range(6) for n in range(50)] == [
        one.ask(c, n, 0.0) for c in range(6) for n in range(50)
    ]


def test_each_group_has_its_own_arrivals_and_limit() -> None:
    """And its own way to wait."""
    assert open_calls(office(), range(6, 10)) == {client: [0.0, 10.0] for client in range(6, 10)}
    work = office().calls(1)
    assert [work.is_open_for(client) for client in range(work.clients)] == [True] * 10 + [False] * 2


def test_client_service_and_metrics_agree_on_what_a_call_is() -> None:
    """All three find the kind by themselves: profiles are of the group, lengths of the kind, in its shares."""
    of = office()
    work, service = of.calls(1), Endpoint(of.service(), 1)
    kind = of.workload.kind_of(1)
    lengths: dict[str, Counter[int]] = {}
    for client in range(work.clients):
        for call in range(200):
            ask = work.ask(client, call, 0.0)
            told = of.workload.kinds[kind(call_label(client, call))]
            assert (ask.profile, ask.deadline, ask.stream) == (told.profile, told.deadline, told.stream == 1.0)
            tokens = service.output_tokens(Identity(client, call))
            lengths.setdefault(ask.profile, Counter())[tokens] += 1
    assert lengths["background"] == {900: 800}
    assert lengths["agentic"] == {60: 400}
    assert lengths["chat"][30] / 1200 == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize("backend", backends_of(loads(CLIENT, Client)))
def test_every_backend_plays_all_groups(backend: Any) -> None:
    """Who calls, and how long the answers are."""
    job = Job(office(), loads(CLIENT, Client), 1, backend, 20.0 if backend == "wire" else 1.0)
    ledger = job.play()
    answered = {served.who[:2]: served.output_tokens for served in ledger.journal}
    by_group = [[call for call in ledger.calls if call.client in group] for group in (range(6), range(6, 10), (10, 11))]
    assert [call.intended for call in by_group[1]] == pytest.approx([0.0] * 4 + [10.0] * 4)
    assert {answered[call[:2]] for call in by_group[1]} == {900}
    assert {answered[call[:2]] for call in by_group[2]} == {60}
    # Thinks for 2 s and is answered in less than a second: a call every 2 to 3 s of thirty. In real time, twenty times
    # as fast, a machine that is busy elsewhere is seconds late.
    assert 2 * (2 if backend == "wire" else 10) <= len(by_group[2]) <= 2 * 15
    seen = Observed(job.scenario, job.client, 1, ledger)
    assert {seen.kind_of(call).profile for call in by_group[1]} == {"background"}


def test_a_group_alone_is_a_workload() -> None:
    """With the same calls, lengths and rate as the plain form."""
    plain, group = (loads(ALONE.replace("GROUP", of), Scenario) for of in (PEOPLE, f"{{groups: [{PEOPLE}]}}"))
    client = loads(CLIENT, Client)
    assert Job(plain, client, 3, "sim", 1.0).play() == Job(group, client, 3, "sim", 1.0).play()
    assert plain.workload.mean_rate(30.0) == group.workload.mean_rate(30.0) == 3.0


def test_groups_of_traces_have_each_its_own(tmp_path: Path) -> None:
    """Calls are counted from the first client of the group."""
    for name, rows in (("a", "0,5\n1,6\n2,7\n"), ("b", "0,50\n1,60\n")):
        (tmp_path / f"{name}.csv").write_text(f"at,out\n{rows}", encoding="utf-8")
    trace = "{clients: 2, arrivals: {kind: trace, file: NAME.csv, columns: {at: at, output_tokens: out}}}"
    text = ALONE.replace("GROUP", f"{{groups: [{trace.replace('NAME', 'a')}, {trace.replace('NAME', 'b')}]}}")
    (tmp_path / "both.yaml").write_text(text, encoding="utf-8")
    of = load(tmp_path / "both.yaml", Scenario)
    service = Endpoint(of.service(), 1)
    calls = [(client, call) for client, times in open_calls(of, range(4)).items() for call in range(len(times))]
    assert [service.output_tokens(Identity(*each)) for each in calls] == [5, 7, 6, 50, 60]


def test_a_sample_takes_its_share_of_each_group() -> None:
    """And of the service."""
    part = sampled(loads(SCENARIO.replace("latency:", "capacity: {slots: 120}, latency:"), Scenario), 0.5)
    assert isinstance(part.workload, Groups)
    assert [group.clients for group in part.workload.groups] == [3, 2, 1]
    assert part.workload.groups[0].mean_rate(1.0) == 1.5
    assert part.server.capacity.slots == 60


def test_groups_survive_their_file() -> None:
    """And are another scenario in another order."""
    of = office()
    assert Scenario.model_validate(of.model_dump(mode="json", by_alias=True)) == of
    assert fingerprint(of) != fingerprint(loads(SCENARIO.replace(PEOPLE, BOTS, 1), Scenario))


def test_kinds_within_a_group_are_drawn_as_those_of_a_mix() -> None:
    """Shares count within the group, whatever they make up."""
    labels = [call_label(client, call) for client in range(3) for call in range(100)]
    of = kind_of([0.3, 0.1, 0.6], [Group(2, 2), Group(1, 1)], 7)
    assert [of(label) for label in labels[:200]] == [Mix([0.75, 0.25], 7).of(label) for label in labels[:200]]
    assert {of(label) for label in labels[200:]} == {2}


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        ("{groups: []}", "expected 1 or more, got an empty list"),
        ("{groups: [{clients: 3}]}", 'missing key "arrivals"'),
        ("{groups: [{arrivals: {kind: closed}}], clients: 3}", 'key "clients" does not go with "groups"'),
        ("{groups: [{arrivals: {kind: closed}, calls: {share: 50%}}]}", "must make up 100%, these make up 50%"),
        ("{grups: [{arrivals: {kind: closed}}]}", 'unknown key "grups"'),
    ],
)
def test_what_are_no_groups_is_a_sentence(workload: str, said: str) -> None:
    """In the place where it stands."""
    with pytest.raises(FileError) as caught:
        loads(ALONE.replace("GROUP", workload), Scenario)
    assert said in str(caught.value)
    assert str(caught.value).startswith("<string>:2:")


def test_a_fault_for_a_client_of_a_later_group_can_fire() -> None:
    """Clients are numbered one group after the other."""
    text = SCENARIO.replace("{for: 30s}", "{for: 30s, faults: [{kind: overload, where: {clients: [NUMBER]}}]}")
    assert loads(text.replace("NUMBER", "11"), Scenario)
    with pytest.raises(FileError, match="there are clients 0 to 11 only"):
        loads(text.replace("NUMBER", "12"), Scenario)


def test_a_busier_scenario_has_as_many_clients() -> None:
    """In each group; but for those whose load is up to them."""
    people = loads(ALONE.replace("GROUP", f"{{groups: [{PEOPLE}, {PEOPLE}]}}"), Scenario).workload
    assert people.busier(3.0).mean_rate(30.0) == 18.0
    assert people.busier(3.0).clients == people.clients
    with pytest.raises(ValueError, match="the load of herd arrivals is up to the clients"):
        office().workload.busier(2.0)
