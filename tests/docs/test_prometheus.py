"""The page on Prometheus says what its commands say."""

from __future__ import annotations

import sys
from pathlib import Path

from ..prometheus import needed

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from played import played  # noqa: E402 - a script beside the pages

PAGE = ROOT / "docs/prometheus.md"


def test_the_page_says_what_its_commands_say() -> None:
    needed("promtool")
    assert played(PAGE) == PAGE.read_text(encoding="utf-8")
