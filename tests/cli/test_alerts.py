"""`brownout alerts`: which rules to have, on hours instead of weeks."""

from __future__ import annotations

from pathlib import Path

from brownout.harness import alerting
from brownout.harness.alerts.file import RuleFile
from brownout.harness.files import load

from .command import Here

DAY = """
name: bad-day
workload: {clients: 5, arrivals: {kind: poisson, rate: 30/min}, calls: {output_tokens: 20}}
server: {latency: {first_token: {median: 500ms, p95: 1s}, token_gap: 10ms}}
timeline: [{for: 2h}, {for: 10m, faults: [{kind: error, status: 500, share: 60%}]}, {for: 8h}]
"""
RULE = "name: mine\nabout: <b>Mine</b>.\nrule: {kind: threshold, of: failures, above: 20%, window: 2m}\n"
DEAF = "name: deaf\nrule: {kind: burn_rate, of: failures, objective: 90%}\n"
CLIENT = "name: once\nlayers: [{sdk: {max_retries: 0}}]\n"
QUICK = ("-s", "day.yaml", "-c", "once.yaml", "--seeds", "2", "--workers", "1")


def write() -> None:
    for name, text in (("day", DAY), ("mine", RULE), ("deaf", DEAF), ("once", CLIENT)):
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def test_it_says_which_rules_to_have(here: Here) -> None:
    """First of all; the rules are there as files, and the command that does it again."""
    write()
    said = here("alerts", "-r", "mine.yaml", "-r", "deaf.yaml", *QUICK)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("At 1 false alarm a month: mine;")
    assert "deaf: in part can never fire, by its own numbers." in " ".join(said.out.split())
    out = Path("out/alerts")
    [rule] = (out / "rules").iterdir()
    assert load(rule, RuleFile).name == rule.stem
    assert rule.stem.startswith("mine")
    found = alerting.load(out / "alerts.json")
    assert found.command == (
        "brownout alerts -r mine.yaml -r deaf.yaml -s day.yaml -c once.yaml --false-alarms 1 --seeds 2 --first-seed 1"
    )
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    assert "<b>Mine" not in page
    assert found.command in (out / "report.md").read_text(encoding="utf-8")


def test_what_was_played_is_not_played_again(here: Here) -> None:
    """Other rules see the same months; the rules recommended before are gone."""
    write()
    here("alerts", "-r", "mine.yaml", *QUICK)
    kept = {path: path.stat().st_mtime_ns for path in Path("out/alerts/months").iterdir()}
    assert len(kept) == 2
    said = here("alerts", "-r", "timeouts-over-5-percent", *QUICK)
    assert said.code == 0
    assert {path: path.stat().st_mtime_ns for path in Path("out/alerts/months").iterdir()} == kept


def test_mistakes_are_told_before_anything_is_played(here: Here) -> None:
    write()
    Path("broken.yaml").write_text("name: broken\nrule: {kind: treshold}\n", encoding="utf-8")
    for words, says in (
        (("-r", "burn-rte"), 'did you mean "burn-rate"?'),
        (("-r", "broken.yaml", "-r", "burn-rte"), 'did you mean "threshold"?'),
        (("-r", "mine.yaml", "-r", str(Path("mine.yaml").absolute())), 'two rules are called "mine"'),
        (("-s", "stall-mid-stream"), "need more than ten"),
        (("-c", "json:loads"), "a program cannot be played for weeks"),
        (("--false-alarms", "0"), "0"),
        (("--false-alarms", "nan"), "expected a number above 0"),
    ):
        said = here("alerts", *QUICK, *words) if words[0] != "-s" else here("alerts", *words)
        assert said.code == 2, said.out
        assert says in said.err
    assert not Path("out/alerts/alerts.json").exists()
