"""`brownout sample-incident`: the same file for the same command, which runs, and says where its figures come from."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import brownout
from brownout.harness.files import load, loads
from brownout.harness.scenario import Scenario
from brownout.harness.testing.incidents import as_yaml

from .command import Here

TRACED = """\
name: traced
workload: {arrivals: {kind: trace, file: calls.csv, columns: {at: at}}}
timeline: [{for: 10s}]
"""


def test_the_same_command_makes_the_same_file(here: Here) -> None:
    """Printed or written; of another seed it is another. Without options it is what the function draws."""
    printed = here("sample-incident")
    assert (printed.code, printed.err) == (0, "")
    said = here("sample-incident", "-o", "drawn.yaml")
    assert said == (0, "Wrote drawn.yaml\nNext: brownout run -s drawn.yaml --sample 5%\n", "")
    assert Path("drawn.yaml").read_text(encoding="utf-8") == printed.out
    assert here("sample-incident", "--seed", "2").out != printed.out
    drawn, made = load("drawn.yaml", Scenario), brownout.sampled_incident()
    assert (drawn.timeline, drawn.workload, drawn.server) == (made.timeline, made.workload, made.server)


def test_counts_are_numbers(here: Here) -> None:
    """As people write them, without quotes; and a file that is called by a number can be read back."""
    assert "input_tokens: {median: 1500, p95: 8k}\n" in here("sample-incident").out
    drawn = as_yaml(brownout.sampled_incident(), name="2024")
    assert drawn.startswith("name: '2024'\n")
    assert loads(drawn, Scenario).name == "2024"


def test_the_command_in_the_file_makes_it_again(here: Here) -> None:
    """With everything that was not said, too."""
    here("sample-incident", "storm.yaml", "--lasts", "4h", "--every", "10m", "--seed", "3", "-o", "drawn.yaml")
    text = Path("drawn.yaml").read_text(encoding="utf-8")
    _, *words = shlex.split(text.splitlines()[1].removeprefix("#"))
    assert here(*words).out == text
    found = load("drawn.yaml", Scenario)
    assert found.name == "storm-outages-3"
    assert found.horizon == pytest.approx(4 * 3600, abs=61)
    assert sum(bool(phase.faults) for phase in found.timeline) > 4


def test_the_file_runs(here: Here) -> None:
    """By objectives of its own: those of the scenario it is made of were for another incident."""
    spans = ("--lasts", "5m", "--every", "20s", "--median", "10s", "--p95", "30s")
    here("sample-incident", "storm.yaml", *spans, "--objective", "goodput >= 1%", "-o", "drawn.yaml")
    said = here("run", "-s", "drawn.yaml", "-c", "patient.yaml", "--seeds", "1")
    assert said.code == 0
    assert said.out.startswith("PASS the objective is met: goodput ")


def test_it_says_where_the_figures_come_from(here: Here) -> None:
    """And that they are assumptions."""
    comments = [line for line in here("sample-incident").out.splitlines() if line.startswith("#")]
    text = " ".join(line.removeprefix("#").strip() for line in comments)
    for word in ("40m on average", "less than 20m", "more than 1h30m", "ICPE 2025", "assumptions", "those of calm"):
        assert word in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("calmm",), 'unknown scenario "calmm", did you mean "calm"?'),
        (("traced.yaml",), "traced replays a trace, which a file elsewhere would not find; give other arrivals"),
        (("--median", "2h"), "--p95: expected more than --median 2h"),
        (("--every", "0s"), "--every: expected more than 0s"),
        (("--lasts", "5m"), "no outage falls into that time under this seed"),
        (("--objective", "goodput"), '--objective "goodput": expected a metric'),
        (("--lasts", "long"), "Invalid value for '--lasts'"),
        (("-o", "nowhere/drawn.yaml"), "cannot write to nowhere/drawn.yaml: no such file or directory"),
    ],
)
def test_what_makes_no_sense_is_refused(here: Here, words: tuple[str, ...], said: str) -> None:
    """In a sentence, with exit code 2, and nothing is printed."""
    Path("traced.yaml").write_text(TRACED, encoding="utf-8")
    Path("calls.csv").write_text("at\n1\n2\n", encoding="utf-8")
    found = here("sample-incident", *words)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
