"""`examples/serve`: what its page shows is run, as a reader would type it, with a server as the page starts it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..cli.served import Served
from ..sdk import typescript
from .players import needed_curl, surroundings

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).resolve().parents[2] / "examples/serve"
ADDRESS = re.compile(r"https?://127\.0\.0\.1:8089")
SAYS = {
    "ask.py": ["whole: end_turn 300", "streamed: end_turn 300"],
    "ask_async.py": ["at once: 10 end_turn"],
    "ask.mjs": ["whole: end_turn 300", "streamed: end_turn 300"],
    "ask.sh": ['whole: "stop_reason":"end_turn"', "streamed: 300"],
}


def blocks() -> tuple[list[list[str]], list[str]]:
    """The commands that the page has for clients, in the order of its two servers, and those that start these."""
    servers: list[str] = []
    clients: list[list[str]] = []
    for found in re.findall(r"^```bash\n(.*?)^```", (EXAMPLES / "README.md").read_text("utf-8"), re.M | re.S):
        if found.startswith("brownout serve "):
            servers.append(found.strip())
            clients.append([])
        else:
            clients[-1] += [line for line in found.splitlines() if not re.match("(pip|npm) install ", line)]
    return clients, servers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a reader has copied them to, with the TypeScript SDK installed."""
    needed_curl()
    typescript.command(EXAMPLES / "ask.mjs")
    there = tmp_path / "serve"
    shutil.copytree(EXAMPLES, there)
    (there / "node_modules").symlink_to(typescript.HOME / "node_modules")
    return there


@pytest.mark.parametrize("nth", [0, 1], ids=["plain", "tls"])
def test_the_page(nth: int, folder: Path) -> None:
    """Every client says that it was answered."""
    clients, servers = blocks()
    words = servers[nth].removeprefix("brownout serve -s calm --port 8089").split()
    with Served(folder, "calm", *words) as server:
        script = ADDRESS.sub(server.url, "\n".join(clients[nth]))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        shell = ["bash", "-eo", "pipefail", "-c", script]
        done = subprocess.run(
            shell, cwd=folder, env=surroundings(None) | {"PATH": path}, capture_output=True, text=True, timeout=300
        )
    assert (done.returncode, done.stderr) == (0, "")
    called = re.findall(r"^(?:python|node|bash) (\S+)$", script, re.M)
    assert re.sub(r"\d+$", "N", done.stdout, flags=re.M).splitlines() == [
        re.sub(r"\d+$", "N", line) for name in called for line in SAYS[name]
    ]
    assert set(called) == ({*SAYS} if nth == 0 else {*SAYS} - {"ask_async.py"})
    assert "TLS handshakes" not in server.said.out
