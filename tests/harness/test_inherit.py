"""Client files that extend others: what they become, and where it is said when they become nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.client import Client
from brownout.harness.files import FileError, json_schema, load, loads
from brownout.scenarios import clients, presets

from ..cli.command import Here
from . import tiny

KNOWN = ", ".join(f'"{name}"' for name in sorted(clients() | presets()))
BASE = """\
name: base
about: What others build on.
timeouts: {connect: 3s, read: 30s}
layers:
  - deadline: {total: 60s}
  - breaker: {failures: 4, open_for: 20s}
  - retry: {retries: 4, backoff: {base: 1s, factor: 3, jitter: {additive: 1s}}}
  - sdk
profiles:
  background: {timeouts: {read: 90s}}
  realtime: {layers: {deadline: {total: 5s}, retry: null}}
"""


def written(client: Client) -> dict[str, Any]:
    """As a file would hold it, without what is not said in one."""
    return client.model_dump(mode="json", exclude_defaults=True)


def layers(client: Client) -> list[Any]:
    return list(written(client)["layers"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def made(folder: Path, text: str, name: str = "mine.yaml") -> Client:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder / name, Client)


def test_a_name_is_enough_to_be_another_client() -> None:
    """Everything is inherited but what it is called and about."""
    mine, guide = loads("name: mine\nextends: guide\n", Client), load(clients()["guide"], Client)
    assert (mine.name, mine.about) == ("mine", "")
    assert mine.model_copy(update={"name": guide.name, "about": guide.about}) == guide


def test_timeouts_are_merged_key_by_key(folder: Path) -> None:
    mine = made(folder, "name: mine\nextends: base.yaml\ntimeouts: {read: 10s, pool: 1s}\n")
    assert mine.timeouts.timeouts() == (3.0, 10.0, 600.0, 1.0)


def test_a_list_of_layers_replaces_the_whole(folder: Path) -> None:
    mine = made(folder, "name: mine\nextends: base.yaml\nlayers: [retry, sdk]\nprofiles: {realtime: null}\n")
    assert [type(layer).name for layer in mine.layers] == ["retry", "sdk"]
    assert mine.layers[0].model_dump() == type(mine.layers[0])().model_dump()


def test_a_mapping_of_layers_changes_them_by_name(folder: Path) -> None:
    """Parameter by parameter, however deep; nothing after a name takes the layer out; lists are replaced."""
    mine = made(
        folder,
        """\
name: mine
extends: base.yaml
layers:
  sdk: {max_retries: 0}
  breaker:
  retry: {retries: 1, backoff: {base: 5s, jitter: full}, on: [timeout]}
""",
    )
    assert [type(layer).name for layer in mine.layers] == ["deadline", "retry", "sdk"]
    backoff = {"base": "5s", "factor": 3.0}  # full jitter is the default
    assert layers(mine)[1] == {"retry": {"retries": 1, "backoff": backoff, "on": ["timeout"]}}
    assert mine.sdk.max_retries == 0


def test_layers_that_the_base_does_not_name_are_the_default() -> None:
    """A base without layers is the SDK alone."""
    assert loads("name: mine\nextends: sdk-defaults\nlayers: {sdk: {max_retries: 5}}\n", Client).sdk.max_retries == 5


def test_a_base_without_layers_has_the_sdk(folder: Path) -> None:
    (folder / "bare.yaml").write_text("name: bare\n", encoding="utf-8")
    mine = made(folder, "name: mine\nextends: bare.yaml\nlayers: {sdk: {max_retries: 7}}\n")
    assert mine.sdk.max_retries == 7


def test_chains_and_folders(folder: Path) -> None:
    """Each path is relative to the file that says it, wherever the command runs."""
    (folder / "team").mkdir()
    made(folder, "name: middle\nextends: ../base.yaml\nlayers: {deadline: {total: 9s}}\n", "team/middle.yaml")
    mine = made(folder, "name: mine\nextends: team/middle.yaml\nlayers: {breaker: {failures: 9}}\n")
    assert layers(mine)[:2] == [{"deadline": {"total": "9s"}}, {"breaker": {"failures": 9, "open_for": "20s"}}]


def test_profiles_are_merged_entry_by_entry(folder: Path) -> None:
    """What a base says of a profile's layers is a change of whatever the layers become."""
    mine = made(
        folder,
        """\
name: mine
extends: base.yaml
timeouts: {connect: 1s}
layers: {breaker: null}
profiles:
  background: {timeouts: {connect: 2s}}
  realtime: {layers: {deadline: {total: 7s}}}
  agentic: {layers: {sdk: {max_retries: 0}}}
""",
    )
    assert mine.timeouts_of("background") == (2.0, 90.0, 600.0, 600.0)
    given = dict(mine.profiles.given())
    assert given["realtime"].layers is not None
    assert [type(layer).name for layer in given["realtime"].layers] == ["deadline", "sdk"]
    assert given["realtime"].layers[0].model_dump() == {"total": "7s"}
    assert given["agentic"].layers is not None
    assert [type(layer).name for layer in given["agentic"].layers] == ["deadline", "retry", "sdk"]


def test_a_profile_can_be_taken_out(folder: Path) -> None:
    mine = made(folder, "name: mine\nextends: base.yaml\nprofiles: {realtime: null}\n")
    assert [name for name, _ in mine.profiles.given()] == ["background"]


def test_a_profile_with_a_list_is_changed_by_name(folder: Path) -> None:
    made(folder, BASE.replace("{layers: {deadline: {total: 5s}, retry: null}}", "{layers: [retry, sdk]}"), "base.yaml")
    mine = made(folder, "name: mine\nextends: base.yaml\nprofiles: {realtime: {layers: {retry: {retries: 9}}}}\n")
    assert mine.profiles.realtime is not None
    assert mine.profiles.realtime.layers is not None
    assert mine.profiles.realtime.layers[0].model_dump(exclude_defaults=True) == {"retries": 9}


BROKEN: dict[str, tuple[dict[str, str], list[str]]] = {
    "a shipped name mistyped": (
        {"mine.yaml": "name: mine\nextends: gide\nlayers: {sdk: {max_retry: 2}}\ntimeuots: {}\n"},
        [
            'mine.yaml:2:10: unknown client "gide", did you mean "guide"?',
            'mine.yaml:4:1: unknown key "timeuots", did you mean "timeouts"?',
        ],
    ),
    "a name of nothing": (
        {"mine.yaml": "name: mine\nextends: production\n"},
        [f'mine.yaml:2:10: unknown client "production"; known: {KNOWN}'],
    ),
    "a file that is not there": (
        {"mine.yaml": "name: mine\nextends: bsae.yaml\n"},
        ['mine.yaml:2:10: cannot extend "bsae.yaml": no such file'],
    ),
    "a folder": (
        {"mine.yaml": "name: mine\nextends: ./\n"},
        ['mine.yaml:2:10: cannot extend "./": is a directory, not a file'],
    ),
    "no name at all": (
        {"mine.yaml": "name: mine\nextends: [guide, base.yaml]\n"},
        ["mine.yaml:2:10: expected the name of a shipped client or a file, got a list of 2"],
    ),
    "nothing": (
        {"mine.yaml": "name: mine\nextends:\n"},
        ["mine.yaml:2:1: expected the name of a shipped client or a file, got nothing"],
    ),
    "the key mistyped": (
        {"mine.yaml": "name: mine\nextend: guide\n"},
        ['mine.yaml:2:1: unknown key "extend", did you mean "extends"?'],
    ),
    "its own name is missing": (
        {"mine.yaml": "extends: base.yaml\n"},
        ['mine.yaml:1:1: missing key "name"'],
    ),
    "itself": (
        {"mine.yaml": "name: mine\nextends: ./mine.yaml\n"},
        ["mine.yaml:2:10: a file cannot extend itself"],
    ),
    "a circle": (
        {
            "mine.yaml": "name: mine\nextends: one.yaml\nabot: x\n",
            "one.yaml": "name: one\nextends: two.yaml\n",
            "two.yaml": "name: two\nextends: one.yaml\n",
        },
        [
            'mine.yaml:3:1: unknown key "abot", did you mean "about"?',
            "two.yaml:2:10: this goes round in a circle: one.yaml extends two.yaml extends one.yaml",
        ],
    ),
    "a longer circle": (
        {
            "mine.yaml": "name: mine\nextends: one.yaml\n",
            "one.yaml": "name: one\nextends: mine.yaml\n",
        },
        ["one.yaml:2:10: this goes round in a circle: mine.yaml extends one.yaml extends mine.yaml"],
    ),
    "layers that the base has not": (
        {"mine.yaml": "name: mine\nextends: base.yaml\nlayers: {braker: {failures: 3}, hedge: {after: 3s}}\n"},
        [
            'mine.yaml:3:10: "base.yaml" has no layer "braker", did you mean "breaker"? (to add a layer, write the '
            "whole list)",
            'mine.yaml:3:33: "base.yaml" has no layer "hedge"; known: "breaker", "deadline", "retry", "sdk" (to add a '
            "layer, write the whole list)",
        ],
    ),
    "changes that are wrong in themselves": (
        {
            "mine.yaml": """\
name: mine
extends: base.yaml
timeouts: {raed: 3s, pool: 5}
layers:
  sdk: {retries: 2}
  breaker: 5
  retry: {backoff: {base: 5, facto: 2}}
"""
        },
        [
            'mine.yaml:3:12: unknown key "raed", did you mean "read"?',
            'mine.yaml:3:28: expected a duration such as "10s", got 5; write "5s"',
            'mine.yaml:5:9: unknown key "retries", did you mean "max_retries"?',
            "mine.yaml:6:12: expected a mapping, got 5",
            'mine.yaml:7:27: expected a duration such as "10s", got 5; write "5s"',
            'mine.yaml:7:30: unknown key "facto", did you mean "factor"?',
        ],
    ),
    "the innermost layer taken out": (
        {"mine.yaml": "name: mine\nextends: base.yaml\nlayers: {sdk: null}\n"},
        ['mine.yaml:3:10: "sdk" is the innermost layer and cannot be taken out'],
    ),
    "a layer that stands twice": (
        {
            "base.yaml": "name: base\nlayers: [retry, retry, sdk]\n",
            "mine.yaml": "name: mine\nextends: base.yaml\nlayers: {retry: {retries: 2}}\n",
        },
        ['mine.yaml:3:10: "base.yaml" has more than one layer "retry": write the whole list'],
    ),
    "a broken base": (
        {
            "base.yaml": "timeouts: {read: 30}\nlayers: [braker, sdk]\n",
            "mine.yaml": "name: Mine\nextends: base.yaml\nlayers: {breaker: {failures: 0}, sdk: {max_retries: -1}}\n",
        },
        [
            'mine.yaml:1:7: expected a name of small letters, digits and hyphens, got "Mine"; write "mine"',
            "mine.yaml:3:53: expected 0 or more, got -1",
            'base.yaml:1:1: missing key "name"',
            'base.yaml:1:18: expected a duration such as "10s", got 30; write "30s"',
            'base.yaml:2:10: unknown layer "braker", did you mean "breaker"?',
        ],
    ),
    "a base that is not YAML": (
        {"base.yaml": "name: [base\n", "mine.yaml": "name: mine\nextends: base.yaml\nlayers: {sdk: {}}\nabot: x\n"},
        [
            'mine.yaml:4:1: unknown key "abot", did you mean "about"?',
            'base.yaml:2:1: expected "," or "]" for what line 1 opens',
        ],
    ),
    "a base that is a list": (
        {"base.yaml": "- name: base\n", "mine.yaml": "name: mine\nextends: base.yaml\nlayers: {sdk: {}}\n"},
        ["base.yaml:1:1: expected a mapping, got a list of 1"],
    ),
    "a scenario as a base": (
        {
            "base.yaml": tiny.CALM,
            "mine.yaml": "name: mine\nextends: base.yaml\nlayers: {retry: {retries: 1}}\n"
            "profiles: {chat: {layers: {retry: null}, timeouts: {read: 3}}}\n",
        },
        [
            'mine.yaml:4:59: expected a duration such as "10s", got 3; write "3s"',
            'base.yaml:3:1: unknown key "workload"; known: "about", "extends", "layers", "name", "profiles", '
            '"timeouts"',
            'base.yaml:7:1: unknown key "timeline"; known: "about", "extends", "layers", "name", "profiles", '
            '"timeouts"',
        ],
    ),
    "a name that no file can have": (
        {"mine.yaml": 'name: mine\nextends: "a\\0.yaml"\n'},
        ['mine.yaml:2:10: cannot extend "a\\u0000.yaml": not a file\'s name'],
    ),
    "a broken base of a base": (
        {
            "base.yaml": "name: base\nlayers: [deadline, sdk]\n",
            "one.yaml": "name: one\nextends: base.yaml\ntimeouts: {read: 0s}\n",
            "mine.yaml": "name: mine\nextends: one.yaml\nlayers: {sdk: {max_retries: 1.5}}\n",
        },
        [
            "mine.yaml:3:29: expected a whole number, got 1.5",
            'base.yaml:2:10: missing key "total"',
            'one.yaml:3:18: expected more than 0, got "0s"',
        ],
    ),
    "layers by name without a base": (
        {"mine.yaml": "name: mine\nlayers: {sdk: {max_retries: 2}}\n"},
        ['mine.yaml:2:9: expected a list, got a mapping; only with "extends" are layers changed by name'],
    ),
    "profiles": (
        {
            "mine.yaml": """\
name: mine
extends: base.yaml
profiles:
  realtme: {timeouts: {read: 5s}}
  background: {timeout: {read: 5s}, layers: [retry]}
  realtime: {timeouts: {reed: 5s, pool: 3}, layers: {hedge: {after: 5s}, deadline: {totl: 3s}}}
  agentic: {layers: {sdk: null}}
  chat: 3s
"""
        },
        [
            'mine.yaml:4:3: unknown key "realtme", did you mean "realtime"?',
            'mine.yaml:5:16: unknown key "timeout", did you mean "timeouts"?',
            'mine.yaml:5:46: the innermost layer must be "sdk"; add "- sdk" after this one',
            'mine.yaml:6:25: unknown key "reed", did you mean "read"?',
            'mine.yaml:6:41: expected a duration such as "10s", got 3; write "3s"',
            'mine.yaml:6:54: the client has no layer "hedge"; known: "breaker", "deadline", "retry", "sdk" (to add a '
            "layer, write the whole list)",
            'mine.yaml:6:85: unknown key "totl", did you mean "total"?',
            'mine.yaml:7:22: "sdk" is the innermost layer and cannot be taken out',
            'mine.yaml:8:9: expected a mapping with "layers" or "timeouts", got "3s"',
        ],
    ),
    "a profile mistyped": (
        {"mine.yaml": "name: mine\nprofiles: {bakground: {timeouts: {read: 5s}}}\n"},
        ['mine.yaml:2:12: unknown key "bakground", did you mean "background"?'],
    ),
    "a profile of another SDK": (
        {"mine.yaml": 'name: mine\nprofiles: {chat: {layers: [retry, sdk: {major: "0"}]}}\n'},
        ['mine.yaml:2:48: one program has one SDK: the client\'s "major" is "2"'],
    ),
    "a layer gone that a profile of the base changes": (
        {"mine.yaml": "name: mine\nextends: base.yaml\nlayers: {retry: null}\n"},
        [
            'base.yaml:11:46: "mine.yaml", which extends this, has no layer "retry"; known: "breaker", "deadline", '
            '"sdk" (to add a layer, write the whole list)'
        ],
    ),
}


@pytest.mark.parametrize(("files", "lines"), BROKEN.values(), ids=BROKEN)
def test_every_error_is_told_in_the_file_it_stands_in(
    files: dict[str, str],
    lines: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All at once, those of the file itself first; from the command with exit code 2 and nothing else."""
    monkeypatch.chdir(tmp_path)
    tiny.write(tmp_path)
    for name, text in {"base.yaml": BASE, **files}.items():
        Path(name).write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load("mine.yaml", Client)
    assert str(caught.value).splitlines() == lines
    said = Here(capsys, monkeypatch)("compare", "-s", "calm.yaml", "-c", "mine.yaml")
    assert said == (2, "", "".join(f"{line}\n" for line in lines))


def test_text_in_no_file_extends_what_is_shipped_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing its path could be relative to."""
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        loads("name: mine\nextends: base.yaml\n", Client)
    assert str(caught.value) == (
        f'<string>:2:10: unknown client "base.yaml"; known: {KNOWN}; '
        "text that is in no file can extend shipped clients only"
    )


def test_a_chain_has_an_end(tmp_path: Path) -> None:
    """However many files somebody generates."""
    for index in range(30):
        text = f"name: c{index}\nextends: {index + 1}.yaml\n"
        (tmp_path / f"{index}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "30.yaml").write_text("name: last\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"19.yaml:2:10: more than 20 files, each extending the next$"):
        load(tmp_path / "0.yaml", Client)
    assert load(tmp_path / "12.yaml", Client).name == "c12"


def test_editors_know_what_can_be_inherited_and_changed() -> None:
    """The published schema takes both forms of layers, offers the shipped clients, and is JSON."""
    schema = json_schema(Client)
    assert schema["properties"]["extends"]["anyOf"][0] == {"enum": list(clients() | presets())}
    listed, mapped = schema["properties"]["layers"]["anyOf"]
    assert listed["type"] == "array"
    assert mapped["type"] == "object"
    assert set(mapped["properties"]) == set(listed["items"]["anyOf"][0]["properties"])
    forms = [form.get("type") for form in schema["$defs"]["Profile"]["properties"]["layers"]["anyOf"]]
    assert forms == ["array", "null", "object"]
    names = set(schema["$defs"])
    for reference in json.dumps(schema).split('"$ref": "#/$defs/')[1:]:
        assert reference.partition('"')[0] in names
