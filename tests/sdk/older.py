"""The last SDK of the 0.x line, in an environment of its own, spoken to through a pipe."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..pipes import Piped
from . import observe
from .observe import Facts, Script, Seen

VERSION = "0.121.0"
CACHE = Path(__file__).parents[2] / ".sdk_cache"
HOME = CACHE / VERSION


class OlderSdk:
    """`observe.py` at work in the other environment. Raises `OSError` where that cannot run the SDK wanted."""

    def __init__(self) -> None:
        self._program = Piped([str(HOME / "bin/python"), "-I", observe.__file__])
        self.close = self._program.close
        try:
            self.facts = Facts(*(self._program.hear() or []))
        except TypeError:
            self.close()
            raise OSError(f"{HOME} has no SDK that runs") from None

    def play(self, script: Script) -> Seen:
        """Make one call over there."""
        return Seen(*self._program.ask(json.dumps(script)))


@contextmanager
def older_sdk() -> Iterator[OlderSdk]:
    """The older SDK, installed once and kept; made anew where what was kept does not run."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one test run must not both install
        try:
            sdk = OlderSdk()
        except OSError:
            _install()
            sdk = OlderSdk()
    try:
        yield sdk
    finally:
        sdk.close()


def _install() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
    venv.create(HOME, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(HOME / "bin/python")]
    subprocess.run([*pip, "install", "--quiet", f"anthropic=={VERSION}"], check=True)
