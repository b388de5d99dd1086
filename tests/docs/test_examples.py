"""What the pages show is run: the Python in order, the YAML through the models that check files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from brownout.harness.client import Client
from brownout.harness.files import load
from brownout.harness.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str, language: str) -> Iterator[str]:
    """The code on a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return (found[1] for found in re.finditer(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def run_page(page: str) -> None:
    """Every example, one after the other, as a reader would type them."""
    names: dict[str, object] = {"__name__": "__main__"}
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), names)


@pytest.mark.slow
def test_the_python_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it keeps is there afterwards."""
    monkeypatch.chdir(tmp_path)
    run_page("docs/python.md")
    assert (tmp_path / "out" / "run.json").exists()


def test_the_page_on_virtual_time_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """And prints what it says."""
    run_page("docs/virtual-time.md")
    told = capsys.readouterr().out
    [shown] = blocks("docs/virtual-time.md", "text")
    assert told.startswith(shown)
    assert told.endswith(" characters\n")


@pytest.mark.parametrize("text", list(blocks("README.md", "yaml")), ids=lambda text: text.split("\n", 1)[0])
def test_the_files_in_the_readme_load(text: str, tmp_path: Path) -> None:
    """A scenario or a client; one that extends another finds it beside itself."""
    (tmp_path / "mine.yaml").write_text("name: base\nlayers: [{content_gap: {limit: 20s}}, sdk]\n", encoding="utf-8")
    shown = tmp_path / "shown.yaml"
    shown.write_text(text, encoding="utf-8")
    assert load(shown, Scenario if "timeline:" in text else Client).name
