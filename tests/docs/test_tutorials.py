"""The tutorials are what they were when somebody last ran them: every command, every figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from brownout.harness.latencies.log import read
from brownout.harness.latencies.model import model

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from played import played, tutorials  # noqa: E402 - a script beside the pages

LOGS = ROOT / "examples" / "latencies"


@pytest.mark.slow
@pytest.mark.parametrize("page", tutorials(), ids=lambda page: page.stem)
def test_a_tutorial_says_what_its_commands_say(page: Path) -> None:
    """From a log to a client file; who follows it sees the same figures."""
    assert played(page) == page.read_text(encoding="utf-8")


def test_there_is_one_for_every_kind_of_call() -> None:
    assert {page.stem for page in tutorials()} == {"chat", "background", "realtime", "agentic"}


def test_a_command_that_fails_makes_no_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ brownout show nobody\nAll is well.\n```\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        played(page)


def test_what_is_told_is_what_was_said_last(tmp_path: Path) -> None:
    """Files are those of the page, and what stood there before is gone."""
    page = tmp_path / "page.md"
    text = "```yaml\n# a.yaml\nname: a\n```\n\n```console\n$ cat a.yaml\n{}```\n\nThe end.\n"
    page.write_text(text.format("name: b\n"), encoding="utf-8")
    assert played(page) == text.format("name: a\n")


def test_the_logs_are_what_their_program_makes(tmp_path: Path) -> None:
    for path in (script := LOGS / "make.py").parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for path in tmp_path.iterdir():
        if path.suffix != ".py":
            path.unlink()
    subprocess.run([sys.executable, str(tmp_path / script.name)], check=True, capture_output=True)
    logs = [path.name for path in LOGS.iterdir() if path.suffix in (".csv", ".json", ".jsonl")]
    assert len(logs) == 4
    for name in logs:
        assert (tmp_path / name).read_bytes() == (LOGS / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "first", "gap", "hangs"),
    [
        ("chat.csv", 0.9, 0.016, 0.03),
        ("background.jsonl", 1.2, 0.016, 0.02),
        ("realtime.csv", 0.7, 0.009, 0.02),
        ("agentic.json", 1.5, 0.016, 0.04),
    ],
)
def test_what_is_found_in_them_is_what_they_were_made_from(name: str, first: float, gap: float, hangs: float) -> None:
    """Within the intervals that are told, and half as much again: those of eight figures are not all to be hit."""
    found = model(read(LOGS / name))
    assert found.by_length is not None
    parts = [(found.by_length.gap, gap), (found.by_length.hangs, hangs)]
    parts += [(found.by_length.first, first)] if found.first_token is None else [(found.first_token.median, first)]
    for interval, truth in parts:
        assert interval.low is not None
        assert interval.high is not None
        slack = 0.25 * (interval.high - interval.low)
        assert interval.low - slack <= truth <= interval.high + slack
