"""The page on Prometheus says what its commands say, and what it configures, it configures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..prometheus import needed
from .test_examples import ROOT, blocks

sys.path.insert(0, str(ROOT / "docs"))

from played import played

PAGE = "docs/prometheus.md"


def test_the_page_says_what_its_commands_say() -> None:
    needed("promtool")
    assert played(ROOT / PAGE) == (ROOT / PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [PAGE, "docs/serve.md"])
def test_a_configuration_on_a_page_is_one(page: str, tmp_path: Path) -> None:
    [config] = [text for text in blocks(page, "yaml") if "scrape_configs" in text]
    (tmp_path / "prometheus.yml").write_text(config, encoding="utf-8")
    (tmp_path / "rules.yml").write_text("groups: []\n", encoding="utf-8")
    command = [needed("promtool"), "check", "config", "prometheus.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
