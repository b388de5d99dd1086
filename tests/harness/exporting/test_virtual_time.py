"""The exported program is the client file: request by request, to the last digit that a clock shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.harness.files import load
from brownout.harness.scenario import Scenario
from brownout.scenarios import incidents, known_clients

from .playing import both, crowded, differences, shipped, stories
from .trouble import SHARED, TROUBLE
from .variants import VARIANTS


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which programs are found."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", VARIANTS)
def test_every_layer_does_what_the_file_says(here: Path, name: str) -> None:
    """In every way that it can be set to; each has something to do, and none of it goes without a trace."""
    file, code = both(SHARED if name.startswith("hedge") else TROUBLE, VARIANTS[name], here)
    assert differences(file, code) == {}
    told = stories(file).values()
    assert {story.is_ok for story in told} == {True, False}
    assert any(len(story.attempts) != 1 for story in told)


@pytest.mark.parametrize("name", known_clients())
def test_shipped_clients_do_what_their_files_say(here: Path, name: str) -> None:
    assert differences(*both(TROUBLE, shipped()[name], here)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", known_clients())
def test_shipped_clients_are_the_same_in_every_incident(here: Path, name: str) -> None:
    """Breakers and budgets have their say, as one client makes all the calls."""
    for incident in incidents().values():
        file, code = both(crowded(load(incident, Scenario)), shipped()[name], here)
        assert differences(file, code) == {}, incident.stem


def test_a_difference_is_seen(here: Path) -> None:
    """The comparison tells clients apart that are all but the same."""
    file, _ = both(TROUBLE, VARIANTS["within"], here)
    other, _ = both(TROUBLE, VARIANTS["constant"], here)
    assert differences(file, other)
