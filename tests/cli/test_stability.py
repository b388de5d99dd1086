"""`brownout stability`: up to which load a client lets a service come back."""

from __future__ import annotations

from pathlib import Path

from brownout.harness import results

from .command import Here

STORM = """
name: storm
workload: {clients: 10, arrivals: {kind: poisson, rate: 800/min}, calls: {deadline: 60s, output_tokens: 300}}
server:
  latency: {round_trip: 0ms, first_token: {median: 200ms, p95: 400ms}, token_gap: 1ms}
  capacity: {slots: 9, queue: 50, on_disconnect: finish}
timeline: [{for: 20s}, {for: 10s, faults: [{kind: no_answer}]}, {for: 60s}]
"""
TRIES = """
name: tries
timeouts: {read: 2s}
layers: [{retry: {retries: 3, backoff: {base: 1s}, on: [timeout, overloaded]}}, {sdk: {max_retries: 0}}]
"""
QUICK = ("-s", "storm.yaml", "-c", "tries.yaml", "--seeds", "2", "--workers", "1")


def write() -> None:
    Path("storm.yaml").write_text(STORM, encoding="utf-8")
    Path("tries.yaml").write_text(TRIES, encoding="utf-8")


def test_it_says_how_much_load_is_safe(here: Here) -> None:
    """First of all, and with a map; it can be made again from the file."""
    write()
    said = here("stability", *QUICK, "--by", "retry.retries=0,3", "--format", "markdown", "--sample", "90%")
    assert said.code == 0
    assert said.out.startswith("The load under which the service comes back: ")
    assert said.out.index("How much load is safe") < said.out.index("storm: answered in time")
    page = Path("out/stability/report.md").read_text(encoding="utf-8")
    assert "tries in storm, by retry.retries" in page
    [stability] = results.load(Path("out/stability/run.json")).stability
    assert stability.diagrams[0].rows == ["0", "3"]
    assert here("report", "out/stability", "--format", "markdown").out == page
    assert "brownout stability -s storm.yaml -c tries.yaml --by retry.retries=0,3 --seeds 2 --sample 90%" in page


def test_mistakes_are_told_before_anything_is_played(here: Here) -> None:
    write()
    for words, says in (
        ((*QUICK[:2], "-c", "nobody"), "nobody"),
        ((*QUICK, "--by", "retry.tries=0,1"), "retry.tries"),
        ((*QUICK, "--by", "retry.retries"), "retry.retries"),
        (("-s", "calm", *QUICK[2:]), "cannot be seen"),
    ):
        said = here("stability", *words)
        assert said.code == 2
        assert says in said.err
    assert not Path("out/stability/run.json").exists()
