"""All of it, on hours instead of weeks: scores, the set that is recommended, and what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness import alerting
from brownout.harness.alerts import months
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.study import Request, study
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.monitoring.tick import BOUNDS, Tick
from brownout.harness.scenario import Scenario
from brownout.harness.workers import Processes

WORKLOAD = """
workload: {clients: 5, arrivals: {kind: poisson, rate: 30/min}, calls: {stream: 100%, output_tokens: 20}}
server: {latency: {first_token: {median: 500ms, p95: 1s}, token_gap: 10ms}}
"""
CALM = loads(f"name: calm-hours{WORKLOAD}timeline: [{{for: 12h}}]", Scenario)
SPIKE = loads(
    f"name: spikes{WORKLOAD}"
    "timeline: [{for: 2h}, {for: 10m, faults: [{kind: error, status: 500, share: 60%}]}, {for: 8h}]",
    Scenario,
)
QUICK = loads("name: quick\nrule: {kind: threshold, of: failures, above: 20%, window: 2m}", RuleFile)
SLOW = loads("name: slow\nrule: {kind: threshold, of: failures, above: 20%, window: 15m}", RuleFile)
DEAF = loads("name: deaf\nrule: {kind: burn_rate, of: failures, objective: 90%}", RuleFile)
CLIENT = loads("name: once\nlayers: [{sdk: {max_retries: 0}}]", Client)
ASKED = Request([SLOW, QUICK, DEAF], [CALM, SPIKE], CLIENT, [1, 2, 3])


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> alerting.AlertsFile:
    return study(ASKED, tmp_path_factory.mktemp("months"))


def of(found: alerting.AlertsFile, rule: str, scenario: str) -> alerting.Score:
    return next(each for each in found.scores if (each.rule, each.scenario) == (rule, scenario))


def test_the_shorter_window_is_the_quicker(found: alerting.AlertsFile) -> None:
    quick, slow = of(found, "quick", "spikes"), of(found, "slow", "spikes")
    assert quick.delay is not None
    assert slow.delay is not None
    assert quick.delay.value < slow.delay.value
    assert quick.recall is not None
    assert quick.recall.value == 1.0
    assert quick.troubles == 3
    assert quick.diagnosed is not None
    assert quick.diagnosed.value == 1.0
    assert of(found, "quick", "calm-hours").recall is None


def test_what_can_never_fire_is_named(found: alerting.AlertsFile) -> None:
    """By its own numbers, and for want of trouble as bad and as long."""
    assert [rule.name for rule in found.rules if rule.never] == ["deaf"]
    assert "deaf: in part can never fire" in found.verdict
    told = of(found, "deaf", "spikes").cannot
    assert any(each.startswith("burn 6 over 6h") for each in told)
    assert of(found, "quick", "spikes").cannot == []


def test_the_set_keeps_to_the_false_alarms_that_are_wanted(found: alerting.AlertsFile) -> None:
    assert found.recommended is not None
    [chosen] = found.recommended.rules
    assert chosen.rule == "quick"
    assert found.recommended.false_alarms.value <= found.wanted
    file, harder = loads(chosen.text, RuleFile), QUICK.harder(chosen.times)
    assert harder is not None
    assert (file.rule, file.hold, file.name) == (harder.rule, harder.hold, chosen.name)
    assert chosen.name.startswith("quick")


def test_too_little_calm_is_said(found: alerting.AlertsFile) -> None:
    """Days in which a rule with one false alarm a month has none."""
    assert "too few for alarms so rare. Play more seeds." in found.verdict


def test_an_easier_rule_is_quicker_and_cries_wolf_more_often(found: alerting.AlertsFile) -> None:
    for curve in found.curves:
        false = [point.false_alarms.value for point in curve.points]
        delays = [point.delays["spikes"] for point in curve.points]
        assert delays == sorted(delays)
        assert false[0] >= false[-1]


def test_it_is_written_and_read_again(found: alerting.AlertsFile, tmp_path: Path) -> None:
    found.save(tmp_path / alerting.FILE_NAME)
    assert alerting.load(tmp_path / alerting.FILE_NAME) == found
    for text in ("", "[]", "{}", '{"schema_version": 2}'):
        (tmp_path / "broken.json").write_text(text)
        with pytest.raises(alerting.AlertsFileError, match=r"broken\.json"):
            alerting.load(tmp_path / "broken.json")


def test_workers_change_nothing_and_what_was_played_is_kept(
    found: alerting.AlertsFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Processes(2) as executor:
        again = study(ASKED, tmp_path, executor)
    assert again.model_copy(update={"created": found.created}) == found
    [*files] = tmp_path.iterdir()
    assert len(files) == 6

    def play(job: object) -> bytes:
        raise AssertionError("it was played before")

    monkeypatch.setattr(months, "play", play)
    assert study(ASKED, tmp_path).scores == found.scores
    files[0].write_bytes(b"broken")
    with pytest.raises(AssertionError, match="played before"):
        study(ASKED, tmp_path)


ticks = st.builds(
    Tick,
    *[st.integers(0, 10**6)] * 7,
    st.floats(0, 1e6),
    st.integers(0, 10**6),
    st.floats(0, 1e6),
    *[st.integers(0, 10**9)] * 2,
    st.lists(st.integers(0, 10**6), min_size=len(BOUNDS), max_size=len(BOUNDS)).map(tuple),
)


@given(st.lists(ticks, max_size=5))
def test_ticks_come_back_as_they_were(played: list[Tick]) -> None:
    assert months.unpack(months.pack(played)) == played


@given(st.binary(max_size=200))
def test_no_blob_breaks_the_reader(blob: bytes) -> None:
    with pytest.raises(ValueError, match="no ticks"):
        months.unpack(blob)
