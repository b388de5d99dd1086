"""The environment that the shipped contestants need: their libraries, with Brownout and what it needs from this one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import brownout
from brownout import Results

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "contestants"
REQUIREMENTS = EXAMPLES / "requirements.txt"
CACHE = ROOT / ".contestants_cache"


def installed() -> Path:
    """The environment's Python; made once, and anew when the requirements change."""
    CACHE.mkdir(exist_ok=True)
    home = CACHE / hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    python, ready = home / "bin/python", home / "ready"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one test run must not both install
        if not ready.exists():
            shutil.rmtree(home, ignore_errors=True)
            venv.create(home, symlinks=True)
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
            subprocess.run([*pip, "install", "--quiet", "-r", str(REQUIREMENTS)], check=True)
            # What Brownout needs beside these, and itself; they come after what is installed here.
            [packages] = (home / "lib").glob("python*/site-packages")
            paths = [*map(str, (ROOT / "src", *site.getsitepackages()))]
            (packages / "zz_brownout.pth").write_text("\n".join(paths), encoding="utf-8")
            ready.touch()
    return python


def compared(scenarios: list[Path], contestants: dict[str, str], out: Path) -> Results:
    """Each of them, by name and module, in each scenario, under one seed."""
    command = [str(installed()), "-m", "brownout", "compare", "--seeds", "1", "--out", str(out)]
    for path in scenarios:
        command += ["-s", str(path)]
    for name, module in contestants.items():
        command += ["-c", f"{name}={EXAMPLES / module}.py:Client"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    done = subprocess.run(command, cwd=out.parent, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return brownout.load(out)
