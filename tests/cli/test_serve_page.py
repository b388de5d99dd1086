"""The commands on the page on `serve` do what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .served import PATIENCE, Served

PAGE = (Path(__file__).resolve().parents[2] / "docs/serve.md").read_text(encoding="utf-8")
ENDLESS = 28
"""How curl ends when its time is up."""


def said_by(command: str, control: str) -> tuple[int, str]:
    """A line of the page, run by a shell."""
    command = command.replace("curl ", "curl -sSf --max-time 30 ").replace("--max-time 30 -N", "--max-time 1 -N")
    command = command.replace("brownout show", f"{sys.executable} -m brownout show")
    done = subprocess.run(
        ["sh", "-c", f"control={control}\n{command}"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert not done.stderr or done.returncode == ENDLESS, done.stderr
    return done.returncode, done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_its_commands_run(tmp_path: Path) -> None:
    [block] = re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for line in block.splitlines() if "curl" in line]
    with Served(tmp_path, "calm") as server:
        said = {line: said_by(line, server.control_url) for line in lines}
    assert {code for line, (code, _) in said.items() if " -N " not in line} == {0}
    [stream] = [code for line, (code, _) in said.items() if " -N " in line]
    assert stream == ENDLESS
    assert len(lines) > 12
    [faults] = [out for line, (_, out) in said.items() if line == "curl $control/faults"]
    assert [each["id"] for each in json.loads(faults)["faults"]] == ["fault-1", "fault-2", "fault-3"]


def test_what_it_shows_at_the_start_is_what_is_said(tmp_path: Path) -> None:
    [block] = re.findall(r"^```\n\$ brownout serve .*?\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    with Served(tmp_path, "calm") as server:
        pass
    found = server.said.out.replace(server.url, "http://127.0.0.1:8089")
    found = found.replace(server.control_url, "http://127.0.0.1:8090/brownout/v1")
    assert found.partition("\n\nServed")[0].splitlines() == block.splitlines()
