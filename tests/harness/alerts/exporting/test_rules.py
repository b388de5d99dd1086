"""Rules for Prometheus are rules to it, and call somebody when Brownout's own detectors do: promtool says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from brownout.fakes.units import parse_duration
from brownout.harness.alerts.exporting import proofs, rules
from brownout.harness.alerts.exporting.counters import counters, grown
from brownout.harness.alerts.exporting.rules import query
from brownout.harness.alerts.exporting.worlds import worlds
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.kinds import KINDS
from brownout.harness.alerts.promql import duration
from brownout.harness.alerts.signal import MEANS, SHARES
from brownout.harness.alerts.sources import rule
from brownout.harness.files import loads
from brownout.harness.monitoring.tick import EMPTY
from brownout.scenarios import alerts

from ....prometheus import checked, needed

SHIPPED = [rule(name).value for name in alerts()]
NASTY = "{{ $value }} {{{{ .Nope }} \\\" 'x' \\\\ \\n # : - \\t \\u2028 \\x85 é 😀 %s ${x} }} {{- range -}}"
"""What a text may hold, as it stands between quotes in YAML."""
ODD = (
    "{kind: threshold, of: 'late(20s)', above: 5%, window: 90s}",
    "{kind: threshold, of: timeouts, above: 100%, window: 10s}",
    "{kind: burn_rate, of: retries, objective: 99.9%, pairs: [{long: 1h, short: 5m, burn: 14.4}]}",
    "{kind: bernoulli_cusum, of: 'late(500ms)'}",
    "{kind: cusum, of: seconds_per_token, limit: 8, every: 20s, usual: {from_last: 1h, ago: 0s}}",
    "{kind: cusum, of: failures, every: 1m, usual: {mean: 0.01, sd: 0.004}}",
    "{kind: ewma, of: first_text, every: 1m, weight: 1, usual: {from_last: 2h, ago: 90m}}",
    "{kind: ewma, of: prompt_tokens, every: 61s, usual: {mean: 2000, sd: 50.5}}",
    "{kind: drift, every: 90s, recent: 5m, before: 15m, ago: 7m, least: x1.05, limit: 3}",
)


def file(number: int, text: str) -> RuleFile:
    hold = ("", "for: 1m30s\n", "for: 5m\n")[number % 3]
    return loads(f'name: 0-odd-{number}\nabout: "{NASTY}"\nseverity: "yes"\n{hold}rule: {text}\n', RuleFile)


def test_promtool_agrees_with_every_shipped_rule(tmp_path: Path) -> None:
    done = checked(tmp_path, rules(SHIPPED), proofs(SHIPPED))
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_agrees_with_rules_of_every_kind_and_whatever_they_are_about(tmp_path: Path) -> None:
    """Windows and blocks that are no whole ticks, signals of every sort, texts that would be templates."""
    odd = [file(number, text) for number, text in enumerate(ODD)]
    assert {each.rule.kind for each in odd} == set(KINDS)  # type: ignore[attr-defined]
    done = checked(tmp_path, rules(odd), proofs(odd))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda each: each.name)
def test_promtool_finds_a_rule_that_is_not_the_detectors(shipped: RuleFile, tmp_path: Path) -> None:
    """A twentieth harder to set off, and it is another rule."""
    harder = shipped.harder(1.05)
    assert harder is not None
    done = checked(tmp_path, rules([harder]), proofs([shipped]))
    assert done.returncode == 1
    assert "FAILED" in done.stdout + done.stderr


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda each: each.name)
def test_its_worlds_set_off_every_shipped_rule_and_leave_it_alone_in_the_calm(shipped: RuleFile) -> None:
    found = list(worlds(shipped, query(shipped).every))
    assert list(dict.fromkeys(world.course.of for world in found)) == list(shipped.rule.watches())
    for world in found:
        assert world.is_found
        assert not world.seen[-1].fires or shipped.name == "burn-rate"  # whose last window is three days
        assert any(seen.tick == EMPTY for seen in world.seen[: world.calm])


def test_what_is_written_is_what_was_meant() -> None:
    """To any reader of YAML."""
    [group] = YAML(typ="safe", pure=True).load(rules([file(1, ODD[1])]))["groups"]
    *recordings, alert = group["rules"]
    assert alert["alert"] == "Brownout_0Odd_1"
    assert (alert["for"], alert["labels"]) == ("1m30s", {"severity": "yes", "rule": "0-odd-1"})
    assert alert["annotations"]["summary"] == file(1, ODD[1]).about.replace("{{", '{{ "{{" }}')
    assert all(re.fullmatch(r"brownout:0_odd_1:[a-z_:]+", each["record"]) for each in recordings)


@pytest.mark.parametrize("of", [*SHARES, *MEANS, "late(1m30s)"])
def test_every_signal_is_made_of_counters_that_a_tick_has(of: str) -> None:
    assert [grown(counter, EMPTY) for counter in counters(of)] == [0.0] * len(counters(of))


@pytest.mark.parametrize("seconds", [0.001, 0.9, 1.5, 59.9994, 60.0, 90.25, 3600.0, 93_784.005, 8_640_000.0])
def test_a_duration_has_only_whole_numbers_of_units(seconds: float) -> None:
    assert re.fullmatch(r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?", duration(seconds))
    assert parse_duration(duration(seconds)) == pytest.approx(seconds, abs=0.0005)
    assert duration(0.0) == "1ms"


@pytest.mark.parametrize(
    ("required", "ends"), [("curl,prometheus", pytest.fail.Exception), ("curl", pytest.skip.Exception)]
)
def test_what_is_missing(required: str, ends: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tests are skipped, or fail where the environment says that it has to be there."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("BROWNOUT_REQUIRES", required)
    with pytest.raises(ends, match="promtool"):
        needed("promtool")
