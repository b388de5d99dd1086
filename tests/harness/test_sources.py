"""Scenarios and clients by name or by path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from brownout.harness import sources
from brownout.harness.files import FileError
from brownout.harness.sources import UnknownName
from brownout.scenarios import clients, incidents, presets, scenarios

from . import tiny


@pytest.mark.parametrize("name", incidents())
def test_shipped_scenarios_by_name(name: str) -> None:
    """The name is enough, and is what names it again."""
    source = sources.scenario(name)
    assert source.value.name == source.named == name
    assert source.text == incidents()[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", clients())
def test_shipped_clients_by_name(name: str) -> None:
    """The same for clients."""
    source = sources.client(name)
    assert source.value.name == source.named == name
    assert source.text == clients()[name].read_text(encoding="utf-8")


def test_files_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path as it was typed, with or without an ending, names the file again."""
    monkeypatch.chdir(tmp_path)
    tiny.write(tmp_path)
    Path("plain").write_text(tiny.PATIENT, encoding="utf-8")
    assert sources.client("patient.yaml").named == "patient.yaml"
    assert sources.client("./patient.yaml").value == sources.client("plain").value
    assert sources.scenario(str(tmp_path / "storm.yaml")).text == tiny.STORM


def test_a_shipped_name_comes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the same name is meant only by a path that says so."""
    monkeypatch.chdir(tmp_path)
    Path("guide").write_text(tiny.HASTY, encoding="utf-8")
    assert sources.client("guide").value.name == "guide"
    assert sources.client("./guide").value.name == "hasty"


def test_what_is_read_is_what_is_hashed() -> None:
    """A pipe can be read only once, and its text is still there."""
    reader, writer = os.pipe()
    os.write(writer, tiny.PATIENT.encode())
    os.close(writer)
    source = sources.client(f"/dev/fd/{reader}")
    os.close(reader)
    assert (source.value.name, source.text) == ("patient", tiny.PATIENT)


KNOWN_CLIENTS = ", ".join(f'"{name}"' for name in sorted(clients() | presets()))
KNOWN_SCENARIOS = ", ".join(f'"{name}"' for name in sorted(scenarios()))


@pytest.mark.parametrize(
    ("what", "named", "message"),
    [
        ("scenario", "rate-limit-strom", 'unknown scenario "rate-limit-strom", did you mean "rate-limit-storm"?'),
        ("scenario", "Calm", 'unknown scenario "Calm", did you mean "calm"?'),
        ("scenario", "rate_limit_storm", 'unknown scenario "rate_limit_storm", did you mean "rate-limit-storm"?'),
        ("client", "sdk-default", 'unknown client "sdk-default", did you mean "sdk-defaults"?'),
        ("client", "xyzzy", f'unknown client "xyzzy"; known: {KNOWN_CLIENTS}'),
        ("scenario", "xyzzy", f'unknown scenario "xyzzy"; known: {KNOWN_SCENARIOS}'),
    ],
)
def test_unknown_names(what: str, named: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest name is suggested; where there is none, all are listed."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownName) as caught:
        getattr(sources, what)(named)
    assert str(caught.value) == message


@pytest.mark.parametrize("named", ["nowhere.yaml", "nowhere.yml", "nowhere/at-all"])
def test_a_path_that_leads_nowhere_is_a_missing_file(named: str) -> None:
    """What looks like a path is not taken for a name."""
    with pytest.raises(FileError, match=rf"^{named}: no such file$"):
        sources.scenario(named)


PRINT = """\
from brownout.harness import sources
for name in ("guide", "budgeted"): print(sources.fingerprint(sources.client(name).value))
for name in ("rate-limit-storm", "stall-mid-stream"): print(sources.fingerprint(sources.scenario(name).value))
print(sources.fingerprint(sources.scenario("hits.yaml").value))
"""


def test_a_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    """Whatever order sets have there."""
    text = tiny.STORM.replace("  - {for: 10s}", "  - {for: 10s, hits: [in_flight, idle]}")
    (tmp_path / "hits.yaml").write_text(text, encoding="utf-8")
    found = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    [lines] = found
    assert len(set(lines.split())) == 5


def test_a_fingerprint_is_of_what_is_meant(tmp_path: Path) -> None:
    """Comments and spelling do not count; what a base says does."""
    paths = {name: tmp_path / f"{name}.yaml" for name in ("base", "mine")}
    paths["base"].write_text("name: base\ntimeouts: {read: 60s}\n", encoding="utf-8")
    paths["mine"].write_text("name: mine\nextends: base.yaml\n", encoding="utf-8")
    before = sources.client(str(paths["mine"]))
    paths["base"].write_text("name: base  # spelt otherwise\ntimeouts: {read: 1m}\n", encoding="utf-8")
    same = sources.client(str(paths["mine"]))
    paths["base"].write_text("name: base\ntimeouts: {read: 61s}\n", encoding="utf-8")
    other = sources.client(str(paths["mine"]))
    assert before.text == same.text == other.text
    assert sources.fingerprint(before.value) == sources.fingerprint(same.value) != sources.fingerprint(other.value)
