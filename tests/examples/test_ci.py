"""The files for CI services: what they run is run, in a project that was made as their page says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

CI = Path(__file__).resolve().parents[2] / "examples/ci"


def file(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((CI / name).read_text(encoding="utf-8"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository that has taken over the folder, made quick."""
    shutil.copytree(CI / "resilience", tmp_path / "resilience")
    path = tmp_path / "resilience/scenarios/busy-minute.yaml"
    text = path.read_text(encoding="utf-8").replace("clients: 20", "clients: 5").replace("rate: 5/s", "rate: 2/s")
    path.write_text(text, encoding="utf-8")
    return tmp_path


def shell(project: Path, script: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """As the service would, with Brownout installed."""
    given = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | environ
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=project, env=given, capture_output=True, text=True
    )


def scripts(job: dict[str, Any]) -> list[str]:
    """Of a GitHub job, but for what installs."""
    return [step["run"] for step in job["steps"] if "run" in step and not step["run"].startswith("pip install")]


def worsen(project: Path) -> None:
    """Take the retries out."""
    path = project / "resilience/client.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if "retry:" not in line), encoding="utf-8")


def test_github(project: Path) -> None:
    """Green at first, with a baseline and a summary; the same again; red once the retries are gone, and annotated."""
    summary = project / "summary.md"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    run, summarize = scripts(file("github.yml")["jobs"]["brownout"])
    first = shell(project, run, **github)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "saved this run" in first.stdout
    assert shell(project, summarize, **github).returncode == 0
    assert summary.read_text(encoding="utf-8").startswith("# Brownout")
    assert (project / "out/report.junit.xml").exists()
    assert (project / "out/report.html").exists()
    again = shell(project, run, **github)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "GATE held" in again.stdout
    worsen(project)
    broken = shell(project, run, **github)
    assert broken.returncode == 99, broken.stdout + broken.stderr
    assert "GATE MISSED" in broken.stdout
    assert "::error " in broken.stdout + broken.stderr


def test_gitlab(project: Path) -> None:
    """The same script in one folded line; it leaves what its `artifacts` name."""
    job = file("gitlab.yml")["resilience"]
    _, run = job["script"]
    assert shell(project, run).returncode == 0
    for path in job["artifacts"]["reports"].values():
        assert (project / path).stat().st_size > 100
    worsen(project)
    assert shell(project, run).returncode == 99


@pytest.mark.slow
def test_github_in_shards(project: Path) -> None:
    """What the machines play is joined into one report; artifacts arrive each in a folder of its name."""
    shutil.copytree(CI / "resilience", project / "resilience", dirs_exist_ok=True)
    jobs = file("github-shards.yml")["jobs"]
    [play] = scripts(jobs["shard"])
    for index, scenario in enumerate(jobs["shard"]["strategy"]["matrix"]["scenario"]):
        script = play.replace("${{ matrix.scenario }}", scenario).replace("${{ strategy.job-index }}", str(index))
        done = shell(project, script)
        assert done.returncode == 0, done.stdout + done.stderr
        arrived = project / f"arrived/shards/shard-{index}/{index}"
        arrived.mkdir(parents=True)
        shutil.copy(project / f"shards/{index}/run.json", arrived)
    [report] = scripts(jobs["report"])
    done = shell(project / "arrived", report, GITHUB_STEP_SUMMARY=str(project / "summary.md"))
    assert done.returncode == 0, done.stdout + done.stderr
    text = (project / "summary.md").read_text(encoding="utf-8")
    assert "over 3 scenarios" in text
    assert "rate-limit-storm: one call" in (project / "arrived/out/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["github.yml", "github-shards.yml"])
def test_what_github_asks_of_a_workflow(name: str) -> None:
    """Every step does one thing, on a version that is said, and with no more rights than to read."""
    found = file(name)
    assert found["permissions"] == {"contents": "read"}
    for job in found["jobs"].values():
        assert job["runs-on"]
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert "@v" in step.get("uses", "@v")
