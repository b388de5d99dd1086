"""A folder with small files, and the command line in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..harness import tiny
from .command import Here


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on GitHub, where more is said."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Here:
    """The command line in this process, in a folder with `storm.yaml`, `calm.yaml`, `patient.yaml`, `hasty.yaml`."""
    monkeypatch.chdir(tmp_path)
    tiny.write(tmp_path)
    return Here(capsys, monkeypatch)
