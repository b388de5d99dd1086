"""`brownout doctor`: what is printed, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import brownout
from brownout.harness.doctor import examine
from brownout.harness.doctor.finding import Proof

from .command import Here
from .command import brownout as run
from .test_start import imported

SOUND = """\
name: sound
timeouts: {read: 20s}
layers:
  - deadline: {total: 60s}
  - retry: {retries: 1, on: [timeout, connection, rate_limit, overloaded, stream_before_text]}
  - content_gap: {limit: 15s}
  - sdk: {max_retries: 0}
"""
NOTED = SOUND.replace("retries: 1", "retries: 3")
LLM = """\
import anthropic

client = anthropic.Anthropic(api_key="none", timeout=30.0, max_retries=4)


def broken():
    raise ValueError("sk-secret")
"""


def test_the_verdict_comes_first(here: Here) -> None:
    """Then a paragraph for each finding, the gravest first; an error exits 99, and nothing is written."""
    said = here("doctor", "guide-stacked")
    assert (said.code, said.err) == (99, "")
    verdict, *paragraphs = said.out.rstrip("\n").split("\n\n")
    assert verdict == "2 errors, 3 warnings, 1 note in guide-stacked"
    heads = [paragraph.split(":")[0] for paragraph in paragraphs]
    assert heads == ["error"] * 2 + ["warning"] * 3 + ["note"]
    assert all("\n  Fix: " in paragraph for paragraph in paragraphs)
    assert "Seen" not in said.out
    assert not Path("out").exists()


def test_a_sound_client(here: Here) -> None:
    """One line, and 0."""
    Path("sound.yaml").write_text(SOUND, encoding="utf-8")
    assert here("doctor", "sound.yaml") == (0, "sound: nothing found\n", "")


def test_without_an_error_it_exits_0(here: Here) -> None:
    """A note fails nobody's build."""
    Path("noted.yaml").write_text(NOTED, encoding="utf-8")
    said = here("doctor", "noted.yaml")
    assert said.code == 0
    assert said.out.startswith("1 note in sound\n\nnote: no-retry-budget, noted.yaml:5:5\n")


def test_it_is_shown(here: Here) -> None:
    """What the simulator saw stands beneath what is claimed."""
    said = here("doctor", "guide-stacked", "--prove")
    assert said.code == 99
    assert "  Seen: When every request was reset, 12 requests were sent for one call" in said.out
    assert "the call was still going on after 25m23s: no limit had ended it." in said.out
    assert "NOT SHOWN" not in said.out


def test_what_is_not_shown_says_so(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof may fail, and nobody is left to think that it held."""
    check = examine.CHECKS["stacked-retries"]
    monkeypatch.setattr(check, "prove", lambda self, subject, found: Proof("1 request was sent.", False))
    said = here("doctor", "guide-stacked", "--prove")
    assert "  NOT SHOWN: 1 request was sent.\n" in said.out


def test_with_a_scenario(here: Here) -> None:
    """The verdict names it, and limits are held against its calls."""
    said = here("doctor", "guide", "slow-generation")
    assert said.out.startswith("1 error, 6 warnings, 1 note in guide with slow-generation\n")
    assert "limit-below-p99" in said.out


def test_json(here: Here) -> None:
    """One object of a shape that stays."""
    said = here("doctor", "guide-stacked", "calm", "--prove", "--format", "json")
    told = json.loads(said.out)
    assert [*told] == ["client", "scenario", "verdict", "errors", "warnings", "notes", "findings"]
    assert (told["client"], told["scenario"], told["errors"]) == ("guide-stacked", "calm", 2)
    keys = ["id", "severity", "client", "profile", "what", "fix", "path", "line", "column", "proof"]
    assert all([*finding] == keys for finding in told["findings"])
    assert all([*finding["proof"]] == ["seen", "holds"] for finding in told["findings"] if finding["proof"])
    assert all(finding["proof"]["holds"] for finding in told["findings"] if finding["proof"])


def test_a_client_of_a_program(here: Here) -> None:
    """The module is imported, and its client read."""
    Path("llm.py").write_text(LLM, encoding="utf-8")
    said = here("doctor", "llm.py:client")
    assert said.code == 99
    assert said.out.startswith("1 error, 3 warnings, 1 note in llm.py:client\n")
    assert "5 requests x 30s + 7.5s of waits = 2m37.5s" in said.out


def test_source_is_read_and_not_run(here: Here) -> None:
    """What it would do is not done, and it needs no SDK."""
    Path("app.py").write_text(f"{LLM}\nopen('there', 'w')\nraise SystemExit(7)\n", encoding="utf-8")
    said = here("doctor", "app.py")
    assert said.code == 99
    assert "error: no-total, app.py:3:10" in said.out
    assert not Path("there").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gide",), 'unknown client "gide", did you mean "guide"?'),
        (("nowhere.yaml",), "nowhere.yaml: no such file"),
        (("nowhere.py",), "nowhere.py: no such file"),
        (("guide", "clam"), 'unknown scenario "clam", did you mean "calm"?'),
        (("guide", "nowhere.yaml"), "nowhere.yaml: no such file"),
        (("storm.yaml",), "storm.yaml: looks like a scenario file, not a client file\n"),
        (("llm.py:nobody",), 'llm.py has no "nobody"'),
        (("llm.py:broken",), "calling llm.py:broken raised ValueError (llm.py, line 7)"),
        (("empty.py",), "empty.py: no Anthropic(...) or AsyncAnthropic(...) is made here"),
        (("broken.py",), "broken.py:2:"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_used(here: Here, words: tuple[str, ...], message: str) -> None:
    """Exit code 2 and a line a problem on stderr, as elsewhere."""
    Path("llm.py").write_text(LLM, encoding="utf-8")
    Path("empty.py").write_text("import os\n", encoding="utf-8")
    Path("broken.py").write_text("import os\ndef f(:\n", encoding="utf-8")
    said = here("doctor", *words)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert "secret" not in said.err


def test_all_problems_at_once(here: Here) -> None:
    """Of both files."""
    said = here("doctor", "gide", "clam")
    assert (said.code, said.err.count("\n")) == (2, 2)


def test_it_needs_neither_sdk_nor_simulator(tmp_path: Path) -> None:
    """A file is read in no time."""
    (tmp_path / "sound.yaml").write_text(SOUND, encoding="utf-8")
    assert not imported("doctor", "sound.yaml", cwd=tmp_path) & {"anthropic", "httpx", "httpx2", "simpy", "pandas"}


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    """As users run it."""
    said = run("doctor", "no-retry", cwd=tmp_path)
    assert (said.code, said.err) == (99, "")


def test_from_python(tmp_path: Path) -> None:
    """The same findings, as objects; a client may be one that was loaded."""
    path = tmp_path / "noted.yaml"
    path.write_text(NOTED, encoding="utf-8")
    found = brownout.doctor(path, "calm", prove=True)
    assert found.verdict == "1 warning, 1 note in sound with calm"
    limit, note = found.findings
    assert (limit.id, note.severity, note.where.line) == ("limit-below-p99", "note", 5)
    assert note.proof is not None
    assert note.proof.holds
    loaded = brownout.doctor(brownout.client(path))
    assert [each.id for each in loaded.findings] == ["no-retry-budget"]
    assert str(loaded.findings[0].where) == "sound"
