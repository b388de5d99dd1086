"""Every mistake is found where it stands, every sound file is left alone, and what is claimed is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.harness import sources
from brownout.harness.doctor.checks import CHECKS
from brownout.harness.doctor.examine import examine
from brownout.harness.doctor.finding import Diagnosis
from brownout.scenarios import presets

from .mistakes import MISTAKES, SOUND, Mistake


def examined(folder: Path, text: str, scenario: str = "", *, prove: bool = False) -> Diagnosis:
    """What the doctor says of a client file of that text."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return examine(str(path), sources.scenario(scenario).value if scenario else None, prove=prove)


each_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: f"{each.id} {each.here}")


@each_mistake
def test_a_mistake_is_found_where_it_stands(mistake: Mistake, tmp_path: Path) -> None:
    """At its line; and the arithmetic is in the sentence, the line to write in the fix."""
    found = [each for each in examined(tmp_path, mistake.text, mistake.scenario).findings if each.id == mistake.id]
    lines = mistake.text.splitlines()
    assert any(mistake.here in lines[(each.where.line or 0) - 1] for each in found), found
    assert all(each.fix and (any(c.isdigit() for c in each.what) or "never comes" in each.what) for each in found)


@each_mistake
def test_what_is_claimed_is_shown(mistake: Mistake, tmp_path: Path) -> None:
    """By the simulator, with this client, for every finding that can be shown."""
    found = examined(tmp_path, mistake.text, mistake.scenario, prove=True).findings
    assert [each for each in found if each.proof is not None and not each.proof.holds] == []
    assert all(each.proof is not None or "never comes" in each.what for each in found)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_left_alone(name: str, tmp_path: Path) -> None:
    """Not even a note."""
    assert examined(tmp_path, SOUND[name]).findings == ()


@pytest.mark.parametrize("name", [*presets(), "budgeted"])
def test_what_is_shipped_to_start_from_is_sound(name: str) -> None:
    """It is what people copy."""
    assert examine(name).verdict == f"{name}: nothing found"


def test_enough_of_both() -> None:
    """And a mistake for each check of client files."""
    assert len(MISTAKES) >= 30
    assert len(SOUND) >= 10
    assert {each.id for each in MISTAKES} == {name for name, check in CHECKS.items() if check.language == "yaml"}


@pytest.mark.parametrize("name", ["guide", "guide-stacked", "sdk-defaults", "no-retry"])
def test_what_is_claimed_of_shipped_clients_is_shown(name: str) -> None:
    """Every finding has a proof, and every proof holds."""
    found = examine(name, prove=True).findings
    assert found
    assert all(each.proof is not None and each.proof.holds for each in found)


def test_the_guide_around_the_sdk() -> None:
    """Twelve requests for a call, and a total that is none: both found, and both seen."""
    found = {each.id: each for each in examine("guide-stacked", prove=True).findings}
    stacked, total = found["stacked-retries"], found["no-total"]
    assert stacked.what == "4 tries x 3 requests of the SDK's own = 12 requests for one call."
    assert (str(stacked.where), stacked.severity) == ("guide-stacked.yaml:6:9", "error")
    assert stacked.proof is not None
    assert "12 requests were sent for one call" in stacked.proof.seen
    assert "12 requests x 2m + 23s of waits = 24m23s" in total.what
    assert total.proof is not None
    assert "still going on after 25m23s: no limit had ended it" in total.proof.seen


def test_a_stack_of_a_profile_is_told_apart(tmp_path: Path) -> None:
    """What only one kind of call has is said of that kind, at its own line."""
    text = SOUND["plain"] + "profiles:\n  realtime:\n    layers: {deadline: {total: 19s}}\n"
    [finding] = examined(tmp_path, text).findings
    assert (finding.profile, finding.id) == ("realtime", "retries-cannot-fit")


def test_what_profiles_share_is_said_once(tmp_path: Path) -> None:
    """Shared layers are one mistake, however many kinds of calls go through them."""
    text = SOUND["plain"].replace("{max_retries: 0}", "{max_retries: 2}")
    shared = text + "profiles:\n  chat:\n    timeouts: {read: 19s}\n  realtime:\n    timeouts: {read: 18s}\n"
    assert [each.id for each in examined(tmp_path, shared).findings].count("stacked-retries") == 1


def test_a_scenario_without_calls_of_a_kind_says_nothing_of_it(tmp_path: Path) -> None:
    """Its stack is not looked at."""
    text = SOUND["plain"] + "profiles:\n  realtime:\n    layers: {deadline: {total: 19s}}\n"
    found = examined(tmp_path, text, "calm").findings
    assert "realtime" not in {each.profile for each in found}
