"""`brownout tune`: what is open in a client file, and what is found for it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from brownout.fakes.units import format_duration, parse_duration
from brownout.harness import results
from brownout.harness.client import Client
from brownout.harness.files import load

from ..harness.latencies.test_log import frame
from .command import Here

OPEN = """
name: mine  # of ours
timeouts: {read: {tune: 1s..60s}}
layers:
  - retry: {retries: {tune: 0..4}, backoff: {base: 1s, jitter: full}, on: [timeout]}
  - sdk: {max_retries: 0}
"""
INCIDENT = """
name: some-hang
workload: {clients: 5, arrivals: {kind: poisson, rate: 2/s}, calls: {deadline: 30s, output_tokens: 100}}
timeline: [{for: 20s, faults: [{kind: no_answer, share: 20%}]}]
"""
QUICK = ("-s", "incident.yaml", "--seeds", "3", "--batches", "2", "--workers", "1", "--out", "out")


def write(client: str = OPEN) -> None:
    Path("open.yaml").write_text(client, encoding="utf-8")
    Path("incident.yaml").write_text(INCIDENT, encoding="utf-8")


def test_the_client_is_written_ready_to_run(here: Here) -> None:
    """Its owner's words in it, with why; the verdict is the first line."""
    write()
    said = here("tune", "open.yaml", *QUICK, "--seeds", "6", "--against", "no-retry")
    assert said.code == 0
    first, second, third, *_ = said.out.splitlines()
    assert first.startswith("timeouts.read ")
    assert "better than no-retry." in first
    assert re.fullmatch(r"Better by: goodput .* points, mean wait .* s, cost per good call .*\.", second)
    assert "The real SDK in virtual time comes to the same" in third
    assert "\ntimeouts.read: " in said.out
    assert " worse\n" in said.out
    assert said.err.startswith("batch 1: ")
    text = Path("out/client.yaml").read_text(encoding="utf-8")
    assert "  # of ours" in text
    assert "tune" not in text
    told = results.load(Path("out/run.json"))
    assert told.tuning is not None
    assert f"timeouts.read {told.tuning.values['timeouts.read']}, " in first
    assert load("out/client.yaml", Client).timeouts.read == parse_duration(told.tuning.values["timeouts.read"])
    assert here("compare", "-c", "out/client.yaml", "-s", "incident.yaml", "--seeds", "2", "--out", "out/run").code == 0


def test_the_report_says_what_to_set_first(here: Here) -> None:
    """With what it is compared with in the same incidents; and it can be made again, by its command too."""
    write()
    assert here("tune", "open.yaml", *QUICK, "--no-verify", "--format", "markdown", "--sample", "60%").code == 0
    page = Path("out/report.md").read_text(encoding="utf-8")
    assert page.splitlines()[0] == "# Brownout: which values hold best"
    assert re.search(r"^.*Set timeouts\.read .*, retry\.retries \d\W+ 3 seeds cannot decide", page, re.MULTILINE)
    assert page.index("## What to set") < page.index("Standings") < page.index("## some-hang")
    assert here("report", "out", "--format", "markdown").out == page
    command = next(line for line in page.splitlines() if line.strip().startswith("brownout tune"))
    before = Path("out/client.yaml").read_bytes()
    assert here(*shlex.split(command)[1:], "--no-verify", "--workers", "1", "--out", "again").code == 0
    assert Path("again/client.yaml").read_bytes() == before


def test_a_search_goes_on_from_what_was_played(here: Here) -> None:
    write()
    one = here("tune", "open.yaml", *QUICK)
    kept = Path("out/tune.jsonl").read_bytes()
    other = here("tune", "open.yaml", *QUICK, "--resume")
    assert other.out == one.out
    assert Path("out/tune.jsonl").read_bytes() == kept


def test_a_goal_may_be_any_metric_within_limits(here: Here) -> None:
    write(OPEN.replace("1s..60s", "1s..15s"))
    said = here("tune", "open.yaml", *QUICK, "--no-verify", "--goal", "goodput", "--limit", "amplification <= 1")
    assert said.code == 0
    assert "retry.retries 0: goodput" in said.out.splitlines()[0]


def test_mistakes_are_told_before_anything_is_played(here: Here) -> None:
    """Of every file at once; and of options."""
    write(OPEN.replace("1s..60s", "60s..1s"))
    said = here("tune", "open.yaml", "-s", "nowhere", "-s", "incident.yaml", "--out", "out")
    assert (said.code, said.out) == (2, "")
    assert "open.yaml:3:" in said.err
    assert 'unknown scenario "nowhere"' in said.err
    write()
    for words, says in (
        (("--goal", "goodputt"), 'there is no metric "goodputt", did you mean "goodput"?'),
        (("--open", "retry.retires"), '"retry.retires" is no value of "mine", did you mean "retry.retries"?'),
        (("--open", "retry.retries"), "retry.retries is open already"),
        (("--limit", "goodput > many"), "goodput"),
        (("--goal", "falsely_refused"), "falsely_refused has no meaning in one of the scenarios"),
        (("--against", "nobody"), "nobody"),
    ):
        said = here("tune", "open.yaml", *QUICK, *words)
        assert said.code == 2
        assert says in said.err
    write("name: mine\n")
    assert "}, or name it, --open timeouts.read" in here("tune", "open.yaml", *QUICK).err
    assert not Path("out/client.yaml").exists()


def test_a_shipped_client_is_opened_by_name(here: Here) -> None:
    """No file of one's own is needed: what is written is the shipped one, with what was found in it."""
    write()
    opens = ("--open", "timeouts.read", "--open", "retry.retries=0..2")
    said = here("tune", "guide-stacked", *QUICK, "--no-verify", *opens)
    assert said.code == 0
    assert "\ntimeouts.read: " in said.out
    assert "\nretry.retries: " in said.out
    found = load("out/client.yaml", Client)
    assert found.name == "guide-stacked"
    [line] = [line for line in said.out.splitlines() if line.startswith("timeouts.read ")]
    assert f"timeouts.read {format_duration(found.timeouts.read)}, retry.retries " in line
    said = here("tune", "guide-staked", *QUICK, *opens)
    assert said.code == 2
    assert 'unknown client "guide-staked", did you mean "guide-stacked"?' in said.err


def test_the_page_can_be_followed(here: Here) -> None:
    """Its client file, with few candidates and a small part of the incidents that it names."""
    page = (Path(__file__).parents[2] / "docs" / "tune.md").read_text(encoding="utf-8")
    [client] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    [command] = re.findall(r"^\$ brownout (tune .*)$", page, re.MULTILINE)
    Path("mine.yaml").write_text(client, encoding="utf-8")
    said = here(*command.split(), "--sample", "2%", "--seeds", "2", "--batches", "1", "--workers", "1", "--no-verify")
    assert said.code == 0
    assert load("out/tune/client.yaml", Client).name == "mine"


def test_the_service_may_be_as_fast_as_a_log_says(here: Here) -> None:
    """What the log says comes first; a log that says too little is refused."""
    write()
    frame(400).to_csv("calls.csv", index=False)
    said = here("tune", "open.yaml", *QUICK, "--batches", "1", "--no-verify", "--latencies", "calls.csv")
    assert said.code == 0
    lines = said.out.splitlines()
    assert re.fullmatch(r"400 calls, \d+ of them given up; 0 that failed are left out\.", lines[0])
    assert lines[1] == "read: latency_s, ttft_ms, output_tokens, outcome"
    assert any(line.startswith("  first token  lognormal, median 8") for line in lines)
    assert any(line.startswith("    8,192 tokens  ") for line in lines)
    frame(400).drop(columns="ttft_ms").to_csv("calls.csv", index=False)
    said = here("tune", "open.yaml", *QUICK, "--batches", "1", "--no-verify", "--latencies", "calls.csv")
    assert said.code == 0
    frame(400).drop(columns="output_tokens").to_csv("calls.csv", index=False)
    said = here("tune", "open.yaml", *QUICK, "--latencies", "calls.csv")
    assert said == (2, "", "calls.csv: too few data: 20 calls that ended with output_tokens are needed, there are 0\n")
    frame(400).rename(columns={"outcome": "state"}).to_csv("calls.csv", index=False)
    named = ("--column", "outcome=state")
    said = here("tune", "open.yaml", *QUICK, "--batches", "1", "--no-verify", "--latencies", "calls.csv", *named)
    assert said.out.splitlines()[:2] == [lines[0], "read: latency_s, ttft_ms, output_tokens, state"]
    assert " --column outcome=state " in Path("out/report.md").read_text(encoding="utf-8")
    said = here("tune", "open.yaml", *QUICK, *named)
    assert said.code == 2
    assert "--column names a column of --latencies, and there is none" in said.err
    frame(10).to_csv("calls.csv", index=False)
    said = here("tune", "open.yaml", *QUICK, "--latencies", "calls.csv")
    assert said.code == 2
    assert said.err.startswith("calls.csv: too few data: a distribution needs at least 20 calls that ended")
