"""The page on exporting: what it shows is what is written, and its example runs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

import brownout
from brownout import faults
from brownout.harness.exporting import LANGUAGES
from brownout.harness.policies.layers import LAYERS

from .test_examples import ROOT, blocks

PAGE = "docs/export.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the page's client, and the program that the page makes of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "claude", raising=False)
    [client] = blocks(PAGE, "yaml")
    Path("client.yaml").write_text(client, encoding="utf-8")
    Path("claude.py").write_text(brownout.export("client.yaml", "python"), encoding="utf-8")
    return tmp_path


def test_what_it_shows_is_what_is_written(here: Path) -> None:
    _, shown = blocks(PAGE, "python")
    assert (here / "claude.py").read_text(encoding="utf-8").startswith(shown)


def test_its_example_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through an overload that the first call meets."""
    example, _ = blocks(PAGE, "python")
    names: dict[str, Any] = {}
    with brownout.virtual() as service:
        service.next(faults.overload(), times=2)
        exec(compile(example, PAGE, "exec"), names)
        asyncio.run(names["main"]())
        assert [request.status for request in service.requests] == [529, 529, 200, 200, 200]
    assert capsys.readouterr().out


def test_its_table_names_every_layer() -> None:
    """Those with code, and those without."""
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    lines = [line.split("|")[2] for line in page.splitlines() if line.startswith(("| layers", "| refused"))]
    there = {name for name in LAYERS if f"`{name}`" in lines[0]}
    assert there | {name for name in LAYERS if f"`{name}`" in lines[1].partition(";")[0]} == set(LAYERS)
    assert there >= set(LANGUAGES["python"].snippets("layers"))
