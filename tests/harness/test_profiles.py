"""Kinds of calls that a client treats each in its own way, in the simulator and with the real SDK."""

from __future__ import annotations

from collections import defaultdict
from typing import get_args

import pytest

from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.names import PROFILES
from brownout.harness.policies.call import Ask
from brownout.harness.profiles import Profile, Profiles
from brownout.harness.scenario import Scenario
from brownout.harness.workload import Workload

from .drivers import backends

SILENT = """\
name: silent
workload: {clients: 1, limit: 4, arrivals: {kind: steady, rate: 1/s}, calls: {deadline: 30s}}
timeline: [{for: 4s, faults: [{kind: no_answer}]}]
drain: 60s
"""
CLIENT = """\
name: mine
timeouts: {read: 8s}
layers:
  - breaker: {failures: 3, open_for: 100s}
  - sdk: {max_retries: 0}
profiles:
  background: {timeouts: {read: 4s}}
  realtime: {timeouts: {read: 2s}, layers: {breaker: null, sdk: {max_retries: 1}}}
"""
BACKENDS = pytest.mark.parametrize("backend", backends.BACKENDS)


def test_there_is_a_field_for_each_name() -> None:
    """In the order in which they are listed everywhere."""
    assert tuple(Profiles.model_fields) == PROFILES
    assert all(Profile in get_args(field.annotation) for field in Profiles.model_fields.values())
    assert Ask(0, 0, 0.0, 1.0, False, 1, 1).profile == PROFILES[0]


def played(backend: str, profiles: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Call after call of these profiles."""
    ask = Workload.ask

    def of_profile(self: Workload, client: int, call: int, intended: float) -> Ask:
        return ask(self, client, call, intended)._replace(profile=profiles[call % len(profiles)])

    monkeypatch.setattr(Workload, "ask", of_profile)
    return backends.BACKENDS[backend](loads(SILENT, Scenario), loads(CLIENT, Client), 1, 20.0)


@BACKENDS
def test_each_kind_of_call_has_its_own_limits(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timeouts and the SDK's retries: attempts last as long, and are as many, as the profile says."""
    ledger = played(backend, ("chat", "background", "realtime"), monkeypatch)
    lasted: dict[int, list[float]] = defaultdict(list)
    for attempt in ledger.attempts:
        assert attempt.finished is not None
        lasted[attempt.who.call].append(attempt.finished - attempt.started)
    assert [len(lasted[call]) for call in range(3)] == [1, 1, 2]
    for call, limit in enumerate((8.0, 4.0, 2.0)):
        for length in lasted[call]:
            assert limit <= length + 0.01 < 2 * limit  # no other of the limits


@BACKENDS
def test_timeouts_alone_share_the_breaker(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three failures, whatever their kind, and it opens; calls with layers of their own do not count there."""
    ledger = played(backend, ("chat", "background", "realtime", "background"), monkeypatch)
    assert [record.after for record in ledger.breaker] == ["open"]
    assert len({attempt.who.call for attempt in ledger.attempts}) == 4


def test_the_simulator_knows_every_length() -> None:
    """Of the client's limits and of the profiles', whose own layers count too."""
    text = CLIENT.replace("{breaker: null, ", "{breaker: {probes: 2}, ")
    assert loads(text, Client).lengths() == {8.0, 4.0, 2.0, 600.0}
    own = "layers: [deadline: {total: 5s}, sdk]"
    deadlines = text.replace("layers: {breaker: {probes: 2}, sdk: {max_retries: 1}}", own)
    assert loads(deadlines, Client).lengths() == {8.0, 4.0, 2.0, 600.0, 5.0}


def test_state_of_their_own() -> None:
    """A stack for each profile with layers, one for all the others."""
    client = loads(CLIENT, Client)
    assert client.sdk_of("realtime").max_retries == 1
    assert client.sdk_of("background") is client.sdk_of("agentic") is client.sdk
    assert client.timeouts_of("realtime").read == 2.0
    assert client.timeouts_of("chat") == client.timeouts.timeouts()
