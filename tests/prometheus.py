"""The programs of Prometheus: promtool, which checks and tests rules, and the server itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from .patience import PATIENCE


def needed(program: str) -> str:
    """The path of `prometheus` or `promtool`. Skips the test where it is not, unless the environment says that it has
    to be."""
    if found := shutil.which(program):
        return found
    if "prometheus" in os.environ.get("BROWNOUT_REQUIRES", "").split(","):
        pytest.fail(f"{program} is not there, and has to be")
    pytest.skip(f"needs {program}")


def checked(folder: Path, rules: str, tests: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What promtool says of a rule file and of its tests: a return code of 0 if all is well."""
    promtool = needed("promtool")
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    for name, text in tests.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = _run(folder, promtool, "check", "rules", "--lint-fatal", "rules.yml")
    return done if done.returncode else _run(folder, promtool, "test", "rules", *tests)


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
