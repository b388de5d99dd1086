"""The Python API: names, paths or objects in, results out, and nothing printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import brownout
from brownout.harness.files import FileError
from brownout.harness.sources import UnknownName

from ..harness import tiny


@pytest.fixture
def files(tmp_path: Path) -> Path:
    tiny.write(tmp_path)
    return tmp_path


def compared(files: Path, **options: Any) -> brownout.Results:
    return brownout.compare([files / "calm.yaml"], [files / "patient.yaml", files / "hasty.yaml"], **options)


def test_everything_public_is_there_and_documented() -> None:
    """What is listed can be had, says what it does, and nothing else is promised."""
    for name in brownout.__all__:
        assert getattr(brownout, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        brownout.nothing  # noqa: B018 - to see it refused


def test_importing_it_costs_nothing() -> None:
    """The parts are imported when they are first used."""
    code = (
        "import sys, brownout; print(sorted({'pydantic', 'numpy', 'pandas', 'anthropic', 'simpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_names_paths_and_objects_are_the_same(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """However a client is given, it is that client; and nothing is printed."""
    path = files / "hasty.yaml"
    given = [str(path), path, brownout.client(path)]
    verdicts = {brownout.compare([files / "calm.yaml"], [each], seeds=2).verdict for each in given}
    assert len(verdicts) == 1
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("seeds", [3, (1, 2, 3), range(1, 4)])
def test_seeds_are_how_many_or_which(files: Path, seeds: Any) -> None:
    """Three of them are 1 to 3."""
    assert compared(files, seeds=seeds).file.seeds == [1, 2, 3]


def test_a_folder_keeps_the_results(files: Path) -> None:
    """They load again as they were, and a run that goes on plays nothing twice."""
    first = compared(files, seeds=2, folder=files / "out")
    again = brownout.load(files / "out")
    assert again.file == first.file
    assert again.calls().equals(first.calls())
    more = compared(files, seeds=3, folder=files / "out", resume=True)
    assert more.file.cells[0] == first.file.cells[0]
    assert more.file.created == first.file.created


def test_objectives_are_judged(files: Path) -> None:
    """Each for each client, in the order of the file."""
    scenario = brownout.scenario(files / "calm.yaml")
    asked = scenario.model_validate(
        {**scenario.model_dump(by_alias=True, mode="json"), "objectives": ["goodput >= 99%"]}
    )
    for found in (brownout.run([asked], [files / "patient.yaml"], seeds=2, lean=lean) for lean in (False, True)):
        assert [(each.objective, each.is_met) for each in found.file.objectives] == [("goodput >= 99%", True)]
    assert found.verdict.startswith("PASS")


def test_a_gate_an_ablation_and_weights(files: Path) -> None:
    """The options of the command line are arguments."""
    found = compared(files, seeds=6, gate="patient", ablate="patient", weights={"calm": 3.0}).file
    assert found.gate is not None
    assert found.gate.is_met
    assert {layer.left_out for layer in found.layers} == {"deadline", "retry", "content_gap"}
    assert found.weights == {"calm": 3.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": 0}, "there is no seed"),
        ({"seeds": []}, "there is no seed"),
        ({"gate": "nobody"}, 'gate "nobody": not one of the clients compared (patient, hasty)'),
        ({"ablate": "nobody"}, 'ablate "nobody": not one of the clients compared (patient, hasty)'),
        ({"weights": {"storm": 1.0}}, 'weight "storm": not one of the scenarios (calm)'),
        ({"weights": {"calm": 0.0}}, "weight: every scenario weighs 0"),
        ({"weights": {"calm": -1.0}}, 'weight "calm": expected a number from 0 on, got -1.0'),
        ({"sample": 0.0}, "sample: expected a share above 0 and at most 1, got 0.0"),
        ({"sample": 1.5}, "sample: expected a share above 0 and at most 1, got 1.5"),
        ({"workers": 0}, "workers: expected 1 or more, got 0"),
        ({"time_scale": 2.0}, "time scale: it is for the wire; virtual and simulated time cost nothing"),
        ({"backend": "cloud"}, 'backend "cloud": expected one of "sim", "virtual", "virtual-blocking", "wire"'),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused(files: Path, options: dict[str, Any], message: str) -> None:
    """Before anything is run."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        compared(files, **options)


def test_two_of_one_name_are_refused(files: Path) -> None:
    """Results could not tell them apart."""
    with pytest.raises(ValueError, match=r'^two clients are called "hasty"$'):
        brownout.compare(["calm"], [files / "hasty.yaml", files / "hasty.yaml"])
    with pytest.raises(ValueError, match=r"^there is no client$"):
        brownout.compare(["calm"], [])


def test_files_are_refused_as_on_the_command_line(files: Path) -> None:
    """With the place, or the name that was meant."""
    with pytest.raises(UnknownName, match='did you mean "calm"'):
        brownout.scenario("clam")
    (files / "bad.yaml").write_text("name: bad\nlayer: []\n", encoding="utf-8")
    with pytest.raises(FileError, match=r'bad.yaml:2:1: unknown key "layer", did you mean "layers"'):
        brownout.client(files / "bad.yaml")


def test_one_call_explained(files: Path) -> None:
    """From what it was to how it ended."""
    first, *lines = brownout.explain(files / "storm.yaml", files / "hasty.yaml", "worst", seed=2).splitlines()
    assert first.startswith("Call ")
    assert "in storm with hasty, seed 2" in first
    assert lines[0].strip().startswith("0.000  request 1")
    assert any(end in lines[-1] for end in ("fails after", "answered after", "still going on"))
