"""`brownout.alerts`: as the command, without files to write."""

from __future__ import annotations

from pathlib import Path

import pytest

import brownout
from brownout.harness.sources import UnknownName

DAY = """
name: bad-day
workload: {clients: 5, arrivals: {kind: poisson, rate: 30/min}, calls: {output_tokens: 20}}
server: {latency: {first_token: {median: 500ms, p95: 1s}, token_gap: 10ms}}
timeline: [{for: 2h}, {for: 10m, faults: [{kind: error, status: 500, share: 60%}]}, {for: 8h}]
"""


def test_rules_are_judged_on_scenarios_and_a_client(tmp_path: Path) -> None:
    (tmp_path / "day.yaml").write_text(DAY, encoding="utf-8")
    rule = tmp_path / "mine.yaml"
    rule.write_text("name: mine\nrule: {kind: threshold, of: failures, above: 20%}", encoding="utf-8")
    day = brownout.scenario(tmp_path / "day.yaml")
    found = brownout.alerts([rule, "burn-rate"], [day], "no-retry", false_alarms=2.0, seeds=2)
    assert [each.name for each in found.rules] == ["mine", "burn-rate"]
    assert (found.client, found.seeds, found.wanted) == ("no-retry", [1, 2], 2.0)
    by_rule = {score.rule: score for score in found.scores}
    mine, theirs = by_rule["mine"].delay, by_rule["burn-rate"].delay
    assert mine is not None
    assert theirs is None or mine.value <= theirs.value
    with pytest.raises(UnknownName, match='did you mean "burn-rate"'):
        brownout.alerts(["burn-rte"], [day])
