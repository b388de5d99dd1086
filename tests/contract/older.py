"""Cases played on the last SDK of the 0.x line, in an environment of its own, through a pipe."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from ..pipes import Piped
from ..sdk.older import CACHE, HOME, VERSION, older_sdk
from . import child
from .networks import Case
from .program import Seen

ROOT = Path(__file__).parents[2]
PYTHON = HOME / "bin/python"
NEEDED = ("greenlet", "httptools", "orjson")
"""What the fakes import that the SDK does not bring along."""


class Child:
    """`child.py` at work in the other environment. Raises `OSError` where that cannot run it."""

    major = "0"

    def __init__(self) -> None:
        paths = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
        self._program = Piped([str(PYTHON), "-m", child.__name__], os.environ | {"PYTHONPATH": paths})
        self.close = self._program.close
        if self._program.hear() != VERSION:
            self.close()
            raise OSError(f"{HOME} does not run {child.__name__}")

    def play(self, case: Case) -> Seen:
        """What a program sees of it over there."""
        answer = self._program.ask(json.dumps(case))
        assert not isinstance(answer, str), answer
        return Seen(*answer)


@contextmanager
def older_child() -> Iterator[Child]:
    """The older SDK with what the fakes need beside it, installed once and kept."""
    with older_sdk():
        pass  # it is there
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one test run must not both install
        try:
            played = Child()
        except OSError:
            _install()
            played = Child()
    try:
        yield played
    finally:
        played.close()


def _install() -> None:
    """In the versions that are here."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(PYTHON)]
    subprocess.run([*pip, "install", "--quiet", *(f"{name}=={version(name)}" for name in NEEDED)], check=True)
