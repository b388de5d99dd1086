"""Broken files of fleets: each mistake once, where it stands, in whichever file that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.harness.client import Client
from brownout.harness.files import FileError, json_schema, load, loads
from brownout.harness.fleet import Fleet

from ..cli.command import Here
from . import tiny

MEMBER = "this is a fleet of several clients, and one client is needed here: name a member of it"
BROKEN: dict[str, tuple[str, list[str]]] = {
    "members that there are not": (
        "fleet:\n  - {client: gide, share: 50%}\n  - {client: nothere.yaml, share: 50%}\n",
        [
            'f.yaml:3:14: unknown client "gide", did you mean "guide"?',
            'f.yaml:4:14: cannot play "nothere.yaml": no such file',
        ],
    ),
    "shares that do not make up a whole": (
        "fleet:\n  - {client: patient.yaml, share: 50%}\n  - {client: guide, share: 40%}\n",
        ["f.yaml:3:3: the shares of all members must make up 100%, these make up 90%"],
    ),
    "no members": ("fleet: []\n", ["f.yaml:2:8: expected 1 or more, got an empty list"]),
    "a share of nothing": (
        "fleet:\n  - {client: guide, share: 0%}\n  - {client: patient.yaml, share: 100%}\n",
        ['f.yaml:3:28: expected more than 0, got "0%"'],
    ),
    "itself": (
        "fleet:\n  - {client: f.yaml, share: 50%}\n  - {client: guide, share: 50%}\n",
        ["f.yaml:3:14: a fleet cannot be a member of itself"],
    ),
    "a fleet within a fleet": (
        "fleet:\n  - {client: mixed.yaml, share: 50%}\n  - {client: guide, share: 50%}\n",
        ['f.yaml:3:14: "mixed.yaml" is a fleet itself: list its members here, each with its share'],
    ),
    "one member twice": (
        "fleet:\n  - {client: guide, share: 50%}\n  - {client: guide, share: 50%}\n",
        ['f.yaml:4:6: two members are called "guide"'],
    ),
    "what is no member": (
        "fleet:\n  - {client: {name: x}, share: 50%}\n  - {client: guide, share: 50%, about: hm}\n"
        "  - {share: 10%}\n  - guide\n  - {client: , share: 10%}\n",
        [
            "f.yaml:3:14: expected the name of a shipped client or a file, got a mapping",
            'f.yaml:4:33: unknown key "about"; known: "client", "share"',
            'f.yaml:5:5: missing key "client"',
            'f.yaml:6:5: expected a mapping with "client" or "share", got "guide"',
            "f.yaml:7:6: expected the name of a shipped client or a file, got nothing",
        ],
    ),
    "a fleet with layers of its own": (
        "layers: [sdk]\nfleet: [{client: guide, share: 100%}]\n",
        ['f.yaml:2:1: unknown key "layers"; known: "about", "fleet", "name"'],
    ),
    "a member that is broken": (
        "fleet:\n  - {client: broken.yaml, share: 50%}\n  - {client: guide, share: 50%}\n",
        [
            'broken.yaml:2:18: expected a duration such as "10s", got true',
            'broken.yaml:2:24: unknown key "conect", did you mean "connect"?',
        ],
    ),
    "members that extend each other": (
        "fleet:\n  - {client: loop.yaml, share: 50%}\n  - {client: guide, share: 50%}\n",
        ["back.yaml:2:10: this goes round in a circle: loop.yaml extends back.yaml extends loop.yaml"],
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the broken files name."""
    tiny.write(tmp_path)
    mixed = "name: mixed\nfleet: [{client: patient.yaml, share: 50%}, {client: hasty.yaml, share: 50%}]\n"
    files = {
        "mixed": mixed,
        "broken": "name: broken\ntimeouts: {read: true, conect: 5s}\nlayers: [sdk]\n",
        "loop": "name: loop\nextends: back.yaml\n",
        "back": "name: back\nextends: loop.yaml\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("text", "problems"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_is_told_once_and_there(folder: Path, text: str, problems: list[str]) -> None:
    """All of it at once."""
    Path("f.yaml").write_text(f"name: f\n{text}", encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load("f.yaml", Fleet)
    assert str(caught.value).splitlines() == problems


def test_text_that_is_in_no_file_can_name_shipped_clients() -> None:
    """There is no folder in which others could lie."""
    assert loads("name: f\nfleet: [{client: guide, share: 100%}]\n", Fleet).fleet[0].client.name == "guide"
    with pytest.raises(FileError, match="text that is in no file can play shipped clients only"):
        loads("name: f\nfleet: [{client: mine.yaml, share: 100%}]\n", Fleet)


def test_a_fleet_where_one_client_is_needed(folder: Path) -> None:
    """Loaded as a client, and extended by one."""
    with pytest.raises(FileError) as caught:
        load("mixed.yaml", Client)
    assert str(caught.value) == f"mixed.yaml:2:1: {MEMBER}"
    Path("heir.yaml").write_text("name: heir\nextends: mixed.yaml\n", encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load("heir.yaml", Client)
    assert str(caught.value) == f"mixed.yaml:2:1: {MEMBER}"


@pytest.mark.parametrize(
    "words",
    [
        ("export", "mixed.yaml", "--as", "python"),
        ("tune", "mixed.yaml", "-s", "calm", "--open", "timeouts.read"),
        ("tune", "patient.yaml", "-s", "calm", "--open", "timeouts.read", "--against", "mixed.yaml"),
    ],
    ids=["export", "tune", "against"],
)
def test_commands_about_one_client_say_so(
    folder: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the words of the file, with exit code 2."""
    said = Here(capsys, monkeypatch)(*words)
    assert (said.code, said.err) == (2, f"mixed.yaml:2:1: {MEMBER}\n")


def test_a_broken_member_that_is_given_itself_is_told_once(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it has one mistake to mend."""
    Path("f.yaml").write_text("name: f\nfleet: [{client: broken.yaml, share: 100%}]\n", encoding="utf-8")
    said = Here(capsys, monkeypatch)("run", "-s", "calm", "-c", "f.yaml", "-c", "broken.yaml")
    assert said.code == 2
    assert said.err.splitlines() == BROKEN["a member that is broken"][1]


def test_the_schema_is_that_of_what_is_written() -> None:
    """A name, where the model has a whole client."""
    found = json_schema(Fleet)["$defs"]["Member"]["properties"]["client"]
    assert found["anyOf"][1] == {"type": "string"}
    assert "guide" in found["anyOf"][0]["enum"]
